// The participants of an event as CSV and as spreadsheet, streamed: the team sees its own, page by page, however many there are.
import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
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
import { xlsxStream, type Cell } from '#src/platform/xlsx.ts'

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
 * tickets sold meanwhile come at the end. Tickets that were never paid are left out.
 * @throws not_found; forbidden to gate agents
 */
export async function openParticipantsExport(app: App, actor: Actor, slug: string, pageSize = PAGE): Promise<ParticipantsExport> {
  const { id, title, timezone, currency } = await asTeam(app, actor, (tx) => loadTeamEvent(tx, actor, slug, 'cashier'))
  async function* pages(): AsyncGenerator<Row[]> {
    for (let after: string | null = null; ;) {
      const rows: Row[] = await asTeam(app, actor, (tx) => selectPage(tx, id, after, pageSize))
      if (rows.length > 0) yield rows
      if (rows.length < pageSize) return
      after = rows.at(-1)!.id
    }
  }
  return { slug, title, timezone, currency, locale: actor.locale, pages: pages() }
}

async function selectPage(tx: Tx, eventId: number, after: string | null, limit: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    SELECT t.id, t.code, o.code AS order_code, tt.name AS ticket_type, t.status, COALESCE(t.holder_name, o.buyer_name) AS holder_name,
           COALESCE(t.holder_email, o.buyer_email) AS email, o.buyer_phone AS phone, o.buyer_name, t.price, t.created_at, t.used_count, t.last_scan_at
      FROM ticket t
      JOIN ticket_order o ON o.event_id = t.event_id AND o.id = t.order_id
      JOIN ticket_type tt ON tt.id = t.ticket_type_id
     WHERE t.event_id = ${eventId} AND (${after}::uuid IS NULL OR t.id > ${after}::uuid) AND t.status NOT IN ('reserved', 'invalid')
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

/** UTF-8 with a byte order mark (spreadsheets guess wrong without), RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe. */
export function participantsCsv(opened: ParticipantsExport): Readable {
  const out = stringify({
    bom: true,
    header: true,
    columns: columnsOf(opened.locale),
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    escape_formulas: true,
  })
  // What goes wrong while reading ends the download, which is how its reader learns of it.
  return pipeline(Readable.from(csvRows(opened)), out, () => {})
}

async function* csvRows(opened: ParticipantsExport): AsyncGenerator<string[]> {
  for await (const page of opened.pages) for (const row of page) yield cellsOf(row, opened).map(plainText)
}

function plainText(cell: Cell): string {
  if (cell === null || typeof cell === 'string') return cell ?? ''
  return cell.kind === 'time' ? cell.local.replace('T', ' ') : cell.value.toFixed(cell.digits ?? 0)
}

/** The same table as a spreadsheet, with real numbers and dates. */
export function participantsXlsx(opened: ParticipantsExport): Readable {
  const columns = columnsOf(opened.locale).map((label, index) => ({ label, width: WIDTHS[index]! }))
  return xlsxStream(cellPages(opened), { name: messages(opened.locale).exports.sheet, columns })
}

async function* cellPages(opened: ParticipantsExport): AsyncGenerator<Cell[][]> {
  for await (const page of opened.pages) yield page.map((row) => cellsOf(row, opened))
}
