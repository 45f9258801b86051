// Work for later: a row in the caller's transaction, taken by a worker after the commit (graphile-worker).
import { sql } from 'kysely'
import type { App } from './app.ts'
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import { transact, type Db, type Tx } from './db.ts'
import { record } from './facts.ts'

/** A job's handler: load, call a verb. It may run twice, so what it does is keyed. */
export type JobHandler = (app: App, payload: never) => Promise<void>
export type JobHandlers = Readonly<Record<string, JobHandler>>

/** A recurring job: `cron` is five fields in UTC; `every` is seconds, for what must not wait a minute. */
export type ScheduledJob = { name: string; cron?: string; every?: number; run: (app: App) => Promise<void> }

/**
 * Adds a job in the caller's transaction. With a `key`, a waiting job of the same key is replaced instead of added.
 * @param options `runAt`: UTC, now if left out; `urgent`: ahead of whatever else waits
 */
export async function enqueue(tx: Tx, name: string, payload: object, options: { key?: string; runAt?: Date; urgent?: boolean } = {}): Promise<void> {
  await sql`SELECT enqueue_job(${name}, ${JSON.stringify(payload)}::json, ${options.key ?? null}::text, ${options.runAt ?? null}::timestamptz, ${options.urgent ?? false})`.execute(
    tx,
  )
}

/** Adds many jobs of one name at once; of several with one key, the last. */
export async function enqueueAll(
  tx: Tx,
  name: string,
  jobs: readonly { payload: object; key: string }[],
  options: { urgent?: boolean } = {},
): Promise<void> {
  if (jobs.length === 0) return
  await sql`SELECT enqueue_jobs(${name}, ${jobs.map((job) => JSON.stringify(job.payload))}::json[], ${jobs.map((job) => job.key)}::text[], ${options.urgent ?? false})`.execute(
    tx,
  )
}

/** Jobs waiting, being retried and given up, for dashboards and readiness. */
export async function countJobs(db: Db): Promise<{ waiting: number; failing: number; dead: number }> {
  const { rows } = await sql<{ waiting: number; failing: number; dead: number }>`SELECT * FROM job_counts()`.execute(db)
  return rows[0] ?? { waiting: 0, failing: 0, dead: 0 }
}

/** Seconds that the oldest job which is due has waited; 0 where none waits. */
export async function jobLag(db: Db): Promise<number> {
  const { rows } = await sql<{ lag: number }>`SELECT job_lag() AS lag`.execute(db)
  return rows[0]?.lag ?? 0
}

export const JOB_STATES = ['dead', 'failing', 'running', 'waiting', 'later'] as const
export type JobState = (typeof JOB_STATES)[number]

/** A job of the queue. `error`: the last one's text. What the job is given is not shown: it may name people. */
export type QueuedJob = {
  id: number
  name: string
  key: string | null
  state: JobState
  attempts: number
  maxAttempts: number
  error: string | null
  createdAt: Date
  runAt: Date
}

/** The queue, the latest first. */
export async function listJobs(db: Db, request: PageRequest & { state?: JobState | undefined; name?: string | undefined }): Promise<Page<QueuedJob>> {
  const limit = pageLimit(request)
  const before = request.cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(request.cursor, 'id')[0]
  const { rows } = await sql<QueuedJob>`
    SELECT * FROM list_jobs(${request.state ?? null}::text, ${request.name ?? null}::text, ${before}::bigint, ${limit + 1}::integer)`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

/** Lets a job that failed run again, at once. @throws `forbidden` unless staff; `not_found` where it runs, ran, or never failed */
export async function retryJob(app: App, actor: Actor, id: number): Promise<void> {
  await touchJob(app, actor, id, 'job.retried', (tx) => sql<{ name: string | null }>`SELECT retry_job(${id}) AS name`.execute(tx))
}

/** Forgets a job that failed: what it should have done will not be done. @throws as `retryJob` */
export async function dropJob(app: App, actor: Actor, id: number): Promise<void> {
  await touchJob(app, actor, id, 'job.dropped', (tx) => sql<{ name: string | null }>`SELECT drop_job(${id}) AS name`.execute(tx))
}

async function touchJob(
  app: App,
  actor: Actor,
  id: number,
  kind: string,
  work: (tx: Tx) => Promise<{ rows: { name: string | null }[] }>,
): Promise<void> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  await transact(app, async (tx) => {
    const name = (await work(tx)).rows[0]?.name
    if (!name) throw kernelError('not_found')
    await record(tx, actor, { kind, subject: `job:${id}`, data: { name } })
  })
}

/** Lets all jobs that were given up run again. @returns how many @throws `forbidden` unless staff */
export async function retryAllJobs(app: App, actor: Actor): Promise<number> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  return transact(app, async (tx) => {
    const count = await retryDeadJobs(tx)
    if (count > 0) await record(tx, actor, { kind: 'job.all_retried', subject: 'jobs', data: { count } })
    return count
  })
}

/** Lets all jobs that were given up run again. @returns how many */
export async function retryDeadJobs(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT retry_dead_jobs() AS count`.execute(db)
  return rows[0]?.count ?? 0
}
