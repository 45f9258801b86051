// Questions about orders: always through the actor, so that "not yours" is "not found".
import type { Actor, Locale } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import { loadEventKeys, signQrText } from './event-keys.ts'
import { loadTypeLabels } from './find-ticket-types.ts'
import { orderHolder } from './magic-link.ts'
import type { Order } from './order.ts'
import { canSeeOrder } from './policy.ts'
import { humanCode, type QrFormat } from './qr-text.ts'
import { selectCodesOfLiveOrders, selectOrderByCode, selectOrderById, selectTickets } from './store/orders.ts'
import { isShowable, type Ticket } from './ticket.ts'

/** @throws not_found where there is no such order or it isn't the actor's to see */
export async function getOrder(app: App, actor: Actor, code: string): Promise<Order> {
  const order = await selectOrderByCode(app.db, code.toUpperCase())
  if (!order || !canSeeOrder(actor, order)) throw kernelError('not_found', { order: code })
  return order
}

/** The order with this id, whoever asks: for jobs and for what was authorized already. */
export function findOrder(db: Db, id: number): Promise<Order | undefined> {
  return selectOrderById(db, id)
}

/** Ids of the event's orders that are paid or wait for it, in order, beginning after `afterId`: for jobs that go through them all. */
export async function listLiveOrders(db: Db, eventId: number, afterId: number, limit: number): Promise<number[]> {
  return (await selectCodesOfLiveOrders(db, eventId, afterId, limit)).map((order) => order.id)
}

/** A ticket as its holder sees it. `qr` is null while it doesn't let in: unpaid, cancelled, refunded. */
export type ShownTicket = {
  id: string
  /** For people to read and type: `XXXX-XXXX-XXXX-XX`. */
  code: string
  qr: string | null
  ticketType: string
  ticketTypeId: number
  status: Ticket['status']
  holderName: string | null
  holderEmail: string | null
  price: number
}

type QrEvent = { id: number; publicRef: number; qrFormat: QrFormat }

/** The tickets with their QR texts, signed now: nothing signed is ever stored. */
export async function showTickets(
  app: App,
  event: QrEvent,
  tickets: readonly Pick<Ticket, 'id' | 'code' | 'kid' | 'ticketTypeId' | 'status' | 'holderName' | 'holderEmail' | 'price'>[],
  locale?: Locale,
): Promise<ShownTicket[]> {
  const labels = await loadTypeLabels(
    app,
    event.id,
    tickets.map((t) => t.ticketTypeId),
  )
  const keys = tickets.some((t) => isShowable(t.status)) ? await loadEventKeys(app, event.id) : new Map()
  return Promise.all(
    tickets.map(async (ticket) => {
      const label = labels.get(ticket.ticketTypeId)!
      return {
        id: ticket.id,
        code: humanCode(ticket.code),
        ticketType: (locale && label.translations[locale]?.name) || label.name,
        ticketTypeId: ticket.ticketTypeId,
        status: ticket.status,
        holderName: ticket.holderName,
        holderEmail: ticket.holderEmail,
        price: ticket.price,
        qr: isShowable(ticket.status)
          ? await signQrText(keys, event.qrFormat, { kid: ticket.kid, eventRef: event.publicRef, typeRef: label.ordinal, code: ticket.code })
          : null,
      }
    }),
  )
}

/** All tickets of an order, without what only their holder sees. */
export function listTickets(db: Db, order: { eventId: number; id: number }): Promise<Ticket[]> {
  return selectTickets(db, order)
}

/** All tickets of an order, as its holder sees them. @param locale whose words for the types; left out, the original's */
export async function listOrderTickets(app: App, event: QrEvent, order: { eventId: number; id: number }, locale?: Locale): Promise<ShownTicket[]> {
  return showTickets(app, event, await selectTickets(app.db, order), locale)
}

/** Whether somebody may see what was paid for an order: whoever may see the order, by the actor or by the order's own token. */
export async function canSeePayments(app: App, asking: { payableId: number; actor: Actor; bearer?: string | undefined }): Promise<boolean> {
  const order = await selectOrderById(app.db, asking.payableId)
  if (!order) return false
  const holder = asking.bearer === undefined ? null : orderHolder(app, asking.actor, order.code, asking.bearer)
  return canSeeOrder(holder ?? asking.actor, order)
}
