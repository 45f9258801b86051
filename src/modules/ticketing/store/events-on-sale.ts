// SQL: which events still take place.
import type { Tx } from '#src/platform/db.ts'

/** Those of the events that are published and not over yet. */
export async function selectEventsOnSale(tx: Tx, eventIds: readonly number[]): Promise<Set<number>> {
  if (eventIds.length === 0) return new Set()
  const rows = await tx
    .selectFrom('event')
    .select('id')
    .where('id', 'in', eventIds as number[])
    .where('status', '=', 'published')
    .where((eb) => eb('endsAt', '>', eb.fn<Date>('now')))
    .execute()
  return new Set(rows.map((row) => row.id))
}

export async function selectCapacityQuota(tx: Tx, eventId: number): Promise<number | null> {
  const row = await tx.selectFrom('event').select('capacityQuotaId').where('id', '=', eventId).executeTakeFirst()
  return row?.capacityQuotaId ?? null
}

export async function hasOrders(tx: Tx, eventId: number): Promise<boolean> {
  const row = await tx.selectFrom('ticketOrder').select('id').where('eventId', '=', eventId).limit(1).executeTakeFirst()
  return row !== undefined
}
