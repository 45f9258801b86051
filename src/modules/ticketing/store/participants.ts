// SQL of the organizer's lists.
import { sql, type Selectable } from 'kysely'
import type { Db } from '#src/platform/db.ts'
import type { TicketOrderTable } from '#src/platform/schema.ts'
import type { Order, OrderStatus } from '../order.ts'
import type { TicketStatus } from '../ticket.ts'
import { toOrder } from './orders.ts'

export type ParticipantRow = {
  id: string
  code: Buffer
  orderCode: string
  ticketTypeId: number
  ticketType: string
  status: TicketStatus
  name: string
  email: string | null
  phone: string | null
  price: number
  createdAt: Date
  usedCount: number
  lastScanAt: Date | null
}

/** `%` and `_` typed by people mean themselves. */
function containing(text: string): string {
  return `%${text.trim().replaceAll(/[\\%_]/g, '\\$&')}%`
}

// Ticket ids grow with time, so they are the order of sale as well.
export async function selectParticipants(
  db: Db,
  eventId: number,
  filter: { q?: string | undefined; status?: TicketStatus | undefined; ticketTypeId?: number | undefined; after: string | null; limit: number },
): Promise<ParticipantRow[]> {
  const pattern = filter.q?.trim() ? containing(filter.q) : null
  const { rows } = await sql<ParticipantRow>`
    SELECT t.id, t.code, o.code AS order_code, t.ticket_type_id, tt.name AS ticket_type, t.status, COALESCE(t.holder_name, o.buyer_name) AS name,
           COALESCE(t.holder_email, o.buyer_email) AS email, o.buyer_phone AS phone, t.price, t.created_at, t.used_count, t.last_scan_at
      FROM ticket t
      JOIN ticket_order o ON o.event_id = t.event_id AND o.id = t.order_id
      JOIN ticket_type tt ON tt.id = t.ticket_type_id
     WHERE t.event_id = ${eventId}
       AND (${filter.after}::uuid IS NULL OR t.id < ${filter.after}::uuid)
       AND CASE WHEN ${filter.status ?? null}::text IS NULL THEN t.status NOT IN ('reserved', 'invalid') ELSE t.status = ${filter.status ?? null}::text END
       AND (${filter.ticketTypeId ?? null}::bigint IS NULL OR t.ticket_type_id = ${filter.ticketTypeId ?? null}::bigint)
       AND (${pattern}::text IS NULL OR plain_text(COALESCE(t.holder_name, o.buyer_name)) LIKE plain_text(${pattern}::text)
            OR COALESCE(t.holder_email, o.buyer_email) ILIKE ${pattern}::text OR o.buyer_phone LIKE ${pattern}::text OR o.code ILIKE ${pattern}::text)
     ORDER BY t.id DESC LIMIT ${filter.limit}`.execute(db)
  return rows
}

export async function selectEventOrders(
  db: Db,
  eventId: number,
  filter: { q?: string | undefined; status?: OrderStatus | undefined; before: number | null; limit: number },
): Promise<Order[]> {
  const pattern = filter.q?.trim() ? containing(filter.q) : null
  const { rows } = await sql<Selectable<TicketOrderTable>>`
    SELECT o.* FROM ticket_order o
     WHERE o.event_id = ${eventId}
       AND (${filter.before}::bigint IS NULL OR o.id < ${filter.before}::bigint)
       AND (${filter.status ?? null}::text IS NULL OR o.status = ${filter.status ?? null}::text)
       AND (${pattern}::text IS NULL OR plain_text(o.buyer_name) LIKE plain_text(${pattern}::text) OR o.buyer_email ILIKE ${pattern}::text
            OR o.buyer_phone LIKE ${pattern}::text OR o.code ILIKE ${pattern}::text)
     ORDER BY o.id DESC LIMIT ${filter.limit}`.execute(db)
  return rows.map(toOrder)
}
