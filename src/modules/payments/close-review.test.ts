// A person decides about payments that contradict themselves, with real orders: tickets, ledger and refunds follow or nothing does.
import { describe, expect, test } from 'vitest'
import type { Actor } from '#src/kernel/actor.ts'
import { transact } from '#src/platform/db.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { approveSilently, buy, counterOf, expectSound, holderOf, orderOf, outcomeOf, runOut, tally } from '#test/sale.ts'
import { closeManualRefund } from './close-manual-refund.ts'
import { closeReview, type CloseReview } from './close-review.ts'
import { openRefund } from './open-refund.ts'
import { retryRefund } from './retry-refund.ts'
import { settlePayments } from './settle-payments.ts'

const app = testApp()
const staff = () => buildAccount(app, { role: 'admin' })

/** An order of 5 000 whose payment, the simulator says, brought one franc less. */
async function reviewed() {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 5000 })
  const order = await buy(app, event, type, 1, { payment: { provider: 'simulator', phone: '+2290197000009' } })
  const paymentId = order.payment!.id
  await approveSilently(app, paymentId)
  await settlePayments(app, [paymentId])
  return { event, type, order, paymentId }
}

const paymentOf = (id: string) => app.db.selectFrom('payment').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const refundsOf = (id: string) => app.db.selectFrom('refund').selectAll().where('paymentId', '=', id).orderBy('createdAt').execute()
const factsOf = (subject: string) =>
  app.db.selectFrom('fact').select(['kind', 'actor', 'data']).where('subject', '=', subject).orderBy('id').execute()
const accept = (paymentId: string, more: Partial<CloseReview> = {}): CloseReview => ({
  paymentId,
  decision: 'accept',
  transaction: `TX-${paymentId}`,
  note: 'MTN a confirmé par téléphone',
  ...more,
})

