// The process as its operator meets it: starting, two at once, stopping, refusing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { migrationNames } from '#src/platform/migrate.ts'
import { startTestApp } from '../app.ts'
import { emptyDatabase } from '../database.ts'
import { buildEvent, buildTicketType } from '../factories.ts'
import { startServerProcess } from '../server-process.ts'

const ENTRY = fileURLToPath(new URL('../../src/entry/serve.ts', import.meta.url))
const HOOK = fileURLToPath(new URL('../../scripts/tsx-hook.mjs', import.meta.url))

/** Runs the server until it ends by itself. */
async function tryToServe(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', HOOK, ENTRY], {
    env: { PATH: process.env.PATH, DEMO_WORLD: 'off', LOG_LEVEL: 'error', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

const until = async (test: () => Promise<boolean>) => {
  while (!(await test()))
    await new Promise((resolve) => {
      setTimeout(resolve, 20)
    })
}

/** An order that can't be answered until the returned connection lets go of its quota. */
async function holdUpAnOrder(databaseUrl: string, url: string, event: { id: number; slug: string }, type: { id: number }) {
  const blocker = new pg.Client(databaseUrl)
  await blocker.connect()
  await blocker.query('BEGIN')
  await blocker.query('SELECT FROM quota_counter WHERE event_id = $1 FOR UPDATE', [event.id])
  const answer = fetch(`${url}/api/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `held up at ${event.slug}` },
    body: JSON.stringify({ event: event.slug, lines: [{ ticketTypeId: type.id, quantity: 1 }], buyer: { name: 'Afi', email: 'afi@example.test' } }),
  })
  answer.catch(() => {})
  const watcher = new pg.Client(databaseUrl)
  await watcher.connect()
  await until(
    async () => (await watcher.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).rowCount! > 0,
  )
  await watcher.end()
  return {
    answer,
    letGo: async () => {
      await blocker.query('ROLLBACK')
      await blocker.end()
    },
  }
}

describe('stopping', () => {
  test('answers the request under way, takes no new one, and ends with 0', async () => {
    const { app, stop } = await startTestApp()
    try {
      const event = await buildEvent(app)
      const type = await buildTicketType(app, event, { price: 0, quantity: 10 })
      const server = await startServerProcess({ DATABASE_URL: app.databaseUrl })
      const { answer, letGo } = await holdUpAnOrder(app.databaseUrl, server.url, event, type)
      const ended = once(server.process, 'exit') as Promise<[number | null]>
      server.process.kill('SIGTERM')
      await until(() =>
        fetch(`${server.url}/healthz`, { headers: { connection: 'close' } }).then(
          () => false,
          () => true,
        ),
      )
      await letGo()
      const response = await answer
      expect(response.status).toBe(201)
      const { code } = (await response.json()) as { code: string }
      expect(await app.db.selectFrom('ticketOrder').select('status').where('code', '=', code).execute()).toEqual([{ status: 'paid' }])
      expect((await ended)[0]).toBe(0)
    } finally {
      await stop()
    }
  })

  test('at the second signal ends at once', async () => {
    const { app, stop } = await startTestApp()
    try {
      const event = await buildEvent(app)
      const type = await buildTicketType(app, event, { price: 0, quantity: 10 })
      const server = await startServerProcess({ DATABASE_URL: app.databaseUrl })
      const { letGo } = await holdUpAnOrder(app.databaseUrl, server.url, event, type)
      const ended = once(server.process, 'exit') as Promise<[number | null]>
      // Two at once are one wish: npm passes on the Ctrl-C that the terminal sends to both.
      server.process.kill('SIGINT')
      server.process.kill('SIGINT')
      await new Promise((resolve) => {
        setTimeout(resolve, 800)
      })
      expect(server.process.exitCode).toBeNull()
      server.process.kill('SIGINT')
      expect((await ended)[0]).toBe(130)
      await letGo()
    } finally {
      await stop()
    }
  })
})

test('two processes that start together on an empty database migrate it once, and both serve', async () => {
  const database = await emptyDatabase()
  try {
    const servers = await Promise.all([1, 2].map(() => startServerProcess({ DATABASE_URL: database.url })))
    for (const server of servers) expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    const client = new pg.Client(database.url)
    await client.connect()
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migration ORDER BY name')
    await client.end()
    expect(rows.map((row) => row.name)).toEqual(migrationNames())
    await Promise.all(servers.map((server) => server.kill('SIGTERM')))
    expect(servers.map((server) => server.process.exitCode)).toEqual([0, 0])
  } finally {
    await database.drop()
  }
})

describe('what cannot start says why, in a sentence, and ends with 1', () => {
  test('a configuration that contradicts itself', async () => {
    const { code, output } = await tryToServe({ NODE_ENV: 'production' })
    expect(code).toBe(1)
    expect(output).toContain('GUICHET_SECRET must be set in production')
    expect(output).toContain('PUBLIC_URL must be set in production')
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('a port that is taken, with the database left as it was', async () => {
    const { app, stop } = await startTestApp()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    try {
      const { port } = taken.address() as AddressInfo
      const { code, output } = await tryToServe({ DATABASE_URL: app.databaseUrl, PORT: String(port) })
      expect(code).toBe(1)
      expect(output).toContain(`Port ${port} is taken by another program`)
      expect(output).not.toMatch(/^\s+at /m)
    } finally {
      taken.close()
      await stop()
    }
  })

  test('a database that does not answer', async () => {
    const { code, output } = await tryToServe({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
    expect(code).toBe(1)
    expect(output).toContain('The database at DATABASE_URL does not answer')
    expect(output).not.toMatch(/^\s+at /m)
  })
})
