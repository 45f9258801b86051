// Tries once more to give back what a failed refund could not.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, violatedConstraint } from '#src/platform/db.ts'
import { paymentsError } from './errors.ts'
import { openRefund } from './open-refund.ts'
import { maySeePayments, requireMayCloseRefund } from './policy.ts'
import type { RefundView } from './refund.ts'
import { lockRefund, selectRefunds } from './store/refunds.ts'

/**
 * Opens a new refund of the same money, since one id is sent once; the failed one stays as it is, and is tried again once. Tickets are worthless
 * already.
 * @param input `by`: `provider` sends it again; `hand` leaves it to a person, who closes it with the operator's reference
 * @throws `not_found`, `forbidden`, `refund_not_failed`, `refund_already_retried`, `refund_exceeds_payment` where it went back another way
 */
export async function retryRefund(app: App, actor: Actor, input: { refundId: string; by: 'provider' | 'hand' }): Promise<RefundView> {
  const [found] = isUuid(input.refundId) ? await selectRefunds(app.db, { ids: [input.refundId] }) : []
  if (!found || !maySeePayments(actor, found.organizerId)) throw kernelError('not_found')
  requireMayCloseRefund(actor, found.organizerId)
  try {
    return await transact(app, async (tx) => {
      const refund = (await lockRefund(tx, found.id))!
      if (refund.status !== 'FAILED') throw paymentsError('refund_not_failed', { status: refund.status })
      return openRefund(app, tx, actor, {
        payable: { kind: refund.payableKind, id: refund.payableId },
        paymentId: refund.paymentId,
        amount: { amount: refund.amount, currency: refund.currency },
        ticketIds: refund.ticketIds,
        cause: refund.cause,
        reason: refund.reason,
        retryOf: refund.id,
        byHand: input.by === 'hand',
      })
    })
  } catch (error) {
    if (violatedConstraint(error) === 'refund_retry_of_key') throw paymentsError('refund_already_retried')
    throw error
  }
}
