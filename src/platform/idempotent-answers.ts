// Answers kept under a caller's key, so that asking twice does once. Rows live a day; see http/api/idempotency.ts for the rules.
import { sql } from 'kysely'
import type { Db } from './db.ts'

/** A claim that its process never answered (it died) may be taken over after this many seconds. */
const ABANDONED_AFTER = 300

export type KeptAnswer = { status: number; body: string }
export type Claim = { claimed: true } | { claimed: false; requestHash: Buffer; answer: KeptAnswer | null }

/** Claims a key, or tells what stands there. Of callers at the same moment exactly one gets it. */
export async function claimAnswer(db: Db, keyHash: Buffer, requestHash: Buffer): Promise<Claim> {
  const inserted = await sql`
    INSERT INTO idempotent_answer AS a (key_hash, request_hash) VALUES (${keyHash}, ${requestHash})
    ON CONFLICT (key_hash) DO UPDATE SET created_at = now()
     WHERE a.status IS NULL AND a.request_hash = ${requestHash} AND a.created_at < now() - make_interval(secs => ${ABANDONED_AFTER})
    RETURNING 1 AS ok`.execute(db)
  if (inserted.rows.length > 0) return { claimed: true }
  const row = await db.selectFrom('idempotentAnswer').select(['requestHash', 'status', 'body']).where('keyHash', '=', keyHash).executeTakeFirst()
  // Released between the two statements: whoever held it was refused, so it is free again.
  if (!row) return claimAnswer(db, keyHash, requestHash)
  return { claimed: false, requestHash: row.requestHash, answer: row.status === null ? null : { status: row.status, body: row.body ?? '' } }
}

export async function keepAnswer(db: Db, keyHash: Buffer, answer: KeptAnswer): Promise<void> {
  await db
    .updateTable('idempotentAnswer')
    .set({ ...answer, answeredAt: sql<Date>`now()` })
    .where('keyHash', '=', keyHash)
    .execute()
}

/** Frees a key whose request came to nothing. */
export async function releaseAnswer(db: Db, keyHash: Buffer): Promise<void> {
  await db.deleteFrom('idempotentAnswer').where('keyHash', '=', keyHash).where('status', 'is', null).execute()
}

/** Forgets what is older than a day. */
export async function pruneAnswers(db: Db): Promise<void> {
  await sql`DELETE FROM idempotent_answer WHERE created_at < now() - interval '1 day'`.execute(db)
}
