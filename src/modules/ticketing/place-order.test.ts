import { describe, expect, test } from 'vitest'
import { isDomainError } from '#src/kernel/domain-error.ts'
import type { Visitor } from '#src/kernel/actor.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { getSaleEvent, placeOrder, type PlaceOrder } from './place-order.ts'
import { loadEventKeys } from './event-keys.ts'
import { showTickets } from './find-orders.ts'
import { isGenuine, parseQrText, type ParsedQr } from './qr-text.ts'

const app = testApp()
const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }
const buyer = { name: 'Afi Mensah', email: 'Afi@Example.test', phone: '96000001' }
let keys = 0

function wish(event: BuiltEvent, lines: [ticketTypeId: number, quantity: number][], more: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    eventSlug: event.slug,
    lines: lines.map(([ticketTypeId, quantity]) => ({ ticketTypeId, quantity })),
    buyer,
    idempotencyKey: `key-${++keys}`,
    channel: 'api',
    ...more,
  }
}
const place = (input: PlaceOrder) => placeOrder(app, visitor, input)
const counter = (quotaId: number) =>
  app.db.selectFrom('quotaCounter').select(['size', 'held', 'sold']).where('quotaId', '=', quotaId).executeTakeFirstOrThrow()
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'granted',
    (error: unknown) => (isDomainError(error) ? error.code : Promise.reject(error as Error)),
  )

describe('an order that costs something', () => {
  test('holds its places, reserves its tickets and says when it expires', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 5000, quantity: 10 })
    const order = await place(wish(event, [[type.id, 3]]))
    expect(order).toMatchObject({
      status: 'awaiting_payment',
      total: { amount: 15_000, currency: 'XOF' },
      buyer: { email: 'afi@example.test', phone: '+2290196000001' },
    })
    expect(order.expiresAt!.getTime() - Date.now()).toBeGreaterThan(890_000)
    expect(await counter(type.quotaId)).toEqual({ size: 10, held: 3, sold: 0 })
    const tickets = await app.db.selectFrom('ticket').select(['status', 'price']).where('orderId', '=', order.id).execute()
    expect(tickets).toEqual(Array.from({ length: 3 }, () => ({ status: 'reserved', price: 5000 })))
    const fact = await app.db.selectFrom('fact').select(['kind', 'actor']).where('subject', '=', `order:${order.id}`).execute()
    expect(fact).toEqual([{ kind: 'order.placed', actor: 'visitor' }])
  })
})

describe('a free order', () => {
  test('is paid at once, with tickets whose QR is genuine', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0, quantity: 10 })
    const order = await place(wish(event, [[type.id, 2]]))
    expect(order).toMatchObject({ status: 'paid', total: { amount: 0 }, expiresAt: null })
    expect(await counter(type.quotaId)).toEqual({ size: 10, held: 0, sold: 2 })
    const shown = await showTickets(
      app,
      { id: event.id, publicRef: event.publicRef, qrFormat: 'TK1' },
      order.tickets!.map((t) => ({ ...t, status: 'paid', holderEmail: null, price: 0 })),
    )
    const qr = parseQrText(shown[0]!.qr!) as ParsedQr
    expect(qr).toMatchObject({ kind: 'TK1', eventRef: event.publicRef, typeRef: type.ordinal, kid: 1, code: order.tickets![0]!.code })
    expect(isGenuine(qr, (await loadEventKeys(app, event.id)).get(1)!)).toBe(true)
    expect(await app.db.selectFrom('fact').select('kind').where('subject', '=', `order:${order.id}`).execute()).toEqual([{ kind: 'order.paid' }])
  })
})

