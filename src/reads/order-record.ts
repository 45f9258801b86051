// Everything that stands about one order in other tables, for whoever looks into a complaint.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'

/** The order's event, its tickets, its refunds, and what was done with order and refunds, oldest first. */
export async function readOrderRecord(db: Db, order: { id: number; eventId: number }) {
  const event = await db.selectFrom('event').select(['title', 'slug']).where('id', '=', order.eventId).executeTakeFirstOrThrow()
  const tickets = await db.selectFrom('ticket').innerJoin('ticketType', 'ticketType.id', 'ticket.ticketTypeId')
    .select(['ticket.id', 'ticketType.name', 'ticket.status', 'ticket.holderName', 'ticket.usedCount'])
    .where('ticket.eventId', '=', order.eventId).where('ticket.orderId', '=', order.id).orderBy('ticket.id').execute()
  const refunds = await db.selectFrom('refund').select(['id', 'status', 'amount', 'currency', 'cause'])
    .where('payableKind', '=', 'order').where('payableId', '=', order.id).orderBy('createdAt').execute()
  const subjects = [`order:${order.id}`, ...refunds.map((refund) => `refund:${refund.id}`)]
  const { rows: facts } = await sql<{ at: Date; kind: string; actor: string }>`
    SELECT at, kind, actor FROM fact WHERE event_id = ${order.eventId} AND subject = ANY (${subjects}::text[]) ORDER BY at, id`.execute(db)
  return { event, tickets, refunds, facts }
}
