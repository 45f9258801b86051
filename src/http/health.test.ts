import pg from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { transact } from '#src/platform/db.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { testApp } from '#test/app.ts'

const app = testApp()
const open = testApp({ METRICS_TOKEN: 'a-token-that-only-prometheus-has' })

/** Lets nobody into the test's database, and cuts whoever is in; or lets them in again. */
async function letIn(allowed: boolean): Promise<void> {
  const address = new URL(app.databaseUrl)
  const name = address.pathname.slice(1)
  address.pathname = '/postgres'
  const client = new pg.Client(address.href)
  await client.connect()
  await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`)
  if (!allowed) await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
  await client.end()
}

const get = async (path: string) => app.server.inject({ url: path })

describe('health', () => {
  afterEach(() => letIn(true))

  test('says that the process is alive, whatever the database does', async () => {
    await letIn(false)
    expect((await get('/healthz')).statusCode).toBe(200)
  })

  test('is ready when every part is', async () => {
    const answer = await get('/readyz')
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ status: 'ready', parts: { database: { status: 'ok' }, jobs: { status: 'ok' }, disk: { status: 'ok' } } })
  })

  test('names the database when it is gone, and recovers by itself when it is back', async () => {
    await letIn(false)
    const gone = await get('/readyz')
    expect(gone.statusCode).toBe(503)
    expect(gone.json()).toMatchObject({ status: 'not ready', parts: { database: { status: 'failing' }, disk: { status: 'ok' } } })
    await letIn(true)
    // Connections that were cut are found broken at their next use, one by one.
    await vi.waitFor(async () => expect((await get('/readyz')).statusCode).toBe(200), { timeout: 15_000, interval: 100 })
  })

  test('stays in service, but says so, when jobs wait for a worker that is not there', async () => {
    await transact(app, (tx) => enqueue(tx, 'nobody-does-this', {}, { runAt: new Date(Date.now() - 3_600_000) }))
    const answer = await get('/readyz')
    expect(answer.statusCode).toBe(200)
    expect(answer.json<{ parts: { jobs: { reason: string } } }>().parts.jobs).toMatchObject({
      status: 'degraded',
      reason: expect.stringContaining('does a worker run?') as string,
    })
  })
})

describe('metrics', () => {
  afterEach(() => letIn(true))

  test('are told to this machine, with and without a database', async () => {
    await get('/healthz')
    const answer = await get('/metrics')
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('database_up 1')
    expect(answer.body).toMatch(/http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} \d/)
    await letIn(false)
    expect((await get('/metrics')).body).toContain('database_up 0')
  })

  test('are not told to others, nor through a proxy on this machine', async () => {
    expect((await app.server.inject({ url: '/metrics', remoteAddress: '203.0.113.9' })).statusCode).toBe(404)
    expect((await app.server.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.9' } })).statusCode).toBe(404)
  })

  test('need the token, from anywhere, where there is one', async () => {
    const ask = (authorization?: string) => open.server.inject({ url: '/metrics', headers: authorization ? { authorization } : {} })
    expect((await ask()).statusCode).toBe(404)
    expect((await ask('Bearer something-else')).statusCode).toBe(404)
    expect((await ask('Bearer a-token-that-only-prometheus-has')).statusCode).toBe(200)
  })
})
