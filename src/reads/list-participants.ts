// An event's participants as its team searches, filters and sorts them: tickets with their holders, and what the gates saw of them.
import { sql, type RawBuilder } from 'kysely'
import type { Actor } from '#src/kernel/actor.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { humanCode, parseHumanCode } from '#src/modules/ticketing/qr-text.ts'
import type { TicketStatus } from '#src/modules/ticketing/ticket.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'

export type Participant = {
  ticketId: string
  /** For people: `XXXX-XXXX-XXXX-XX`. */
  ticketCode: string
  orderCode: string
  ticketTypeId: number
  ticketType: string
  status: TicketStatus
  /** The holder's, or the buyer's where the holder has none. */
  name: string
  email: string | null
  phone: string | null
  /** Minor units of the event's currency. */
  price: number
  createdAt: Date
  usedCount: number
  lastScanAt: Date | null
}

export const PARTICIPANT_SORTS = ['date', 'name', 'type', 'state'] as const
export type ParticipantSort = (typeof PARTICIPANT_SORTS)[number]

export type ParticipantFilter = {
  /** Part of a name, an e-mail address, a phone number or an order's code; or the whole code of a ticket. */
  q?: string | undefined
  /** Left out: all but those that were never paid or were called off. */
  status?: TicketStatus | undefined
  ticketTypeId?: number | undefined
  /** Whether the ticket has let somebody in yet. */
  entered?: boolean | undefined
  /** Whether it cost something. */
  paid?: boolean | undefined
  /** A gate at which it let somebody in. */
  gateId?: number | undefined
}

export type ParticipantsRequest = ParticipantFilter & PageRequest & { sort?: ParticipantSort | undefined; descending?: boolean | undefined }

/** @returns a page, by date of sale, newest first, unless asked otherwise; `count`: how many match in all. @throws not_found, forbidden (gate agents), bad_cursor */
export function listParticipants(
  app: App,
  actor: Actor,
  eventSlug: string,
  request: ParticipantsRequest,
): Promise<Page<Participant> & { count: number }> {
  const limit = pageLimit(request)
  const { sort = 'date', descending = sort === 'date' } = request
  const [key, id] = request.cursor ? decodeCursor(request.cursor, 'text', 'uuid') : []
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, eventSlug, 'cashier')
    const rows = await selectParticipants(tx, event.id, request, {
      sort,
      descending,
      after: id === undefined ? null : { key: key!, id },
      limit: limit + 1,
    })
    const page = toPage(rows, limit, (row) => [row.key, row.id], toParticipant)
    // A first page that was searched for has counted what it looked through; what fits on it needs no counting.
    const counted = request.cursor ? undefined : page.nextCursor === null ? page.data.length : rows[0]?.matches
    return { ...page, count: counted ?? (await countParticipants(tx, event.id, request)) }
  })
}

type Row = Omit<Participant, 'ticketId' | 'ticketCode'> & {
  id: string
  code: Buffer
  key: string
  /** In all, where it was counted. */ matches?: number
}

function toParticipant({ id, code, key: _key, matches: _matches, ...row }: Row): Participant {
  return { ticketId: id, ticketCode: humanCode(code), ...row }
}

const NAME = sql`COALESCE(t.holder_name, o.buyer_name)`

// As text, since cursors carry text. Ids of tickets grow with time: they are the order of sale.
const KEYS: Record<ParticipantSort, RawBuilder<string>> = {
  date: sql`''`,
  name: sql`plain_text(${NAME})`,
  type: sql`lpad(tt.position::text, 10, '0') || plain_text(tt.name)`,
  state: sql`array_position(ARRAY['inside', 'outside', 'paid', 'issued', 'reserved', 'refunded', 'invalid'], t.status)::text`,
}

/** `%` and `_` typed by people mean themselves. */
export function containing(text: string): string {
  return `%${text.trim().replaceAll(/[\\%_]/g, '\\$&')}%`
}

