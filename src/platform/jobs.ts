// Work for later: a row in the caller's transaction, taken by a worker after the commit (graphile-worker).
import { sql } from 'kysely'
import type { App } from './app.ts'
import type { Db, Tx } from './db.ts'

/** A job's handler: load, call a verb. It may run twice, so what it does is keyed. */
export type JobHandler = (app: App, payload: never) => Promise<void>
export type JobHandlers = Readonly<Record<string, JobHandler>>

/** A recurring job: `cron` is five fields in UTC; `every` is seconds, for what must not wait a minute. */
export type ScheduledJob = { name: string; cron?: string; every?: number; run: (app: App) => Promise<void> }

/**
 * Adds a job in the caller's transaction. With a `key`, a waiting job of the same key is replaced instead of added.
 * @param runAt UTC; now if left out
 */
export async function enqueue(tx: Tx, name: string, payload: object, options: { key?: string; runAt?: Date } = {}): Promise<void> {
  await sql`SELECT enqueue_job(${name}, ${JSON.stringify(payload)}::json, ${options.key ?? null}::text, ${options.runAt ?? null}::timestamptz)`.execute(tx)
}

/** Adds many jobs of one name at once. */
export async function enqueueAll(tx: Tx, name: string, jobs: readonly { payload: object; key: string }[]): Promise<void> {
  if (jobs.length === 0) return
  await sql`SELECT enqueue_jobs(${name}, ${jobs.map((job) => JSON.stringify(job.payload))}::json[], ${jobs.map((job) => job.key)}::text[])`.execute(tx)
}

/** Jobs waiting, being retried and given up, for dashboards and readiness. */
export async function countJobs(db: Db): Promise<{ waiting: number; failing: number; dead: number }> {
  const { rows } = await sql<{ waiting: number; failing: number; dead: number }>`SELECT * FROM job_counts()`.execute(db)
  return rows[0] ?? { waiting: 0, failing: 0, dead: 0 }
}
