// Lists for the platform's staff: people, organizers, events that wait, money that needs a person, mails.
import { sql } from 'kysely'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'

export type AdminUser = {
  id: number
  publicId: string
  email: string
  name: string
  role: string
  verified: boolean
  suspended: boolean
  createdAt: Date
  organizers: string[]
}
export type AdminOrganizer = {
  id: number
  slug: string
  name: string
  country: string
  events: number
  sold: number
  currency: string
  gross: number
  createdAt: Date
}
export type WaitingEvent = { id: number; slug: string; title: string; organizerName: string; startsAt: Date; timezone: string; city: string }
/** `what` says which list it came from; `id` is the payment's or refund's. */
export type MoneyCase = {
  what: 'payment' | 'refund'
  id: string
  status: string
  orderCode: string | null
  eventSlug: string | null
  organizerName: string
  provider: string
  amount: number
  currency: string
  reason: string
  at: Date
}
export type AdminMail = {
  id: number
  kind: string
  recipient: string
  subject: string
  status: string
  attempts: number
  error: string | null
  createdAt: Date
}

/** Accounts, the newest first; `q` is part of a name or an address. */
export async function listUsers(db: Db, request: PageRequest & { q?: string | undefined }): Promise<Page<AdminUser>> {
  const limit = pageLimit(request)
  const like = request.q ? `%${request.q.replaceAll(/[\\%_]/g, '\\$&')}%` : null
  const { rows } = await sql<AdminUser>`
    SELECT a.id, a.public_id, a.email, a.name, a.role, a.email_verified_at IS NOT NULL AS verified, a.suspended_at IS NOT NULL AS suspended, a.created_at,
           ARRAY(SELECT o.name || ' (' || m.role || ')' FROM membership m JOIN organizer o ON o.id = m.organizer_id WHERE m.account_id = a.id ORDER BY 1) AS organizers
      FROM account a WHERE (${like}::text IS NULL OR a.email ILIKE ${like} OR a.name ILIKE ${like}) AND a.id < ${before(request)} ORDER BY a.id DESC LIMIT ${limit + 1}`.execute(
    db,
  )
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

export async function listOrganizers(db: Db, request: PageRequest): Promise<Page<AdminOrganizer>> {
  const limit = pageLimit(request)
  const { rows } = await sql<AdminOrganizer>`
    SELECT o.id, o.slug, o.name, o.country, o.currency, o.created_at, (SELECT count(*) FROM event e WHERE e.organizer_id = o.id) AS events,
           (SELECT COALESCE(sum(c.sold), 0) FROM event e JOIN quota q ON q.event_id = e.id JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id
             WHERE e.organizer_id = o.id AND q.kind <> 'capacity') AS sold,
           (SELECT COALESCE(sum(x.amount), 0) FROM ledger_posting p JOIN ledger_entry x ON x.posting_id = p.id JOIN ledger_account a ON a.id = x.account_id
             WHERE p.organizer_id = o.id AND p.kind = 'payment' AND a.kind = 'provider' AND x.currency = o.currency) AS gross
      FROM organizer o WHERE o.id < ${before(request)} ORDER BY o.id DESC LIMIT ${limit + 1}`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

function before(request: PageRequest): number {
  return request.cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(request.cursor, 'id')[0]
}

/** The account with this public id. */
export async function findUser(db: Db, publicId: string): Promise<AdminUser | undefined> {
  const { rows } = await sql<AdminUser>`
    SELECT a.id, a.public_id, a.email, a.name, a.role, a.email_verified_at IS NOT NULL AS verified, a.suspended_at IS NOT NULL AS suspended, a.created_at,
           ARRAY(SELECT o.name || ' (' || m.role || ')' FROM membership m JOIN organizer o ON o.id = m.organizer_id WHERE m.account_id = a.id ORDER BY 1) AS organizers
      FROM account a WHERE a.public_id = ${publicId}::uuid`.execute(db)
  return rows[0]
}

export type AdminFact = {
  id: number
  at: Date
  kind: string
  subject: string
  actor: string
  eventSlug: string | null
  data: Record<string, unknown>
}

/** What was done on the platform, the latest first; `q` is the beginning of what was done (`order.`), of who did it or of what it was done to. */
export async function listFacts(db: Db, request: PageRequest & { q?: string | undefined }): Promise<Page<AdminFact>> {
  const limit = pageLimit(request)
  const like = request.q ? `${request.q.replaceAll(/[\\%_]/g, '\\$&')}%` : null
  const [xid, id] = request.cursor === undefined ? [Number.MAX_SAFE_INTEGER, 0] : decodeCursor(request.cursor, 'id', 'id')
  const { rows } = await sql<AdminFact & { xid: number }>`
    SELECT f.xid::text::bigint AS xid, f.id, f.at, f.kind, f.subject, f.actor, f.data, e.slug AS event_slug FROM fact f LEFT JOIN event e ON e.id = f.event_id
     WHERE (f.xid, f.id) < (${String(xid)}::xid8, ${id}::bigint) AND (${like}::text IS NULL OR f.kind LIKE ${like} OR f.actor LIKE ${like} OR f.subject LIKE ${like}) ORDER BY f.xid DESC, f.id DESC LIMIT ${limit + 1}`.execute(
    db,
  )
  return toPage(
    rows,
    limit,
    (row) => [row.xid, row.id],
    ({ xid: _, ...fact }) => fact,
  )
}

/** Events whose team asked for publication, the most urgent first. */
export async function listWaitingEvents(db: Db): Promise<WaitingEvent[]> {
  const { rows } = await sql<WaitingEvent>`
    SELECT e.id, e.slug, e.title, o.name AS organizer_name, e.starts_at, e.timezone, e.city FROM event e JOIN organizer o ON o.id = e.organizer_id
     WHERE e.status = 'pending_review' ORDER BY e.starts_at, e.id LIMIT 200`.execute(db)
  return rows
}

/** Payments that contradict themselves, refunds that failed or must be paid by hand; the oldest first. */
export async function listMoneyCases(db: Db): Promise<MoneyCase[]> {
  const { rows } = await sql<MoneyCase>`
    SELECT c.*, t.code AS order_code, e.slug AS event_slug, o.name AS organizer_name
      FROM (SELECT 'payment' AS what, id, status, payable_id, event_id, organizer_id, provider, amount, currency, COALESCE(review_reason, '') AS reason, updated_at AS at
              FROM payment WHERE status = 'REVIEW'
            UNION ALL
            SELECT 'refund', r.id, r.status, r.payable_id, r.event_id, r.organizer_id, p.provider, r.amount, r.currency, COALESCE(r.failure, r.reason), r.updated_at
              FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.status IN ('FAILED', 'MANUAL_REQUIRED')) c
      JOIN organizer o ON o.id = c.organizer_id LEFT JOIN ticket_order t ON t.event_id = c.event_id AND t.id = c.payable_id LEFT JOIN event e ON e.id = c.event_id
     ORDER BY c.at, c.id LIMIT 200`.execute(db)
  return rows
}

/** Mails that failed or wait, then the latest. */
export async function listMails(db: Db): Promise<AdminMail[]> {
  const { rows } = await sql<AdminMail>`
    SELECT id, kind, recipient, subject, status, attempts, error, created_at FROM mail ORDER BY (status = 'failed') DESC, (status = 'queued') DESC, id DESC LIMIT 100`.execute(
    db,
  )
  return rows
}
