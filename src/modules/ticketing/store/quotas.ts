// SQL of quotas. A counter changes only under its row lock, and all counters that a transaction needs are locked at once, in id order.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'

export type Counter = { eventId: number; quotaId: number; size: number; held: number; sold: number }

/** What each quota loses or gains. */
export type QuotaChange = { eventId: number; quotaId: number; held: number; sold: number }

/** How many places an order takes from a quota. */
export type Demand = { eventId: number; orderId: number; quotaId: number; places: number }

type Wanted = {
  orders: readonly { eventId: number; id: number }[]
  /** Which of their tickets. */ statuses: readonly string[]
  ticketIds?: readonly string[]
}

/**
 * How many places the orders' tickets take from each quota (the type's own and the event's capacity), with all those counters locked.
 * The orders must be locked.
 */
export async function lockDemand(tx: Tx, wanted: Wanted): Promise<{ demand: Demand[]; counters: Counter[] }> {
  for (let demand = await selectDemand(tx, wanted); ;) {
    const counters = await lockCounters(tx, demand)
    const before = new Set(demand.map((d) => d.quotaId))
    // A capacity that was set while we waited has counted these tickets: it is ours to change as well.
    demand = await selectDemand(tx, wanted)
    if (demand.every((d) => before.has(d.quotaId))) return { demand, counters }
  }
}

async function selectDemand(db: Db, { orders, statuses, ticketIds }: Wanted): Promise<Demand[]> {
  if (orders.length === 0) return []
  const { rows } = await sql<Demand>`
    SELECT t.event_id, t.order_id, q.quota_id, count(*)::integer AS places
      FROM unnest(${orders.map((o) => o.eventId)}::bigint[], ${orders.map((o) => o.id)}::bigint[]) AS k(event_id, id)
      JOIN ticket t ON t.event_id = k.event_id AND t.order_id = k.id AND t.status = ANY (${[...statuses]}::text[])
                   AND (${ticketIds ? [...ticketIds] : null}::uuid[] IS NULL OR t.id = ANY (${ticketIds ? [...ticketIds] : null}::uuid[]))
      JOIN ticket_type tt ON tt.id = t.ticket_type_id
      JOIN event e ON e.id = t.event_id
     CROSS JOIN LATERAL (VALUES (tt.quota_id), (e.capacity_quota_id)) AS q(quota_id)
     WHERE q.quota_id IS NOT NULL
     GROUP BY 1, 2, 3`.execute(db)
  return rows
}

/** Locks the counters in id order and reads them. */
export async function lockCounters(tx: Tx, keys: readonly { eventId: number; quotaId: number }[]): Promise<Counter[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Counter>`
    SELECT c.event_id, c.quota_id, c.size, c.held, c.sold FROM quota_counter c
     WHERE (c.event_id, c.quota_id) IN (SELECT * FROM unnest(${keys.map((k) => k.eventId)}::bigint[], ${keys.map((k) => k.quotaId)}::bigint[]))
     ORDER BY c.quota_id FOR UPDATE`.execute(tx)
  return rows
}

/** Locks every counter of an event, in id order. */
export async function lockEventCounters(tx: Tx, eventId: number): Promise<void> {
  await tx.selectFrom('quotaCounter').select('quotaId').where('eventId', '=', eventId).orderBy('quotaId').forUpdate().execute()
}

export async function deleteEventCounters(tx: Tx, eventId: number): Promise<void> {
  await tx.deleteFrom('quotaCounter').where('eventId', '=', eventId).execute()
}

/** Adds the changes to the counters; several for one quota are summed. */
export async function updateCounters(tx: Tx, changes: readonly QuotaChange[]): Promise<void> {
  if (changes.length === 0) return
  await sql`
    UPDATE quota_counter c SET held = c.held + d.held, sold = c.sold + d.sold
      FROM (SELECT event_id, quota_id, sum(held)::integer AS held, sum(sold)::integer AS sold
              FROM unnest(${changes.map((c) => c.eventId)}::bigint[], ${changes.map((c) => c.quotaId)}::bigint[],
                          ${changes.map((c) => c.held)}::integer[], ${changes.map((c) => c.sold)}::integer[]) AS u(event_id, quota_id, held, sold)
             GROUP BY 1, 2) d
     WHERE c.event_id = d.event_id AND c.quota_id = d.quota_id`.execute(tx)
}

export async function insertQuota(
  tx: Tx,
  quota: { eventId: number; name: string; kind: 'own' | 'shared' | 'capacity'; size: number },
): Promise<number> {
  const { id } = await tx
    .insertInto('quota')
    .values({ eventId: quota.eventId, name: quota.name, kind: quota.kind })
    .returning('id')
    .executeTakeFirstOrThrow()
  await tx.insertInto('quotaCounter').values({ eventId: quota.eventId, quotaId: id, size: quota.size }).execute()
  return id
}

export async function updateQuotaSize(tx: Tx, key: { eventId: number; quotaId: number }, size: number): Promise<void> {
  await tx.updateTable('quotaCounter').set({ size }).where('eventId', '=', key.eventId).where('quotaId', '=', key.quotaId).execute()
}

export async function deleteQuota(tx: Tx, key: { eventId: number; quotaId: number }): Promise<void> {
  await tx.deleteFrom('quotaCounter').where('eventId', '=', key.eventId).where('quotaId', '=', key.quotaId).execute()
  await tx.deleteFrom('quota').where('id', '=', key.quotaId).execute()
}

/**
 * What an event's tickets hold and have sold, counted while its sale stands still: all its counters are locked first, so that
 * no order slips in between the count and a counter made from it.
 */
export async function countCommitted(tx: Tx, eventId: number): Promise<{ held: number; sold: number }> {
  await tx.selectFrom('quotaCounter').select('quotaId').where('eventId', '=', eventId).orderBy('quotaId').forUpdate().execute()
  const { rows } = await sql<{ held: number; sold: number }>`
    SELECT count(*) FILTER (WHERE status = 'reserved') + (SELECT COALESCE(sum(i.held), 0) FROM ticket_issue i WHERE i.event_id = ${eventId}) AS held, count(*) FILTER (WHERE status IN ('issued', 'paid', 'inside', 'outside')) AS sold
      FROM ticket WHERE event_id = ${eventId}`.execute(tx)
  return rows[0]!
}

export async function setCounter(tx: Tx, key: { eventId: number; quotaId: number }, taken: { held: number; sold: number }): Promise<void> {
  await tx.updateTable('quotaCounter').set(taken).where('eventId', '=', key.eventId).where('quotaId', '=', key.quotaId).execute()
}
