// guichet config: the configuration as this process reads it, with secrets masked.
import { maskConfig } from '#src/config.ts'
import type { Command } from './command.ts'

export const configCommands: readonly Command[] = [
  {
    name: 'config',
    does: 'shows the configuration in force, secrets masked',
    async run(context) {
      for (const [name, value] of Object.entries(maskConfig(context.readConfig()))) context.say(`${name.padEnd(18)} ${show(value)}`)
      return 0
    },
  },
]

const show = (value: unknown) => (Array.isArray(value) ? value.join(', ') : value === null ? '(none)' : `${value as string | number | boolean}`)
