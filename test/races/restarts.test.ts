// A process dies between two steps. The next one finishes what was begun, once.
import { expect, test } from 'vitest'
import { systemActor } from '#src/kernel/actor.ts'
import { pollPayments, pollRefunds } from '#src/modules/payments/poll-payments.ts'
import { processInbox } from '#src/modules/payments/process-inbox.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import { sendRefund } from '#src/modules/payments/send-refund.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { testApps } from '../app.ts'
import { buildEvent, buildTicketType } from '../factories.ts'
import { workOff } from '../jobs.ts'
import { approveSilently, buy, buyAndPay, counterOf, expectSound, orderOf, runOut, until } from '../sale.ts'

const [app, next] = testApps()

/** What `app` does through its provider never comes back, as of a process that died meanwhile. `reached`: the provider has heard of it. */
async function dying(step: 'initiate' | 'refund', reached: boolean, work: () => Promise<unknown>, died: () => Promise<boolean>): Promise<void> {
  const simulator = findSimulator(app)!
  const real = simulator[step]
  let heard = false
  Object.assign(simulator, {
    [step]: async (input: never) => {
      if (reached) await real(input)
      heard = true
      return new Promise(() => {})
    },
  })
  work().catch(() => {})
  await until(async () => heard && (await died()))
  Object.assign(simulator, { [step]: real })
}

async function scene(price = 5000) {
  const event = await buildEvent(app)
  return { event, type: await buildTicketType(app, event, { price }) }
}
const paymentsOf = (eventId: number) => app.db.selectFrom('payment').selectAll().where('eventId', '=', eventId).execute()
const refundsOf = (eventId: number) => app.db.selectFrom('refund').selectAll().where('eventId', '=', eventId).execute()
const givenBack = async (paymentId: string) =>
  (await app.db.selectFrom('simulatorPayment').select('refunded').where('id', '=', paymentId).executeTakeFirstOrThrow()).refunded
const factsOf = async (eventId: number, kind: string) =>
  (await app.db.selectFrom('fact').select('id').where('eventId', '=', eventId).where('kind', '=', kind).execute()).length
/** All that recurs, in the process that is left. */
async function recur(): Promise<void> {
  for (const seconds of [60, 700]) {
    app.clock.advance(seconds)
    await pollPayments(next)
    await processInbox(next)
    await pollRefunds(next)
    await expireOrders(next)
  }
}

test('dead before the provider heard of the payment: it ends, and the places are free again', async () => {
  const { event, type } = await scene()
  await dying(
    'initiate',
    false,
    () => buy(app, event, type),
    async () => (await paymentsOf(event.id))[0]?.status === 'SUBMITTING',
  )
  await recur()
  await recur()
  expect(await paymentsOf(event.id)).toMatchObject([{ status: 'EXPIRED', outcome: null }])
  expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 0, sold: 0 })
  await expectSound(app)
})

test('dead after the provider heard of it, and the payer says yes: the order is paid', async () => {
  const { event, type } = await scene()
  await dying(
    'initiate',
    true,
    () => buy(app, event, type),
    async () => (await paymentsOf(event.id))[0]?.status === 'SUBMITTING',
  )
  const [payment] = await paymentsOf(event.id)
  await approveSilently(app, payment!.id)
  app.clock.advance(60)
  await pollPayments(next)
  expect(await paymentsOf(event.id)).toMatchObject([{ status: 'SUCCEEDED', outcome: 'settled' }])
  expect(await orderOf(app, { id: payment!.payableId })).toMatchObject({ status: 'paid' })
  expect(await factsOf(event.id, 'order.paid')).toBe(1)
  await expectSound(app)
})

test('dead between storing the webhook and working on it', async () => {
  const { event, type } = await scene()
  const order = await buy(app, event, type)
  const { inbox } = app.paymentLanes
  Object.assign(app.paymentLanes, { inbox: () => new Promise(() => {}) })
  await findSimulator(app)!.decide(order.payment!.id, 'approve', 3)
  Object.assign(app.paymentLanes, { inbox })
  expect(await orderOf(app, order)).toMatchObject({ status: 'awaiting_payment' })
  expect(await processInbox(next)).toBe(0)
  app.clock.advance(6)
  const taken = await Promise.all([processInbox(next), processInbox(app)])
  expect(Math.max(...taken)).toBe(1)
  expect(await orderOf(app, order)).toMatchObject({ status: 'paid' })
  // Settled, and dead before anybody was told: the provider sends it again, and polling asks again.
  await findSimulator(next)!.decide(order.payment!.id, 'approve', 2)
  await settlePayments(next, [order.payment!.id])
  expect([await factsOf(event.id, 'order.paid'), await factsOf(event.id, 'payment.succeeded')]).toEqual([1, 1])
  await expectSound(app)
})

