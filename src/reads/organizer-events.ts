// An organizer's events with the numbers that matter: sold, earned, let in.
import { sql, type RawBuilder } from 'kysely'
import type { Actor } from '#src/kernel/actor.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { EventStatus, Visibility } from '#src/modules/events/event.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'

export type EventNumbers = {
  sold: number
  held: number
  /** Places in all: the quotas together, or the event's capacity where that is less. Null where nothing is on offer. */
  size: number | null
  /** What buyers paid for tickets that still count, minor units. */
  gross: number
  /** Admissions so far, and people inside now. */
  admitted: number
  inside: number
}

export type OrganizerEvent = EventNumbers & {
  id: number
  organizerId: number
  slug: string
  title: string
  status: EventStatus
  visibility: Visibility
  startsAt: Date
  endsAt: Date
  timezone: string
  city: string
  currency: string
  organizerName: string
}

const NUMBERS = sql`
  COALESCE(places.sold, 0) AS sold, COALESCE(places.held, 0) AS held, LEAST(places.size, e.capacity) AS size,
  COALESCE(money.gross, 0) AS gross, COALESCE(door.admitted, 0) AS admitted, COALESCE(door.inside, 0) AS inside`

const NUMBERS_FROM = sql`
  LEFT JOIN LATERAL (
    SELECT sum(c.sold) AS sold, sum(c.held) AS held, sum(c.size) AS size FROM quota q JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id
     WHERE q.event_id = e.id AND q.kind <> 'capacity') places ON true
  LEFT JOIN LATERAL (
    SELECT sum(t.price) AS gross FROM ticket t WHERE t.event_id = e.id AND t.status IN ('paid', 'inside', 'outside')) money ON true
  LEFT JOIN LATERAL (
    SELECT sum(o.total_in) AS admitted, sum(o.inside) AS inside FROM occupancy o WHERE o.event_id = e.id AND o.zone = 0) door ON true`

/** Events of the actor's teams where it does more than scan, latest first; of one of them where `organizer`, a slug, names it. @throws `unauthenticated`, `bad_cursor` */
export async function listOrganizerEvents(
  app: App,
  actor: Actor,
  request: PageRequest & { organizer?: string | undefined },
): Promise<Page<OrganizerEvent>> {
  const limit = pageLimit(request)
  const organizers = actor.kind === 'account' ? actor.memberships.filter((m) => m.role !== 'agent').map((m) => m.organizerId) : []
  const before = request.cursor === undefined ? sql`` : beforeCursor(request.cursor)
  const only = request.organizer === undefined ? sql`` : sql`AND e.organizer_id = (SELECT o.id FROM organizer o WHERE o.slug = ${request.organizer})`
  return asTeam(app, actor, async (tx) => {
    const { rows } = await sql<OrganizerEvent & { sortAt: string }>`
      SELECT e.id, e.organizer_id, e.slug, e.title, e.status, e.visibility, e.starts_at, e.ends_at, e.timezone, e.city, e.currency, g.name AS organizer_name, e.starts_at::text AS sort_at,
             ${NUMBERS}
        FROM (SELECT * FROM event e WHERE e.organizer_id = ANY (${organizers}::bigint[]) ${only} ${before} ORDER BY e.starts_at DESC, e.id DESC LIMIT ${limit + 1}) e
             JOIN organizer g ON g.id = e.organizer_id ${NUMBERS_FROM}
       ORDER BY e.starts_at DESC, e.id DESC`.execute(tx)
    return toPage(
      rows,
      limit,
      (row) => [row.sortAt, row.id],
      ({ sortAt: _, ...row }) => row,
    )
  })
}

function beforeCursor(cursor: string): RawBuilder<unknown> {
  const [at, id] = decodeCursor(cursor, 'moment', 'id')
  return sql`AND (e.starts_at, e.id) < (${at}::timestamptz, ${id}::bigint)`
}

/** The numbers of one event. The caller has made sure that they may be seen. */
export async function readEventNumbers(db: Db, eventId: number): Promise<EventNumbers> {
  const { rows } = await sql<EventNumbers>`SELECT ${NUMBERS} FROM event e ${NUMBERS_FROM} WHERE e.id = ${eventId}`.execute(db)
  return rows[0] ?? { sold: 0, held: 0, size: null, gross: 0, admitted: 0, inside: 0 }
}
