// What happened, written in the transaction that made it happen. Subscribers read facts later, in order of commit.
import { sql } from 'kysely'
import { actorLabel, type Actor } from '#src/kernel/actor.ts'
import type { Db, Tx } from './db.ts'

/** `kind` is past tense and dotted (`order.paid`); `subject` names one thing (`order:17`); `data` holds no personal data. */
export type Fact = { kind: string; organizerId?: number | null; eventId?: number | null; subject: string; data?: Record<string, unknown> }

/** Appends facts to the log, in the caller's transaction. */
export async function record(tx: Tx, actor: Actor, ...facts: Fact[]): Promise<void> {
  if (facts.length === 0) return
  const by = actorLabel(actor)
  // Arrays, not a list of rows: the statement's text stays the same for one fact and for a batch of five hundred.
  await sql`
    INSERT INTO fact (kind, organizer_id, event_id, subject, actor, data)
    SELECT kind, organizer_id, event_id, subject, ${by}, data
      FROM unnest(${facts.map((f) => f.kind)}::text[], ${facts.map((f) => f.organizerId ?? null)}::bigint[], ${facts.map((f) => f.eventId ?? null)}::bigint[],
                  ${facts.map((f) => f.subject)}::text[], ${facts.map((f) => JSON.stringify(f.data ?? {}))}::jsonb[]) AS f(kind, organizer_id, event_id, subject, data)`.execute(
    tx,
  )
}

export type StoredFact = {
  id: number
  kind: string
  organizerId: number | null
  eventId: number | null
  subject: string
  data: Record<string, unknown>
  at: Date
}

/** The newest fact of this kind about this event's `event:…` subject, or undefined. */
export async function findLastEventFact(db: Db, kind: string, eventId: number): Promise<Pick<StoredFact, 'id' | 'data' | 'at'> | undefined> {
  const row = await db
    .selectFrom('fact')
    .select(['id', 'data', 'at'])
    .where('eventId', '=', eventId)
    .where('subject', '=', `event:${eventId}`)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return row && { ...row, data: row.data as Record<string, unknown> }
}

/** A job for the queue. `key` names the effect, so that a fact seen twice is one job. */
export type WantedJob = { name: string; payload: object; key: string; /** Ahead of whatever else waits. */ urgent?: boolean }

/** What a subscriber wants done, by kind of fact. */
export type Subscriptions = Readonly<Record<string, (fact: StoredFact) => readonly WantedJob[]>>

/**
 * Hands a subscriber the facts committed since its last turn, in its own transaction: what `handle` writes and the cursor's
 * move are one. Facts of transactions still running wait for the next turn, so none is ever skipped.
 * @returns how many facts were read; 0 also when another process is at it
 */
export async function readFacts(tx: Tx, subscriber: string, limit: number, handle: (facts: StoredFact[]) => Promise<void>): Promise<number> {
  await sql`INSERT INTO fact_cursor (subscriber, xid, id) VALUES (${subscriber}, '0', 0) ON CONFLICT DO NOTHING`.execute(tx)
  const cursor = await sql<{ xid: string; id: number }>`
    SELECT xid::text, id FROM fact_cursor WHERE subscriber = ${subscriber} FOR UPDATE SKIP LOCKED`.execute(tx)
  const from = cursor.rows[0]
  if (!from) return 0
  // Sorted by the table's xid: a bare `xid` would be the text of the answer, where 1000 comes before 999.
  const { rows } = await sql<StoredFact & { xid: string }>`
    SELECT xid::text, id, kind, organizer_id, event_id, subject, data, at FROM fact
     WHERE (xid, id) > (${from.xid}::xid8, ${from.id}::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY fact.xid, fact.id LIMIT ${limit}`.execute(tx)
  const last = rows.at(-1)
  if (!last) return 0
  await handle(rows)
  await sql`UPDATE fact_cursor SET xid = ${last.xid}::xid8, id = ${last.id} WHERE subscriber = ${subscriber}`.execute(tx)
  return rows.length
}
