// Commission, fees and rounding: whatever is given back in whatever parts, nobody keeps a franc too many.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commissionBack, ledgerBalance, organizerStatement } from '#src/modules/payments/ledger.ts'
import { closeManualRefund } from '#src/modules/payments/close-manual-refund.ts'
import { sendRefund } from '#src/modules/payments/send-refund.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import type { Tx } from '#src/platform/db.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildOrganizer, buildTicketType, type BuiltOrganizer } from '../factories.ts'
import { buyAndPay, expectSound, outcomeOf, overtaken } from '../sale.ts'

const app = testApp()

const refundsOf = (order: { id: number }) =>
  app.db
    .selectFrom('refund')
    .select(['id', 'status', 'operatorReference', 'completedAt'])
    .where('payableId', '=', order.id)
    .orderBy('createdAt')
    .execute()
async function sendAll(order: { id: number }): Promise<void> {
  for (const { id } of await refundsOf(order)) await sendRefund(app, id)
}
const statementOf = async (organizer: BuiltOrganizer) => (await organizerStatement(app.db, organizer.id)).reduce((sum, line) => sum + line.amount, 0)
/** What each kind of account has, all in all. */
const totals = async () =>
  Object.fromEntries(
    Object.entries(Object.groupBy(await ledgerBalance(app.db), (account) => account.kind)).map(([kind, accounts]) => [
      kind,
      accounts!.reduce((sum, account) => sum + account.balance, 0),
    ]),
  )

test.each([0, 1, 33, 333, 5000].flatMap((bps) => [1, 3, 101].map((price) => [bps, price] as const)))(
  '%i basis points of tickets at %i F, given back one by one',
  async (commissionBps, price) => {
    const organizer = await buildOrganizer(app, { commissionBps })
    const event = await buildEvent(app, { organizer })
    const type = await buildTicketType(app, event, { price })
    const before = await totals()
    const order = await buyAndPay(app, event, type, 7)
    const commission = Math.floor((7 * price * commissionBps) / 10_000)
    const fees = Math.floor((7 * price) / 100)
    expect(await statementOf(organizer)).toBe(7 * price - commission - fees)
    let owed = await statementOf(organizer)
    for (const ticket of order.tickets) {
      await refundOrder(app, organizer.owner, { code: order.code, ticketIds: [ticket.id] })
      const now = await statementOf(organizer)
      // No step takes more than the ticket cost, or gives the organizer anything.
      expect(owed - now).toBeGreaterThanOrEqual(0)
      expect(owed - now).toBeLessThanOrEqual(price)
      owed = now
    }
    // All of it went back: what is left is what the provider keeps.
    expect(owed + fees).toBe(0)
    await sendAll(order)
    const after = await totals()
    expect((after.commission ?? 0) - (before.commission ?? 0)).toBe(0)
    expect((after.refunds_due ?? 0) - (before.refunds_due ?? 0)).toBe(0)
    await expectSound(app)
  },
)

test('parts of a commission that come back are never negative, and come to the whole, also after some refunds have failed', () => {
  const part = fc.record({ amount: fc.integer({ min: 1, max: 1000 }), fails: fc.boolean() })
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 10_000 }), (parts, bps) => {
      const amount = parts.reduce((sum, p) => sum + p.amount, 0)
      const commission = Math.floor((amount * bps) / 10_000)
      const standing: { amount: number; back: number }[] = []
      const sum = (key: 'amount' | 'back') => standing.reduce((total, refund) => total + refund[key], 0)
      const refund = (size: number) => {
        const back = commissionBack({ amount, commission }, sum('amount') + size, sum('back'))
        expect(back).toBeGreaterThanOrEqual(0)
        return { amount: size, back }
      }
      for (const p of parts) standing.push(refund(p.amount))
      // Some fail, and what they took is given back another way, franc by franc.
      const failed = standing.filter((_, i) => parts[i]!.fails)
      for (const each of failed) standing.splice(standing.indexOf(each), 1)
      for (let left = failed.reduce((total, each) => total + each.amount, 0); left > 0; left -= Math.min(left, 7))
        standing.push(refund(Math.min(left, 7)))
      expect([sum('amount'), sum('back')]).toEqual([amount, commission])
    }),
  )
})

test('a refund closed by hand by two people at once keeps the proof of the first', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const order = await buyAndPay(app, event, type, 1, { payment: { provider: 'simulator', phone: '0197000012' } })
  await cancelOrder(app, event.organizer.owner, { code: order.code })
  await sendAll(order)
  const [refund] = await refundsOf(order)
  expect(refund!.status).toBe('MANUAL_REQUIRED')
  const close = (operatorReference: string) => closeManualRefund(app, event.organizer.owner, { refundId: refund!.id, operatorReference })
  // Both have seen that it is open, and stand before its lock.
  const lock = (tx: Tx) => tx.selectFrom('refund').select('id').where('id', '=', refund!.id).forUpdate().execute()
  const outcomes = await overtaken(app, lock, [() => outcomeOf(close('one')), () => outcomeOf(close('two'))])
  expect(outcomes.toSorted()).toEqual(['done', 'refund_not_manual'])
  expect((await refundsOf(order))[0]).toMatchObject({ status: 'SUCCEEDED', operatorReference: outcomes[0] === 'done' ? 'one' : 'two' })
  await expectSound(app)
})
