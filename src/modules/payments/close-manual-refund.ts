// Closes a refund that somebody paid by hand, because the provider can't.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { paymentsError } from './errors.ts'
import { maySeePayments, requireMayCloseRefund } from './policy.ts'
import type { RefundView } from './refund.ts'
import { advance } from './send-refund.ts'
import { selectRefunds } from './store/refunds.ts'

/**
 * @param input.operatorReference the operator's own reference of the payment that gave the money back: the proof
 * @throws not_found, forbidden, operator_reference_required, refund_not_manual
 */
export async function closeManualRefund(app: App, actor: Actor, input: { refundId: string; operatorReference: string }): Promise<RefundView> {
  const [refund] = isUuid(input.refundId) ? await selectRefunds(app.db, { ids: [input.refundId] }) : []
  if (!refund || !maySeePayments(actor, refund.organizerId)) throw kernelError('not_found')
  requireMayCloseRefund(actor, refund.organizerId)
  const operatorReference = input.operatorReference.trim()
  if (!operatorReference) throw paymentsError('operator_reference_required')
  if (refund.status !== 'MANUAL_REQUIRED') throw paymentsError('refund_not_manual', { status: refund.status })
  const closed = await advance(app, refund, { status: 'SUCCEEDED', operatorReference }, actor)
  // Somebody else was faster, with another proof.
  if (closed.operatorReference !== operatorReference) throw paymentsError('refund_not_manual', { status: closed.status })
  return closed
}
