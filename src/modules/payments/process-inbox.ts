// Works through webhooks that were received: finds the attempt, asks the provider, applies the answer. What a webhook claims is only a hint.
import { secondsAfter } from '#src/kernel/clock.ts'
import type { App } from '#src/platform/app.ts'
import { isOpen, type Payment } from './payment.ts'
import { settleOne } from './settle-payments.ts'
import { selectPayments } from './store/payments.ts'
import { selectIdsByReference, selectUnprocessed, updateProcessed, type InboxOutcome } from './store/webhook-inbox.ts'

export type InboxItem = { id: number; provider: string; paymentId: string | null; reference: string | null; receivedAt: Date }

/** How long a webhook may wait for an attempt that nobody knows (yet): it can overtake our own commit. */
const ORPHAN_SECONDS = 15 * 60
/** Younger deliveries are still in the hands of the process that received them. */
const OWN_SECONDS = 5

/**
 * Takes up what was left: deliveries whose process died, and those that came before their attempt.
 * @returns how many were taken up
 */
export async function processInbox(app: App): Promise<number> {
  const left = await selectUnprocessed(app.db, secondsAfter(app.clock.now(), -OWN_SECONDS), 2000)
  await Promise.all(left.map((item) => app.paymentLanes.inbox(item)))
  return left.length
}

/**
 * Processes deliveries together. Those without an attempt stay in the inbox until their time is up.
 * @returns per delivery the attempt as it stands now
 */
export async function processBatch(app: App, items: readonly InboxItem[]): Promise<(Payment | null)[]> {
  const byReference = await selectIdsByReference(
    app.db,
    items.flatMap((i) => (i.paymentId === null && i.reference ? [{ provider: i.provider, reference: i.reference }] : [])),
  )
  const idOf = (item: InboxItem) => item.paymentId ?? byReference.get(`${item.provider} ${item.reference}`)
  const payments = new Map(
    (
      await selectPayments(
        app.db,
        items.flatMap((item) => idOf(item) ?? []),
      )
    ).map((payment) => [payment.id, payment]),
  )
  const orphaned = secondsAfter(app.clock.now(), -ORPHAN_SECONDS)

  const settled = await Promise.all(
    items.map((item) => {
      const payment = payments.get(idOf(item) ?? '')
      // A provider speaks for its own attempts only.
      return payment?.provider === item.provider ? settleOne(app, payment) : null
    }),
  )
  const done = items.flatMap((item, i): { id: number; outcome: InboxOutcome }[] => {
    const payment = settled[i]
    if (payment) return [{ id: item.id, outcome: isOpen(payment.status) ? 'open' : 'settled' }]
    return item.receivedAt < orphaned ? [{ id: item.id, outcome: 'orphan' }] : []
  })
  await updateProcessed(app.db, done, app.clock.now())
  return settled
}
