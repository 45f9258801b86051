import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { uuidv7 } from '#src/kernel/id.ts'
import { findOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { readPdf, readQr, readQrFile } from '#test/readers.ts'

const app = testApp()

async function ordered(quantity = 2, price = 0) {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price })
  const { id } = await placeOrder(
    app,
    { kind: 'visitor', locale: 'fr', ip: null },
    {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: type.id, quantity }],
      buyer: { name: 'Afi', email: 'afi@example.test' },
      idempotencyKey: uuidv7(),
      channel: 'web',
    },
  )
  const order = (await findOrder(app.db, id))!
  const tickets = await listOrderTickets(app, { id: event.id, publicRef: event.publicRef, qrFormat: 'TK1' }, order)
  return { order, tickets, token: await mintMagicLink(app.db, order) }
}

const get = (url: string, remoteAddress = '203.0.113.9') => app.server.inject({ url, remoteAddress })

describe('a magic link’s downloads', () => {
  test('all tickets as one PDF, whose codes are the signed texts', async () => {
    const { order, tickets, token } = await ordered()
    const answer = await get(`/t/${token}/tickets.pdf`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
      'referrer-policy': 'no-referrer',
      'content-disposition': `inline; filename="billets-${order.code}.pdf"`,
    })
    const pages = await readPdf(answer.rawPayload)
    expect(pages.map((page) => readQr(page.image)).sort()).toEqual(tickets.map((ticket) => ticket.qr).sort())
  })

  test('each ticket as PDF, PNG and SVG, by either address', async () => {
    const {
      tickets: [first, second],
      token,
    } = await ordered()
    const [pdf, ...more] = await readPdf((await get(`/t/${token}/${first!.id}.pdf`)).rawPayload)
    expect(more).toEqual([])
    expect(readQr(pdf!.image)).toBe(first!.qr)
    const png = await get(`/t/${token}/tickets/${second!.id}.png`)
    expect(png.headers['content-type']).toBe('image/png')
    expect(await readQrFile(png.rawPayload)).toBe(second!.qr)
    const svg = await get(`/t/${token}/${second!.id}.svg`)
    expect(svg.headers['content-type']).toContain('image/svg+xml')
    expect(await readQrFile(svg.rawPayload, { density: 600 })).toBe(second!.qr)
  })

  test('the receipt: seller, buyer, lines, total; none while nothing was paid', async () => {
    const { order, token } = await ordered(2)
    const answer = await get(`/t/${token}/receipt.pdf`)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'cache-control': 'no-store',
      'content-disposition': `inline; filename="recu-${order.code}.pdf"`,
    })
    const [page, ...more] = await readPdf(answer.rawPayload)
    expect(more).toEqual([])
    for (const words of [`Reçu ${order.code}`, 'Afi', 'afi@example.test', '2 ×']) expect(page!.text).toContain(words)
    const unpaid = await ordered(1, 5000)
    expect((await get(`/t/${unpaid.token}/receipt.pdf`)).statusCode).toBe(404)
  })

  test('the event for the calendar, without the link’s secret', async () => {
    const { token } = await ordered()
    const answer = await get(`/t/${token}/event.ics`)
    expect(answer.headers['content-type']).toContain('text/calendar')
    expect(new ICAL.Component(ICAL.parse(answer.body)).getFirstSubcomponent('vevent')).toBeTruthy()
    expect(answer.body).not.toContain(token)
  })

  test('nothing for another order’s ticket, an unknown link, a wrong name', async () => {
    const mine = await ordered()
    const other = await ordered()
    for (const path of [
      `${mine.token}/${other.tickets[0]!.id}.pdf`,
      `${'x'.repeat(43)}/tickets.pdf`,
      `${mine.token}/tickets.png`,
      `${mine.token}/..%2f..%2fetc.pdf`,
      `${mine.token}/tickets.exe`,
    ]) {
      expect((await get(`/t/${path}`)).statusCode).toBe(404)
    }
  })

  test('never a code for a ticket that is unpaid, invalid or refunded', async () => {
    const unpaid = await ordered(1, 5000)
    expect((await get(`/t/${unpaid.token}/tickets.pdf`)).statusCode).toBe(409)
    for (const status of ['invalid', 'refunded']) {
      const {
        order,
        tickets: [gone, left],
        token,
      } = await ordered()
      await app.db.updateTable('ticket').set({ status }).where('id', '=', gone!.id).where('eventId', '=', order.eventId).execute()
      for (const format of ['pdf', 'png', 'svg']) expect((await get(`/t/${token}/${gone!.id}.${format}`)).statusCode).toBe(409)
      const pages = await readPdf((await get(`/t/${token}/tickets.pdf`)).rawPayload)
      expect(pages.map((page) => readQr(page.image))).toEqual([left!.qr])
    }
  })

  test('only so often', async () => {
    const { token } = await ordered(1)
    await app.db.updateTable('rateLimit').set({ count: 0 }).execute()
    await get(`/t/${token}/event.ics`, '203.0.113.50')
    await app.db.updateTable('rateLimit').set({ count: 300 }).where('key', 'like', 'ticket-files:%203.0.113.50').execute()
    const refused = await get(`/t/${token}/event.ics`, '203.0.113.50')
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['retry-after']).toBeDefined()
    expect((await get(`/t/${token}/event.ics`, '203.0.113.51')).statusCode).toBe(200)
    const { rows } = await app.pool.query<{ key: string }>(`SELECT key FROM rate_limit WHERE key LIKE '%' || $1 || '%'`, [token])
    expect(rows).toEqual([])
  })
})

describe('an order’s downloads', () => {
  test('ask a stranger to sign in', async () => {
    const { order } = await ordered()
    expect((await get(`/orders/${order.code}/tickets.pdf`)).statusCode).toBe(303)
  })
})
