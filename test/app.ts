// A test App: a real PostgreSQL of its own, a clock that the test holds, mails kept in the table. Everything else is real.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll } from 'vitest'
import { buildApp, type BuiltApp } from '#src/app.ts'
import { readConfig } from '#src/config.ts'
import type { Clock } from '#src/kernel/clock.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import { buildServer } from '#src/server.ts'
import { freshDatabase } from './database.ts'

export type TestClock = Clock & { set(date: Date | string): void; advance(seconds: number): void }

/** Real time until a test sets or advances it. */
export function createTestClock(): TestClock {
  let offset = 0
  return {
    now: () => new Date(Date.now() + offset),
    set: (date) => { offset = new Date(date).getTime() - Date.now() },
    advance: (seconds) => { offset += seconds * 1000 },
  }
}

export type TestApp = BuiltApp & { clock: TestClock; server: FastifyInstance; databaseUrl: string }

/** Starts an App on a fresh database. The caller calls `stop`. */
export async function startTestApp(env: Record<string, string> = {}): Promise<{ app: TestApp; stop(): Promise<void> }> {
  const database = await freshDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'guichet-test-'))
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_POOL_SIZE: '10', PUBLIC_URL: 'http://guichet.test', ...env })
  const clock = createTestClock()
  const built = await buildApp({ config, databaseUrl: database.url, clock, migrate: false })
  const server = await buildServer(built)
  await server.ready()
  // Nobody listens: the simulator's webhooks go straight to the server, as real requests all the same.
  const simulator = findSimulator(built)
  if (simulator) simulator.transport = async ({ url, headers, body }) => (await server.inject({ method: 'POST', url: new URL(url).pathname, headers, body })).statusCode
  return {
    app: Object.assign(built, { clock, server, databaseUrl: database.url }),
    async stop() {
      await server.close()
      await built.close()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/**
 * The App of a test file, started before its first test and stopped after its last:
 * `const app = testApp()` at the top of the file, `app.db`, `app.server.inject(…)` inside tests.
 */
export function testApp(env: Record<string, string> = {}): TestApp {
  let started: Awaited<ReturnType<typeof startTestApp>> | undefined
  beforeAll(async () => { started = await startTestApp(env) })
  afterAll(async () => { await started?.stop() })
  return new Proxy({} as TestApp, {
    get: (_, name) => {
      if (!started) throw new Error('the test app is only there inside tests')
      return Reflect.get(started.app, name) as unknown
    },
  })
}
