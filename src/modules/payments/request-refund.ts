// Gives a payer money back, whole or in part.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { openRefund, type OpenRefund } from './open-refund.ts'
import { requireMayRefund } from './policy.ts'
import type { RefundView } from './refund.ts'
import { sendRefund } from './send-refund.ts'
import { selectPaymentsOf } from './store/payments.ts'

/**
 * Promises the refund, then sends it at once; what can't be finished now is finished by jobs.
 * @throws not_found, forbidden, and what openRefund throws
 */
export async function requestRefund(app: App, actor: Actor, input: OpenRefund): Promise<RefundView> {
  const [payment] = await selectPaymentsOf(app.db, input.payable)
  if (!payment) throw kernelError('not_found')
  requireMayRefund(actor, payment.organizerId)
  const refund = await transact(app, (tx) => openRefund(app, tx, actor, input))
  return sendRefund(app, refund.id)
}
