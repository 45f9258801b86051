// The participants of an event as CSV and as spreadsheet, streamed: the team sees its own, page by page, however many there are.
import type { Readable } from 'node:stream'
import { sql } from 'kysely'
import type { Actor, Locale } from '#src/kernel/actor.ts'
import { currencyExponent } from '#src/kernel/money.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { messages } from '#src/locales/locale.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { TicketStatus } from '#src/modules/ticketing/ticket.ts'
import { humanCode } from '#src/modules/ticketing/qr-text.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { csvStream } from '#src/platform/csv.ts'
import { xlsxStream, type Cell } from '#src/platform/xlsx.ts'
import { participantsWhere, type ParticipantFilter } from './list-participants.ts'

type Row = {
  id: string
  code: Buffer
  orderCode: string
  ticketType: string
  status: TicketStatus
  holderName: string
  email: string | null
  phone: string | null
  buyerName: string
  price: number
  createdAt: Date
  usedCount: number
  lastScanAt: Date | null
}

export type ParticipantsExport = {
  /** The event's slug, for the file's name. */
  slug: string
  title: string
  timezone: string
  currency: string
  locale: Locale
  pages: AsyncIterable<Row[]>
}

const PAGE = 1000

/**
 * Opens an export: refuses now, reads while it is streamed. Each page is a short transaction of its own, so a slow download holds nothing;
 * tickets sold meanwhile come at the end. Tickets that were never paid are left out, unless asked for.
 * @throws not_found; forbidden to gate agents
 */
export async function openParticipantsExport(
  app: App,
  actor: Actor,
  slug: string,
  { filter = {}, pageSize = PAGE }: { filter?: ParticipantFilter; pageSize?: number } = {},
): Promise<ParticipantsExport> {
  const { id, title, timezone, currency } = await asTeam(app, actor, (tx) => loadTeamEvent(tx, actor, slug, 'cashier'))
  async function* pages(): AsyncGenerator<Row[]> {
    for (let after: string | null = null; ;) {
      const rows: Row[] = await asTeam(app, actor, (tx) => selectPage(tx, id, filter, after, pageSize))
      if (rows.length > 0) yield rows
      if (rows.length < pageSize) return
      after = rows.at(-1)!.id
    }
  }
  return { slug, title, timezone, currency, locale: actor.locale, pages: pages() }
}

async function selectPage(tx: Tx, eventId: number, filter: ParticipantFilter, after: string | null, limit: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT t.id, t.code, o.code AS order_code, tt.name AS ticket_type, t.status, COALESCE(t.holder_name, o.buyer_name) AS holder_name,
           COALESCE(t.holder_email, o.buyer_email) AS email, o.buyer_phone AS phone, o.buyer_name, t.price, t.created_at, t.used_count, t.last_scan_at
    ${participantsWhere(eventId, filter)} AND (${after}::uuid IS NULL OR t.id > ${after}::uuid)
     ORDER BY t.id LIMIT ${limit}`.execute(tx)
  return rows
}

const WIDTHS = [20, 13, 24, 14, 28, 32, 18, 28, 12, 9, 17, 8, 17]

function columnsOf(locale: Locale): string[] {
  const words = messages(locale).exports
  return [
    words.ticket,
    words.order,
    words.type,
    words.status,
    words.participant,
    words.email,
    words.phone,
    words.buyer,
    words.price,
    words.currency,
    words.orderedAt,
    words.entries,
    words.lastScan,
  ]
}

function cellsOf(row: Row, { currency, timezone, locale }: ParticipantsExport): Cell[] {
  const digits = currencyExponent(currency) as 0 | 2 | 3
  const time = (date: Date | null): Cell => date && { kind: 'time', local: toLocalTime(date, timezone) }
  return [
    humanCode(row.code),
    row.orderCode,
    row.ticketType,
    messages(locale).order.statuses[row.status],
    row.holderName,
    row.email,
    row.phone,
    row.buyerName,
    { kind: 'number', value: row.price / 10 ** digits, digits },
    currency,
    time(row.createdAt),
    { kind: 'number', value: row.usedCount },
    time(row.lastScanAt),
  ]
}

/** The table as CSV. */
export function participantsCsv(opened: ParticipantsExport): Readable {
  return csvStream(cellPages(opened), columnsOf(opened.locale))
}

/** The same table as a spreadsheet, with real numbers and dates. */
export function participantsXlsx(opened: ParticipantsExport): Readable {
  const columns = columnsOf(opened.locale).map((label, index) => ({ label, width: WIDTHS[index]! }))
  return xlsxStream(cellPages(opened), { name: messages(opened.locale).exports.sheet, columns })
}

async function* cellPages(opened: ParticipantsExport): AsyncGenerator<Cell[][]> {
  for await (const page of opened.pages) yield page.map((row) => cellsOf(row, opened))
}
