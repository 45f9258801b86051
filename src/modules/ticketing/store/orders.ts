// SQL of orders and tickets.
import { sql, type Selectable } from 'kysely'
import type { Locale } from '#src/kernel/actor.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import type { TicketOrderTable, TicketTable } from '#src/platform/schema.ts'
import type { Order, OrderStatus, RefundRequest, SalesChannel } from '../order.ts'
import type { Ticket, TicketStatus } from '../ticket.ts'

export function toOrder(row: Selectable<TicketOrderTable>): Order {
  return {
    eventId: row.eventId,
    id: row.id,
    code: row.code,
    organizerId: row.organizerId,
    accountId: row.accountId,
    status: row.status as OrderStatus,
    channel: row.channel as SalesChannel,
    buyer: { name: row.buyerName, email: row.buyerEmail, phone: row.buyerPhone },
    locale: row.locale as Locale,
    quantity: row.quantity,
    total: { amount: row.total, currency: row.currency },
    fees: row.fees,
    expiresAt: row.expiresAt,
    createdAt: row.createdAt,
    paidAt: row.paidAt,
    cancelledAt: row.cancelledAt,
    late: row.late,
    refundRequest: row.refundAskedAt && {
      reason: row.refundReason ?? '',
      ticketIds: row.refundTicketIds,
      askedAt: row.refundAskedAt,
      declinedAt: row.refundDeclinedAt,
      answer: row.refundAnswer ?? '',
    },
  }
}

export function toTicket(row: Selectable<TicketTable>): Ticket {
  const { eventId, id, orderId, ticketTypeId, code, kid, price, holderName, holderEmail, usedCount, lastScanAt } = row
  return { eventId, id, orderId, ticketTypeId, code, kid, status: row.status as TicketStatus, price, holderName, holderEmail, usedCount, lastScanAt }
}

export async function selectOrderByCode(db: Db, code: string): Promise<Order | undefined> {
  const row = await db.selectFrom('ticketOrder').selectAll().where('code', '=', code).executeTakeFirst()
  return row && toOrder(row)
}

/** The order that this caller's key stands for in this event. */
export async function selectOrderByKey(db: Db, eventId: number, idemKey: Buffer): Promise<Order | undefined> {
  const row = await db.selectFrom('ticketOrder').selectAll().where('idemKey', '=', idemKey).where('eventId', '=', eventId).executeTakeFirst()
  return row && toOrder(row)
}

export async function selectOrderById(db: Db, id: number): Promise<Order | undefined> {
  const row = await db.selectFrom('ticketOrder').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toOrder(row)
}

/** The orders, locked in id order: two transactions that share orders would deadlock otherwise. */
export async function lockOrders(tx: Tx, keys: readonly { eventId: number; id: number }[]): Promise<Order[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Selectable<TicketOrderTable>>`
    SELECT o.* FROM ticket_order o
      JOIN (SELECT DISTINCT * FROM unnest(${keys.map((k) => k.eventId)}::bigint[], ${keys.map((k) => k.id)}::bigint[]) AS u(event_id, id)) k
        ON k.event_id = o.event_id AND k.id = o.id
     ORDER BY o.id FOR UPDATE OF o`.execute(tx)
  return rows.map(toOrder)
}

export async function selectTickets(db: Db, order: { eventId: number; id: number }): Promise<Ticket[]> {
  const rows = await db.selectFrom('ticket').selectAll().where('eventId', '=', order.eventId).where('orderId', '=', order.id).orderBy('id').execute()
  return rows.map(toTicket)
}

export async function lockTickets(tx: Tx, order: { eventId: number; id: number }): Promise<Ticket[]> {
  const rows = await tx
    .selectFrom('ticket')
    .selectAll()
    .where('eventId', '=', order.eventId)
    .where('orderId', '=', order.id)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(toTicket)
}

/** Moves whole orders to a status, with what comes along. */
export async function updateOrders(
  tx: Tx,
  keys: readonly { eventId: number; id: number }[],
  set: { status: OrderStatus; paidAt?: Date; cancelledAt?: Date; late?: boolean },
): Promise<void> {
  if (keys.length === 0) return
  await sql`
    UPDATE ticket_order o SET status = ${set.status}, paid_at = COALESCE(${set.paidAt ?? null}::timestamptz, o.paid_at),
           cancelled_at = COALESCE(${set.cancelledAt ?? null}::timestamptz, o.cancelled_at), late = o.late OR ${set.late ?? false}
      FROM unnest(${keys.map((k) => k.eventId)}::bigint[], ${keys.map((k) => k.id)}::bigint[]) AS k(event_id, id)
     WHERE o.event_id = k.event_id AND o.id = k.id`.execute(tx)
}

