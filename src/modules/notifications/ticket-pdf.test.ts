import { describe, expect, test } from 'vitest'
import { readPdf, readQr, readQrFile } from '#test/readers.ts'
import { ticketPdf } from './ticket-pdf.ts'
import type { TicketPaper } from './ticket-paper.ts'
import { qrModules, qrPng, qrSvg } from './ticket-qr.ts'

// The test vector of the format, and a short TH1 text.
const TK1 = 'TK1V50 -1Z984H0TK404DGWL 9U-H2ZM9*6JRBN5TGAMV3M3F%RSWC:BHTKHH*TQNTYITT6G5LR386PQNMSOTM0A4A%NGCGAGUJGTF++2 U3+BJWNOQQBV%O10'
const TH1 = 'TH1V50 -1Z984H0TK404DGWLICU5MF 3E63AOVIXQMHHQZPC83'

function paper(changes: Partial<TicketPaper> & { title?: string } = {}): TicketPaper {
  const { title = 'Nuit du gospel à l’Œuvre – édition Ɛɔŋɓẹ', ...rest } = changes
  return {
    id: '0190b6f4-0000-7000-8000-000000000001',
    orderCode: '7K3MZ9QX2P',
    ticketType: 'Carré Or',
    holder: 'Ọlámidé Ɖoɖɔ Kɔ́ŋu',
    humanCode: '04HM-ASR4-V2CK-D0',
    qr: TK1,
    event: {
      title,
      slug: 'nuit-du-gospel',
      startsAt: new Date('2026-11-21T19:00:00Z'),
      endsAt: new Date('2026-11-21T22:30:00Z'),
      doorsOpenAt: new Date('2026-11-21T18:00:00Z'),
      timezone: 'Africa/Porto-Novo',
      venue: 'Palais des Congrès',
      address: 'Boulevard de la Marina',
      city: 'Cotonou',
    },
    ...rest,
  }
}

/** The widest run, in pixels, between the first and last black pixel of one line on the page's left half, below the fold. */
function darkSpan({ data, width, height }: { data: Uint8ClampedArray; width: number; height: number }): number {
  let widest = 0
  for (let y = Math.floor(height * 0.56); y < height * 0.85; y++) {
    const dark = Array.from({ length: Math.floor(width * 0.5) }, (_, x) => x).filter((x) => x > width * 0.07 && data[(y * width + x) * 4]! < 10)
    if (dark.length > 0) widest = Math.max(widest, dark.at(-1)! - dark[0]!)
  }
  return widest
}

describe('a ticket as PDF', () => {
  test('says everything in French, with accents and the letters of African languages, on one A6 page', async () => {
    const [page, ...more] = await readPdf(await ticketPdf([paper()], 'fr'))
    expect(more).toEqual([])
    expect(page!.sizeInPoints).toEqual({ width: expect.closeTo(297.64, 0), height: expect.closeTo(419.53, 0) })
    const text = page!.text.normalize('NFC').replaceAll(/\s+/g, ' ')
    for (const words of [
      'Nuit du gospel à l’Œuvre – édition Ɛɔŋɓẹ',
      'Samedi 21 novembre 2026',
      '20:00',
      '23:30',
      'Ouverture des portes à 19:00',
      'Palais des Congrès, Boulevard de la Marina, Cotonou',
      'Carré Or',
      'Ọlámidé Ɖoɖɔ',
      '7K3MZ9QX2P',
      '04HM-ASR4-V2CK-D0',
    ])
      expect(text).toContain(words)
  })

  test('bears a QR code that reads as the signed text, at the resolution of a poor printer', async () => {
    for (const dpi of [100, 203]) {
      const [page] = await readPdf(await ticketPdf([paper()], 'fr'), dpi)
      expect(readQr(page!.image)).toBe(TK1)
    }
  })

  test('keeps the code apart and at least 30 mm wide whatever the format', async () => {
    for (const qr of [TK1, TH1]) {
      const [page] = await readPdf(await ticketPdf([paper({ qr })], 'en'), 254)
      expect(readQr(page!.image)).toBe(qr)
      // 254 dpi: ten pixels a millimetre. The finder pattern's corner is the first dark pixel of the symbol's first line.
      expect(darkSpan(page!.image)).toBeGreaterThan(300)
    }
  })

  test('gives each ticket its own page and code', async () => {
    const other = TK1.replace(/0$/, '1')
    const pages = await readPdf(await ticketPdf([paper(), paper({ qr: other, holder: 'Afi' })], 'en'), 150)
    expect(pages.map((page) => readQr(page.image))).toEqual([TK1, other])
    expect(pages[1]!.text).toContain('Ticket 2 of 2')
    expect(pages[1]!.text).toContain('Afi')
    expect(pages[1]!.text).not.toContain('Ọlámidé')
  })

  test('stays on its page however long the words are', async () => {
    const long =
      'Grand festival international des musiques et des danses traditionnelles du golfe de Guinée et d’ailleurs, dix-septième édition, sous le haut patronage du ministère'
    const pages = await readPdf(
      await ticketPdf(
        [
          paper({
            title: long,
            ticketType: long.slice(0, 120),
            holder: long.slice(0, 80),
            event: { ...paper().event, title: long, address: long, venue: long.slice(0, 60) },
          }),
        ],
        'fr',
      ),
    )
    expect(pages).toHaveLength(1)
    expect(readQr(pages[0]!.image)).toBe(TK1)
  })

  test('can be made many times from fonts parsed once', async () => {
    const sizes = await Promise.all(Array.from({ length: 5 }, () => ticketPdf([paper()], 'fr').then((pdf) => pdf.length)))
    expect(new Set(sizes).size).toBe(1)
    expect(sizes[0]).toBeLessThan(40_000)
  })

  test('is refused without a ticket', async () => {
    await expect(ticketPdf([], 'fr')).rejects.toThrow('at least one ticket')
  })
})

describe('a QR code as image', () => {
  test('reads as the text, as PNG and as SVG', async () => {
    expect(await readQrFile(await qrPng(TK1))).toBe(TK1)
    expect(await readQrFile(Buffer.from(qrSvg(TK1, 'Code')), { density: 600 })).toBe(TK1)
    expect(await readQrFile(await qrPng(TH1))).toBe(TH1)
  })

  test('is 37 modules wide for TK1, ten pixels each, four quiet ones around', async () => {
    expect(qrModules(TK1).size).toBe(37)
    const { default: sharp } = await import('sharp')
    expect(await sharp(await qrPng(TK1)).metadata()).toMatchObject({ width: 450, height: 450, format: 'png' })
  })

  test('escapes what its label says', () => {
    expect(qrSvg(TH1, '"><script>')).toContain('aria-label="&quot;>&lt;script>"')
  })
})