/** What a filter asks of the tickets themselves. */
function ofTickets(filter: ParticipantFilter): RawBuilder<unknown> {
  return sql`
       ${filter.status === undefined ? sql`AND t.status NOT IN ('reserved', 'invalid')` : sql`AND t.status = ${filter.status}`}
       ${filter.ticketTypeId === undefined ? sql`` : sql`AND t.ticket_type_id = ${filter.ticketTypeId}`}
       ${filter.entered === undefined ? sql`` : filter.entered ? sql`AND t.used_count > 0` : sql`AND t.used_count = 0`}
       ${filter.paid === undefined ? sql`` : filter.paid ? sql`AND t.price > 0` : sql`AND t.price = 0`}
       ${
         filter.gateId === undefined
           ? sql``
           : sql`AND EXISTS (SELECT FROM scan s WHERE s.event_id = t.event_id AND s.ticket_id = t.id AND s.gate_id = ${filter.gateId} AND s.dir = 'in' AND s.result = 'OK')`
       }`
}

/** The rows and conditions of a filter; the order of a participant and its type are joined as `o` and `tt`. */
export function participantsWhere(eventId: number, filter: ParticipantFilter): RawBuilder<unknown> {
  const typed = filter.q?.trim()
  const pattern = typed ? containing(typed) : null
  const code = typed ? parseHumanCode(typed) : null
  return sql`
      FROM ticket t
      JOIN ticket_order o ON o.event_id = t.event_id AND o.id = t.order_id
      JOIN ticket_type tt ON tt.id = t.ticket_type_id
     WHERE t.event_id = ${eventId}
       ${ofTickets(filter)}
       ${
         code
           ? sql`AND t.code = ${code}`
           : pattern
             ? sql`AND (plain_text(${NAME}) LIKE plain_text(${pattern}) OR plain_text(o.buyer_name) LIKE plain_text(${pattern})
                 OR COALESCE(t.holder_email, o.buyer_email) ILIKE ${pattern} OR o.buyer_phone LIKE replace(${pattern}, ' ', '') OR o.code ILIKE ${pattern})`
             : sql``
       }`
}

type Cut = { sort: ParticipantSort; descending: boolean; after: { key: string; id: string } | null; limit: number }

async function selectParticipants(tx: Tx, eventId: number, filter: ParticipantFilter, { sort, descending, after, limit }: Cut): Promise<Row[]> {
  const key = KEYS[sort]
  const [beyond, direction] = descending ? [sql`<`, sql`DESC`] : [sql`>`, sql`ASC`]
  // By date the id alone decides, and its index is read in order.
  const cut = !after
    ? sql``
    : sort === 'date'
      ? sql`AND t.id ${beyond} ${after.id}::uuid`
      : sql`AND (${key}, t.id) ${beyond} (${after.key}, ${after.id}::uuid)`
  const order = sort === 'date' ? sql`t.id ${direction}` : sql`${key} ${direction}, t.id ${direction}`
  const { rows } = await sql<Row>`
    SELECT t.id, t.code, o.code AS order_code, t.ticket_type_id, tt.name AS ticket_type, t.status, ${NAME} AS name,
           COALESCE(t.holder_email, o.buyer_email) AS email, o.buyer_phone AS phone, t.price, t.created_at, t.used_count, t.last_scan_at, ${key} AS key
           ${filter.q?.trim() ? sql`, count(*) OVER () AS matches` : sql``}
    ${participantsWhere(eventId, filter)} ${cut} ORDER BY ${order} LIMIT ${limit}`.execute(tx)
  return rows
}

async function countParticipants(tx: Tx, eventId: number, filter: ParticipantFilter): Promise<number> {
  // Where no words are looked for, the tickets alone say it.
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count ${filter.q?.trim() ? participantsWhere(eventId, filter) : sql`FROM ticket t WHERE t.event_id = ${eventId} ${ofTickets(filter)}`}`.execute(
    tx,
  )
  return rows[0]!.count
}
