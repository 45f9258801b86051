// Staff decides what becomes of a payment that contradicts itself, after having asked the provider.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError, type FieldProblem } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { requireRecentProof } from '#src/modules/identity/require-proof.ts'
import type { App } from '#src/platform/app.ts'
import { transact, violatedConstraint, type Tx } from '#src/platform/db.ts'
import { record, type Fact } from '#src/platform/facts.ts'
import { afterCommit, concludeJudged, type Judged } from './apply-reports.ts'
import { paymentsError } from './errors.ts'
import { viewPayment, type Payment, type PaymentView } from './payment.ts'
import { lockPayments, selectTransactions, updateAmount } from './store/payments.ts'

export type CloseReview = {
  paymentId: string
  /** `accept`: all of it came, settle as usual; `give_back`: money came that can't be used, it is due back; `nothing_came`: the payer may try again. */
  decision: ReviewDecision
  /** The provider's own number of the transaction: the proof that money came. Needed unless nothing came. */
  transaction?: string | undefined
  /** What came, in minor units of the payment's currency; needed to give it back. */
  received?: number | undefined
  /** Why, for whoever asks later. */
  note: string
}
export const REVIEW_DECISIONS = ['accept', 'give_back', 'nothing_came'] as const
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number]

const MAX_AMOUNT = 1_000_000_000_000

/**
 * Closes the review in one transaction with what follows from it; the one who comes second is refused. Where another amount came than was asked
 * for, the attempt is about what came: accepting it is not offered, since nobody may be sold something for less than its price.
 * @throws `forbidden`, `not_found`, `password_needed`, `invalid_input`; `payment_not_in_review` with its `status`; `operator_reference_required`;
 *   `transaction_reused` where another attempt claims that transaction
 */
export async function closeReview(app: App, actor: Actor, input: CloseReview): Promise<PaymentView> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  const decided = readDecision(input)
  try {
    const applied = await transact(app, async (tx) => {
      const [payment] = isUuid(input.paymentId) ? await lockPayments(tx, [input.paymentId]) : []
      if (!payment) throw kernelError('not_found')
      requireRecentProof(app, actor)
      if (payment.status !== 'REVIEW') throw paymentsError('payment_not_in_review', { status: payment.status })
      if (decided.transaction) await requireUnclaimed(tx, payment, decided.transaction)
      await record(tx, actor, reviewClosed(payment, decided))
      return concludeJudged(app, tx, actor, [await judgedBy(tx, payment, decided)], { giveBack: decided.decision === 'give_back' })
    })
    afterCommit(app, applied)
    return viewPayment(applied.concluded[0]!)
  } catch (error) {
    if (violatedConstraint(error) === 'payment_provider_txn') throw paymentsError('transaction_reused')
    throw error
  }
}

type Decided = { decision: ReviewDecision; transaction: string | null; received: number | null; note: string }

function readDecision({ decision, note, ...input }: CloseReview): Decided {
  const problems: FieldProblem[] = []
  if (!note.trim()) problems.push({ pointer: '/body/note', code: 'required' })
  const { received = 0 } = input
  if (decision === 'give_back' && !(Number.isSafeInteger(received) && received > 0 && received <= MAX_AMOUNT))
    problems.push({ pointer: '/body/received', code: 'out_of_range' })
  if (problems.length > 0) throw invalidInput(...problems)
  const transaction = decision === 'nothing_came' ? null : (input.transaction?.trim() ?? '')
  if (transaction === '') throw paymentsError('operator_reference_required')
  return { decision, transaction, received: decision === 'give_back' ? received : null, note: note.trim() }
}

async function requireUnclaimed(tx: Tx, payment: Payment, transaction: string): Promise<void> {
  const claims = await selectTransactions(tx, [{ provider: payment.provider, transaction }])
  if ([...claims.values()].some((claimedBy) => claimedBy !== payment.id)) throw paymentsError('transaction_reused')
}

async function judgedBy(tx: Tx, payment: Payment, { decision, transaction, received }: Decided): Promise<Judged> {
  if (decision === 'nothing_came') {
    return { payment, report: { status: 'FAILED' }, verdict: { change: 'status', status: 'FAILED', failure: 'not_received' } }
  }
  const amount = received ?? payment.amount
  if (amount !== payment.amount) await updateAmount(tx, payment.id, amount)
  return {
    payment: { ...payment, amount },
    report: { status: 'SUCCEEDED', providerTxnId: transaction! },
    verdict: { change: 'success', late: false },
  }
}

function reviewClosed(payment: Payment, { decision, transaction, received, note }: Decided): Fact {
  const { id, organizerId, eventId, amount, currency, reviewReason } = payment
  return {
    kind: 'payment.review_closed',
    organizerId,
    eventId,
    subject: `payment:${id}`,
    data: {
      decision,
      asked: amount,
      currency,
      ...(received === null ? {} : { received }),
      ...(transaction ? { transaction } : {}),
      reason: reviewReason,
      note,
    },
  }
}
