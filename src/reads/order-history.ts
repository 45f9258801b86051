// One order with everything that became of it, for whoever must explain it to its buyer.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'

export type OrderHistory = {
  event: { title: string; slug: string }
  tickets: { id: string; type: string; status: string; holderName: string | null; usedCount: number }[]
  refunds: { id: string; status: string; amount: number; currency: string; cause: string }[]
  /** Oldest first. */
  facts: { at: Date; kind: string; actor: string }[]
}

export async function readOrderHistory(db: Db, order: { eventId: number; id: number }): Promise<OrderHistory> {
  const event = await db.selectFrom('event').select(['title', 'slug']).where('id', '=', order.eventId).executeTakeFirstOrThrow()
  const tickets = await db
    .selectFrom('ticket')
    .innerJoin('ticketType', 'ticketType.id', 'ticket.ticketTypeId')
    .select(['ticket.id', 'ticketType.name as type', 'ticket.status', 'ticket.holderName', 'ticket.usedCount'])
    .where('ticket.eventId', '=', order.eventId)
    .where('ticket.orderId', '=', order.id)
    .orderBy('ticket.id')
    .execute()
  const refunds = await db
    .selectFrom('refund')
    .select(['id', 'status', 'amount', 'currency', 'cause'])
    .where('payableKind', '=', 'order')
    .where('payableId', '=', order.id)
    .orderBy('createdAt')
    .execute()
  const subjects = [`order:${order.id}`, ...refunds.map((refund) => `refund:${refund.id}`)]
  const { rows: facts } = await sql<OrderHistory['facts'][number]>`
    SELECT at, kind, actor FROM fact WHERE event_id = ${order.eventId} AND subject = ANY (${subjects}::text[]) ORDER BY at, id`.execute(db)
  return { event, tickets, refunds, facts }
}
