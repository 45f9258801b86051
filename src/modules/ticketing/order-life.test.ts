// What becomes of an order: paid, late, twice, cancelled, refunded. Money is real to the last franc, through the simulator's books.
import { describe, expect, test } from 'vitest'
import { systemActor, type Actor, type Visitor } from '#src/kernel/actor.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import { sendRefund } from '#src/modules/payments/send-refund.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { cancelEventOrders } from './cancel-event-orders.ts'
import { cancelOrder } from './cancel-order.ts'
import { checkOut, payOrder, type CheckedOut } from './check-out.ts'
import { expireOrders } from './expire-orders.ts'
import { refundOrder } from './refund-order.ts'

const app = testApp()
const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }
let keys = 0

const buy = (event: BuiltEvent, ticketTypeId: number, quantity: number, actor: Actor = visitor) =>
  checkOut(app, actor, {
    eventSlug: event.slug,
    lines: [{ ticketTypeId, quantity }],
    buyer: { name: 'Afi', email: 'afi@example.test', phone: '0196000100' },
    idempotencyKey: `life-${++keys}`,
    channel: 'api',
    payment: { provider: 'simulator' },
  })
const holder = (order: CheckedOut): Actor => ({ kind: 'order', locale: 'fr', ip: null, orderCode: order.code })

/** The payer decides on the phone, and nothing tells us: we ask. */
async function decide(paymentId: string, decision: 'approve' | 'refuse'): Promise<void> {
  await app.db
    .updateTable('simulatorPayment')
    .set({
      status: decision === 'approve' ? 'approved' : 'refused',
      decidedAt: new Date(),
      ...(decision === 'approve' ? { transaction: `SIM-${paymentId}` } : { failure: 'declined_by_payer' }),
    })
    .where('id', '=', paymentId)
    .execute()
  await settlePayments(app, [paymentId])
}
const statusOf = (order: { id: number }) =>
  app.db.selectFrom('ticketOrder').select(['status', 'late']).where('id', '=', order.id).executeTakeFirstOrThrow()
const ticketsOf = async (order: { id: number }) =>
  (await app.db.selectFrom('ticket').select('status').where('orderId', '=', order.id).orderBy('id').execute()).map((t) => t.status)
const counter = (quotaId: number) =>
  app.db.selectFrom('quotaCounter').select(['held', 'sold']).where('quotaId', '=', quotaId).executeTakeFirstOrThrow()
const refundsOf = (order: { id: number }) =>
  app.db.selectFrom('refund').select(['id', 'cause', 'amount', 'status']).where('payableId', '=', order.id).execute()
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (isDomainError(error) ? error.code : Promise.reject(error as Error)),
  )
const ledgerSum = async () =>
  (
    await app.db
      .selectFrom('ledgerEntry')
      .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('amount'), eb.lit(0)).as('sum'))
      .executeTakeFirstOrThrow()
  ).sum

/** Makes an order's time run out, whatever the clock says. */
async function runOut(order: { id: number }): Promise<void> {
  await app.db
    .updateTable('ticketOrder')
    .set({ expiresAt: new Date(Date.now() - 1000) })
    .where('id', '=', order.id)
    .execute()
  await app.db
    .updateTable('payment')
    .set({ payerDeadline: new Date(Date.now() - 120_000) })
    .where('payableId', '=', order.id)
    .execute()
  await app.db
    .updateTable('simulatorPayment')
    .set({ expiresAt: new Date(Date.now() - 120_000) })
    .where('id', 'in', (eb) => eb.selectFrom('payment').select('id').where('payableId', '=', order.id))
    .execute()
}

async function scene(quantity = 10, price = 5000) {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price, quantity })
  const manager = await buildMember(app, event.organizer.id, 'manager')
  return { event, type, manager }
}

test('the simulator is there', () => expect(findSimulator(app)).toBeDefined())

