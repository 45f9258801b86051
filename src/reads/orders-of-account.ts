// The orders that an account finds as its own.
import { sql } from 'kysely'
import type { AccountActor } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'

export type OwnOrder = {
  code: string
  event: { slug: string; title: string; startsAt: Date; endsAt: Date; timezone: string; venue: string; city: string }
  status: OrderStatus
  quantity: number
  total: Money
  expiresAt: Date | null
  createdAt: Date
  paidAt: Date | null
}

// The moment as PostgreSQL writes it, for the cursor: a Date would lose its microseconds.
type Row = Omit<OwnOrder, 'event' | 'total'> & OwnOrder['event'] & { id: number; total: number; currency: string; moment: string }

/**
 * Newest first: placed while signed in, or before that with the same e-mail address or phone number. Only a proven one counts:
 * otherwise anybody could register with a buyer's address and read what they bought.
 */
export async function listOrdersOfAccount(app: App, actor: AccountActor, request: PageRequest = {}): Promise<Page<OwnOrder>> {
  const limit = pageLimit(request)
  const [moment, id] = request.cursor === undefined ? [null, null] : decodeCursor(request.cursor, 'moment', 'id')
  const { rows } = await sql<Row>`
    SELECT o.id, o.code, o.status, o.quantity, o.total, o.currency, o.expires_at, o.created_at, o.paid_at, o.created_at::text AS moment,
           e.slug, e.title, e.starts_at, e.ends_at, e.timezone, e.venue, e.city
      FROM (SELECT id, event_id FROM ticket_order WHERE account_id = ${actor.accountId}
            UNION SELECT o.id, o.event_id FROM account a JOIN ticket_order o ON o.buyer_email = a.email
                   WHERE a.id = ${actor.accountId} AND a.email_verified_at IS NOT NULL
            UNION SELECT o.id, o.event_id FROM account a JOIN ticket_order o ON o.buyer_phone = a.phone
                   WHERE a.id = ${actor.accountId} AND a.phone_verified_at IS NOT NULL) own
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
