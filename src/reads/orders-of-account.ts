// The orders that an account finds as its own, and the tickets in them.
import { sql, type RawBuilder } from 'kysely'
import type { AccountActor } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { titleIn } from './event-title.ts'

export type OwnOrder = {
  code: string
  event: { slug: string; title: string; startsAt: Date; endsAt: Date; timezone: string; venue: string; city: string }
  status: OrderStatus
  quantity: number
  total: Money
  expiresAt: Date | null
  createdAt: Date
  paidAt: Date | null
  /** Whether the buyer waits for the organizer's answer, or was told no. */
  refundRequest: 'open' | 'declined' | null
}

// The moment as PostgreSQL writes it, for the cursor: a Date would lose its microseconds.
type Row = Omit<OwnOrder, 'event' | 'total'> & OwnOrder['event'] & { id: number; total: number; currency: string; moment: string }

/**
 * Placed while signed in, or before that with the same e-mail address or phone number. Only a proven one counts: otherwise anybody could
 * register with a buyer's address and read what they bought.
 */
export function own(accountId: number): RawBuilder<unknown> {
  return sql`(SELECT id, event_id FROM ticket_order WHERE account_id = ${accountId}
            UNION SELECT o.id, o.event_id FROM account a JOIN ticket_order o ON o.buyer_email = a.email
                   WHERE a.id = ${accountId} AND a.email_verified_at IS NOT NULL
            UNION SELECT o.id, o.event_id FROM account a JOIN ticket_order o ON o.buyer_phone = a.phone
                   WHERE a.id = ${accountId} AND a.phone_verified_at IS NOT NULL) own`
}

/** Every order, newest first. */
export async function listOrdersOfAccount(app: App, actor: AccountActor, request: PageRequest = {}): Promise<Page<OwnOrder>> {
  const limit = pageLimit(request)
  const [moment, id] = request.cursor === undefined ? [null, null] : decodeCursor(request.cursor, 'moment', 'id')
  const { rows } = await sql<Row>`
    SELECT o.id, o.code, o.status, o.quantity, o.total, o.currency, o.expires_at, o.created_at, o.paid_at, o.created_at::text AS moment,
           CASE WHEN o.status NOT IN ('paid', 'partially_refunded') OR o.refund_asked_at IS NULL THEN NULL
                WHEN o.refund_declined_at IS NULL THEN 'open' ELSE 'declined' END AS refund_request,
           e.slug, ${titleIn(actor.locale)} AS title, e.starts_at, e.ends_at, e.timezone, e.venue, e.city
      FROM ${own(actor.accountId)}
      JOIN ticket_order o USING (event_id, id) JOIN event e ON e.id = o.event_id
     WHERE ${moment}::text IS NULL OR (o.created_at, o.id) < (${moment}::timestamptz, ${id}::bigint)
     ORDER BY o.created_at DESC, o.id DESC LIMIT ${limit + 1}`.execute(app.db)
  return toPage(
    rows,
    limit,
    (row) => [row.moment, row.id],
    (row) => ({
      code: row.code,
      status: row.status,
      quantity: row.quantity,
      total: { amount: row.total, currency: row.currency },
      expiresAt: row.expiresAt,
      createdAt: row.createdAt,
      paidAt: row.paidAt,
      refundRequest: row.refundRequest,
      event: {
        slug: row.slug,
        title: row.title,
        startsAt: row.startsAt,
        endsAt: row.endsAt,
        timezone: row.timezone,
        venue: row.venue,
        city: row.city,
      },
    }),
  )
}

export type OwnTickets = {
  orderCode: string
  event: OwnOrder['event'] & { doorsOpenAt: Date | null }
  /** Those that let in: how many, and the first of them. */
  tickets: number
  firstTicketId: string
}

/** What an account may still go to (the next first) or went to (the latest first), one entry per order: tickets that let in, of events not called off. */
export async function listTicketsOfAccount(app: App, actor: AccountActor, when: 'upcoming' | 'past', limit = 50): Promise<OwnTickets[]> {
  const now = app.clock.now()
  const [period, order] =
    when === 'upcoming' ? [sql`e.ends_at > ${now}`, sql`e.starts_at, o.id`] : [sql`e.ends_at <= ${now}`, sql`e.starts_at DESC, o.id DESC`]
  const { rows } = await sql<Omit<OwnTickets, 'event'> & OwnTickets['event']>`
    SELECT o.code AS order_code, t.tickets, t.first_ticket_id, e.slug, ${titleIn(actor.locale)} AS title, e.starts_at, e.ends_at, e.doors_open_at, e.timezone, e.venue, e.city
      FROM ${own(actor.accountId)}
      JOIN ticket_order o USING (event_id, id) JOIN event e ON e.id = o.event_id
      JOIN LATERAL (SELECT count(*)::integer AS tickets, (array_agg(t.id ORDER BY t.id))[1] AS first_ticket_id FROM ticket t
                     WHERE t.event_id = o.event_id AND t.order_id = o.id AND t.status IN ('issued', 'paid', 'inside', 'outside')) t ON t.tickets > 0
     WHERE o.status IN ('paid', 'partially_refunded') AND e.status <> 'cancelled' AND ${period}
     ORDER BY ${order} LIMIT ${limit}`.execute(app.db)
  return rows.map(({ orderCode, tickets, firstTicketId, ...event }) => ({ orderCode, tickets, firstTicketId, event }))
}
