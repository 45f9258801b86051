// Tickets as PDF: one A6 page each, the shape of a ticket, its QR code drawn as vectors. 4 ms a ticket.
import { setImmediate } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import type { Locale } from '#src/kernel/actor.ts'
import { messages } from '#src/locales/locale.ts'
import { loadFonts } from '#src/platform/fonts.ts'
import { placeText, spanText, timeText } from './event-time.ts'
import type { TicketPaper } from './ticket-paper.ts'
import { darkRuns, qrModules, QUIET } from './ticket-qr.ts'

// Millimetres and typographic points: 72 points are 25.4 mm.
export const PAGE = { width: 297.64, height: 419.53 }
const CARD = { left: 12, top: 12, right: PAGE.width - 12, bottom: PAGE.height - 12, radius: 10, notch: 8, fold: 222 }
const LEFT = CARD.left + 16
const WIDTH = CARD.right - CARD.left - 32
/** The symbol's side without the quiet zone: 39 mm, read from half a metre even where the printer is poor. */
const QR_SIDE = 111
// Otherwise the font takes `ẹ` apart into two glyphs, of which a reader that copies or searches finds one.
const WHOLE = { features: { ccmp: false } as never }
const INK = '#1c1b2b'
const SOFT = '#55526b'
const INDIGO = '#2b2f6b'
const LATERITE = '#b04a2a'

/**
 * The tickets' PDF, one page each. Only what lets in can be drawn: a `TicketPaper` exists for nothing else.
 * @param papers at least one
 */
export async function ticketPdf(papers: readonly TicketPaper[], locale: Locale): Promise<Buffer> {
  const words = messages(locale).paper
  const [first] = papers
  if (!first) throw new RangeError('a PDF needs at least one ticket')
  const doc = openTicketDocument([PAGE.width, PAGE.height], first.event.title, locale)
  const done = collect(doc)
  for (const [index, paper] of papers.entries()) {
    doc.addPage()
    drawTicket(doc, paper, locale, papers.length > 1 ? words.nth(index + 1, papers.length) : '')
    // A hundred tickets must not keep everybody else waiting.
    await setImmediate()
  }
  doc.end()
  return done
}

/** A document without pages, with our fonts. @param size in points */
export function openTicketDocument(size: 'A4' | [number, number], title: string, locale: Locale): PDFKit.PDFDocument {
  const { regular, bold } = loadFonts()
  const doc = new PDFDocument({
    size,
    margin: 0,
    autoFirstPage: false,
    font: false as never,
    lang: locale,
    displayTitle: true,
    pdfVersion: '1.7',
    info: { Title: messages(locale).paper.title(title), Creator: 'Guichet' },
  })
  doc.registerFont('regular', regular as never)
  doc.registerFont('bold', bold as never)
  return doc
}

/** Draws one ticket of the size of `PAGE` at the origin. @param nth which of how many; empty where it is alone */
export function drawTicket(doc: PDFKit.PDFDocument, paper: TicketPaper, locale: Locale, nth: string): void {
  drawCard(doc)
  drawEvent(doc, paper, locale, nth)
  drawStub(doc, paper, locale)
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    doc
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => resolve(Buffer.concat(chunks)))
      .on('error', reject)
  })
}

/** A card with a half-round notch at each end of its fold. Outlines only: it shall not drink the printer's ink. */
function drawCard(doc: PDFKit.PDFDocument): void {
  const { left, top, right, bottom, radius: r, notch: n, fold } = CARD
  doc
    .path(
      `M${left + r} ${top} H${right - r} A${r} ${r} 0 0 1 ${right} ${top + r} V${fold - n} A${n} ${n} 0 0 0 ${right} ${fold + n} V${bottom - r}` +
        ` A${r} ${r} 0 0 1 ${right - r} ${bottom} H${left + r} A${r} ${r} 0 0 1 ${left} ${bottom - r} V${fold + n} A${n} ${n} 0 0 0 ${left} ${fold - n} V${top + r}` +
        ` A${r} ${r} 0 0 1 ${left + r} ${top} Z`,
    )
    .lineWidth(1)
    .stroke(INDIGO)
  doc
    .moveTo(left + n + 4, fold)
    .lineTo(right - n - 4, fold)
    .dash(3, { space: 3 })
    .lineWidth(0.8)
    .stroke(INDIGO)
    .undash()
}