describe('payment', () => {
  test('turns held places into sold ones and tickets into valid ones, once', async () => {
    const { event, type } = await scene()
    const order = await buy(event, type.id, 2)
    expect(order).toMatchObject({
      status: 'awaiting_payment',
      payment: { provider: 'simulator', status: 'PENDING' },
      tickets: [{ status: 'reserved', qr: null }, { qr: null }],
    })
    await decide(order.payment!.id, 'approve')
    await settlePayments(app, [order.payment!.id])
    expect(await statusOf(order)).toEqual({ status: 'paid', late: false })
    expect(await ticketsOf(order)).toEqual(['paid', 'paid'])
    expect(await counter(type.quotaId)).toEqual({ held: 0, sold: 2 })
    expect(await app.db.selectFrom('fact').select('kind').where('subject', '=', `order:${order.id}`).orderBy('id').execute()).toEqual([
      { kind: 'order.placed' },
      { kind: 'order.paid' },
    ])
    expect(await ledgerSum()).toBe(0)
  })
  test('refused leaves the order waiting, and another try pays it', async () => {
    const { event, type } = await scene()
    const order = await buy(event, type.id, 1)
    await decide(order.payment!.id, 'refuse')
    expect((await statusOf(order)).status).toBe('awaiting_payment')
    const retry = await payOrder(app, holder(order), order.event, order.code, { provider: 'simulator' })
    await decide(retry.payment.id, 'approve')
    expect((await statusOf(order)).status).toBe('paid')
    expect(await refusal(payOrder(app, holder(order), order.event, order.code, { provider: 'simulator' }))).toBe('order_not_payable')
  })
  test('cash is taken by a cashier and by nobody else', async () => {
    const { event, type } = await scene()
    const cashier = await buildMember(app, event.organizer.id, 'cashier')
    const sale = {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: type.id, quantity: 1 }],
      buyer: { name: 'Au guichet', phone: '0196000012' },
      payment: { provider: 'cash' },
    }
    expect(await refusal(checkOut(app, visitor, { ...sale, channel: 'api', idempotencyKey: `life-${++keys}` }))).toBe('forbidden')
    const sold = await checkOut(app, cashier, { ...sale, channel: 'cashier', idempotencyKey: `life-${++keys}` })
    expect(sold).toMatchObject({ status: 'paid', payment: { status: 'SUCCEEDED' }, tickets: [{ status: 'paid' }] })
    expect(sold.tickets[0]!.qr).toMatch(/^TK1/)
  })
})

describe('time runs out', () => {
  test('and the places are free again; the buyer is told by a fact', async () => {
    const { event, type } = await scene(1)
    const order = await buy(event, type.id, 1)
    expect(await refusal(buy(event, type.id, 1))).toBe('sold_out')
    await runOut(order)
    expect(await expireOrders(app)).toBe(1)
    expect([await statusOf(order), await ticketsOf(order), await counter(type.quotaId)]).toMatchObject([
      { status: 'expired' },
      ['invalid'],
      { held: 0, sold: 0 },
    ])
    expect((await buy(event, type.id, 1)).status).toBe('awaiting_payment')
  })
  test('but money that has come meanwhile is seen before the order is let go', async () => {
    const { event, type } = await scene()
    const order = await buy(event, type.id, 1)
    await app.db
      .updateTable('simulatorPayment')
      .set({ status: 'approved', transaction: `SIM-${order.payment!.id}`, decidedAt: new Date() })
      .where('id', '=', order.payment!.id)
      .execute()
    await app.db
      .updateTable('ticketOrder')
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where('id', '=', order.id)
      .execute()
    expect(await expireOrders(app)).toBe(0)
    expect(await statusOf(order)).toEqual({ status: 'paid', late: false })
  })
  test('and late money gets the places back where they are still free', async () => {
    const { event, type } = await scene(3)
    const order = await buy(event, type.id, 2)
    await runOut(order)
    await expireOrders(app)
    await decide(order.payment!.id, 'approve')
    expect(await statusOf(order)).toEqual({ status: 'paid', late: true })
    expect([await ticketsOf(order), await counter(type.quotaId)]).toEqual([['paid', 'paid'], { held: 0, sold: 2 }])
  })
  test('and late money goes back where they are gone: never oversold, never kept', async () => {
    const { event, type } = await scene(2)
    const order = await buy(event, type.id, 2)
    await runOut(order)
    await expireOrders(app)
    await buy(event, type.id, 1)
    await decide(order.payment!.id, 'approve')
    expect((await statusOf(order)).status).toBe('refund_due')
    expect(await counter(type.quotaId)).toEqual({ held: 1, sold: 0 })
    const [refund] = await refundsOf(order)
    expect(refund).toMatchObject({ cause: 'late', amount: 10_000 })
    await sendRefund(app, refund!.id)
    expect([(await statusOf(order)).status, (await refundsOf(order))[0]!.status]).toEqual(['refunded', 'SUCCEEDED'])
    expect(await ledgerSum()).toBe(0)
  })
})

