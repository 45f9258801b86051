// printIssue: the files of tickets given out by the thousand: sheets to print, and tables with their codes, QR texts and personal links.
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import { findEventById } from '#src/modules/events/find-events.ts'
import type { Event } from '#src/modules/events/event.ts'
import { listIssuedTickets, type IssuedTicket } from '#src/modules/ticketing/find-issues.ts'
import { mintMagicLinks } from '#src/modules/ticketing/magic-link.ts'
import type { PerSheet } from '#src/modules/ticketing/ticket-issue.ts'
import { messages } from '#src/locales/locale.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { advanceErrand, appendPart, beginDrawing, endErrand, stillDrawing, type Errand } from '#src/platform/errands.ts'
import { xlsxStream } from '#src/platform/xlsx.ts'
import { drawAside, type SheetsAside } from './draw-aside.ts'
import { paperOf } from './ticket-paper.ts'

const PAGE = 100

/** The job. A document can't be taken up in the middle, so it begins anew after a crash: nothing but the files is made here. */
export async function printIssue(app: App, errandId: string): Promise<void> {
  const begun = await beginDrawing(app, errandId, 'print')
  if (!begun) return
  const { errand, run } = begun
  const event = (await findEventById(app.db, errand.eventId))!
  const sheets = drawAside(event.title, errand.input.perSheet as PerSheet, errand.locale)
  try {
    await writeFiles(app, errand, event, sheets, keeper(app, errand, run))
  } finally {
    await sheets.close()
  }
}

type Keep = ReturnType<typeof keeper>

async function writeFiles(app: App, errand: Errand, event: Event, sheets: SheetsAside, keep: Keep): Promise<void> {
  const words = messages(errand.locale).issues
  const columns = [
    words.columns.ticket,
    words.columns.order,
    words.columns.type,
    words.columns.name,
    words.columns.email,
    words.columns.qr,
    words.columns.link,
  ]
  const table: string[][] = []
  let after: string | null = null
  let first = true
  for (;;) {
    const tickets: IssuedTicket[] = await listIssuedTickets(app, event, errand.id, after, PAGE)
    if (tickets.length === 0) break
    after = tickets.at(-1)!.id
    const rows = await rowsOf(app, event, tickets)
    table.push(...rows)
    const pdf = await sheets.draw(
      tickets.flatMap((ticket) => paperOf(event, { code: ticket.orderCode, buyer: { name: ticket.name, email: null, phone: null } }, ticket) ?? []),
    )
    if (!(await keep(table.length, { pdf, csv: csvOf(rows, first ? columns : null) }))) return
    first = false
  }
  const xlsx = await bytesOf(xlsxStream(pagesOf(table), { name: words.title, columns: columns.map((label, i) => ({ label, width: WIDTHS[i]! })) }))
  await keep(table.length, { pdf: await sheets.end(), csv: first ? csvOf([], columns) : null, xlsx }, true)
}

const WIDTHS = [20, 13, 22, 28, 30, 60, 70]

async function rowsOf(app: App, event: Event, tickets: readonly IssuedTicket[]): Promise<string[][]> {
  const links = await mintMagicLinks(
    app.db,
    tickets.map((ticket) => ({ eventId: event.id, id: ticket.orderId })),
  )
  return tickets.map((ticket, i) => [
    ticket.code,
    ticket.orderCode,
    ticket.ticketType,
    ticket.name,
    ticket.email ?? '',
    ticket.qr ?? '',
    `${app.publicUrl()}/t/${links[i]!}`,
  ])
}

/** UTF-8 with a byte order mark, RFC 4180; what a spreadsheet would take for a formula gets an apostrophe. */
function csvOf(rows: readonly string[][], columns: readonly string[] | null): Buffer {
  return Buffer.from(
    stringify(columns ? [columns, ...rows] : [...rows], {
      bom: columns !== null,
      record_delimiter: 'windows',
      quoted_match: /[\r\n]/,
      escape_formulas: true,
    }),
  )
}

async function* pagesOf(rows: readonly string[][]): AsyncGenerator<readonly string[][]> {
  for (let i = 0; i < rows.length; i += 1000) yield rows.slice(i, i + 1000)
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Writes parts and progress in one transaction; answers false where somebody stopped the errand, or took over. */
function keeper(app: App, errand: Errand, run: string) {
  const { fileName } = messages(errand.locale).issues
  return (done: number, parts: Record<string, Buffer | null>, last = false): Promise<boolean> =>
    transact(app, async (tx) => {
      if (!(await stillDrawing(tx, errand.id, run))) return false
      for (const [type, bytes] of Object.entries(parts))
        if (bytes && bytes.length > 0) await appendPart(app, tx, errand, `${fileName}.${type}`, bytes)
      await advanceErrand(tx, errand.id, { done, ...(last ? { total: done } : {}) })
      if (last) await endErrand(tx, errand.id, 'done', app.clock.now())
      return true
    })
}
