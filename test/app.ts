// A test App: a real PostgreSQL of its own, a clock that the test holds, mails kept in the table. Everything else is real.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { buildApp, createLogger, type BuiltApp } from '#src/app.ts'
import { readConfig } from '#src/config.ts'
import type { Clock } from '#src/kernel/clock.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import { buildServer } from '#src/server.ts'
import { freshDatabase, type FreshDatabase } from './database.ts'

export type TestClock = Clock & { set(date: Date | string): void; advance(seconds: number): void }

/** Real time until a test sets or advances it. */
export function createTestClock(): TestClock {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    set: (date) => {
      offset = new Date(date).getTime() - Date.now()
    },
    advance: (seconds) => {
      offset += seconds * 1000
    },
  }
}

export type TestApp = BuiltApp & { clock: TestClock; server: FastifyInstance; databaseUrl: string }

export type StartOptions = {
  /** Another App: the new one is a second process of the same installation, on its database, files and clock. It is stopped first. */
  beside?: TestApp
  /** An empty database to migrate and use, instead of a fresh clone of the run's. */
  database?: FreshDatabase
  /** Reads the log, line by line. */
  logTo?: DestinationStream
}

/** Starts an App on a fresh database. The caller calls `stop`. */
export async function startTestApp(
  env: Record<string, string> = {},
  { beside, database: given, logTo }: StartOptions = {},
): Promise<{ app: TestApp; stop(): Promise<void> }> {
  const database = beside ? { url: beside.databaseUrl, drop: async () => {} } : (given ?? (await freshDatabase()))
  const dataDir = beside?.config.dataDir ?? mkdtempSync(join(tmpdir(), 'guichet-test-'))
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_POOL_SIZE: '10', PUBLIC_URL: 'http://guichet.test', ...env })
  const clock = beside?.clock ?? createTestClock()
  const built = await buildApp({
    config,
    databaseUrl: database.url,
    clock,
    migrate: given !== undefined,
    ...(logTo ? { log: createLogger(config, logTo) } : {}),
  })
  const server = await buildServer(built)
  await server.ready()
  // Nobody listens: the simulator's webhooks go straight to the server, as real requests all the same.
  const simulator = findSimulator(built)
  if (simulator)
    simulator.transport = async ({ url, headers, body }) =>
      (await server.inject({ method: 'POST', url: new URL(url).pathname, headers, body })).statusCode
  return {
    app: Object.assign(built, { clock, server, databaseUrl: database.url }),
    async stop() {
      await server.close()
      await built.close()
      await database.drop()
      if (!beside) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/**
 * The App of a test file, started before its first test and stopped after its last:
 * `const app = testApp()` at the top of the file, `app.db`, `app.server.inject(…)` inside tests.
 */
export function testApp(env: Record<string, string> = {}): TestApp {
  return startedHere(() => startTestApp(env))
}

/** Two processes of one installation, on one database: `const [app, other] = testApps()`. */
export function testApps(env: Record<string, string> = {}): [TestApp, TestApp] {
  const app = testApp(env)
  return [app, startedHere(() => startTestApp(env, { beside: app }))]
}

function startedHere(start: () => ReturnType<typeof startTestApp>): TestApp {
  let started: Awaited<ReturnType<typeof startTestApp>> | undefined
  beforeAll(async () => {
    started = await start()
  })
  afterAll(async () => {
    await started?.stop()
  })
  return new Proxy({} as TestApp, {
    get: (_, name) => {
      if (!started) throw new Error('the test app is only there inside tests')
      return Reflect.get(started.app, name) as unknown
    },
  })
}
