// Payment, the buyer's cancellation, expiry and the event's cancellation meet at one order, in two processes: one consistent end, to the last franc.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { findEventRef } from '#src/modules/events/find-events.ts'
import { ledgerBalance } from '#src/modules/payments/ledger.ts'
import { sendRefund } from '#src/modules/payments/send-refund.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { cancelEventOrders } from '#src/modules/ticketing/cancel-event-orders.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { payOrder, type CheckedOut } from '#src/modules/ticketing/check-out.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { testApps, type TestApp } from '../app.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '../factories.ts'
import { approveSilently, buy, expectSound, holderOf, orderOf, outcomeOf, runOut } from '../sale.ts'

const [app, other] = testApps()
const ROUNDS = 60

type Scene = { event: BuiltEvent; order: CheckedOut; one: TestApp }

const pay = async ({ order, one }: Scene) => {
  await approveSilently(one, order.payment!.id)
  return outcomeOf(settlePayments(one, [order.payment!.id]))
}
/** What may happen to an order, at the same moment. */
const happenings: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  pay,
  'pay again': async ({ event, order, one }) => {
    const ref = (await findEventRef(one, event.slug))!
    const again = await payOrder(one, holderOf(order), ref, order.code, { provider: 'simulator' }).then(
      (paid) => paid.payment,
      () => null,
    )
    if (again) await pay({ event, one, order: { ...order, payment: again } })
  },
  'buyer cancels': ({ order, one }) => outcomeOf(cancelOrder(one, holderOf(order), { code: order.code })),
  'time runs out': async ({ order, one }) => {
    await runOut(one, order)
    await expireOrders(one)
  },
  'organizer refunds': ({ event, order, one }) =>
    outcomeOf(refundOrder(one, event.organizer.owner, { code: order.code, ticketIds: [order.tickets[0]!.id] })),
  'event is cancelled': async ({ event, one }) => {
    await cancelEvent(one, event.organizer.owner, event.slug)
    await cancelEventOrders(one, event.id)
  },
}

/** What any worker would do sooner or later. */
async function settleDown(order: CheckedOut): Promise<void> {
  const payments = await app.db.selectFrom('payment').select('id').where('payableId', '=', order.id).execute()
  await settlePayments(
    app,
    payments.map((payment) => payment.id),
  )
  const due = await app.db.selectFrom('refund').select('id').where('payableId', '=', order.id).where('status', '=', 'REQUESTED').execute()
  await Promise.all(due.flatMap(({ id }) => [sendRefund(app, id), sendRefund(other, id)]))
}

async function moneyOf(order: CheckedOut) {
  const payments = await app.db
    .selectFrom('payment')
    .select(['id', 'amount'])
    .where('payableId', '=', order.id)
    .where('status', '=', 'SUCCEEDED')
    .execute()
  const refunds = await app.db.selectFrom('refund').select(['amount', 'status']).where('payableId', '=', order.id).execute()
  const sum = (rows: readonly { amount: number }[]) => rows.reduce((total, row) => total + row.amount, 0)
  return {
    received: sum(payments),
    refunded: sum(refunds.filter((refund) => refund.status === 'SUCCEEDED')),
    open: refunds.filter((refund) => refund.status !== 'SUCCEEDED').length,
  }
}

test(`${ROUNDS} times, whatever happens to an order at once, it comes to one end`, async () => {
  const names = Object.keys(happenings)
  const ends = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const event = await buildEvent(app, { capacity: 5 })
    const type = await buildTicketType(app, event, { quantity: 4, price: 3001 })
    const order = await buy(round % 2 ? app : other, event, type, 2)
    // Every pair and then some, each in either process and up to some milliseconds apart.
    const chosen = names.filter((_, i) => i === 0 || ((round * 2654435761) >>> (i + 3)) % 2 === 1)
    const outcomes = await Promise.all(
      chosen.map(async (name, i) => {
        await sleep((round * 31 + i * 17) % 7)
        return happenings[name]!({ event, order, one: (round + i) % 2 ? app : other })
      }),
    )
    expect(outcomes).not.toContain('busy')
    await settleDown(order)

    const { status } = await orderOf(app, order)
    const statuses = (await app.db.selectFrom('ticket').select('status').where('orderId', '=', order.id).execute()).map((ticket) => ticket.status)
    const { received, refunded, open } = await moneyOf(order)
    const worth = 3001 * statuses.filter((s) => s === 'paid').length
    const scene = `${chosen.join(', ')} → ${status}`
    expect([scene, open, received - refunded]).toEqual([scene, 0, worth])
    expect([scene, ['paid', 'partially_refunded'].includes(status)]).toEqual([scene, worth > 0])
    if (chosen.includes('event is cancelled')) expect([scene, worth]).toEqual([scene, 0])
    ends.add(status)
  }
  expect(ends.size).toBeGreaterThanOrEqual(3)
  await expectSound(app)
  const balances = await ledgerBalance(app.db)
  expect(balances.filter((account) => account.kind === 'refunds_due').reduce((sum, account) => sum + account.balance, 0)).toBe(0)
})
