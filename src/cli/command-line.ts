// All commands on one screen, and how a line of words finds its own.
import { parseArgs } from 'node:util'
import type { CliContext, Command } from './command.ts'
import { configCommands } from './config.ts'
import { dbCommands } from './db.ts'
import { doctorCommands } from './doctor.ts'
import { openapiCommands } from './openapi.ts'
import { orderCommands } from './order.ts'
import { seedCommands } from './seed.ts'
import { userCommands } from './user.ts'

const COMMANDS: readonly Command[] = [
  ...doctorCommands,
  ...userCommands,
  ...orderCommands,
  ...dbCommands,
  ...configCommands,
  ...seedCommands,
  ...openapiCommands,
]

/**
 * Runs what the words ask for.
 * @returns the exit code: 0 done, 1 failed or found a fault, 2 not understood
 */
export async function runCommandLine(words: readonly string[], context: CliContext): Promise<number> {
  if (words.length === 0 || words[0] === 'help' || words[0] === '--help' || words[0] === '-h') {
    context.say(help(COMMANDS))
    return 0
  }
  const command = findCommand(words)
  if (!command) {
    const group = COMMANDS.filter((candidate) => candidate.name.split(' ')[0] === words[0])
    context.complain(`Unknown command: ${words.join(' ')}.\n\n${help(group.length > 0 ? group : COMMANDS)}`)
    return 2
  }
  let parsed
  try {
    parsed = parseArgs({
      args: words.slice(command.name.split(' ').length),
      allowPositionals: true,
      options: { ...command.options, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    context.complain(`${(error as Error).message}\n\n${help([command])}`)
    return 2
  }
  if (parsed.values.help) {
    context.say(help([command]))
    return 0
  }
  const [min, max] = command.takes ?? [0, 0]
  if (parsed.positionals.length < min || parsed.positionals.length > max) {
    context.complain(help([command]))
    return 2
  }
  try {
    return await command.run(context, parsed.positionals, parsed.values as Record<string, string | boolean | undefined>)
  } catch (error) {
    context.complain(context.explain(error))
    return 1
  }
}

function findCommand(words: readonly string[]): Command | undefined {
  return COMMANDS.find((command) => command.name.split(' ').every((word, i) => words[i] === word))
}

function help(commands: readonly Command[]): string {
  const left = (command: Command) => [command.name, command.usage].filter(Boolean).join(' ')
  const width = Math.max(...commands.map((command) => left(command).length))
  return ['Usage: npm run guichet -- <command>', '', ...commands.map((command) => `  ${left(command).padEnd(width)}  ${command.does}`)].join('\n')
}
