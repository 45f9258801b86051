// Asks after attempts and refunds that nobody told us about: webhooks get lost, processes die.
import { systemActor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { callOff } from './before-expiry.ts'
import { paymentFact } from './facts.ts'
import { isOpen, nextPollAt, type Payment } from './payment.ts'
import { checkRefund, sendRefund } from './send-refund.ts'
import { settleOne } from './settle-payments.ts'
import { claimDuePayments, lockPayments, updateConcluded, updatePolls } from './store/payments.ts'
import { claimDueRefunds, updateRefundPolls } from './store/refunds.ts'

const BATCH = 200
/** After the payer's time, a margin for an answer given at the last second. */
const MARGIN_SECONDS = 60

/**
 * Asks about all that is due, a batch at a time.
 * @returns how many attempts were asked about
 */
export async function pollPayments(app: App): Promise<number> {
  let asked = 0
  for (let batch = BATCH; batch === BATCH; asked += batch) batch = await pollBatch(app)
  return asked
}

/** Claims what is due, so that no other worker does, and asks. */
async function pollBatch(app: App): Promise<number> {
  const now = app.clock.now()
  const due = await transact(app, async (tx) => {
    const claimed = await claimDuePayments(tx, now, BATCH)
    await updatePolls(
      tx,
      claimed.map((p) => ({
        id: p.id,
        nextPollAt: nextPollAt(now, app.providers.get(p.provider)?.capabilities.pollScheduleSec ?? [], p.pollCount + 1),
      })),
    )
    return claimed
  })
  await Promise.all(
    due.map(async (payment) => {
      const asked = now < secondsAfter(payment.payerDeadline, MARGIN_SECONDS) ? await settleOne(app, payment) : await callOff(app, payment)
      if (isOpen(asked.status) && now >= secondsAfter(asked.createdAt, reconcileSeconds(app, asked))) await sendToReview(app, asked)
    }),
  )
  return due.length
}

/** Asks about refunds under way, and sends those whose job is gone. @returns how many */
export async function pollRefunds(app: App): Promise<number> {
  const now = app.clock.now()
  const due = await transact(app, async (tx) => {
    const claimed = await claimDueRefunds(tx, now, BATCH)
    await updateRefundPolls(
      tx,
      claimed.map((refund) => ({ id: refund.id, nextPollAt: secondsAfter(now, Math.min(3600, 30 * 2 ** refund.pollCount)) })),
    )
    return claimed
  })
  await Promise.all(due.map((refund) => (refund.status === 'REQUESTED' ? sendRefund(app, refund.id) : checkRefund(app, refund.id))))
  return due.length
}

function reconcileSeconds(app: App, payment: Payment): number {
  return app.providers.get(payment.provider)?.capabilities.reconcileForSec ?? 86_400
}

/** Nobody could say in all that time: a person must find out. Never silently failed. */
async function sendToReview(app: App, payment: Payment): Promise<void> {
  await transact(app, async (tx) => {
    const [locked] = await lockPayments(tx, [payment.id])
    if (!locked || !isOpen(locked.status)) return
    const moved = await updateConcluded(tx, [
      {
        id: locked.id,
        from: locked.status,
        status: 'REVIEW',
        failure: null,
        providerTxnId: null,
        fees: 0,
        outcome: null,
        late: false,
        reviewReason: 'unanswered',
        reported: null,
        at: app.clock.now(),
      },
    ])
    await record(tx, systemActor('payments'), ...moved.map(paymentFact))
  })
}
