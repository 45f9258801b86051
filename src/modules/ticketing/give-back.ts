// Taking tickets back: what cancelling and refunding have in common, inside their transactions.
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { ticketingError } from './errors.ts'
import type { Order } from './order.ts'
import { lockTickets, updateTickets } from './store/orders.ts'
import { lockDemand, updateCounters } from './store/quotas.ts'
import { isShowable, SOLD_STATUSES, type Ticket } from './ticket.ts'

export type GivenBack = {
  taken: Ticket[]
  /** Minor units. */ amount: number
  /** True where no ticket of the order lets in any more. */ whole: boolean
}

/**
 * Makes the chosen tickets (all that still let in, if none are chosen) worthless and frees their places. The order must be locked.
 * @param force also take tickets whose holder is inside: they are counted out
 * @throws ticket_not_refundable for a chosen ticket that doesn't let in any more; ticket_inside without `force`
 */
export async function takeBack(
  app: App,
  tx: Tx,
  order: Order,
  options: { ticketIds?: readonly string[] | undefined; to: 'refunded' | 'invalid'; force: boolean },
): Promise<GivenBack> {
  const tickets = await lockTickets(tx, order)
  const live = tickets.filter((ticket) => isShowable(ticket.status))
  const chosen = options.ticketIds ? tickets.filter((ticket) => options.ticketIds!.includes(ticket.id)) : live
  if (options.ticketIds && chosen.length < new Set(options.ticketIds).size) throw ticketingError('ticket_not_refundable')
  const gone = chosen.find((ticket) => !isShowable(ticket.status))
  if (gone) throw ticketingError('ticket_not_refundable', { ticketId: gone.id })
  const inside = chosen.filter((ticket) => ticket.status === 'inside')
  if (inside.length > 0 && !options.force) throw ticketingError('ticket_inside', { ticketIds: inside.map((ticket) => ticket.id) })

  const ids = chosen.map((ticket) => ticket.id)
  const { demand } = await lockDemand(tx, { orders: [order], statuses: SOLD_STATUSES, ticketIds: ids })
  await updateCounters(
    tx,
    demand.map((d) => ({ ...d, held: 0, sold: -d.places })),
  )
  await updateTickets(tx, order.eventId, ids, SOLD_STATUSES, options.to)
  await app.ticketHooks.revoked(
    app,
    tx,
    chosen.map((t) => ({ eventId: order.eventId, ticketId: t.id, code: t.code, wasInside: t.status === 'inside' })),
  )
  return { taken: chosen, amount: chosen.reduce((sum, ticket) => sum + ticket.price, 0), whole: chosen.length === live.length }
}
