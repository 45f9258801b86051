// requestOrderRefund: the buyer asks for the money back; declineOrderRefund: the organizer says no. Saying yes is refundOrder.
import { findEventById } from '#src/modules/events/find-events.ts'
import { refundDeadline, refundRefusal } from '#src/modules/events/refund-policy.ts'
import { findLatestPayment } from '#src/modules/payments/find-payments.ts'
import { systemActor, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { awaitsRefundAnswer, isSettled, orderSubject, type Order } from './order.ts'
import { canRefundOrder, isBuyer } from './policy.ts'
import { refundLocked } from './refund-order.ts'
import { lockOrders, selectTickets, updateRefundRequest } from './store/orders.ts'
import { isShowable } from './ticket.ts'

export type RequestOrderRefund = {
  code: string
  /** In the buyer's words, for the organizer; may be empty. */
  reason: string
  /** Left out: every ticket that still lets in. */
  ticketIds?: readonly string[] | undefined
}

/**
 * Notes the wish, as far as the event's refund policy allows one. Where it says so, no ticket was used yet and it wasn't paid in cash, the money
 * goes back at once; else the tickets stay valid until the organizer answers.
 * @returns the order as it is now: refunded, or with its request
 * @throws not_found, forbidden, nothing_to_refund, refund_already_asked; refund_not_offered, refund_too_late with the deadline;
 *   ticket_not_refundable for tickets that cost nothing, let nobody in any more or aren't the order's
 */
export async function requestOrderRefund(app: App, actor: Actor, input: RequestOrderRefund): Promise<Order> {
  const { eventId, id } = await getOrder(app, actor, input.code)
  const answer = await transact(app, async (tx) => {
    const order = await lockOne(tx, { eventId, id })
    if (!isBuyer(actor, order)) throw kernelError('forbidden')
    if (!isSettled(order) || order.total.amount === 0) throw ticketingError('nothing_to_refund')
    if (order.refundRequest) throw ticketingError('refund_already_asked')
    const event = (await findEventById(tx, eventId))!
    const refusal = refundRefusal(event, app.clock.now())
    if (refusal) throw ticketingError(refusal, { deadline: refundDeadline(event)?.toISOString() ?? null })
    const { ticketIds, used } = await readWish(tx, order, input.ticketIds)
    const refundRequest = { reason: input.reason.trim(), ticketIds, askedAt: app.clock.now(), declinedAt: null, answer: '' }
    if (event.refundPolicy.atOnce && !used && !(await isPaidInCash(tx, order))) {
      const wish = { ticketIds: ticketIds ?? undefined, reason: refundRequest.reason }
      return (await refundLocked(app, tx, systemActor('refund-policy'), { ...order, refundRequest }, wish)).order
    }
    await updateRefundRequest(tx, order, refundRequest)
    await note(tx, actor, order, 'order.refund_asked')
    return { ...order, refundRequest }
  })
  app.nudge('facts')
  return answer
}

/** Nobody but a person can hand notes back. */
async function isPaidInCash(tx: Tx, order: Order): Promise<boolean> {
  return (await findLatestPayment(tx, { kind: 'order', id: order.id }))?.provider === 'cash'
}

/** Which tickets (null for all that still let in, free ones too), and whether one of them has let somebody in. */
async function readWish(tx: Tx, order: Order, wanted: readonly string[] | undefined): Promise<{ ticketIds: string[] | null; used: boolean }> {
  const live = (await selectTickets(tx, order)).filter((ticket) => isShowable(ticket.status))
  const back = live.filter((ticket) => ticket.price > 0)
  if (back.length === 0) throw ticketingError('nothing_to_refund')
  const chosen = wanted ? back.filter((ticket) => wanted.includes(ticket.id)) : live
  if (chosen.length === 0 || chosen.length < new Set(wanted ?? []).size) throw ticketingError('ticket_not_refundable')
  return { ticketIds: chosen.length === live.length ? null : chosen.map((ticket) => ticket.id), used: chosen.some((ticket) => ticket.usedCount > 0) }
}

/**
 * Answers no. Nothing happens where nobody waits for an answer.
 * @param answer why not, as the buyer will read it; may be empty
 * @throws not_found, forbidden
 */
export async function declineOrderRefund(app: App, actor: Actor, code: string, answer = ''): Promise<Order> {
  const { eventId, id } = await getOrder(app, actor, code)
  const declined = await transact(app, async (tx) => {
    const order = await lockOne(tx, { eventId, id })
    if (!canRefundOrder(actor, order)) throw kernelError('forbidden')
    if (!order.refundRequest || !awaitsRefundAnswer(order)) return order
    const refundRequest = { ...order.refundRequest, declinedAt: app.clock.now(), answer: answer.trim() }
    await updateRefundRequest(tx, order, refundRequest)
    await note(tx, actor, order, 'order.refund_declined')
    return { ...order, refundRequest }
  })
  app.nudge('facts')
  return declined
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
