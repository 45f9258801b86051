// What was done and what was mailed, for the platform's staff.
import { sql } from 'kysely'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'
import { before, beginning, containing } from './admin-search.ts'

export type AdminMail = {
  id: number
  kind: string
  recipient: string
  locale: string
  subject: string
  status: string
  attempts: number
  error: string | null
  createdAt: Date
  sentAt: Date | null
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

export type FactSearch = PageRequest & {
  /** The beginning of what was done, of who did it or of what it was done to. */
  q?: string | undefined
  /** The whole name of a subject or an actor. */
  about?: readonly string[] | undefined
  kind?: string | undefined
  actor?: string | undefined
  from?: Date | undefined
  /** Not any more. */
  to?: Date | undefined
}

/** What was done on the platform, the latest first. */
export async function listFacts(db: Db, request: FactSearch): Promise<Page<AdminFact>> {
  const limit = pageLimit(request)
  const [like, kind, actor] = [beginning(request.q), beginning(request.kind), beginning(request.actor)]
  const { about = null, from = null, to = null } = request
  const [xid, id] = request.cursor === undefined ? [Number.MAX_SAFE_INTEGER, 0] : decodeCursor(request.cursor, 'id', 'id')
  const { rows } = await sql<AdminFact & { xid: number }>`
    SELECT f.xid::text::bigint AS xid, f.id, f.at, f.kind, f.subject, f.actor, f.data, e.slug AS event_slug FROM fact f LEFT JOIN event e ON e.id = f.event_id
     WHERE (f.xid, f.id) < (${String(xid)}::xid8, ${id}::bigint) AND (${like}::text IS NULL OR f.kind LIKE ${like} OR f.actor LIKE ${like} OR f.subject LIKE ${like})
       AND (${kind}::text IS NULL OR f.kind LIKE ${kind}) AND (${actor}::text IS NULL OR f.actor LIKE ${actor})
       AND (${about}::text[] IS NULL OR f.subject = ANY (${about}::text[]) OR f.actor = ANY (${about}::text[]))
       AND (${from}::timestamptz IS NULL OR f.at >= ${from}) AND (${to}::timestamptz IS NULL OR f.at < ${to})
     ORDER BY f.xid DESC, f.id DESC LIMIT ${limit + 1}`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.xid, row.id],
    ({ xid: _, ...fact }) => fact,
  )
}

/** The latest first; `q` is part of a recipient's address or of a subject line. */
export async function listMails(db: Db, request: PageRequest & { q?: string | undefined; status?: string | undefined }): Promise<Page<AdminMail>> {
  const limit = pageLimit(request)
  const like = containing(request.q)
  const { status = null } = request
  const { rows } = await sql<AdminMail>`
    SELECT id, kind, recipient, locale, subject, status, attempts, error, created_at, sent_at FROM mail
     WHERE (${like}::text IS NULL OR recipient ILIKE ${like} OR subject ILIKE ${like}) AND (${status}::text IS NULL OR status = ${status})
       AND id < ${before(request)} ORDER BY id DESC LIMIT ${limit + 1}`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

export async function findAdminMail(db: Db, id: number): Promise<AdminMail | undefined> {
  const { rows } = await sql<AdminMail>`
    SELECT id, kind, recipient, locale, subject, status, attempts, error, created_at, sent_at FROM mail WHERE id = ${id}`.execute(db)
  return rows[0]
}
