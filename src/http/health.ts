// Is this process alive, is it ready, and how is it doing: for load balancers, supervisors and Prometheus.
import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { App } from '#src/platform/app.ts'
import { sameBytes } from '#src/platform/cipher.ts'
import { countJobs, jobLag } from '#src/platform/jobs.ts'

/** `failing` takes this process out of service; `degraded` asks for a person, while buyers are still served. */
type PartState = { status: 'ok' | 'degraded' | 'failing'; reason?: string }

const SMALLEST_DISK = 200_000_000
/** Seconds that a job which is due may wait before somebody should look. */
const LONGEST_LAG = 300
const PATIENCE_MS = 3000

/** `/healthz`, `/readyz` and `/metrics`. */
export async function healthEndpoints(server: FastifyInstance, app: App): Promise<void> {
  server.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))

  server.get('/readyz', async (_request, reply) => {
    const [database, jobs, disk] = await Promise.all([within(checkDatabase(app)), within(checkJobs(app)), within(checkDisk(app.config.dataDir))])
    const parts = { database, jobs, disk }
    const ready = Object.values(parts).every((part) => part.status !== 'failing')
    return reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready', parts })
  })

  server.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(app, request)) return reply.status(404).type('text/plain').send('Not found\n')
    await gauge(app)
    return reply.type(app.metrics.registry.contentType).send(await app.metrics.registry.metrics())
  })
}

async function checkDatabase(app: App): Promise<PartState> {
  await sql`SELECT 1`.execute(app.db)
  return { status: 'ok' }
}

/** A stuck queue delays mails; it is no reason to stop selling. */
async function checkJobs(app: App): Promise<PartState> {
  const [{ dead }, lag] = await Promise.all([countJobs(app.db), jobLag(app.db)])
  if (lag > LONGEST_LAG) return { status: 'degraded', reason: `the oldest job has waited ${Math.round(lag)} seconds: does a worker run?` }
  if (dead > 0) return { status: 'degraded', reason: `${dead} jobs were given up` }
  return { status: 'ok' }
}

async function checkDisk(folder: string): Promise<PartState> {
  await mkdir(folder, { recursive: true })
  await access(folder, constants.W_OK)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  return free < SMALLEST_DISK ? { status: 'failing', reason: `only ${Math.floor(free / 1e6)} MB free` } : { status: 'ok' }
}

/** The answer, or `failing` where the part throws or does not answer in time. Reasons name no address: anybody may ask. */
async function within(check: Promise<PartState>): Promise<PartState> {
  const late = Promise.withResolvers<PartState>()
  const timer = setTimeout(() => late.resolve({ status: 'failing', reason: 'no answer in time' }), PATIENCE_MS)
  try {
    return await Promise.race([check.catch((error: unknown): PartState => ({ status: 'failing', reason: reasonOf(error) })), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code ? `no answer (${code})` : 'no answer'
}

/** With METRICS_TOKEN: whoever has it. Without: this machine only, and not through a proxy that runs on it. */
function mayReadMetrics(app: App, request: FastifyRequest): boolean {
  const { metricsToken } = app.config
  if (metricsToken) return sameBytes(Buffer.from(request.headers.authorization ?? ''), Buffer.from(`Bearer ${metricsToken}`))
  const address = request.socket.remoteAddress ?? ''
  const local = isIP(address) !== 0 && /^(127\.|::1$|::ffff:127\.)/.test(address)
  return local && !request.headers['x-forwarded-for'] && !request.headers.forwarded
}

/** Brings up to date what is only known when asked. Without a database the rest is still told. */
async function gauge(app: App): Promise<void> {
  const { pool, metrics } = app
  metrics.connections.set({ state: 'open' }, pool.totalCount)
  metrics.connections.set({ state: 'idle' }, pool.idleCount)
  metrics.connections.set({ state: 'waited for' }, pool.waitingCount)
  try {
    const [counts, lag] = await Promise.all([countJobs(app.db), jobLag(app.db)])
    for (const [state, count] of Object.entries(counts)) metrics.jobs.set({ state }, count)
    metrics.jobLag.set(lag)
    metrics.databaseUp.set(1)
  } catch {
    metrics.databaseUp.set(0)
    metrics.jobs.reset()
    metrics.jobLag.reset()
  }
}