describe('what cannot be sold is refused by its own code', () => {
  test('times, limits, states, strangers', async () => {
    const event = await buildEvent(app)
    const other = await buildTicketType(app, await buildEvent(app))
    const type = (input: Parameters<typeof buildTicketType>[2]) => buildTicketType(app, event, input).then((t) => t.id)
    const [plain, soon, over, hidden, pairs] = [
      await type({}),
      await type({ saleStartsAt: new Date(Date.now() + 60_000) }),
      await type({ saleEndsAt: new Date(Date.now() - 1000) }),
      await type({ hidden: true }),
      await type({ minPerOrder: 2, maxPerOrder: 4 }),
    ]
    expect(await refusal(place(wish(event, [[soon, 1]])))).toBe('sale_not_started')
    expect(await refusal(place(wish(event, [[over, 1]])))).toBe('sale_ended')
    expect(await refusal(place(wish(event, [[hidden, 1]])))).toBe('unknown_ticket_type')
    expect(await refusal(place(wish(event, [[other.id, 1]])))).toBe('unknown_ticket_type')
    expect(await refusal(place(wish(event, [[pairs, 1]])))).toBe('too_few_tickets')
    expect(await refusal(place(wish(event, [[pairs, 5]])))).toBe('too_many_tickets')
    expect(await refusal(place(wish(event, [[plain, 0]])))).toBe('empty_order')
    expect(
      await refusal(
        place(
          wish(event, [
            [plain, 1],
            [soon, 1],
          ]),
        ),
      ),
    ).toBe('sale_not_started')
    expect(await refusal(place(wish(event, [[plain, 1]], { buyer: { name: 'A' } })))).toBe('buyer_contact_required')
    expect(await refusal(place(wish(event, [[plain, 1]], { buyer: { name: 'A', phone: '12' } })))).toBe('invalid_phone')
    expect(await refusal(place(wish(event, [[plain, 1]], { buyer: { name: ' ', email: 'a@b.c' } })))).toBe('invalid_input')
    expect(await refusal(place(wish(event, [[plain, 1]], { channel: 'cashier' })))).toBe('forbidden')
    expect(
      await counter((await app.db.selectFrom('ticketType').select('quotaId').where('id', '=', plain).executeTakeFirstOrThrow()).quotaId),
    ).toMatchObject({ held: 0, sold: 0 })
  })
  test.each([
    ['draft', 'not_found'],
    ['pending_review', 'not_found'],
    ['cancelled', 'event_cancelled'],
    ['ended', 'sale_ended'],
  ])('an event that is %s: %s', async (status, code) => {
    const event = await buildEvent(app, { status })
    expect(await refusal(place(wish(event, [[(await buildTicketType(app, event)).id, 1]])))).toBe(code)
  })
  test('an event that is over, and one that is not there', async () => {
    const event = await buildEvent(app, { startsAt: new Date(Date.now() - 7_200_000), endsAt: new Date(Date.now() - 60_000) })
    expect(await refusal(place(wish(event, [[(await buildTicketType(app, event)).id, 1]])))).toBe('sale_ended')
    expect(await refusal(place({ ...wish(event, [[1, 1]]), eventSlug: 'nowhere' }))).toBe('not_found')
  })
  test('a name for each ticket where the event asks for it', async () => {
    const event = await buildEvent(app, { askHolderNames: true })
    const type = await buildTicketType(app, event)
    expect(await refusal(place(wish(event, [[type.id, 2]], { holders: [{ name: 'Kossi' }] })))).toBe('holder_names_required')
    const order = await place(wish(event, [[type.id, 2]], { holders: [{ name: 'Kossi' }, { name: 'Ama', email: 'ama@example.test' }] }))
    expect(order.tickets!.map((t) => t.holderName)).toEqual(['Kossi', 'Ama'])
  })
})

describe('scarcity', () => {
  test('refuses what does not fit, and still serves the smaller order behind it', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0, quantity: 3 })
    // Known beforehand, so that the orders reach the lane in the order in which they were asked for.
    await getSaleEvent(app, visitor, event.slug)
    const outcomes = await Promise.all([2, 2, 1, 1].map((n) => refusal(place(wish(event, [[type.id, n]])))))
    expect(outcomes).toEqual(['granted', 'sold_out', 'granted', 'sold_out'])
    expect(await counter(type.quotaId)).toEqual({ size: 3, held: 0, sold: 3 })
  })
  test('counts a shared quota and the capacity of the event across types', async () => {
    const event = await buildEvent(app, { capacity: 5 })
    const first = await buildTicketType(app, event, { price: 0, quantity: 4 })
    const second = await buildTicketType(app, event, { price: 0, quotaId: first.quotaId })
    const third = await buildTicketType(app, event, { price: 1000, quantity: 4 })
    await place(
      wish(event, [
        [first.id, 2],
        [second.id, 1],
      ]),
    )
    expect(await refusal(place(wish(event, [[second.id, 2]])))).toBe('sold_out')
    await place(wish(event, [[third.id, 2]]))
    expect(await refusal(place(wish(event, [[first.id, 1]])))).toBe('sold_out')
    const capacity = await app.db
      .selectFrom('quotaCounter')
      .innerJoin('quota', 'quota.id', 'quotaCounter.quotaId')
      .select(['held', 'sold'])
      .where('quota.eventId', '=', event.id)
      .where('kind', '=', 'capacity')
      .executeTakeFirstOrThrow()
    expect(capacity).toEqual({ held: 2, sold: 3 })
  })
  test('200 buyers for the last 9 tickets: 9 get one, 191 are told, nobody gets an error', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0, quantity: 9 })
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => refusal(place(wish(event, [[type.id, 1]])))))
    expect(Object.groupBy(outcomes, (o) => o)).toMatchObject({ granted: { length: 9 }, sold_out: { length: 191 } })
    expect(await counter(type.quotaId)).toEqual({ size: 9, held: 0, sold: 9 })
    const { count } = await app.db
      .selectFrom('ticket')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('eventId', '=', event.id)
      .executeTakeFirstOrThrow()
    expect(count).toBe(9)
  })
})

describe('the idempotency key', () => {
  test('answers the same order again, and refuses to stand for another request', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event)
    const input = wish(event, [[type.id, 1]])
    const first = await place(input)
    const again = await place(input)
    expect([again.id, again.code, again.tickets]).toEqual([first.id, first.code, null])
    expect(await refusal(place({ ...input, lines: [{ ticketTypeId: type.id, quantity: 2 }] }))).toBe('idempotency_key_reused')
    const elsewhere = await buildEvent(app)
    expect(
      await refusal(place({ ...wish(elsewhere, [[(await buildTicketType(app, elsewhere)).id, 1]]), idempotencyKey: input.idempotencyKey })),
    ).toBe('idempotency_key_reused')
    expect(await counter(type.quotaId)).toMatchObject({ held: 1, sold: 0 })
  })
  test('pressed 50 times at once places one order; the others are told that it is running', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const input = wish(event, [[type.id, 1]])
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => refusal(place(input))))
    expect(Object.groupBy(outcomes, (o) => o)).toMatchObject({ granted: { length: 1 }, request_in_progress: { length: 49 } })
    expect(await counter(type.quotaId)).toMatchObject({ sold: 1 })
  })
})
