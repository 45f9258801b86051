// Organizers as staff sees them.
import { sql } from 'kysely'
import { pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'
import { before, containing } from './admin-search.ts'

export type AdminOrganizer = {
  id: number
  slug: string
  name: string
  country: string
  currency: string
  commissionBps: number | null
  salesSuspendedAt: Date | null
  createdAt: Date
  events: number
  sold: number
  gross: number
}

const ORGANIZER = sql`
  SELECT o.id, o.slug, o.name, o.country, o.currency, o.commission_bps, o.sales_suspended_at, o.created_at,
         (SELECT count(*) FROM event e WHERE e.organizer_id = o.id) AS events,
         (SELECT COALESCE(sum(c.sold), 0) FROM event e JOIN quota q ON q.event_id = e.id JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id
           WHERE e.organizer_id = o.id AND q.kind <> 'capacity') AS sold,
         (SELECT COALESCE(sum(x.amount), 0) FROM ledger_posting p JOIN ledger_entry x ON x.posting_id = p.id JOIN ledger_account a ON a.id = x.account_id
           WHERE p.organizer_id = o.id AND p.kind = 'payment' AND a.kind = 'provider' AND x.currency = o.currency) AS gross
    FROM organizer o`

/** The newest first; `q` is part of a name, or of the address of somebody in the team. */
export async function listOrganizers(
  db: Db,
  request: PageRequest & { q?: string | undefined; suspended?: boolean | undefined },
): Promise<Page<AdminOrganizer>> {
  const limit = pageLimit(request)
  const like = containing(request.q)
  const { rows } = await sql<AdminOrganizer>`
    ${ORGANIZER} WHERE (${like}::text IS NULL OR o.name ILIKE ${like} OR EXISTS (
        SELECT FROM membership m JOIN account a ON a.id = m.account_id WHERE m.organizer_id = o.id AND a.email ILIKE ${like}))
      AND (${request.suspended ?? null}::boolean IS NULL OR (o.sales_suspended_at IS NOT NULL) = ${request.suspended ?? null})
      AND o.id < ${before(request)} ORDER BY o.id DESC LIMIT ${limit + 1}`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

export async function findAdminOrganizer(db: Db, slug: string): Promise<AdminOrganizer | undefined> {
  const { rows } = await sql<AdminOrganizer>`${ORGANIZER} WHERE o.slug = ${slug}`.execute(db)
  return rows[0]
}

export type TeamMember = { publicId: string; name: string; email: string; role: string; confirmed: boolean }

export async function listTeam(db: Db, organizerId: number): Promise<TeamMember[]> {
  const { rows } = await sql<TeamMember>`
    SELECT a.public_id, a.name, a.email, m.role, m.confirmed_at IS NOT NULL AS confirmed FROM membership m JOIN account a ON a.id = m.account_id
     WHERE m.organizer_id = ${organizerId} ORDER BY m.role = 'owner' DESC, a.name, a.id`.execute(db)
  return rows
}

/** What would stop if the organizer's sales were suspended: events on sale and orders that wait for their payment. */
export async function countOnSale(db: Db, organizerId: number): Promise<{ events: number; waiting: number }> {
  const { rows } = await sql<{ events: number; waiting: number }>`
    SELECT (SELECT count(*) FROM event WHERE organizer_id = ${organizerId} AND status = 'published' AND ends_at > now()) AS events,
           (SELECT count(*) FROM event e JOIN ticket_order o ON o.event_id = e.id WHERE e.organizer_id = ${organizerId} AND o.status = 'awaiting_payment') AS waiting`.execute(
    db,
  )
  return rows[0]!
}
