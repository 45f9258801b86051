// Promises money back, inside the caller's transaction; it is sent after the commit.
import { actorLabel, type Actor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import type { Money } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { paymentsError } from './errors.ts'
import { refundFact } from './facts.ts'
import { commissionBack, refundRequestedPosting } from './ledger.ts'
import type { PayableKind } from './payable.ts'
import type { Payment } from './payment.ts'
import { viewRefund, type Refund, type RefundCause, type RefundView } from './refund.ts'
import { insertPostings, requireAccounts, selectCommission } from './store/ledger.ts'
import { lockPayments, selectPaymentsOf } from './store/payments.ts'
import { insertRefunds, selectRefunds } from './store/refunds.ts'

export type OpenRefund = {
  payable: { kind: PayableKind; id: number }
  /** Which attempt's money; the one that paid for the payable if left out. */
  paymentId?: string
  amount: Money
  ticketIds?: readonly string[]
  cause: RefundCause
  reason: string
  /** The failed refund that this one takes the place of. */
  retryOf?: string
  /** A person gives the money back outside of the provider, and says so: `closeManualRefund`. */
  byHand?: boolean
}

/**
 * Stores the refund and the ledger's side of it under the payment's row lock, and enqueues its sending. The caller has authorized it and
 * has made worthless what was bought: nobody may enjoy both.
 * @throws payment_not_refundable (nothing was captured); refund_exceeds_payment with what is left
 */
export async function openRefund(app: App, tx: Tx, actor: Actor, input: OpenRefund): Promise<RefundView> {
  const payment = await lockCaptured(tx, input)
  const { amount, currency } = input.amount
  const standing = (await selectRefunds(tx, { paymentId: payment.id })).filter((refund) => refund.status !== 'FAILED')
  const given = standing.reduce((sum, refund) => sum + refund.amount, 0)
  if (currency !== payment.currency || amount <= 0 || given + amount > payment.amount) {
    throw paymentsError('refund_exceeds_payment', { left: { amount: payment.amount - given, currency: payment.currency } })
  }
  const at = app.clock.now()
  const refund = {
    id: uuidv7(at.getTime()),
    paymentId: payment.id,
    payableKind: payment.payableKind,
    payableId: payment.payableId,
    eventId: payment.eventId,
    organizerId: payment.organizerId,
    amount,
    currency,
    cause: input.cause,
    reason: input.reason,
    ticketIds: input.ticketIds ?? [],
    requestedBy: actorLabel(actor),
    retryOf: input.retryOf ?? null,
    at,
    ...(input.byHand ? { status: 'MANUAL_REQUIRED' as const } : {}),
  }
  await insertRefunds(tx, [refund])
  // Money that never was a sale is owed to the buyer since it came.
  if (payment.outcome === 'settled') await postRequested(tx, payment, refund, given + amount, standing)
  await record(tx, actor, refundFact('requested', refund), ...(input.byHand ? [refundFact('manual_required', refund)] : []))
  if (!input.byHand) await enqueue(tx, 'send-refund', { refundId: refund.id }, { key: `send-refund:${refund.id}` })
  const [stored] = await selectRefunds(tx, { ids: [refund.id] })
  return viewRefund(stored!)
}

async function lockCaptured(tx: Tx, input: OpenRefund): Promise<Payment> {
  const candidates = (await selectPaymentsOf(tx, input.payable)).filter((p) => (input.paymentId ? p.id === input.paymentId : p.outcome === 'settled'))
  const [payment] = await lockPayments(
    tx,
    candidates.map((p) => p.id),
  )
  if (payment?.status !== 'SUCCEEDED') throw paymentsError('payment_not_refundable')
  return payment
}

async function postRequested(
  tx: Tx,
  payment: Payment,
  refund: Pick<Refund, 'id' | 'organizerId' | 'eventId' | 'amount' | 'currency'>,
  refunded: number,
  standing: readonly Refund[],
) {
  const commission = -((await selectCommission(tx, [payment.id], 'payment')).get(payment.id) ?? 0)
  const back = [
    ...(
      await selectCommission(
        tx,
        standing.map((r) => r.id),
        'refund_requested',
      )
    ).values(),
  ].reduce((sum, part) => sum + part, 0)
  const posting = refundRequestedPosting(refund, commissionBack({ amount: payment.amount, commission }, refunded, back))
  await insertPostings(tx, [posting], await requireAccounts(tx, [posting]))
}
