// refundOrder: the organizer gives money back, for the whole order or for some of its tickets.
import { openRefund } from '#src/modules/payments/open-refund.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { takeBack } from './give-back.ts'
import { awaitsRefundAnswer, isSettled, orderSubject, type Order } from './order.ts'
import { canRefundOrder } from './policy.ts'
import { lockOrders, selectOrderByCode, updateOrders, updateRefundRequest } from './store/orders.ts'

export type RefundOrder = {
  code: string
  /** Left out: every ticket that still lets in. */
  ticketIds?: readonly string[] | undefined
  reason?: string | undefined
  /** Also tickets whose holder is inside. */
  force?: boolean | undefined
}

/**
 * Makes the tickets worthless first, then sends the money back by a job: nobody enters on money that has left.
 * @returns the order as it is now, and the amount on its way (minor units)
 * @throws not_found, forbidden, nothing_to_refund, ticket_not_refundable, ticket_inside
 */
export async function refundOrder(app: App, actor: Actor, input: RefundOrder): Promise<{ order: Order; amount: number }> {
  const { code } = await getOrder(app, actor, input.code)
  return transact(app, async (tx) => {
    const found = (await selectOrderByCode(tx, code))!
    if (!canRefundOrder(actor, found)) throw kernelError('forbidden')
    const [order] = await lockOrders(tx, [found])
    if (!order) throw kernelError('not_found')
    return refundLocked(app, tx, actor, order, input)
  })
}

/** As `refundOrder`, for an order that the caller has locked, once it knows that the actor may. */
export async function refundLocked(
  app: App,
  tx: Tx,
  actor: Actor,
  order: Order,
  input: Omit<RefundOrder, 'code'>,
): Promise<{ order: Order; amount: number }> {
  if (!isSettled(order) || order.total.amount === 0) throw ticketingError('nothing_to_refund')
  const back = await takeBack(app, tx, order, { ticketIds: input.ticketIds, to: 'refunded', force: input.force ?? false })
  if (back.amount === 0) throw ticketingError('nothing_to_refund')
  const status = back.whole ? 'refunded' : 'partially_refunded'
  await updateOrders(tx, [order], { status })
  if (order.refundRequest) await updateRefundRequest(tx, order, null)
  await openRefund(app, tx, actor, {
    payable: { kind: 'order', id: order.id },
    amount: { amount: back.amount, currency: order.total.currency },
    ticketIds: back.taken.map((ticket) => ticket.id),
    cause: 'organizer',
    reason: input.reason ?? '',
  })
  await record(tx, actor, {
    kind: 'order.refund_requested',
    organizerId: order.organizerId,
    eventId: order.eventId,
    subject: orderSubject(order.id),
    // `asked`: the buyer waits to hear of it.
    data: {
      code: order.code,
      amount: back.amount,
      currency: order.total.currency,
      tickets: back.taken.length,
      asked: awaitsRefundAnswer(order),
    },
  })
  return { order: { ...order, status, refundRequest: null }, amount: back.amount }
}
