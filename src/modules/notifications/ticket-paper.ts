// What a printed or downloaded ticket says. Only tickets that let in become one: whoever holds a `TicketPaper` may draw its QR code.
import type { Locale } from '#src/kernel/actor.ts'
import type { Event } from '#src/modules/events/event.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { ticketingError } from '#src/modules/ticketing/errors.ts'
import { listOrderTickets, type ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'

export type PaperEvent = Pick<Event, 'title' | 'slug' | 'startsAt' | 'endsAt' | 'doorsOpenAt' | 'timezone' | 'venue' | 'address' | 'city'>

export type TicketPaper = {
  id: string
  event: PaperEvent
  orderCode: string
  ticketType: string
  /** Whose ticket it is: its own holder, else the buyer. */
  holder: string
  /** `XXXX-XXXX-XXXX-XX` */
  humanCode: string
  qr: string
}

export type OrderPapers = { event: Event; tickets: ShownTicket[]; papers: TicketPaper[] }

/** An order's event, its tickets, and papers for those that let in: unpaid, cancelled and refunded ones get none, nor does any ticket of a cancelled event. */
export async function loadOrderPapers(app: App, order: Order, locale: Locale = order.locale): Promise<OrderPapers> {
  const event = await findEventById(app.db, order.eventId, locale)
  if (!event) throw new Error(`order ${order.id} is for an event that doesn't exist`)
  const tickets = await listOrderTickets(app, event, order, locale)
  return { event, tickets, papers: event.status === 'cancelled' ? [] : tickets.flatMap((ticket) => paperOf(event, order, ticket) ?? []) }
}

/** The ticket's paper; null where it doesn't let in. */
export function paperOf(event: PaperEvent, order: Pick<Order, 'code' | 'buyer'>, ticket: ShownTicket): TicketPaper | null {
  if (ticket.qr === null) return null
  return {
    id: ticket.id,
    event,
    orderCode: order.code,
    ticketType: ticket.ticketType,
    holder: ticket.holderName ?? order.buyer.name,
    humanCode: ticket.code,
    qr: ticket.qr,
  }
}

/** @throws ticket_not_printable where there is none */
export function requirePapers(papers: readonly TicketPaper[]): readonly TicketPaper[] {
  if (papers.length === 0) throw ticketingError('ticket_not_printable')
  return papers
}
