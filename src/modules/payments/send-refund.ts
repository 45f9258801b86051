// Sends a promised refund to its provider, asks after it, and writes down how it ended.
import { systemActor, type Actor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { refundFact } from './facts.ts'
import { refundFailedPosting, refundPaidPosting } from './ledger.ts'
import { attemptRef, nextPollAt, type Payment } from './payment.ts'
import type { PaymentProvider, RefundResult } from './provider.ts'
import { mayBecome, viewRefund, type Refund, type RefundStatus, type RefundView } from './refund.ts'
import { openSecrets } from './settle-payments.ts'
import { insertPostings, requireAccounts, selectCommission } from './store/ledger.ts'
import { selectPayments } from './store/payments.ts'
import { lockRefund, selectRefunds, updateRefund, type RefundChange } from './store/refunds.ts'

const actor = systemActor('payments')
const REFUND_TIMEOUT_MS = 30_000

/** An end, or a step on the way, and what is known about it. */
export type RefundStep = Omit<RefundChange, 'updatedAt' | 'completedAt'>

/**
 * Sends a refund once. Under the same id a provider pays once only, so sending again after a crash is safe where the provider is
 * idempotent; where the outcome is unknown the refund is PENDING and is asked about, never sent under another id.
 * @throws not_found
 */
export async function sendRefund(app: App, refundId: string): Promise<RefundView> {
  const { refund, payment, provider } = await load(app, refundId)
  if (refund.status !== 'REQUESTED') return viewRefund(refund)
  // PENDING first, committed: after a crash we ask instead of sending again.
  const claimed = await transact(app, async (tx) => {
    const locked = await lockRefund(tx, refundId)
    if (locked?.status !== 'REQUESTED') return undefined
    return updateRefund(tx, refundId, { status: 'PENDING', nextPollAt: pollAt(app, provider, 0), updatedAt: app.clock.now() })
  })
  if (!claimed) return viewRefund((await selectRefunds(app.db, { ids: [refundId] }))[0]!)
  return advance(app, claimed, stepOf(await callProvider(app, provider, refund, payment)))
}

/** Asks the provider after a refund that is under way. What it surely never received is sent again under the same id. */
export async function checkRefund(app: App, refundId: string): Promise<RefundView> {
  const { refund, payment, provider } = await load(app, refundId)
  if (refund.status !== 'PENDING') return viewRefund(refund)
  const report = await provider
    .refundStatus(refund.id, refund.providerRefundRef ?? undefined)
    .catch(() => ({ status: 'UNKNOWN' as const, notFound: false }))
  if (report.status === 'SUCCEEDED') return advance(app, refund, { status: 'SUCCEEDED' })
  if (report.status === 'FAILED' || report.status === 'CANCELED')
    return advance(app, refund, { status: 'FAILED', failure: ('failure' in report ? report.failure : null) ?? 'unknown' })
  if (report.notFound && provider.capabilities.idempotentInitiate)
    return advance(app, refund, stepOf(await callProvider(app, provider, refund, payment)))
  // Nobody could say in all that time: a person must find out. Never silently failed, never sent twice.
  const lost = app.clock.now() >= secondsAfter(refund.createdAt, provider.capabilities.reconcileForSec)
  return lost ? advance(app, refund, { status: 'MANUAL_REQUIRED' }) : viewRefund(refund)
}

/** Writes a step down with its ledger posting, its fact and what the payable makes of it. A refund that has ended stays as it is. */
export async function advance(app: App, refund: Refund, step: RefundStep, by: Actor = actor): Promise<RefundView> {
  const stored = await transact(app, async (tx) => {
    const locked = await lockRefund(tx, refund.id)
    if (!locked) throw kernelError('not_found')
    const goesOn = step.status === 'PENDING' && locked.status === 'PENDING'
    if (!mayBecome(locked.status, step.status) && !goesOn) return locked
    const ended = step.status === 'SUCCEEDED' || step.status === 'FAILED'
    const at = app.clock.now()
    const updated = await updateRefund(tx, refund.id, {
      ...step,
      updatedAt: at,
      ...(step.status === 'PENDING' ? {} : { nextPollAt: null }),
      ...(ended ? { completedAt: at } : {}),
    })
    if (goesOn) return updated
    if (ended) await concludeRefund(app, tx, updated)
    if (step.status !== 'PENDING') await record(tx, by, refundFact(factOf(step.status), updated))
    return updated
  })
  app.nudge('facts')
  return viewRefund(stored)
}

async function concludeRefund(app: App, tx: Tx, refund: Refund): Promise<void> {
  const [payment] = await selectPayments(tx, [refund.paymentId])
  const wasSale = payment!.outcome === 'settled'
  const posting =
    refund.status === 'SUCCEEDED'
      ? refundPaidPosting(refund, payment!.provider)
      : wasSale
        ? refundFailedPosting(refund, (await selectCommission(tx, [refund.id], 'refund_requested')).get(refund.id) ?? 0)
        : null
  // Money that was never a sale stays due to the buyer when giving it back fails.
  if (posting) await insertPostings(tx, [posting], await requireAccounts(tx, [posting]))
  await app.payables[refund.payableKind].refundEnded(app, tx, {
    refundId: refund.id,
    payableId: refund.payableId,
    eventId: refund.eventId,
    ticketIds: refund.ticketIds,
    amount: refund.amount,
    status: refund.status as 'SUCCEEDED' | 'FAILED',
  })
}

function stepOf(result: RefundResult): RefundStep {
  switch (result.kind) {
    case 'accepted':
      return { status: result.status, providerRefundRef: result.providerRefundRef ?? null }
    case 'rejected':
      return { status: 'FAILED', failure: result.failure }
    case 'manual_required':
      return { status: 'MANUAL_REQUIRED' }
    case 'indeterminate':
      return { status: 'PENDING' }
  }
}

function factOf(status: RefundStatus): 'succeeded' | 'failed' | 'manual_required' {
  return status === 'SUCCEEDED' ? 'succeeded' : status === 'FAILED' ? 'failed' : 'manual_required'
}

async function callProvider(app: App, provider: PaymentProvider, refund: Refund, payment: Payment): Promise<RefundResult> {
  const { providerTxnId, payerPhone } = payment
  const attempt = {
    ...attemptRef(payment, openSecrets(app, payment)),
    ...(providerTxnId ? { providerTxnId } : {}),
    ...(payerPhone ? { payerMsisdn: payerPhone } : {}),
  }
  try {
    return await provider.refund(
      { refundId: refund.id, attempt, amount: { amount: refund.amount, currency: refund.currency }, reason: refund.reason },
      AbortSignal.timeout(REFUND_TIMEOUT_MS),
    )
  } catch (error) {
    app.log.error({ err: error, provider: provider.id, refund: refund.id }, 'a provider adapter threw')
    return { kind: 'indeterminate' }
  }
}

async function load(app: App, refundId: string): Promise<{ refund: Refund; payment: Payment; provider: PaymentProvider }> {
  const [refund] = await selectRefunds(app.db, { ids: [refundId] })
  const [payment] = refund ? await selectPayments(app.db, [refund.paymentId]) : []
  const provider = payment && app.providers.get(payment.provider)
  if (!refund || !payment) throw kernelError('not_found')
  // A provider that was switched off meanwhile: the job tries again until it is back.
  if (!provider) throw kernelError('unavailable')
  return { refund, payment, provider }
}

function pollAt(app: App, provider: PaymentProvider, polls: number): Date {
  return nextPollAt(app.clock.now(), provider.capabilities.pollScheduleSec, polls)
}
