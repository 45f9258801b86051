import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import readXlsx from 'read-excel-file/node'
import { describe, expect, test } from 'vitest'
import { newOrderCode, uuidv7 } from '#src/kernel/id.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'
import { openParticipantsExport, participantsCsv, participantsXlsx } from './participants-export.ts'
import { xlsxStream, type Cell } from '#src/platform/xlsx.ts'

const app = testApp()

type Participant = { name: string; email?: string | null; phone?: string | null; status?: string; price?: number; createdAt?: Date }

async function buildParticipants(event: BuiltEvent, people: Participant[]): Promise<void> {
  const type = await buildTicketType(app, event, { name: 'Carré Or' })
  for (const { name, email = null, phone = null, status = 'paid', price = 5000, createdAt = new Date('2026-10-01T18:30:00Z') } of people) {
    const order = await app.db
      .insertInto('ticketOrder')
      .values({
        eventId: event.id,
        code: newOrderCode(),
        organizerId: event.organizer.id,
        status: 'paid',
        channel: 'web',
        buyerName: name,
        buyerEmail: email,
        buyerPhone: phone,
        locale: 'fr',
        quantity: 1,
        total: price,
        currency: 'XOF',
        idemKey: randomBytes(32),
        requestHash: randomBytes(32),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await app.db
      .insertInto('ticket')
      .values({ eventId: event.id, id: uuidv7(), orderId: order.id, ticketTypeId: type.id, code: randomBytes(8), kid: 1, status, price, createdAt })
      .execute()
  }
}

/** A reader of RFC 4180, as strict as the text. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [[]]
  let at = 0
  while (at < csv.length) {
    let cell = ''
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        if (csv[at] === '"') at++
        cell += csv[at]
      }
      at++
    } else {
      while (at < csv.length && csv[at] !== ',' && csv[at] !== '\r') cell += csv[at++]
    }
    rows.at(-1)!.push(cell)
    if (csv[at] === ',') at++
    else if (csv.startsWith('\r\n', at)) {
      at += 2
      rows.push([])
    } else if (at < csv.length) throw new Error(`not CSV at ${at}`)
  }
  return rows.slice(0, -1)
}

/** With its byte order mark, which a decoder would swallow. */
const text = async (stream: Readable) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(await buffer(stream))
const rowsOf = async (file: Buffer): Promise<unknown[][]> => (await readXlsx(file))[0]!.data
const exported = async (event: BuiltEvent, pageSize?: number) => openParticipantsExport(app, event.organizer.owner, event.slug, { pageSize })

describe('participants as CSV', () => {
  test('begins with a byte order mark and holds each valid ticket, in the event’s time', async () => {
    const event = await buildEvent(app)
    await buildParticipants(event, [
      { name: 'Ọlámidé "Ɖoɖɔ", dite l’Œuvre', email: 'ola@example.test' },
      { name: 'Réservé', status: 'reserved' },
      { name: 'Annulé', status: 'invalid' },
      { name: 'Deux\nlignes', status: 'refunded' },
    ])
    const csv = await text(participantsCsv(await exported(event)))
    expect(csv.charCodeAt(0)).toBe(0xfeff)
    const [head, ...rows] = parseCsv(csv.slice(1))
    expect(head).toEqual([
      'Billet',
      'Commande',
      'Type',
      'État',
      'Participant',
      'E-mail',
      'Téléphone',
      'Acheteur',
      'Prix',
      'Devise',
      'Commandé le',
      'Entrées',
      'Dernier contrôle',
    ])
    expect(rows.map((row) => row[4])).toEqual(['Ọlámidé "Ɖoɖɔ", dite l’Œuvre', 'Deux\nlignes'])
    expect(rows[0]!.slice(8)).toEqual(['5000', 'XOF', '2026-10-01 19:30', '0', ''])
  })

  test('is whole, each once and in order, whatever the size of its pages', async () => {
    const event = await buildEvent(app)
    await buildParticipants(
      event,
      Array.from({ length: 23 }, (_, n) => ({ name: `Personne ${n}` })),
    )
    for (const pageSize of [1, 5, 23, 100]) {
      const rows = parseCsv((await text(participantsCsv(await exported(event, pageSize)))).slice(1)).slice(1)
      expect(rows.map((row) => row[4])).toEqual(Array.from({ length: 23 }, (_, n) => `Personne ${n}`))
    }
  })

  test('lets no cell begin as a formula, and loses nothing else', async () => {
    const event = await buildEvent(app)
    const dangerous = fc
      .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', ''), fc.string({ unit: 'grapheme', maxLength: 20 }))
      .map(([first, rest]) => first + rest.replaceAll('\0', ''))
    const names = fc
      .sample(
        dangerous.filter((name) => name.length > 0),
        60,
      )
      .concat('=HYPERLINK("http://x","y")', '+229 97', '@SUM(A1)', '-2+3')
    await buildParticipants(
      event,
      names.map((name) => ({ name, phone: '+22997000000' })),
    )
    const rows = parseCsv((await text(participantsCsv(await exported(event)))).slice(1)).slice(1)
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    // Tickets of one millisecond stand in no order.
    expect(rows.map((row) => row[4]!).sort()).toEqual(names.map((name) => (/^[=+\-@\t\r＝＋－＠]/.test(name) ? `'${name}` : name)).sort())
    expect(rows[0]![6]).toBe(`'+22997000000`)
  })
})

describe('participants as a spreadsheet', () => {
  test('opens in another program, with texts, numbers and dates as such, and without formulas', async () => {
    const event = await buildEvent(app)
    await buildParticipants(event, [
      { name: '=1+1', email: 'a&b@example.test' },
      { name: 'Ɛɔŋɓẹ <l’Œuvre> _x000D_ \u0007', price: 12_500 },
    ])
    const file = await buffer(participantsXlsx(await exported(event)))
    const [head, first, second] = await rowsOf(file)
    expect(head!.slice(0, 5)).toEqual(['Billet', 'Commande', 'Type', 'État', 'Participant'])
    expect(first!.slice(2, 11)).toEqual([
      'Carré Or',
      'Valable',
      '=1+1',
      'a&b@example.test',
      null,
      '=1+1',
      5000,
      'XOF',
      new Date('2026-10-01T19:30:00Z'),
    ])
    expect(second![8]).toBe(12_500)
    expect(String(second![4])).toMatch(/^Ɛɔŋɓẹ <l’Œuvre> (_x005F)?_x000D_ ?$/)
    expect(file.includes('<f>')).toBe(false)
  })

  test('goes on in another sheet where one is full', async () => {
    async function* pages(): AsyncGenerator<Cell[][]> {
      for (let n = 0; n < 25; n += 5) yield Array.from({ length: 5 }, (_, i): Cell[] => [{ kind: 'number', value: n + i }])
    }
    const file = await buffer(xlsxStream(pages(), { name: 'Liste', columns: [{ label: 'n', width: 8 }], maxRows: 10 }))
    const sheets = await readXlsx(file)
    expect(sheets.map((sheet) => sheet.sheet)).toEqual(['Liste', 'Liste 2', 'Liste 3'])
    expect(sheets.flatMap((sheet) => sheet.data.slice(1).flat())).toEqual(Array.from({ length: 25 }, (_, n) => n))
  })

  test('of an empty event is its header', async () => {
    const event = await buildEvent(app)
    expect(await rowsOf(await buffer(participantsXlsx(await exported(event))))).toHaveLength(1)
  })

  test('ends with an error, not as if it were whole, when reading fails', async () => {
    async function* pages(): AsyncGenerator<Cell[][]> {
      yield [['a']]
      throw new Error('the database went away')
    }
    await expect(buffer(xlsxStream(pages(), { name: 'x', columns: [{ label: 'x', width: 8 }] }))).rejects.toThrow('went away')
  })
})

describe('over the API', () => {
  test('the team downloads its own; others find nothing; a gate agent may not', async () => {
    const event = await buildEvent(app)
    await buildParticipants(event, [{ name: 'Afi' }])
    const get = async (format: string, actor?: Parameters<typeof bearerOf>[1]) =>
      app.server.inject({
        url: `/api/v1/events/${event.slug}/participants.${format}`,
        headers: actor ? await bearerOf(app, actor) : {},
      })

    const csv = await get('csv', event.organizer.owner)
    expect(csv.statusCode).toBe(200)
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="participants-${event.slug}.csv"`,
    })
    expect(csv.body).toContain('Afi')
    const xlsx = await get('xlsx', await buildMember(app, event.organizer.id, 'cashier'))
    expect(xlsx.statusCode).toBe(200)
    expect(await rowsOf(xlsx.rawPayload)).toHaveLength(2)

    expect((await get('csv')).statusCode).toBe(401)
    expect((await get('xlsx', (await buildOrganizer(app)).owner)).statusCode).toBe(404)
    expect((await get('csv', await buildMember(app, event.organizer.id, 'agent'))).statusCode).toBe(403)
  })
})
