import { expect, it } from 'vitest'
import { uuidv7 } from '#src/kernel/id.ts'
import { findOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { readQrFile } from '#test/readers.ts'

const app = testApp()

async function ordered(price: number) {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price })
  const { id } = await placeOrder(
    app,
    { kind: 'visitor', locale: 'fr', ip: null },
    {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: type.id, quantity: 2 }],
      buyer: { name: 'Afi', email: 'afi@example.test' },
      idempotencyKey: uuidv7(),
      channel: 'web',
    },
  )
  const order = (await findOrder(app.db, id))!
  return {
    tickets: await listOrderTickets(app, { id: event.id, publicRef: event.publicRef, qrFormat: 'TK1' }, order),
    path: `/t/${await mintMagicLink(app.db, order)}`,
  }
}

it('shows one ticket alone, whose code reads, and leads to the next', async () => {
  const {
    tickets: [first, second],
    path,
  } = await ordered(0)
  expect((await app.server.inject(path)).payload).toContain(`href="${path}/show/${first!.id}"`)
  const answer = await app.server.inject(`${path}/show/${first!.id}`)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' })
  expect(await readQrFile(Buffer.from(/<svg.*?<\/svg>/s.exec(answer.payload)![0]), { density: 600 })).toBe(first!.qr)
  expect(answer.payload).toContain(`href="${path}/show/${second!.id}"`)
  expect(answer.payload).not.toContain('<script')
})

it('shows nothing of an unpaid order, of another order, or of nothing', async () => {
  const [unpaid, other] = [await ordered(5000), await ordered(0)]
  for (const id of [unpaid.tickets[0]!.id, other.tickets[0]!.id, 'x'])
    expect((await app.server.inject(`${unpaid.path}/show/${id}`)).statusCode).toBe(404)
  expect((await app.server.inject(`/orders/ABC/show/${other.tickets[0]!.id}`)).statusCode).toBe(303)
})