test.each([
  ['before', false],
  ['after', true],
])('dead %s the provider heard of the refund: it is made once', async (_, reached) => {
  const { event, type } = await scene()
  const order = await buyAndPay(app, event, type)
  await refundOrder(app, event.organizer.owner, { code: order.code })
  const [refund] = await refundsOf(event.id)
  await dying(
    'refund',
    reached,
    () => sendRefund(app, refund!.id),
    async () => (await refundsOf(event.id))[0]!.status === 'PENDING',
  )
  // The job that was cut off runs again, and so does what asks.
  await sendRefund(next, refund!.id)
  app.clock.advance(60)
  await Promise.all([pollRefunds(next), pollRefunds(app), sendRefund(next, refund!.id)])
  expect(await refundsOf(event.id)).toMatchObject([{ status: 'SUCCEEDED' }])
  expect(await givenBack(order.payment!.id)).toBe(5000)
  expect(await factsOf(event.id, 'refund.succeeded')).toBe(1)
  await expectSound(app)
})

test('dead between a promised refund and its job: another worker does it', async () => {
  const { event, type } = await scene()
  const order = await buyAndPay(app, event, type, 2)
  await cancelOrder(app, event.organizer.owner, { code: order.code })
  await workOff(next)
  expect(await refundsOf(event.id)).toMatchObject([{ status: 'SUCCEEDED', amount: 10_000 }])
  expect(await givenBack(order.payment!.id)).toBe(10_000)
  await expectSound(app)
})

test('dead in the middle of cancelling an event: its job goes on where it stopped', async () => {
  const { event, type } = await scene()
  const orders = [
    await buyAndPay(app, event, type),
    await buyAndPay(app, event, type),
    await buy(app, event, type),
    await buyAndPay(app, event, type),
  ]
  await cancelEvent(app, event.organizer.owner, event.slug)
  for (const order of orders.slice(0, 2)) await cancelOrder(app, systemActor('cancel-event'), { code: order.code, force: true })
  await workOff(next)
  await workOff(next)
  expect((await Promise.all(orders.map((order) => orderOf(app, order)))).map((order) => order.status)).toEqual(orders.map(() => 'cancelled'))
  expect((await refundsOf(event.id)).map((refund) => refund.status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'])
  await expectSound(app)
})

test('an order whose payment can not be asked about, or not be settled, does not keep the others from expiring', async () => {
  const { event, type } = await scene()
  const [unreadable, broken, free] = [await buy(app, event, type), await buy(app, event, type), await buy(app, event, type)]
  for (const order of [unreadable, broken, free]) await runOut(app, order)
  await app.db
    .updateTable('ticketOrder')
    .set({ expiresAt: new Date(0) })
    .where('id', 'in', [unreadable.id, broken.id])
    .execute()
  // Sealed with a key that this installation doesn't have any more.
  await app.db
    .updateTable('payment')
    .set({ secretsEnc: Buffer.from('sealed with another key') })
    .where('id', '=', unreadable.payment!.id)
    .execute()
  await approveSilently(app, broken.payment!.id)
  const { order } = next.payables
  Object.assign(next.payables, { order: { ...order, settle: () => Promise.reject(new Error('out of order')) } })
  try {
    await expireOrders(next)
  } finally {
    Object.assign(next.payables, { order })
  }
  expect((await Promise.all([unreadable, broken, free].map((each) => orderOf(app, each)))).map((each) => each.status)).toEqual([
    'expired',
    'awaiting_payment',
    'expired',
  ])
  app.clock.advance(301)
  await expireOrders(next)
  expect(await orderOf(app, broken)).toMatchObject({ status: 'paid' })
  await expectSound(app)
})
