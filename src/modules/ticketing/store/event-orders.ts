// SQL of the organizer's list of orders.
import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Db } from '#src/platform/db.ts'
import type { TicketOrderTable } from '#src/platform/schema.ts'
import type { OrderFilter, OrderSort } from '../find-event-orders.ts'
import type { Order } from '../order.ts'
import { toOrder } from './orders.ts'

// As text, since cursors carry text. Ids of orders grow with time: they are the order of sale.
const KEYS: Record<OrderSort, RawBuilder<string>> = {
  date: sql`''`,
  name: sql`plain_text(o.buyer_name)`,
  total: sql`lpad(o.total::text, 16, '0')`,
  state: sql`array_position(ARRAY['awaiting_payment', 'refund_due', 'paid', 'partially_refunded', 'refunded', 'cancelled', 'expired'], o.status)::text`,
}

/** `%` and `_` typed by people mean themselves. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
}

function where(eventId: number, filter: OrderFilter): RawBuilder<unknown> {
  const pattern = filter.q?.trim() ? containing(filter.q.trim()) : null
  return sql`
      FROM ticket_order o
     WHERE o.event_id = ${eventId}
       ${filter.status === undefined ? sql`` : sql`AND o.status = ${filter.status}`}
       ${filter.channel === undefined ? sql`` : sql`AND o.channel = ${filter.channel}`}
       ${filter.from === undefined ? sql`` : sql`AND o.created_at >= ${filter.from}`}
       ${filter.to === undefined ? sql`` : sql`AND o.created_at < ${filter.to}`}
       ${filter.refund === undefined ? sql`` : REFUND[filter.refund]}
       ${
         pattern === null
           ? sql``
           : sql`AND (plain_text(o.buyer_name) LIKE plain_text(${pattern}) OR o.buyer_email ILIKE ${pattern}
                      OR o.buyer_phone LIKE replace(${pattern}, ' ', '') OR o.code ILIKE ${pattern})`
       }`
}

const REFUND: Record<NonNullable<OrderFilter['refund']>, RawBuilder<unknown>> = {
  open: sql`AND o.refund_asked_at IS NOT NULL AND o.refund_declined_at IS NULL AND o.status IN ('paid', 'partially_refunded')`,
  declined: sql`AND o.refund_declined_at IS NOT NULL`,
  none: sql`AND o.refund_asked_at IS NULL`,
}

type Cut = { sort: OrderSort; descending: boolean; after: { key: string; id: number } | null; limit: number }

export async function selectEventOrders(
  db: Db,
  eventId: number,
  filter: OrderFilter,
  { sort, descending, after, limit }: Cut,
): Promise<{ order: Order; key: string }[]> {
  const key = KEYS[sort]
  const [beyond, direction] = descending ? [sql`<`, sql`DESC`] : [sql`>`, sql`ASC`]
  // By date the id alone decides, and the primary key is read in order.
  const cut = !after
    ? sql``
    : sort === 'date'
      ? sql`AND o.id ${beyond} ${after.id}`
      : sql`AND (${key}, o.id) ${beyond} (${after.key}, ${after.id}::bigint)`
  const order = sort === 'date' ? sql`o.id ${direction}` : sql`${key} ${direction}, o.id ${direction}`
  const { rows } = await sql<Selectable<TicketOrderTable> & { key: string }>`
    SELECT o.*, ${key} AS key ${where(eventId, filter)} ${cut} ORDER BY ${order} LIMIT ${limit}`.execute(db)
  return rows.map(({ key: sortKey, ...row }) => ({ order: toOrder(row), key: sortKey }))
}

export async function countEventOrders(db: Db, eventId: number, filter: OrderFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) AS count ${where(eventId, filter)}`.execute(db)
  return rows[0]!.count
}

export function selectEventKey(db: Db, slug: string): Promise<{ id: number; organizerId: number } | undefined> {
  return db.selectFrom('event').select(['id', 'organizerId']).where('slug', '=', slug).executeTakeFirst()
}
