// requestOrderRefund: the buyer asks for the money back; declineOrderRefund: the organizer says no. Saying yes is refundOrder.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { awaitsRefundAnswer, isSettled, orderSubject, type Order } from './order.ts'
import { canRefundOrder, isBuyer } from './policy.ts'
import { lockOrders, updateRefundRequest } from './store/orders.ts'

/**
 * Notes the wish; the tickets stay valid until the organizer gives the money back.
 * @param input.reason in the buyer's words, for the organizer; may be empty
 * @throws not_found, forbidden, nothing_to_refund, refund_already_asked
 */
export async function requestOrderRefund(app: App, actor: Actor, input: { code: string; reason: string }): Promise<Order> {
  const { eventId, id } = await getOrder(app, actor, input.code)
  return transact(app, async (tx) => {
    const order = await lockOne(tx, { eventId, id })
    if (!isBuyer(actor, order)) throw kernelError('forbidden')
    if (!isSettled(order) || order.total.amount === 0) throw ticketingError('nothing_to_refund')
    if (order.refundRequest) throw ticketingError('refund_already_asked')
    const refundRequest = { reason: input.reason, askedAt: app.clock.now(), declinedAt: null }
    await updateRefundRequest(tx, order, refundRequest)
    await note(tx, actor, order, 'order.refund_asked')
    return { ...order, refundRequest }
  })
}

/** Answers no. Nothing happens where nobody waits for an answer. @throws not_found, forbidden */
export async function declineOrderRefund(app: App, actor: Actor, code: string): Promise<Order> {
  const { eventId, id } = await getOrder(app, actor, code)
  return transact(app, async (tx) => {
    const order = await lockOne(tx, { eventId, id })
    if (!canRefundOrder(actor, order)) throw kernelError('forbidden')
    if (!order.refundRequest || !awaitsRefundAnswer(order)) return order
    const refundRequest = { ...order.refundRequest, declinedAt: app.clock.now() }
    await updateRefundRequest(tx, order, refundRequest)
    await note(tx, actor, order, 'order.refund_declined')
    return { ...order, refundRequest }
  })
}

async function lockOne(tx: Tx, key: { eventId: number; id: number }): Promise<Order> {
  const [order] = await lockOrders(tx, [key])
  if (!order) throw kernelError('not_found')
  return order
}

function note(tx: Tx, actor: Actor, order: Order, kind: string): Promise<void> {
  return record(tx, actor, {
    kind,
    organizerId: order.organizerId,
    eventId: order.eventId,
    subject: orderSubject(order.id),
    data: { code: order.code },
  })
}
