// SQL of issues: many tickets given out at a time.
import { sql } from 'kysely'
import type { Cipher } from '#src/platform/cipher.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import type { IssueTerms, Person, TicketIssue } from '../ticket-issue.ts'

const PURPOSE = 'ticket-issue'

export async function insertIssue(tx: Tx, cipher: Cipher, issue: TicketIssue): Promise<void> {
  const { people, ...row } = issue
  await tx
    .insertInto('ticketIssue')
    .values({ ...row, peopleEnc: people && cipher.seal(PURPOSE, Buffer.from(JSON.stringify(people))) })
    .execute()
}

export async function selectIssue(db: Db, cipher: Cipher, errandId: string): Promise<TicketIssue | undefined> {
  const row = await db.selectFrom('ticketIssue').selectAll().where('errandId', '=', errandId).executeTakeFirst()
  if (!row) return undefined
  const { peopleEnc, createdAt: _, terms, ...issue } = row
  const people = peopleEnc && (JSON.parse(cipher.open(PURPOSE, peopleEnc).toString()) as Person[])
  return { ...issue, terms: terms as IssueTerms, people }
}

/** @param options `forget`: nobody needs the list of people any more; each has a ticket, or will have none */
export async function updateHeld(tx: Tx, errandId: string, held: number, options: { forget: boolean }): Promise<void> {
  await tx
    .updateTable('ticketIssue')
    .set({ held, ...(options.forget ? { peopleEnc: null } : {}) })
    .where('errandId', '=', errandId)
    .execute()
}

/** Places of the type that issues still keep. */
export async function hasHeldIssue(db: Db, eventId: number, ticketTypeId: number): Promise<boolean> {
  const row = await db
    .selectFrom('ticketIssue')
    .select('errandId')
    .where('eventId', '=', eventId)
    .where('ticketTypeId', '=', ticketTypeId)
    .where('held', '>', 0)
    .executeTakeFirst()
  return row !== undefined
}

export type IssueScene = {
  status: string
  organizerId: number
  /** Staff lets the organizer sell nothing for the moment. */
  suspended: boolean
  currency: string
  quotaId: number
  capacityQuotaId: number | null
  /** Null: no ticket of the type can be made any more. */
  kid: number | null
}

/** What an issue asks of its event and its type, to be looked at under the locks of their counters. */
export async function selectIssueScene(db: Db, eventId: number, ticketTypeId: number): Promise<IssueScene | undefined> {
  const { rows } = await sql<IssueScene>`
    SELECT e.status, e.organizer_id, o.sales_suspended_at IS NOT NULL AS suspended, e.currency::text, tt.quota_id, e.capacity_quota_id, k.kid
      FROM event e JOIN organizer o ON o.id = e.organizer_id JOIN ticket_type tt ON tt.event_id = e.id AND tt.id = ${ticketTypeId} AND tt.archived_at IS NULL
      LEFT JOIN event_key k ON k.event_id = e.id AND k.status = 'active'
     WHERE e.id = ${eventId}`.execute(db)
  return rows[0]
}

export type IssuedRow = { orderCode: string; key: Buffer; ticketId: string; code: Buffer; name: string; holder: string | null; email: string | null }

/**
 * Orders of one ticket each, settled as they are made. Their keys are unique: a batch made twice is refused as a whole.
 * @returns the ids of the orders, in the order of the rows
 */
export async function insertIssuedTickets(
  tx: Tx,
  issue: {
    eventId: number
    organizerId: number
    ticketTypeId: number
    errandId: string
    currency: string
    locale: string
    kid: number
    status: 'paid' | 'issued'
  },
  rows: readonly IssuedRow[],
  at: Date,
): Promise<number[]> {
  const { rows: orders } = await sql<{ id: number }>`
    INSERT INTO ticket_order (event_id, code, organizer_id, status, channel, buyer_name, buyer_email, locale, quantity, total, currency, paid_at, idem_key, request_hash)
    SELECT ${issue.eventId}, r.code, ${issue.organizerId}, 'paid', 'issue', r.name, r.email, ${issue.locale}, 1, 0, ${issue.currency}, ${at}, r.key, r.key
      FROM unnest(${rows.map((r) => r.orderCode)}::text[], ${rows.map((r) => r.name)}::text[], ${rows.map((r) => r.email)}::text[],
                  ${rows.map((r) => r.key)}::bytea[]) AS r(code, name, email, key)
    RETURNING id`.execute(tx)
  const ids = orders.map((order) => order.id)
  await sql`
    INSERT INTO ticket (event_id, id, order_id, ticket_type_id, code, kid, status, price, holder_name, holder_email, issue_id)
    SELECT ${issue.eventId}, r.id, r.order_id, ${issue.ticketTypeId}, r.code, ${issue.kid}, ${issue.status}, 0, r.holder, NULL, ${issue.errandId}
      FROM unnest(${rows.map((r) => r.ticketId)}::uuid[], ${ids}::bigint[], ${rows.map((r) => r.code)}::bytea[], ${rows.map((r) => r.holder)}::text[])
        AS r(id, order_id, code, holder)`.execute(tx)
  return ids
}

export type IssuedTicketRow = {
  id: string
  orderId: number
  orderCode: string
  ticketTypeId: number
  code: Buffer
  kid: number
  status: string
  name: string
  holderName: string | null
  email: string | null
}

/** Tickets of the issue in the order in which they were made, those that still let in or could. */
export async function selectIssuedTickets(
  db: Db,
  issue: { eventId: number; errandId: string },
  after: string | null,
  limit: number,
): Promise<IssuedTicketRow[]> {
  const { rows } = await sql<IssuedTicketRow>`
    SELECT t.id, t.order_id, o.code AS order_code, t.ticket_type_id, t.code, t.kid, t.status, o.buyer_name AS name, t.holder_name, COALESCE(t.holder_email, o.buyer_email) AS email
      FROM ticket t JOIN ticket_order o ON o.event_id = t.event_id AND o.id = t.order_id
     WHERE t.event_id = ${issue.eventId} AND t.issue_id = ${issue.errandId} AND t.status IN ('issued', 'paid', 'inside', 'outside')
       AND (${after}::uuid IS NULL OR t.id > ${after}::uuid)
     ORDER BY t.id LIMIT ${limit}`.execute(db)
  return rows
}

/** How many tickets of the issue there are by status. */
export async function countIssuedTickets(db: Db, issue: { eventId: number; errandId: string }): Promise<Record<string, number>> {
  const { rows } = await sql<{ status: string; count: number }>`
    SELECT status, count(*) AS count FROM ticket WHERE event_id = ${issue.eventId} AND issue_id = ${issue.errandId} GROUP BY 1`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.status, row.count]))
}

/** Makes tickets that wait to be sold valid: one, or all of an issue. @returns which */
export async function activateIssued(tx: Tx, eventId: number, which: { ticketId: string } | { issueId: string }): Promise<string[]> {
  const rows = await tx
    .updateTable('ticket')
    .set((eb) => ({ status: 'paid', version: eb('version', '+', 1) }))
    .where('eventId', '=', eventId)
    .where('status', '=', 'issued')
    .where('ticketId' in which ? 'id' : 'issueId', '=', 'ticketId' in which ? which.ticketId : which.issueId)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}