describe('closing the review of a payment', () => {
  test('as paid settles the order as any payment does, and says who decided and why', async () => {
    const { order, type, paymentId } = await reviewed()
    expect(await paymentOf(paymentId)).toMatchObject({
      status: 'REVIEW',
      reviewReason: 'amount_mismatch',
      reportedAmount: 4999,
      reportedCurrency: 'XOF',
    })
    const admin = await staff()
    expect(await closeReview(app, admin, accept(paymentId))).toMatchObject({ status: 'SUCCEEDED', refundDue: false })
    expect(await orderOf(app, order)).toMatchObject({ status: 'paid' })
    expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 0, sold: 1 })
    const facts = await factsOf(`payment:${paymentId}`)
    expect(facts.slice(-2)).toMatchObject([
      {
        kind: 'payment.review_closed',
        actor: `account:${admin.accountId}`,
        data: { decision: 'accept', asked: 5000, transaction: `TX-${paymentId}`, reason: 'amount_mismatch', note: 'MTN a confirmé par téléphone' },
      },
      { kind: 'payment.succeeded', actor: `account:${admin.accountId}` },
    ])
    await expectSound(app)
  })

  test('as money to give back is about what came, not about what was asked for; the buyer is told, and may still pay', async () => {
    const { order, paymentId } = await reviewed()
    await closeReview(app, await staff(), { paymentId, decision: 'give_back', transaction: 'TX-4999', received: 4999, note: 'Un franc de moins' })
    expect(await paymentOf(paymentId)).toMatchObject({ status: 'SUCCEEDED', outcome: 'refund_due', amount: 4999, providerTxnId: 'TX-4999' })
    expect(await refundsOf(paymentId)).toMatchObject([{ amount: 4999, cause: 'review', status: 'REQUESTED' }])
    expect(await orderOf(app, order)).toMatchObject({ status: 'awaiting_payment' })
    expect((await factsOf(`order:${order.id}`)).at(-1)).toMatchObject({ kind: 'order.refund_due', data: { cause: 'review', total: 4999 } })
    await workOff(app)
    expect(await refundsOf(paymentId)).toMatchObject([{ status: 'SUCCEEDED' }])
    await expectSound(app)
  })

  test('as money to give back keeps no places: the buyer is offered another payment, and without one the order expires', async () => {
    const { event, order, type, paymentId } = await reviewed()
    await closeReview(app, await staff(), { paymentId, decision: 'give_back', transaction: 'TX-back', received: 4999, note: 'Un franc de moins' })
    const path = `/t/${await mintMagicLink(app.db, { eventId: event.id, id: order.id })}`
    expect((await app.server.inject({ url: path })).payload).toContain(`action="${path}/payments"`)
    await runOut(app, order)
    await expireOrders(app)
    expect(await orderOf(app, order)).toMatchObject({ status: 'expired' })
    expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 0, sold: 0 })
    await expectSound(app)
  })

  test('for an order that has expired meanwhile gives back as well, and the order ends refunded', async () => {
    const { order, type, paymentId } = await reviewed()
    await runOut(app, order)
    await app.db.updateTable('ticketOrder').set({ status: 'expired' }).where('id', '=', order.id).execute()
    await app.db.updateTable('ticket').set({ status: 'invalid' }).where('orderId', '=', order.id).execute()
    await app.db.updateTable('quotaCounter').set({ held: 0 }).where('quotaId', '=', type.quotaId).execute()
    await closeReview(app, await staff(), { paymentId, decision: 'give_back', transaction: 'TX-late', received: 5001, note: 'Un de trop' })
    expect(await orderOf(app, order)).toMatchObject({ status: 'refund_due' })
    await app.db.updateTable('simulatorPayment').set({ amount: 5001 }).where('id', '=', paymentId).execute()
    await workOff(app)
    expect([(await orderOf(app, order)).status, (await refundsOf(paymentId))[0]?.status]).toEqual(['refunded', 'SUCCEEDED'])
    await expectSound(app)
  })

  test('as nothing came lets the payer try again; should the money come after all, it counts', async () => {
    const { order, paymentId } = await reviewed()
    const view = await closeReview(app, await staff(), { paymentId, decision: 'nothing_came', note: 'Aucune trace chez MTN' })
    expect(view).toMatchObject({ status: 'FAILED', failure: 'not_received' })
    expect(await orderOf(app, order)).toMatchObject({ status: 'awaiting_payment' })
    await app.db.updateTable('simulatorPayment').set({ amount: 5000, phone: '+2290197000000' }).where('id', '=', paymentId).execute()
    await settlePayments(app, [paymentId])
    expect(await orderOf(app, order)).toMatchObject({ status: 'paid' })
  })

  test('is for staff who has just proven the password', async () => {
    const { event, order, paymentId } = await reviewed()
    const others: Actor[] = [{ kind: 'visitor', locale: 'fr', ip: null }, holderOf(order), event.organizer.owner, await buildAccount(app)]
    for (const actor of others) expect(await outcomeOf(closeReview(app, actor, accept(paymentId)))).toBe('forbidden')
    const admin = await staff()
    const stale = { ...admin, provenAt: new Date(app.clock.now().getTime() - 601_000) }
    expect(await outcomeOf(closeReview(app, stale, accept(paymentId)))).toBe('password_needed')
    expect((await paymentOf(paymentId)).status).toBe('REVIEW')
  })

  test('wants a note, the provider’s transaction and, to give back, a plausible amount', async () => {
    const { paymentId } = await reviewed()
    const admin = await staff()
    const attempt = (input: Partial<CloseReview>) => outcomeOf(closeReview(app, admin, accept(paymentId, input)))
    expect(await attempt({ note: '  ' })).toBe('invalid_input')
    expect(await attempt({ transaction: ' ' })).toBe('operator_reference_required')
    for (const received of [undefined, 0, -5, 1.5, Number.MAX_SAFE_INTEGER])
      expect(await attempt({ decision: 'give_back', received })).toBe('invalid_input')
    for (const id of ['x', '00000000-0000-4000-8000-000000000000']) expect(await attempt({ paymentId: id })).toBe('not_found')
    expect((await paymentOf(paymentId)).status).toBe('REVIEW')
  })

  test('refuses a transaction that another payment claims, also when both are closed at once', async () => {
    const [one, other] = [await reviewed(), await reviewed()]
    const admin = await staff()
    const both = await Promise.all(
      [one, other].map(({ paymentId }) => outcomeOf(closeReview(app, admin, accept(paymentId, { transaction: 'TX-shared' })))),
    )
    expect(tally(both)).toEqual({ done: 1, transaction_reused: 1 })
    const left = both[0] === 'done' ? other : one
    expect(await outcomeOf(closeReview(app, admin, accept(left.paymentId, { transaction: 'TX-shared' })))).toBe('transaction_reused')
    expect((await paymentOf(left.paymentId)).status).toBe('REVIEW')
    await expectSound(app)
  })

  test('happens once: of staff who decide differently at the same moment, one is told that it is done', async () => {
    const { order, paymentId } = await reviewed()
    const admins = await Promise.all(Array.from({ length: 6 }, staff))
    const outcomes = await Promise.all(
      admins.map((admin, i) =>
        outcomeOf(
          closeReview(
            app,
            admin,
            i % 2 ? accept(paymentId) : { paymentId, decision: 'give_back', transaction: 'TX-race', received: 4999, note: 'non' },
          ),
        ),
      ),
    )
    expect(tally(outcomes)).toEqual({ done: 1, payment_not_in_review: 5 })
    expect((await factsOf(`payment:${paymentId}`)).filter((fact) => fact.kind === 'payment.review_closed')).toHaveLength(1)
    const given = (await refundsOf(paymentId)).length
    expect([(await orderOf(app, order)).status, given]).toEqual(given === 1 ? ['awaiting_payment', 1] : ['paid', 0])
    await expectSound(app)
  })
})

