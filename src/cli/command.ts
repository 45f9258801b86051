// What a command is, and what it is given. Commands read nothing from the process, so that tests can run them.
import type pg from 'pg'
import type { ParseArgsConfig } from 'node:util'
import type { Config } from '#src/config.ts'
import type { App } from '#src/platform/app.ts'

/** The App of a command: it also has the connections of the role that owns the tables. */
export type CliApp = App & { readonly ownerPool: pg.Pool }

export type CliContext = {
  /** A line of the answer. */
  say(line: string): void
  /** A line about what went wrong, or about what takes time. */
  complain(line: string): void
  readConfig(): Config
  /** The caller closes what was opened. */
  openApp(config: Config, options?: { migrate?: boolean }): Promise<{ app: CliApp; close(): Promise<void> }>
  /** The API's OpenAPI description as YAML. */
  describeApi(): Promise<string>
  /** Makes the demo world. False where it was there already. */
  seed(app: CliApp, say: (line: string) => void): Promise<boolean>
  /** A sentence for whoever typed the command. */
  explain(error: unknown): string
}

export type Values = Readonly<Record<string, string | boolean | undefined>>

export type Command = {
  /** The words after `guichet`: `db backup`. */
  name: string
  /** What follows them: `<file>`. */
  usage?: string
  /** What it does, in a few words. */
  does: string
  /** How many words must follow at least and at most; none if left out. */
  takes?: readonly [min: number, max: number]
  options?: NonNullable<ParseArgsConfig['options']>
  /** @returns the exit code: 0 done, 1 failed or found a fault */
  run(context: CliContext, words: readonly string[], values: Values): Promise<number>
}

/** Opens the App for one command and closes it, whatever happens. */
export async function withApp(context: CliContext, work: (app: CliApp) => Promise<number>, options: { migrate?: boolean } = {}): Promise<number> {
  const opened = await context.openApp(context.readConfig(), options)
  try {
    return await work(opened.app)
  } finally {
    await opened.close()
  }
}
