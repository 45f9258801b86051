// An organizer's business at a glance: all events together, the last thirty days, what comes next.
import { sql } from 'kysely'
import { leads, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { EventStatus } from '#src/modules/events/event.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import { readAdmissions, readRevenue, readSales, readSalesByDay, type Admissions, type Revenue, type Sales } from './numbers.ts'

export type DashboardEvent = {
  slug: string
  title: string
  status: EventStatus
  startsAt: Date
  endsAt: Date
  city: string
  timezone: string
  currency: string
  sold: number
  held: number
  size: number
  inside: number
  gross: number | null
}

export type OrganizerDashboard = {
  organizers: { slug: string; name: string }[]
  events: { total: number; published: number; running: number; upcoming: number }
  sales: Sales
  /** Per currency; null for who sells but doesn't lead. */
  revenue: Revenue[] | null
  byDay: { day: string; orders: number; tickets: number; gross: number | null }[]
  admissions: Admissions
  /** Running and upcoming ones first, then the latest of the past; at most twenty. */
  eventList: DashboardEvent[]
}

const DAYS = 30

/**
 * For owners, managers and cashiers; the latter are shown no money. Of somebody who works for several, all together unless one is named.
 * @param organizer a slug
 * @throws `forbidden` to who works for none, or only scans; `not_found` for another's organizer
 */
export async function getOrganizerDashboard(app: App, actor: Actor, organizer?: string): Promise<OrganizerDashboard> {
  if (actor.kind !== 'account') throw kernelError('unauthenticated')
  const teams = actor.memberships.filter((membership) => membership.role !== 'agent')
  if (teams.length === 0) throw kernelError('forbidden')
  const rows = await app.db
    .selectFrom('organizer')
    .select(['id', 'slug', 'name'])
    .where(
      'id',
      'in',
      teams.map((team) => team.organizerId),
    )
    .orderBy('name')
    .execute()
  const chosen = organizer === undefined ? rows : rows.filter((row) => row.slug === organizer)
  if (chosen.length === 0) throw kernelError('not_found')
  const organizerIds = chosen.map((row) => row.id)
  const seesMoney = organizerIds.every((id) => teams.some((team) => team.organizerId === id && leads(team)))
  const since = new Date(app.clock.now().getTime() - DAYS * 86_400_000)

  return asTeam(app, actor, async (tx) => ({
    organizers: chosen.map(({ slug, name }) => ({ slug, name })),
    events: await countEvents(tx, organizerIds, app.clock.now()),
    sales: await readSales(tx, { organizerIds }),
    revenue: seesMoney ? await readRevenue(tx, { organizerIds }) : null,
    byDay: (await readSalesByDay(tx, { organizerIds }, since)).map((day) => ({ ...day, gross: seesMoney ? day.gross : null })),
    admissions: await readAdmissions(tx, { organizerIds }),
    eventList: (await readEvents(tx, organizerIds, app.clock.now())).map((event) => ({ ...event, gross: seesMoney ? event.gross : null })),
  }))
}

async function countEvents(db: Db, organizerIds: readonly number[], now: Date): Promise<OrganizerDashboard['events']> {
  const { rows } = await sql<OrganizerDashboard['events']>`
    SELECT count(*) AS total, count(*) FILTER (WHERE status = 'published') AS published,
           count(*) FILTER (WHERE status = 'published' AND starts_at <= ${now} AND ends_at > ${now}) AS running, count(*) FILTER (WHERE status = 'published' AND starts_at > ${now}) AS upcoming
      FROM event WHERE organizer_id = ANY (${organizerIds as number[]}::bigint[])`.execute(db)
  return rows[0]!
}

async function readEvents(db: Db, organizerIds: readonly number[], now: Date): Promise<(DashboardEvent & { gross: number })[]> {
  const { rows } = await sql<DashboardEvent & { gross: number }>`
    SELECT e.slug, e.title, e.status, e.starts_at, e.ends_at, e.city, e.timezone, e.currency, COALESCE(p.sold, 0) AS sold, COALESCE(p.held, 0) AS held, COALESCE(p.size, 0) AS size,
           COALESCE(d.inside, 0) AS inside, COALESCE(m.gross, 0) AS gross
      FROM (SELECT * FROM event WHERE organizer_id = ANY (${organizerIds as number[]}::bigint[])
             ORDER BY (ends_at > ${now} AND status NOT IN ('cancelled', 'ended')) DESC, abs(extract(epoch FROM starts_at - ${now}::timestamptz)) LIMIT 20) e
      LEFT JOIN LATERAL (SELECT sum(c.sold) AS sold, sum(c.held) AS held, sum(c.size) AS size FROM quota q JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id
                          WHERE q.event_id = e.id AND q.kind <> 'capacity') p ON true
      LEFT JOIN LATERAL (SELECT sum(o.inside) AS inside FROM occupancy o WHERE o.event_id = e.id AND o.zone = 0) d ON true
      LEFT JOIN LATERAL (SELECT sum(o.total) AS gross FROM ticket_order o WHERE o.event_id = e.id AND o.paid_at IS NOT NULL) m ON true
     ORDER BY (e.ends_at > ${now} AND e.status NOT IN ('cancelled', 'ended')) DESC, abs(extract(epoch FROM e.starts_at - ${now}::timestamptz))`.execute(
    db,
  )
  return rows
}