describe('a refund that failed', () => {
  async function failed() {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 5000 })
    const order = await buy(app, event, type, 1, { payment: { provider: 'simulator', phone: '+2290197000010' } })
    const paymentId = order.payment!.id
    await approveSilently(app, paymentId)
    await settlePayments(app, [paymentId])
    const refund = await transact(app, (tx) =>
      openRefund(app, tx, event.organizer.owner, {
        payable: { kind: 'order', id: order.id },
        amount: { amount: 2000, currency: 'XOF' },
        cause: 'organizer',
        reason: 'geste',
      }),
    )
    await workOff(app)
    expect((await refundsOf(paymentId))[0]).toMatchObject({ id: refund.id, status: 'FAILED' })
    return { event, order, paymentId, refundId: refund.id }
  }

  test('is tried again under a new id, once, however many ask for it', async () => {
    const { paymentId, refundId } = await failed()
    await app.db.updateTable('simulatorPayment').set({ phone: '+2290197000000' }).where('id', '=', paymentId).execute()
    await app.db.updateTable('payment').set({ payerPhone: '+2290197000000' }).where('id', '=', paymentId).execute()
    const admins = await Promise.all(Array.from({ length: 4 }, staff))
    const outcomes = await Promise.all(admins.map((admin) => outcomeOf(retryRefund(app, admin, { refundId, by: 'provider' }))))
    expect(tally(outcomes)).toEqual({ done: 1, refund_already_retried: 3 })
    await workOff(app)
    expect(await refundsOf(paymentId)).toMatchObject([{ status: 'FAILED' }, { status: 'SUCCEEDED', amount: 2000, retryOf: refundId }])
    await expectSound(app)
  })

  test('may be paid by hand, with the operator’s reference as the proof', async () => {
    const { paymentId, refundId } = await failed()
    const admin = await staff()
    const byHand = await retryRefund(app, admin, { refundId, by: 'hand' })
    expect(byHand).toMatchObject({ status: 'MANUAL_REQUIRED' })
    await workOff(app)
    expect((await refundsOf(paymentId))[1]).toMatchObject({ status: 'MANUAL_REQUIRED' })
    await closeManualRefund(app, admin, { refundId: byHand.id, operatorReference: 'OM-77' })
    expect((await refundsOf(paymentId))[1]).toMatchObject({ status: 'SUCCEEDED', operatorReference: 'OM-77' })
    await expectSound(app)
  })

  test('is nobody’s to try again but staff’s and its organizer’s owner; one that did not fail is left alone', async () => {
    const { event, refundId } = await failed()
    expect(await outcomeOf(retryRefund(app, await buildAccount(app), { refundId, by: 'hand' }))).toBe('not_found')
    expect(await outcomeOf(retryRefund(app, (await buildEvent(app)).organizer.owner, { refundId, by: 'hand' }))).toBe('not_found')
    const again = await retryRefund(app, event.organizer.owner, { refundId, by: 'hand' })
    expect(await outcomeOf(retryRefund(app, await staff(), { refundId: again.id, by: 'provider' }))).toBe('refund_not_failed')
  })
})