/** Above the fold: what, when, where. */
function drawEvent(doc: PDFKit.PDFDocument, { event }: TicketPaper, locale: Locale, nth: string): void {
  const words = messages(locale).paper
  const title = shown(event.title)
  doc
    .font('bold')
    .fontSize(8)
    .fillColor(LATERITE)
    .text(words.heading, LEFT, CARD.top + 15, { characterSpacing: 1, lineBreak: false })
  doc
    .font('regular')
    .fillColor(SOFT)
    .text(nth, LEFT, CARD.top + 15, { width: WIDTH, align: 'right', lineBreak: false })
  const size = [20, 17, 14, 12].find((s) => doc.font('bold').fontSize(s).heightOfString(title, { width: WIDTH, lineGap: -3 }) <= 84) ?? 12
  doc
    .font('bold')
    .fontSize(size)
    .fillColor(INK)
    .text(title, LEFT, CARD.top + 28, { ...WHOLE, width: WIDTH, height: 84, lineGap: -3, ellipsis: true })
  let y = Math.max(doc.y + 8, CARD.top + 62)
  const when = spanText(event, locale) + (event.doorsOpenAt ? `\n${words.doors(timeText(event.doorsOpenAt, event.timezone, locale))}` : '')
  for (const [label, value] of [
    [words.when, when],
    [words.where, placeText(event)],
  ] as const) {
    if (!value) continue
    doc.font('regular').fontSize(7.5).fillColor(SOFT).text(label, LEFT, y, { lineBreak: false })
    doc
      .font('bold')
      .fontSize(10)
      .fillColor(INK)
      .text(shown(value), LEFT, y + 10, { ...WHOLE, width: WIDTH, height: 30, lineGap: -1, ellipsis: true })
    y = doc.y + 6
  }
}

/** Below the fold: the QR code, whose ticket it is, and what to say when nothing reads it. */
function drawStub(doc: PDFKit.PDFDocument, paper: TicketPaper, locale: Locale): void {
  const words = messages(locale).paper
  const module = drawQr(doc, paper.qr, CARD.left + 8, CARD.fold + 10)
  const x = CARD.left + 8 + QR_SIDE + 2 * QUIET * module + 2
  const width = CARD.right - 12 - x
  let y = CARD.fold + 10 + QUIET * module
  const lines: readonly (readonly [string, string, number])[] = [
    [words.type, paper.ticketType, 26],
    [words.holder, paper.holder, 39],
    [words.order, paper.orderCode, 13],
  ]
  for (const [label, value, height] of lines) {
    doc.font('regular').fontSize(7.5).fillColor(SOFT).text(label, x, y, { width, lineBreak: false })
    doc
      .font('bold')
      .fontSize(9.5)
      .fillColor(INK)
      .text(shown(value), x, y + 10, { ...WHOLE, width, height, lineGap: -1, ellipsis: true })
    y = doc.y + 5
  }
  const bottom = CARD.fold + 10 + QR_SIDE + 2 * QUIET * module
  doc
    .font('bold')
    .fontSize(10)
    .fillColor(INK)
    .text(paper.humanCode, LEFT, bottom + 1, { width: WIDTH, align: 'center', characterSpacing: 0.6, lineBreak: false })
  doc
    .font('regular')
    .fontSize(7)
    .fillColor(SOFT)
    .text(words.once, LEFT, bottom + 17, { width: WIDTH, align: 'center', height: 20, ellipsis: true })
}

/** Draws the symbol with its quiet zone at (x, y), as one path. @returns the side of a module in points */
function drawQr(doc: PDFKit.PDFDocument, text: string, x: number, y: number): number {
  const { size, rows } = qrModules(text)
  const side = QR_SIDE / size
  const at = (place: number) => ((place + QUIET) * side).toFixed(3)
  const rectangles = darkRuns(rows)
    .map((run) => `${at(run.x)} ${at(run.y)} ${(run.width * side).toFixed(3)} ${side.toFixed(3)} re`)
    .join('\n')
  doc.save().translate(x, y)
  doc.addContent(`0 g\n${rectangles}\nf`)
  doc.restore()
  return side
}

/** With composed letters, which the font has as one glyph each. */
function shown(text: string): string {
  return text.normalize('NFC')
}
