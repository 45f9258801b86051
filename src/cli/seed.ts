// guichet seed: makes the demo world where it is wanted but missing.
import { withApp, type Command } from './command.ts'

export const seedCommands: readonly Command[] = [
  {
    name: 'seed',
    does: 'makes the demo world, once; never in production',
    run: (context) =>
      withApp(context, async (app) => {
        if (!app.config.demoWorld) {
          context.complain('The demo world is switched off (DEMO_WORLD): its passwords are public.')
          return 1
        }
        const made = await context.seed(app, (line) => context.complain(line))
        context.say(made ? 'The demo world is there.' : 'The demo world was there already.')
        return 0
      }),
  },
]
