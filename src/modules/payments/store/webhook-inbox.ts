// Statements on `webhook_inbox`.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'

export type Delivery = {
  provider: string
  dedupeKey: string
  verification: string
  paymentId: string | null
  reference: string | null
  raw: Buffer
  headers: Record<string, string>
  receivedAt: Date
}

export type StoredDelivery = { id: number; provider: string; paymentId: string | null; reference: string | null; receivedAt: Date; attempts: number }

/**
 * Stores deliveries. A key that was seen before is a duplicate, unless what it said has not come true yet: then it is worth another look,
 * so that a forged or early delivery can't use up the key of the real one.
 * @returns per delivery the inbox id, or null for a duplicate
 */
export async function insertDeliveries(db: Db, deliveries: readonly Delivery[]): Promise<(number | null)[]> {
  const first = new Map<string, Delivery>()
  for (const d of deliveries) if (!first.has(keyOf(d))) first.set(keyOf(d), d)
  const unique = [...first.values()]
  const column = <K extends keyof Delivery>(key: K) => unique.map((d) => d[key])
  const { rows } = await sql<{ id: number; provider: string; dedupeKey: string }>`
    INSERT INTO webhook_inbox AS w (provider, dedupe_key, verification, payment_id, reference, raw, headers, received_at)
    SELECT * FROM unnest(${column('provider')}::text[], ${column('dedupeKey')}::text[], ${column('verification')}::text[], ${column('paymentId')}::uuid[],
                         ${column('reference')}::text[], ${column('raw')}::bytea[], ${unique.map((d) => JSON.stringify(d.headers))}::jsonb[], ${column('receivedAt')}::timestamptz[])
    ON CONFLICT (provider, dedupe_key) DO UPDATE SET processed_at = NULL, outcome = NULL, received_at = EXCLUDED.received_at WHERE w.outcome IN ('open', 'orphan')
    RETURNING id, provider, dedupe_key`.execute(db)
  const ids = new Map(rows.map((row) => [keyOf(row), row.id]))
  return deliveries.map((d) => (first.get(keyOf(d)) === d ? (ids.get(keyOf(d)) ?? null) : null))
}

/** `settled`: the attempt has ended; `open`: not yet, whatever was said; `orphan`: no such attempt in all the time we gave it. */
export type InboxOutcome = 'settled' | 'open' | 'orphan'

export async function updateProcessed(db: Db, done: readonly { id: number; outcome: InboxOutcome }[], at: Date): Promise<void> {
  if (done.length === 0) return
  await sql`UPDATE webhook_inbox w SET processed_at = ${at}, outcome = u.outcome, attempts = w.attempts + 1
              FROM unnest(${done.map((d) => d.id)}::bigint[], ${done.map((d) => d.outcome)}::text[]) AS u(id, outcome) WHERE w.id = u.id`.execute(db)
}

/** Deliveries nobody has finished, oldest first; those received after `settledBefore` are still in their process's own hands. */
export async function selectUnprocessed(db: Db, receivedBefore: Date, limit: number): Promise<StoredDelivery[]> {
  const { rows } = await sql<StoredDelivery>`
    SELECT id, provider, payment_id, reference, received_at, attempts FROM webhook_inbox
     WHERE processed_at IS NULL AND received_at <= ${receivedBefore} ORDER BY received_at LIMIT ${limit}`.execute(db)
  return rows
}

/** Attempts by provider and reference, for providers that don't send our id back. */
export async function selectIdsByReference(db: Db, wanted: readonly { provider: string; reference: string }[]): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{ id: string; provider: string; reference: string }>`
    SELECT id, provider, reference FROM payment
     WHERE (provider, reference) IN (SELECT * FROM unnest(${wanted.map((w) => w.provider)}::text[], ${wanted.map((w) => w.reference)}::text[]))`.execute(
    db,
  )
  return new Map(rows.map((row) => [`${row.provider} ${row.reference}`, row.id]))
}

export async function deleteOldDeliveries(db: Db, before: Date): Promise<void> {
  await sql`DELETE FROM webhook_inbox WHERE processed_at < ${before}`.execute(db)
}

function keyOf(delivery: { provider: string; dedupeKey: string }): string {
  return `${delivery.provider} ${delivery.dedupeKey}`
}
