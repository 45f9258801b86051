// Fixed-window limits, counted in PostgreSQL so that every process counts together. For credentials and codes, not for every request.
import { sql } from 'kysely'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Db } from './db.ts'

export type Limit = { max: number; seconds: number }

/**
 * Counts one attempt under `key`.
 * @throws `rate_limited` with `retryAfter` (seconds) beyond `limit.max` in the current window
 */
export async function requireRate(app: { db: Db }, key: string, limit: Limit): Promise<void> {
  const { count, left } = await countAttempts(app, key, limit.seconds)
  if (count > limit.max) throw kernelError('rate_limited', { retryAfter: left })
}

/** Counts one attempt under `key` and refuses nothing. @returns how many there were in the current window, and the seconds left of it */
export async function countAttempts(app: { db: Db }, key: string, seconds: number): Promise<{ count: number; left: number }> {
  const { rows } = await sql<{ count: number; left: number }>`
    INSERT INTO rate_limit (key, window_start, count)
    VALUES (${key}, to_timestamp(floor(extract(epoch FROM now()) / ${seconds}) * ${seconds}), 1)
    ON CONFLICT (key, window_start) DO UPDATE SET count = rate_limit.count + 1
    RETURNING count, greatest(1, ceil(extract(epoch FROM window_start) + ${seconds} - extract(epoch FROM now())))::integer AS left`.execute(app.db)
  return rows[0]!
}

/** Forgets the attempts under `key`, after a success. */
export async function forgiveRate(app: { db: Db }, key: string): Promise<void> {
  await sql`DELETE FROM rate_limit WHERE key = ${key}`.execute(app.db)
}

/** Gives back one attempt under `key`: it was counted before its outcome was known, and it succeeded. */
export async function returnRate(app: { db: Db }, key: string): Promise<void> {
  await sql`UPDATE rate_limit SET count = count - 1 WHERE key = ${key} AND count > 0`.execute(app.db)
}

/** Forgets windows older than a day: no limit is longer. */
export async function pruneRates(app: { db: Db }): Promise<void> {
  await sql`DELETE FROM rate_limit WHERE window_start < now() - interval '1 day'`.execute(app.db)
}
