// The figures that dashboards share, for one event or for all events of some organizers. Money comes from the ledger, and nowhere else.
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#src/platform/db.ts'

/** Which events are counted. */
export type Extent = { eventId: number } | { organizerIds: readonly number[] }

/** Minor units of one currency. `net` is what the organizer is owed: gross less what was refunded, the platform's commission and the providers' fees. */
export type Revenue = { currency: string; gross: number; refunded: number; commission: number; fees: number; net: number }

export type Sales = { sold: number; held: number; orders: number; awaiting: number }
export type SalesOfDay = { day: string; orders: number; tickets: number; gross: number }
export type Admissions = { admitted: number; exits: number; inside: number; refused: number }

/** A condition on `column`, the event's id in the table at hand. */
export function within(extent: Extent, column: string): RawBuilder<boolean> {
  const id = sql.ref(column)
  return 'eventId' in extent
    ? sql`${id} = ${extent.eventId}`
    : sql`${id} IN (SELECT event.id FROM event WHERE event.organizer_id = ANY (${extent.organizerIds as number[]}::bigint[]))`
}

export async function readSales(db: Db, extent: Extent): Promise<Sales> {
  const { rows } = await sql<Sales>`
    SELECT (SELECT COALESCE(sum(c.sold), 0) FROM quota q JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id WHERE q.kind <> 'capacity' AND ${within(extent, 'q.event_id')}) AS sold,
           (SELECT COALESCE(sum(c.held), 0) FROM quota q JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id WHERE q.kind <> 'capacity' AND ${within(extent, 'q.event_id')}) AS held,
           count(*) FILTER (WHERE paid_at IS NOT NULL) AS orders, count(*) FILTER (WHERE status = 'awaiting_payment') AS awaiting
      FROM ticket_order WHERE ${within(extent, 'event_id')}`.execute(db)
  return rows[0]!
}

/** Which postings are counted. Those of one event are found among its organizer's, by whom they are indexed. */
function owned(extent: Extent): RawBuilder<boolean> {
  return 'eventId' in extent
    ? sql`p.event_id = ${extent.eventId} AND p.organizer_id = (SELECT event.organizer_id FROM event WHERE event.id = ${extent.eventId})`
    : sql`p.organizer_id = ANY (${extent.organizerIds as number[]}::bigint[])`
}

/** Empty where nothing was ever paid. */
export async function readRevenue(db: Db, extent: Extent): Promise<Revenue[]> {
  const { rows } = await sql<Revenue>`
    SELECT e.currency,
           COALESCE(sum(e.amount) FILTER (WHERE a.kind = 'provider' AND p.kind = 'payment'), 0) AS gross,
           COALESCE(-sum(e.amount) FILTER (WHERE a.kind = 'refunds_due' AND p.kind IN ('refund_requested', 'refund_failed')), 0) AS refunded,
           COALESCE(-sum(e.amount) FILTER (WHERE a.kind = 'commission' AND p.kind IN ('payment', 'refund_requested', 'refund_failed')), 0) AS commission,
           COALESCE(sum(e.amount) FILTER (WHERE a.kind = 'organizer' AND p.kind = 'provider_fee'), 0) AS fees,
           COALESCE(-sum(e.amount) FILTER (WHERE a.kind = 'organizer'), 0) AS net
      FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id JOIN ledger_account a ON a.id = e.account_id
     WHERE ${owned(extent)} GROUP BY e.currency ORDER BY e.currency`.execute(db)
  return rows
}

/** How often pages were looked at, and how often somebody then bought: sales at the counter come from elsewhere. */
export type Funnel = { views: number; orders: number }

export async function readFunnel(db: Db, extent: Extent): Promise<Funnel> {
  const { rows } = await sql<Funnel>`
    SELECT (SELECT COALESCE(sum(v.views), 0) FROM event_view v WHERE ${within(extent, 'v.event_id')}) AS views,
           (SELECT count(*) FROM ticket_order o WHERE ${within(extent, 'o.event_id')} AND o.paid_at IS NOT NULL AND o.channel NOT IN ('cashier', 'issue')) AS orders`.execute(
    db,
  )
  return { views: Number(rows[0]!.views), orders: Number(rows[0]!.orders) }
}

/** Orders by the day on which they were paid, as the event's own clocks show it. Refunds stay with the day of the sale. */
export async function readSalesByDay(db: Db, extent: Extent, since?: Date): Promise<SalesOfDay[]> {
  const { rows } = await sql<SalesOfDay>`
    SELECT (o.paid_at AT TIME ZONE e.timezone)::date AS day, count(*) AS orders, sum(o.quantity) AS tickets, sum(o.total) AS gross
      FROM ticket_order o JOIN event e ON e.id = o.event_id
     WHERE ${within(extent, 'o.event_id')} AND o.paid_at IS NOT NULL ${since ? sql`AND o.paid_at >= ${since}` : sql``} GROUP BY 1 ORDER BY 1`.execute(
    db,
  )
  return rows
}

export async function readAdmissions(db: Db, extent: Extent): Promise<Admissions> {
  const { rows } = await sql<Admissions>`
    SELECT o.admitted, o.exits, o.inside, (SELECT count(*) FROM scan_request q WHERE ${within(extent, 'q.event_id')} AND q.token_hash IS NULL)
                                        + (SELECT count(*) FROM scan s WHERE ${within(extent, 's.event_id')} AND s.result <> 'OK') AS refused
      FROM (SELECT COALESCE(sum(total_in), 0) AS admitted, COALESCE(sum(total_out), 0) AS exits, COALESCE(sum(inside), 0) AS inside
              FROM occupancy WHERE ${within(extent, 'event_id')} AND zone = 0) o`.execute(db)
  return rows[0]!
}
