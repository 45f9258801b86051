// cancelOrder: the buyer gives up an unpaid or free order; the organizer calls off any, and money already paid goes back.
import { beforeExpiry } from '#src/modules/payments/before-expiry.ts'
import { openRefund } from '#src/modules/payments/open-refund.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { takeBack } from './give-back.ts'
import { isSettled, orderSubject, type Order } from './order.ts'
import { canRefundOrder, canServeOrder } from './policy.ts'
import { lockOrders, lockTickets, updateOrders, updateTicketsOf } from './store/orders.ts'
import { lockDemand, updateCounters } from './store/quotas.ts'

export type CancelOrder = { code: string; reason?: string | undefined; force?: boolean | undefined }

/**
 * @returns the order as it is now, and what goes back (minor units; 0 where nothing was paid)
 * @throws not_found; forbidden where the buyer asks for money back; order_not_cancellable; ticket_inside without `force`
 */
export async function cancelOrder(app: App, actor: Actor, input: CancelOrder): Promise<{ order: Order; refunded: number }> {
  const found = await getOrder(app, actor, input.code)
  // The provider has the last word on money that may be on its way.
  if (found.status === 'awaiting_payment') await beforeExpiry(app, { kind: 'order', id: found.id })
  return transact(app, async (tx) => {
    const [order] = await lockOrders(tx, [found])
    if (order?.status === 'awaiting_payment') return { order: await letGo(app, tx, actor, order), refunded: 0 }
    if (!order || !isSettled(order)) throw ticketingError('order_not_cancellable', { status: order?.status })
    if (order.total.amount > 0 && !canRefundOrder(actor, order)) throw kernelError('forbidden')
    return callOff(app, tx, actor, order, input)
  })
}

/** An unpaid order's places go back on sale. */
async function letGo(app: App, tx: Tx, actor: Actor, order: Order): Promise<Order> {
  const { demand } = await lockDemand(tx, { orders: [order], statuses: ['reserved'] })
  await updateCounters(
    tx,
    demand.map((d) => ({ ...d, held: -d.places, sold: 0 })),
  )
  await updateTicketsOf(tx, [order], ['reserved'], 'invalid')
  return markCancelled(app, tx, actor, order, 0)
}

async function callOff(app: App, tx: Tx, actor: Actor, order: Order, input: CancelOrder): Promise<{ order: Order; refunded: number }> {
  const used = (await lockTickets(tx, order)).some((ticket) => ticket.usedCount > 0)
  if (used && !canServeOrder(actor, order)) throw ticketingError('order_not_cancellable', { status: order.status })
  const back = await takeBack(app, tx, order, { to: order.total.amount > 0 ? 'refunded' : 'invalid', force: input.force ?? false })
  if (back.amount > 0) {
    await openRefund(app, tx, actor, {
      payable: { kind: 'order', id: order.id },
      amount: { amount: back.amount, currency: order.total.currency },
      ticketIds: back.taken.map((ticket) => ticket.id),
      cause: 'cancellation',
      reason: input.reason ?? '',
    })
  }
  return { order: await markCancelled(app, tx, actor, order, back.amount), refunded: back.amount }
}

async function markCancelled(app: App, tx: Tx, actor: Actor, order: Order, refunded: number): Promise<Order> {
  const cancelledAt = app.clock.now()
  await updateOrders(tx, [order], { status: 'cancelled', cancelledAt })
  await record(tx, actor, {
    kind: 'order.cancelled',
    organizerId: order.organizerId,
    eventId: order.eventId,
    subject: orderSubject(order.id),
    data: { code: order.code, refunded },
  })
  return { ...order, status: 'cancelled', cancelledAt }
}
