// An event's orders and participants, page by page, for the organizer's team.
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { App } from '#src/platform/app.ts'
import type { Order, OrderStatus } from './order.ts'
import { humanCode } from './qr-text.ts'
import { selectEventOrders, selectParticipants, type ParticipantRow } from './store/participants.ts'
import type { TicketStatus } from './ticket.ts'

export type Participant = {
  ticketId: string
  /** For people: `XXXX-XXXX-XXXX-XX`. */
  ticketCode: string
  orderCode: string
  ticketTypeId: number
  ticketType: string
  status: TicketStatus
  /** The holder's, or the buyer's where the holder has none. */
  name: string
  email: string | null
  phone: string | null
  /** Minor units of the event's currency. */
  price: number
  createdAt: Date
  usedCount: number
  lastScanAt: Date | null
}

export type ParticipantFilter = PageRequest & {
  /** Part of a name, an e-mail address, a phone number or an order's code. */
  q?: string | undefined
  status?: TicketStatus | undefined
  ticketTypeId?: number | undefined
}

/** Newest first, without tickets that were never paid unless asked for by status. @throws not_found, forbidden (gate agents) */
export function listParticipants(app: App, actor: Actor, eventSlug: string, filter: ParticipantFilter): Promise<Page<Participant>> {
  const limit = pageLimit(filter)
  const after = filter.cursor ? decodeCursor(filter.cursor, 'uuid')[0] : null
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, eventSlug, 'cashier')
    const rows = await selectParticipants(tx, event.id, { ...filter, after, limit: limit + 1 })
    return toPage(rows, limit, (row) => [row.id], toParticipant)
  })
}

function toParticipant({ id, code, ...row }: ParticipantRow): Participant {
  return { ticketId: id, ticketCode: humanCode(code), ...row }
}

export type OrderFilter = PageRequest & { q?: string | undefined; status?: OrderStatus | undefined }

/** Newest first. @throws not_found, forbidden (gate agents) */
export function listEventOrders(app: App, actor: Actor, eventSlug: string, filter: OrderFilter): Promise<Page<Order>> {
  const limit = pageLimit(filter)
  const before = filter.cursor ? decodeCursor(filter.cursor, 'id')[0] : null
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, eventSlug, 'cashier')
    const rows = await selectEventOrders(tx, event.id, { ...filter, before, limit: limit + 1 })
    return toPage(
      rows,
      limit,
      (order) => [order.id],
      (order) => order,
    )
  })
}
