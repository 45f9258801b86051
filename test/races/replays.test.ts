// The same request again: after a lost answer, after a crash, after everything has changed. Never a second order, never a second payment.
import { expect, test } from 'vitest'
import { beforeExpiry } from '#src/modules/payments/before-expiry.ts'
import { pollPayments } from '#src/modules/payments/poll-payments.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { findEventRef } from '#src/modules/events/find-events.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { checkOut, payOrder } from '#src/modules/ticketing/check-out.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { updateTicketType } from '#src/modules/ticketing/update-ticket-type.ts'
import { testApp } from '../app.ts'
import { buildAccount, buildEvent, buildTicketType } from '../factories.ts'
import { browse, hiddenFields } from '../pages.ts'
import { approveSilently, expectSound, holderOf, outcomeOf, runOut, visitor, wish } from '../sale.ts'

const app = testApp()

async function scene(price = 5000, quantity = 10) {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price, quantity })
  return { event, type, owner: event.organizer.owner, ref: (await findEventRef(app, event.slug))! }
}
const paymentsOf = (order: { id: number }) => app.db.selectFrom('payment').select(['id', 'status']).where('payableId', '=', order.id).execute()
const countOrders = async (eventId: number) => (await app.db.selectFrom('ticketOrder').select('id').where('eventId', '=', eventId).execute()).length

test('a key belongs to who sent it: accounts and visitors may use the same one', async () => {
  const { event, type } = await scene()
  const [first, second] = [await buildAccount(app), await buildAccount(app)]
  const input = wish(event, [[type, 1]], { payment: undefined })
  const codes = [await checkOut(app, first, input), await checkOut(app, second, input), await checkOut(app, visitor, input)].map(
    (order) => order.code,
  )
  expect(new Set(codes).size).toBe(3)
  expect((await checkOut(app, first, input)).code).toBe(codes[0])
  // Who knows the key of another visitor, and nothing else, learns nothing.
  expect(await outcomeOf(checkOut(app, visitor, { ...input, buyer: { name: 'Kofi', email: 'kofi@example.test' } }))).toBe('idempotency_key_reused')
})

test('a replay tells the order as it is now, whatever has become of it', async () => {
  const { event, type, owner } = await scene(5000, 20)
  const replayed = async (become: (order: Awaited<ReturnType<typeof checkOut>>) => Promise<unknown>) => {
    const input = wish(event, [[type, 2]])
    const order = await checkOut(app, visitor, input)
    await become(order)
    const again = await checkOut(app, visitor, input)
    expect([again.code, again.accessToken, again.payment?.id]).toEqual([order.code, order.accessToken, order.payment!.id])
    expect(await paymentsOf(order)).toHaveLength(1)
    return { status: again.status, tickets: again.tickets.map((ticket) => ticket.status), shown: again.tickets.filter((ticket) => ticket.qr).length }
  }
  const pay = async (order: { payment: { id: string } | null }) => {
    await approveSilently(app, order.payment!.id)
    await settlePayments(app, [order.payment!.id])
  }
  expect(await replayed(pay)).toEqual({ status: 'paid', tickets: ['paid', 'paid'], shown: 2 })
  expect(await replayed((order) => cancelOrder(app, holderOf(order), { code: order.code }))).toEqual({
    status: 'cancelled',
    tickets: ['invalid', 'invalid'],
    shown: 0,
  })
  expect(
    await replayed(async (order) => {
      await runOut(app, order)
      await expireOrders(app)
    }),
  ).toEqual({ status: 'expired', tickets: ['invalid', 'invalid'], shown: 0 })
  expect(
    await replayed(async (order) => {
      await pay(order)
      await refundOrder(app, owner, { code: order.code, ticketIds: [order.tickets[0]!.id] })
    }),
  ).toEqual({ status: 'partially_refunded', tickets: ['refunded', 'paid'], shown: 1 })
  // Nothing of what a new buyer would be told applies to who has bought.
  const input = wish(event, [[type, 1]])
  const order = await checkOut(app, visitor, input)
  await updateTicketType(app, owner, type.id, {
    price: { amount: 9000, currency: 'XOF' },
    saleEndsAt: new Date(Date.now() - 1000),
    hidden: true,
    minPerOrder: 5,
  })
  expect(await checkOut(app, visitor, input)).toMatchObject({ code: order.code, total: { amount: 5000 } })
  await expectSound(app)
})