describe('refunds', () => {
  test('by ticket, then the rest: worthless at once, places free again, never more than was paid', async () => {
    const { event, type, manager } = await scene()
    const order = await buy(event, type.id, 3)
    await decide(order.payment!.id, 'approve')
    const first = order.tickets[0]!.id
    expect(await refundOrder(app, manager, { code: order.code, ticketIds: [first] })).toMatchObject({
      amount: 5000,
      order: { status: 'partially_refunded' },
    })
    expect(await counter(type.quotaId)).toEqual({ held: 0, sold: 2 })
    expect(await refusal(refundOrder(app, manager, { code: order.code, ticketIds: [first] }))).toBe('ticket_not_refundable')
    expect(await refundOrder(app, manager, { code: order.code })).toMatchObject({ amount: 10_000, order: { status: 'refunded' } })
    expect(await refusal(refundOrder(app, manager, { code: order.code }))).toBe('nothing_to_refund')
    for (const refund of await refundsOf(order)) await sendRefund(app, refund.id)
    expect((await refundsOf(order)).map((r) => r.status)).toEqual(['SUCCEEDED', 'SUCCEEDED'])
    expect([await ticketsOf(order), await counter(type.quotaId), await ledgerSum()]).toEqual([
      ['refunded', 'refunded', 'refunded'],
      { held: 0, sold: 0 },
      0,
    ])
    expect(await app.db.selectFrom('accessFeed').select('kind').where('eventId', '=', event.id).execute()).toHaveLength(3)
  })
  test('asked for twice at once go out once', async () => {
    const { event, type, manager } = await scene()
    const order = await buy(event, type.id, 1)
    await decide(order.payment!.id, 'approve')
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => refusal(refundOrder(app, manager, { code: order.code }))))
    expect(outcomes.filter((o) => o === 'done')).toHaveLength(1)
    expect(await refundsOf(order)).toHaveLength(1)
  })
  test('are not for buyers, cashiers or strangers', async () => {
    const { event, type } = await scene()
    const order = await buy(event, type.id, 1)
    await decide(order.payment!.id, 'approve')
    expect(await refusal(refundOrder(app, holder(order), { code: order.code }))).toBe('forbidden')
    expect(await refusal(refundOrder(app, await buildMember(app, event.organizer.id, 'cashier'), { code: order.code }))).toBe('forbidden')
    expect(await refusal(refundOrder(app, (await buildEvent(app)).organizer.owner, { code: order.code }))).toBe('not_found')
    expect(await refusal(refundOrder(app, await buildMember(app, event.organizer.id, 'agent'), { code: order.code }))).toBe('not_found')
  })
  test('wait while the holder is inside, unless forced, and then count them out', async () => {
    const { event, type, manager } = await scene()
    const order = await buy(event, type.id, 1)
    await decide(order.payment!.id, 'approve')
    await app.db.updateTable('ticket').set({ status: 'inside', usedCount: 1 }).where('orderId', '=', order.id).execute()
    await app.db.insertInto('occupancy').values({ eventId: event.id, zone: 0, shard: 0, inside: 1, totalIn: 1 }).execute()
    expect(await refusal(refundOrder(app, manager, { code: order.code }))).toBe('ticket_inside')
    await refundOrder(app, manager, { code: order.code, force: true })
    const { inside } = await app.db
      .selectFrom('occupancy')
      .select((eb) => eb.fn.sum<number>('inside').as('inside'))
      .where('eventId', '=', event.id)
      .executeTakeFirstOrThrow()
    expect(inside).toBe(0)
  })
})

describe('cancelling', () => {
  test('an unpaid order frees its places; money that comes all the same goes back', async () => {
    const { event, type } = await scene(1)
    const order = await buy(event, type.id, 1)
    await cancelOrder(app, holder(order), { code: order.code })
    expect([(await statusOf(order)).status, await counter(type.quotaId)]).toEqual(['cancelled', { held: 0, sold: 0 }])
    await decide(order.payment!.id, 'approve')
    expect((await refundsOf(order)).map((r) => r.cause)).toEqual(['cancellation'])
    expect(await ledgerSum()).toBe(0)
  })
  test('a free order is the buyer’s to give up; one that was paid is the organizer’s', async () => {
    const { event, type, manager } = await scene()
    const free = await buildTicketType(app, event, { price: 0 })
    const given = await buy(event, free.id, 1)
    await cancelOrder(app, holder(given), { code: given.code })
    expect(await ticketsOf(given)).toEqual(['invalid'])
    const order = await buy(event, type.id, 2)
    await decide(order.payment!.id, 'approve')
    expect(await refusal(cancelOrder(app, holder(order), { code: order.code }))).toBe('forbidden')
    expect(await cancelOrder(app, manager, { code: order.code })).toMatchObject({ refunded: 10_000, order: { status: 'cancelled' } })
    expect(await refusal(cancelOrder(app, manager, { code: order.code }))).toBe('order_not_cancellable')
  })
  test('an event cancels every order and sends every franc back', async () => {
    const { event, type } = await scene()
    const free = await buildTicketType(app, event, { price: 0 })
    const orders = [await buy(event, type.id, 2), await buy(event, type.id, 1), await buy(event, free.id, 1)]
    await decide(orders[0]!.payment!.id, 'approve')
    expect(await cancelEventOrders(app, event.id)).toBe(3)
    expect(await cancelEventOrders(app, event.id)).toBe(0)
    expect(await Promise.all(orders.map(statusOf))).toEqual(orders.map(() => ({ status: 'cancelled', late: false })))
    expect((await refundsOf(orders[0]!)).map((r) => r.amount)).toEqual([10_000])
    expect(await counter(type.quotaId)).toEqual({ held: 0, sold: 0 })
  })
})

test('payment and expiry at the same instant: exactly one wins, whichever comes first', async () => {
  const { event, type } = await scene(5)
  for (let i = 0; i < 6; i++) {
    const order = await buy(event, type.id, 1)
    await runOut(order)
    await Promise.all([decide(order.payment!.id, 'approve'), expireOrders(app)])
    const { status } = await statusOf(order)
    expect(status).toBe('paid')
    await cancelOrder(app, systemActor('test'), { code: order.code })
  }
  expect(await counter(type.quotaId)).toEqual({ held: 0, sold: 0 })
})