/** Writes the buyer's wish as it stands now; null takes it away. */
export async function updateRefundRequest(tx: Tx, order: { eventId: number; id: number }, request: RefundRequest | null): Promise<void> {
  await tx
    .updateTable('ticketOrder')
    .set({
      refundAskedAt: request?.askedAt ?? null,
      refundReason: request?.reason ?? null,
      refundTicketIds: request?.ticketIds ?? null,
      refundDeclinedAt: request?.declinedAt ?? null,
      refundAnswer: request?.answer || null,
    })
    .where('eventId', '=', order.eventId)
    .where('id', '=', order.id)
    .execute()
}

/** Moves the orders' tickets that are in one of `from` to `to`. */
export async function updateTicketsOf(
  tx: Tx,
  keys: readonly { eventId: number; id: number }[],
  from: readonly TicketStatus[],
  to: TicketStatus,
): Promise<void> {
  if (keys.length === 0) return
  await sql`
    UPDATE ticket t SET status = ${to}, version = t.version + 1
      FROM unnest(${keys.map((k) => k.eventId)}::bigint[], ${keys.map((k) => k.id)}::bigint[]) AS k(event_id, id)
     WHERE t.event_id = k.event_id AND t.order_id = k.id AND t.status = ANY (${[...from]}::text[])`.execute(tx)
}

/** Moves single tickets of one event that are in one of `from` to `to`; answers those that moved. */
export async function updateTickets(
  tx: Tx,
  eventId: number,
  ids: readonly string[],
  from: readonly TicketStatus[],
  to: TicketStatus,
): Promise<Ticket[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .updateTable('ticket')
    .set((eb) => ({ status: to, version: eb('version', '+', 1) }))
    .where('eventId', '=', eventId)
    .where('id', 'in', ids as string[])
    .where('status', 'in', from as TicketStatus[])
    .returningAll()
    .execute()
  return rows.map(toTicket)
}

export type ExpiringOrder = { eventId: number; id: number; createdAt: Date }

/** Unpaid orders past their time, the oldest first. */
export async function selectOrdersToExpire(db: Db, now: Date, limit: number): Promise<ExpiringOrder[]> {
  return db
    .selectFrom('ticketOrder')
    .select(['eventId', 'id', 'createdAt'])
    .where('status', '=', 'awaiting_payment')
    .where('expiresAt', '<=', now)
    .orderBy('expiresAt')
    .limit(limit)
    .execute()
}

/** Holds an unpaid order's places until `expiresAt`. */
export async function extendOrder(db: Db, key: { eventId: number; id: number }, expiresAt: Date): Promise<void> {
  await db
    .updateTable('ticketOrder')
    .set({ expiresAt })
    .where('eventId', '=', key.eventId)
    .where('id', '=', key.id)
    .where('status', '=', 'awaiting_payment')
    .execute()
}

type TicketKey = { eventId: number; id: string }

export async function updateHolder(tx: Tx, ticket: TicketKey, holder: { name: string; email: string | null }): Promise<void> {
  await tx
    .updateTable('ticket')
    .set({ holderName: holder.name, holderEmail: holder.email })
    .where('eventId', '=', ticket.eventId)
    .where('id', '=', ticket.id)
    .execute()
}

export async function insertRetiredCode(tx: Tx, ticket: TicketKey & { code: Buffer }, reason: string): Promise<void> {
  await tx.insertInto('retiredCode').values({ eventId: ticket.eventId, code: ticket.code, ticketId: ticket.id, reason }).execute()
}

export async function updateTicketCode(tx: Tx, ticket: TicketKey, code: Buffer): Promise<void> {
  await tx
    .updateTable('ticket')
    .set((eb) => ({ code, version: eb('version', '+', 1) }))
    .where('eventId', '=', ticket.eventId)
    .where('id', '=', ticket.id)
    .execute()
}

export async function selectCodesOfLiveOrders(db: Db, eventId: number, afterId: number, limit: number): Promise<{ id: number; code: string }[]> {
  return db
    .selectFrom('ticketOrder')
    .select(['id', 'code'])
    .where('eventId', '=', eventId)
    .where('id', '>', afterId)
    .where('status', 'in', ['awaiting_payment', 'paid', 'partially_refunded'])
    .orderBy('id')
    .limit(limit)
    .execute()
}
