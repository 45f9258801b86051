// cancelTicket: takes back one ticket that cost nothing. Where money has to go back as well, it is refundOrder's.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { takeBack } from './give-back.ts'
import { isSettled, orderSubject } from './order.ts'
import { canServeOrder } from './policy.ts'
import { lockOrders, selectTickets, updateOrders } from './store/orders.ts'

export type CancelTicket = { code: string; ticketId: string; /** Also where its holder is inside. */ force?: boolean | undefined }

/**
 * The ticket lets nobody in any more, and its place goes back on sale. An order without any other ticket is cancelled with it.
 * @throws not_found, forbidden; ticket_not_refundable where it lets nobody in or cost something; ticket_inside without `force`
 */
export async function cancelTicket(app: App, actor: Actor, input: CancelTicket): Promise<void> {
  const found = await getOrder(app, actor, input.code)
  if (!canServeOrder(actor, found)) throw kernelError('forbidden')
  await transact(app, async (tx) => {
    const [order] = await lockOrders(tx, [found])
    if (!order || !isSettled(order)) throw ticketingError('ticket_not_refundable')
    const ticket = (await selectTickets(tx, order)).find((t) => t.id === input.ticketId)
    if (!ticket) throw kernelError('not_found')
    if (ticket.price > 0) throw ticketingError('ticket_not_refundable', { ticketId: ticket.id })
    const back = await takeBack(app, tx, order, { ticketIds: [ticket.id], to: 'invalid', force: input.force ?? false })
    if (!back.whole) await updateOrders(tx, [order], { status: 'partially_refunded' })
    else if (order.total.amount > 0) await updateOrders(tx, [order], { status: 'refunded' })
    else await updateOrders(tx, [order], { status: 'cancelled', cancelledAt: app.clock.now() })
    const about = { organizerId: order.organizerId, eventId: order.eventId, data: { code: order.code } }
    await record(tx, actor, { ...about, kind: 'ticket.cancelled', subject: `ticket:${ticket.id}` })
    if (back.whole && order.total.amount === 0)
      await record(tx, actor, { ...about, kind: 'order.cancelled', subject: orderSubject(order.id), data: { code: order.code, refunded: 0 } })
  })
  app.nudge('facts')
}