test('an attempt that died between the order and its payment is taken up by the same request', async () => {
  const { event, type, ref } = await scene()
  const input = wish(event, [[type, 1]])
  const { payment, ...rest } = input
  const dead = await placeOrder(app, visitor, { ...rest, also: payment })
  const again = await checkOut(app, visitor, input)
  expect(again).toMatchObject({ code: dead.code, payment: { status: 'PENDING' } })
  expect(await countOrders(event.id)).toBe(1)

  // The same, at the very moment when the buyer asks for another payment.
  for (let round = 0; round < 6; round++) {
    const next = wish(event, [[type, 1]])
    const { code, id } = await placeOrder(app, visitor, { ...next, also: next.payment })
    const outcomes = await Promise.all([
      outcomeOf(checkOut(app, visitor, next)),
      outcomeOf(payOrder(app, holderOf({ code }), ref, code, { provider: 'simulator' })),
    ])
    expect(outcomes[0]).toBe('done')
    expect(await paymentsOf({ id })).toHaveLength(1)
  }
  await expectSound(app)
})

test('an attempt whose provider could not be reached stays open until the provider says that it knows nothing', async () => {
  const { event, type, ref } = await scene()
  const simulator = findSimulator(app)!
  const { initiate } = simulator
  simulator.initiate = () => Promise.reject(new Error('the cable is cut'))
  const input = wish(event, [[type, 1]])
  const order = await checkOut(app, visitor, input).finally(() => {
    simulator.initiate = initiate
  })
  expect(order.payment).toMatchObject({ status: 'UNKNOWN' })
  expect((await checkOut(app, visitor, input)).payment).toMatchObject({ id: order.payment!.id, status: 'UNKNOWN' })
  expect(await outcomeOf(payOrder(app, holderOf(order), ref, order.code, { provider: 'simulator' }))).toBe('payment_already_open')
  // Its time is up: the provider surely never heard of it, and the buyer may try again.
  await app.db
    .updateTable('payment')
    .set({ payerDeadline: new Date(Date.now() - 61_000), nextPollAt: new Date(0) })
    .where('id', '=', order.payment!.id)
    .execute()
  await pollPayments(app)
  expect(await paymentsOf(order)).toMatchObject([{ status: 'EXPIRED' }])
  const { payment } = await payOrder(app, holderOf(order), ref, order.code, { provider: 'simulator' })
  await approveSilently(app, payment.id)
  expect(await beforeExpiry(app, { kind: 'order', id: order.id })).toBe('paid')
  await expectSound(app)
})

test('the form sent twice for the last places leads to the same tickets twice', async () => {
  const { event, type } = await scene(0, 2)
  const browser = browse(app)
  const page = await browser.get(`/events/${event.slug}/checkout?q-${type.id}=2`)
  const fields = { ...hiddenFields(page.html), name: 'Afi', email: 'afi@example.test' }
  const first = await browser.post(`/events/${event.slug}/orders`, fields)
  expect([first.status, first.location]).toEqual([303, expect.stringContaining('/t/')])
  const second = await browser.post(`/events/${event.slug}/orders`, fields)
  expect([second.status, second.location]).toEqual([303, expect.stringContaining('/t/')])
  expect(await countOrders(event.id)).toBe(1)
  // Somebody else is told.
  expect(await browser.post(`/events/${event.slug}/orders`, { ...fields, key: 'another' })).toMatchObject({ status: 409 })
})
