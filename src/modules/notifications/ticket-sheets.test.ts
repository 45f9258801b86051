// Sheets of tickets as a printer and a scanner meet them.
import { expect, test } from 'vitest'
import { readPdf, readQr, type ReadPage } from '#test/readers.ts'
import type { TicketPaper } from './ticket-paper.ts'
import { openTicketSheets } from './ticket-sheets.ts'

const event = {
  title: 'Foire des saveurs',
  slug: 'foire',
  startsAt: new Date('2026-11-21T19:00Z'),
  endsAt: new Date('2026-11-22T01:00Z'),
  doorsOpenAt: null,
  timezone: 'Africa/Porto-Novo',
  venue: 'Place Amazone',
  address: '',
  city: 'Cotonou',
} as TicketPaper['event']

const papers = (count: number): TicketPaper[] =>
  Array.from({ length: count }, (_, i) => ({
    id: String(i),
    event,
    orderCode: 'ABCDE12345',
    ticketType: 'Entrée',
    holder: `Billet n° ${i + 1}`,
    humanCode: `0000-0000-0000-0${i}`,
    qr: `TK1${String(i).repeat(119)}`,
  }))

/** A part of a page, cut where the marks are. */
function cut({ image }: ReadPage, columns: number, rows: number, place: number): ReadPage['image'] {
  const width = Math.floor(image.width / columns)
  const height = Math.floor(image.height / rows)
  const [left, top] = [(place % columns) * width, Math.floor(place / columns) * height]
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 4
    data.set(image.data.subarray(from, from + width * 4), y * width * 4)
  }
  return { data, width, height }
}

test.each([4, 8] as const)('%i tickets on a sheet of A4, each whole between the marks, its code read by a scanner', async (perSheet) => {
  const sheets = openTicketSheets(event.title, perSheet, 'fr')
  await sheets.draw(papers(perSheet))
  await sheets.draw(papers(1))
  const pages = await readPdf(await sheets.end(), 200)
  expect(pages).toHaveLength(2)
  expect(Math.round(pages[0]!.sizeInPoints.width)).toBe(595)
  for (let place = 0; place < perSheet; place++) {
    expect(readQr(cut(pages[0]!, 2, perSheet / 2, place))).toBe(`TK1${String(place).repeat(119)}`)
    expect(pages[0]!.text).toContain(`Billet n° ${place + 1}`)
  }
  expect(pages[1]!.text).not.toContain('n° 2')
})

test('a document without tickets is still a document', async () => {
  expect(await readPdf(await openTicketSheets(event.title, 4, 'en').end())).toHaveLength(1)
})
