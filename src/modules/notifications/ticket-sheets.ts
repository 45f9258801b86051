// Tickets by the thousand on sheets of A4, four or eight on each, with marks to cut along.
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { Locale } from '#src/kernel/actor.ts'
import type { PerSheet } from '#src/modules/ticketing/ticket-issue.ts'
import { drawTicket, openTicketDocument, PAGE } from './ticket-pdf.ts'
import type { TicketPaper } from './ticket-paper.ts'

const A4 = { width: 595.28, height: 841.89 }
/** A ticket is an A6, four of which are a sheet; turned and at 71 % they are eight. */
const SMALL = Math.SQRT1_2
const CHUNK_BYTES = 1 << 20

export type TicketSheets = {
  /** Draws more tickets, in turn; nobody else waits longer than one ticket takes. */
  draw(papers: readonly TicketPaper[]): Promise<void>
  /** What was written since, if that is worth a part of its own. */
  take(): Buffer | null
  /** Ends the document. @returns its last bytes */
  end(): Promise<Buffer>
}

/** @param title of the event */
export function openTicketSheets(title: string, perSheet: PerSheet, locale: Locale): TicketSheets {
  const doc = openTicketDocument('A4', title, locale)
  let chunks: Buffer[] = []
  let bytes = 0
  doc.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
  })
  const takeAll = () => {
    const all = Buffer.concat(chunks)
    chunks = []
    bytes = 0
    return all
  }
  let drawn = 0
  return {
    async draw(papers) {
      for (const paper of papers) {
        const place = drawn++ % perSheet
        if (place === 0) {
          doc.addPage()
          drawCuts(doc, perSheet)
        }
        doc.save()
        if (perSheet === 4) doc.translate((place % 2) * PAGE.width, Math.floor(place / 2) * (A4.height / 2))
        // Turned to the right: its top looks to the right edge of the sheet.
        else
          doc
            .translate(((place % 2) + 1) * (A4.width / 2), Math.floor(place / 2) * (A4.height / 4))
            .rotate(90)
            .scale(SMALL)
        drawTicket(doc, paper, locale, '')
        doc.restore()
        await setImmediate()
      }
    },
    take: () => (bytes < CHUNK_BYTES ? null : takeAll()),
    async end() {
      const ended = once(doc, 'end')
      if (drawn === 0) doc.addPage()
      doc.end()
      await ended
      return takeAll()
    },
  }
}

/** Hairlines between the tickets, from edge to edge. */
function drawCuts(doc: PDFKit.PDFDocument, perSheet: PerSheet): void {
  const rows = perSheet / 2
  doc.save().lineWidth(0.3).dash(2, { space: 4 }).strokeColor('#8a8799')
  doc
    .moveTo(A4.width / 2, 0)
    .lineTo(A4.width / 2, A4.height)
    .stroke()
  for (let row = 1; row < rows; row++) {
    const y = (A4.height / rows) * row
    doc.moveTo(0, y).lineTo(A4.width, y).stroke()
  }
  doc.undash().restore()
}
