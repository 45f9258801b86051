// The App with the database it needs: the operator's own, or the embedded one. For the server and for the command line.
import { join } from 'node:path'
import { buildApp, type BuiltApp } from './app.ts'
import type { Config } from './config.ts'
import { startEmbeddedPostgres } from './platform/embedded-postgres.ts'

export type OpenOptions = {
  /** Told what takes time, a sentence at a time. */
  say(line: string): void
  /** Where another process runs the embedded database: a second server is refused, a command uses it. */
  whenRunning: 'refuse' | 'join'
  /** False where the caller wants to see the database as it is. */
  migrate?: boolean
}

/** `databaseFolder`: where the embedded database really lies; null for the operator's own. */
export type OpenedApp = { app: BuiltApp; databaseFolder: string | null; close(): Promise<void> }

/** Starts the embedded database where DATABASE_URL names none, then builds the App. `close` ends both. */
export async function openApp(config: Config, options: OpenOptions): Promise<OpenedApp> {
  await using opened = new AsyncDisposableStack()
  let databaseUrl = config.databaseUrl
  let databaseFolder: string | null = null
  if (databaseUrl === null) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), say: options.say, whenRunning: options.whenRunning })
    opened.defer(() => postgres.stop())
    databaseUrl = postgres.url
    databaseFolder = postgres.folder
  }
  const app = await buildApp({ config, databaseUrl, migrate: options.migrate ?? true })
  opened.defer(() => app.close())
  const owned = opened.move()
  return { app, databaseFolder, close: () => owned.disposeAsync() }
}
