// Events as staff sees them: those that wait for a word, and all of them.
import { sql } from 'kysely'
import { pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'
import { before, containing } from './admin-search.ts'

export type AdminEvent = {
  id: number
  slug: string
  title: string
  status: string
  visibility: string
  city: string
  startsAt: Date
  timezone: string
  organizerName: string
  organizerSlug: string
  reviewRequestedAt: Date | null
  sold: number
}

const EVENT = sql`
  SELECT e.id, e.slug, e.title, e.status, e.visibility, e.city, e.starts_at, e.timezone, o.name AS organizer_name, o.slug AS organizer_slug, e.review_requested_at,
         (SELECT COALESCE(sum(c.sold), 0) FROM quota q JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id WHERE q.event_id = e.id AND q.kind <> 'capacity') AS sold
    FROM event e JOIN organizer o ON o.id = e.organizer_id`

export type EventSearch = PageRequest & { q?: string | undefined; status?: string | undefined; organizerId?: number | undefined }

/** The newest first; `q` is part of a title, a city or the organizer's name. */
export async function listAdminEvents(db: Db, request: EventSearch): Promise<Page<AdminEvent>> {
  const limit = pageLimit(request)
  const like = containing(request.q)
  const { status = null, organizerId = null } = request
  const { rows } = await sql<AdminEvent>`
    ${EVENT} WHERE (${like}::text IS NULL OR e.title ILIKE ${like} OR e.city ILIKE ${like} OR o.name ILIKE ${like}) AND (${status}::text IS NULL OR e.status = ${status})
      AND (${organizerId}::bigint IS NULL OR e.organizer_id = ${organizerId}) AND e.id < ${before(request)} ORDER BY e.id DESC LIMIT ${limit + 1}`.execute(
    db,
  )
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

/** Events whose team asked for publication, whoever waits longest first. */
export async function listWaitingEvents(db: Db): Promise<AdminEvent[]> {
  const { rows } =
    await sql<AdminEvent>`${EVENT} WHERE e.status = 'pending_review' ORDER BY e.review_requested_at NULLS FIRST, e.starts_at, e.id LIMIT 200`.execute(
      db,
    )
  return rows
}
