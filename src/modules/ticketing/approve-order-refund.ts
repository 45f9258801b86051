// approveOrderRefund: the organizer gives back what the buyer asked for. Saying no is declineOrderRefund.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { awaitsRefundAnswer, type Order } from './order.ts'
import { canRefundOrder } from './policy.ts'
import { refundLocked } from './refund-order.ts'
import { lockOrders } from './store/orders.ts'

export type ApproveOrderRefund = {
  code: string
  /** For the books; the buyer's own words where left out. */ reason?: string | undefined
  force?: boolean | undefined
}

/**
 * @returns the order as it is now, and the amount on its way (minor units)
 * @throws not_found, forbidden; no_refund_request where nobody waits for an answer; ticket_not_refundable, ticket_inside as refundOrder does
 */
export async function approveOrderRefund(app: App, actor: Actor, input: ApproveOrderRefund): Promise<{ order: Order; amount: number }> {
  const found = await getOrder(app, actor, input.code)
  if (!canRefundOrder(actor, found)) throw kernelError('forbidden')
  const done = await transact(app, async (tx) => {
    const [order] = await lockOrders(tx, [found])
    if (!order?.refundRequest || !awaitsRefundAnswer(order)) throw ticketingError('no_refund_request')
    const { ticketIds, reason } = order.refundRequest
    return refundLocked(app, tx, actor, order, { ticketIds: ticketIds ?? undefined, reason: input.reason || reason, force: input.force })
  })
  app.nudge('facts')
  return done
}
