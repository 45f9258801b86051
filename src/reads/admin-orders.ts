// Orders as staff finds them, whoever sold them.
import { sql } from 'kysely'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { containing } from './admin-search.ts'

export type AdminOrder = {
  id: number
  eventId: number
  code: string
  status: string
  channel: string
  buyerName: string
  buyerEmail: string | null
  buyerPhone: string | null
  quantity: number
  total: number
  currency: string
  createdAt: Date
  eventTitle: string
  eventSlug: string
  organizerName: string
}

export type OrderSearch = PageRequest & { q?: string | undefined; status?: string | undefined; accountId?: number | undefined }

/**
 * The newest first. `q` is an order's code, a buyer's or payer's phone, an e-mail address, or part of a buyer's name; codes and whole addresses are
 * found by an index, the rest reads the table.
 */
export async function listAdminOrders(db: Db, request: OrderSearch): Promise<Page<AdminOrder>> {
  const limit = pageLimit(request)
  const [at, id] = request.cursor === undefined ? [null, 0] : decodeCursor(request.cursor, 'moment', 'id')
  const { status = null, accountId = null } = request
  const { rows } = await sql<AdminOrder & { at: string }>`
    SELECT t.id, t.event_id, t.code, t.status, t.channel, t.buyer_name, t.buyer_email, t.buyer_phone, t.quantity, t.total, t.currency, t.created_at, t.created_at::text AS at,
           e.title AS event_title, e.slug AS event_slug, o.name AS organizer_name
      FROM ticket_order t JOIN event e ON e.id = t.event_id JOIN organizer o ON o.id = t.organizer_id
     WHERE ${matching(request.q)} AND (${status}::text IS NULL OR t.status = ${status}) AND (${accountId}::bigint IS NULL OR t.account_id = ${accountId})
       AND (${at}::timestamptz IS NULL OR (t.created_at, t.id) < (${at}::timestamptz, ${id}::bigint)) ORDER BY t.created_at DESC, t.id DESC LIMIT ${limit + 1}`.execute(
    db,
  )
  return toPage(
    rows,
    limit,
    (row) => [row.at, row.id],
    ({ at: _, ...order }) => order,
  )
}

function matching(q: string | undefined) {
  const words = q?.trim()
  if (!words) return sql`true`
  if (/^[A-Z0-9]{10}$/i.test(words)) return sql`t.code = ${words.toUpperCase()}`
  if (/^[^\s@]+@[^\s@]+$/.test(words)) return sql`t.buyer_email = ${words.toLowerCase()}`
  const phone = /^[+\d][\d\s.-]{7,}$/.test(words) ? (normalizePhone(words) ?? words.replaceAll(/[^\d+]/g, '')) : null
  if (phone)
    return sql`(t.buyer_phone = ${phone} OR EXISTS (SELECT FROM payment p WHERE p.payable_kind = 'order' AND p.payable_id = t.id AND p.payer_phone = ${phone}))`
  return sql`t.buyer_name ILIKE ${containing(words)}`
}
