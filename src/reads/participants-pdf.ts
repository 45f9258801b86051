// The participants of an event as a printed list: by name, with a box to tick, for a door without network.
import { setImmediate } from 'node:timers/promises'
import type { Readable } from 'node:stream'
import PDFDocument from 'pdfkit'
import { messages } from '#src/locales/locale.ts'
import { humanCode } from '#src/modules/ticketing/qr-text.ts'
import { loadFonts } from '#src/platform/fonts.ts'
import type { ParticipantsExport } from './participants-export.ts'

// A4 in typographic points.
const PAGE = { width: 595.28, height: 841.89, margin: 40 }
const TOP = 92
const ROW = 19
const INK = '#1c1b2b'
const SOFT = '#55526b'
const COLUMNS = [
  { x: 58, width: 178 },
  { x: 242, width: 118 },
  { x: 366, width: 106 },
  { x: 478, width: 77 },
] as const
/** The font's own composition would take some letters apart; see the tickets' paper. */
const LINE = { lineBreak: false, ellipsis: true, height: 12, features: { ccmp: false } as never }

/** Streams the PDF while it is drawn. Those whose ticket was paid back are left out: it opens no door. */
export function participantsPdf(opened: ParticipantsExport): Readable {
  const { regular, bold } = loadFonts()
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    font: false as never,
    lang: opened.locale,
    displayTitle: true,
    pdfVersion: '1.7',
    info: { Title: `${messages(opened.locale).exports.sheet}: ${opened.title}`, Creator: 'Guichet' },
  })
  doc.registerFont('regular', regular as never)
  doc.registerFont('bold', bold as never)
  draw(doc, opened).then(
    () => doc.end(),
    (error: unknown) => doc.destroy(error as Error),
  )
  return doc as unknown as Readable
}

async function draw(doc: PDFKit.PDFDocument, opened: ParticipantsExport): Promise<void> {
  const rows = []
  for await (const page of opened.pages) rows.push(...page.filter((row) => row.status !== 'refunded'))
  const { compare } = new Intl.Collator(opened.locale, { sensitivity: 'base', numeric: true })
  rows.sort((a, b) => compare(a.holderName, b.holderName))
  const perPage = Math.floor((PAGE.height - PAGE.margin - TOP) / ROW)
  const pages = Math.max(1, Math.ceil(rows.length / perPage))
  for (let page = 0; page < pages; page++) {
    doc.addPage()
    drawHead(doc, opened, rows.length, page + 1, pages)
    rows.slice(page * perPage, (page + 1) * perPage).forEach((row, i) => {
      const y = TOP + i * ROW
      doc
        .rect(PAGE.margin, y + 1, 10, 10)
        .lineWidth(0.8)
        .stroke(INK)
      drawCells(doc, 'regular', y, [row.holderName, row.ticketType, humanCode(row.code), row.orderCode], INK)
      doc
        .moveTo(PAGE.margin, y + ROW - 4)
        .lineTo(PAGE.width - PAGE.margin, y + ROW - 4)
        .lineWidth(0.3)
        .stroke(SOFT)
    })
    // Ten thousand names must not keep everybody else waiting.
    await setImmediate()
  }
}

function drawHead(doc: PDFKit.PDFDocument, opened: ParticipantsExport, count: number, page: number, pages: number): void {
  const words = messages(opened.locale).exports
  const width = PAGE.width - 2 * PAGE.margin
  doc
    .font('bold')
    .fontSize(15)
    .fillColor(INK)
    .text(opened.title.normalize('NFC'), PAGE.margin, 36, { ...LINE, height: 20, width: width - 90 })
  doc.font('regular').fontSize(9).fillColor(SOFT).text(words.countOf(count), PAGE.margin, 57, { lineBreak: false })
  doc.text(`${page} / ${pages}`, PAGE.margin, 40, { width, align: 'right', lineBreak: false })
  drawCells(doc, 'bold', TOP - 16, [words.participant, words.type, words.ticket, words.order], SOFT)
}

function drawCells(doc: PDFKit.PDFDocument, font: string, y: number, cells: readonly string[], color: string): void {
  doc.font(font).fontSize(9).fillColor(color)
  cells.forEach((text, i) => doc.text(text.normalize('NFC'), COLUMNS[i]!.x, y, { ...LINE, width: COLUMNS[i]!.width }))
}
