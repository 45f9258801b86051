// notifyOrder: tells an order's buyer, and holders who gave an address of their own, what happened to it.
import { systemActor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import type { Event } from '#src/modules/events/event.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import { findLatestPayment } from '#src/modules/payments/find-payments.ts'
import { findOrder, getOrder, type ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { isSettled, type Order } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { findLastEventFact } from '#src/platform/facts.ts'
import { eventCancelledMail, eventChangedMail, reminderMail } from './event-mails.ts'
import type { ComposedMail } from './mail-layout.ts'
import type { MailFile } from './mail.ts'
import {
  holderTicketsMail,
  orderCancelledMail,
  orderRefundedMail,
  paymentFailedMail,
  refundApprovedMail,
  refundAskedMail,
  refundDeclinedMail,
  refundDueMail,
  refundFailedMail,
  ticketsMail,
  type RefundDueCause,
  type RefundWish,
} from './order-mails.ts'
import { queueMail } from './queue-mail.ts'
import { REMINDER_SECONDS } from './remind-holders.ts'
import { loadOrderPapers, type TicketPaper } from './ticket-paper.ts'

/** What happened. `again` names the wish to have the tickets once more, `only` one of them; amounts are minor units of the order's currency. */
export type OrderNews =
  | { what: 'tickets'; again?: string; only?: string }
  | { what: 'cancelled'; refunded: number }
  | { what: 'refund_asked' | 'refund_declined'; factId: number }
  | { what: 'refund_approved'; factId: number; amount: number; tickets: number }
  | { what: 'refunded'; refundId: string; amount: number; tickets: boolean }
  | { what: 'refund_failed'; refundId: string; amount: number }
  | { what: 'refund_due'; paymentId: string; amount: number; cause: RefundDueCause }
  | { what: 'payment_failed' }
  | { what: 'event_changed'; version: string }
  | { what: 'reminder'; /** ISO: the start that it is about. */ startsAt: string }

export type NotifyOrder = { /** Its id, or its code where a fact knows no more. */ orderId: number | string; news: OrderNews }

/** Queues the mails that the news deserve; doing it twice queues nothing more. */
export async function notifyOrder(app: App, { orderId, news }: NotifyOrder): Promise<void> {
  const order = typeof orderId === 'string' ? await getOrder(app, systemActor('notifications'), orderId) : await findOrder(app.db, orderId)
  const event = order && (await findEventById(app.db, order.eventId, order.locale))
  if (!order || !event) return
  switch (news.what) {
    case 'tickets':
      return sendTickets(app, order, news)
    case 'cancelled':
      return tellCancelled(app, order, event, news.refunded)
    case 'refund_asked':
      return tellBuyer(app, order, `refund-asked:fact:${news.factId}`, async () =>
        refundAskedMail(
          order,
          event,
          await getOrganizer(app.db, event.organizerId),
          await wishOf(app, order),
          await magicUrl(app, order),
          order.locale,
        ),
      )
    case 'refund_declined':
      return tellBuyer(app, order, `refund-declined:fact:${news.factId}`, async () =>
        refundDeclinedMail(order, event, order.refundRequest?.answer ?? '', await magicUrl(app, order), order.locale),
      )
    case 'refund_approved':
      return tellBuyer(app, order, `refund-approved:fact:${news.factId}`, async () =>
        refundApprovedMail(
          order,
          event,
          { amount: money(order, news.amount), tickets: news.tickets, provider: await providerOf(app, order) },
          order.locale,
        ),
      )
    case 'refunded':
      return tellBuyer(app, order, `refund:${news.refundId}:done`, async () =>
        orderRefundedMail(order, event, money(order, news.amount), news.tickets, order.locale),
      )
    case 'refund_failed':
      return tellBuyer(app, order, `refund:${news.refundId}:failed`, async () =>
        refundFailedMail(order, event, money(order, news.amount), order.locale),
      )
    case 'refund_due':
      return tellBuyer(app, order, `refund-due:${news.paymentId}`, async () =>
        refundDueMail(order, event, money(order, news.amount), news.cause, order.locale),
      )
    case 'payment_failed':
      return tellPaymentFailed(app, order, event)
    case 'reminder':
      return remind(app, order, event, news.startsAt)
    case 'event_changed':
      if (!isSettled(order)) return
      await tellBuyer(
        app,
        order,
        `event-changed:order:${order.id}:${news.version}`,
        async () => eventChangedMail(order, event, await magicUrl(app, order), order.locale),
        ['calendar'],
      )
      return tellHolders(app, order, (await loadOrderPapers(app, order)).tickets.filter(isValid), `event-changed:ticket:%:${news.version}`, {
        attach: ['calendar'],
        compose: (named) => eventChangedMail(named, event, null, order.locale),
      })
  }
}

/** The tickets that the buyer would like to give back, and what they cost. */
export async function wishOf(app: App, order: Order): Promise<RefundWish> {
  const wanted = order.refundRequest?.ticketIds
  const { tickets } = await loadOrderPapers(app, order)
  const chosen = tickets.filter((ticket) => (wanted ? wanted.includes(ticket.id) : ticket.qr !== null && ticket.price > 0))
  return {
    tickets: chosen,
    amount: money(
      order,
      chosen.reduce((sum, ticket) => sum + ticket.price, 0),
    ),
  }
}

/** By what the order was paid, and will be paid back. */
async function providerOf(app: App, order: Order): Promise<string> {
  return (await findLatestPayment(app.db, { kind: 'order', id: order.id }))?.provider ?? ''
}

const money = (order: Order, amount: number) => ({ amount, currency: order.total.currency })

async function magicUrl(app: App, order: Order): Promise<string> {
  return `${app.publicUrl()}/t/${await mintMagicLink(app.db, order)}`
}

async function tellBuyer(
  app: App,
  order: Order,
  dedupeKey: string,
  compose: () => Promise<ComposedMail>,
  attach: MailFile[] = [],
  ticketIds: string[] | null = null,
): Promise<void> {
  if (!order.buyer.email) return
  const about = { eventId: order.eventId, orderId: order.id, ticketIds }
  await queueMail(app, { dedupeKey, kind: dedupeKey.split(':')[0]!, recipient: order.buyer.email, locale: order.locale, about, attach }, compose)
}

/** All tickets to the buyer; to each holder with another address, those that are theirs. */
async function sendTickets(app: App, order: Order, { again, only }: { again?: string; only?: string }): Promise<void> {
  const { event, tickets, papers } = await loadOrderPapers(app, order)
  const suffix = again ? `:again:${again}` : ''
  const valid = tickets.filter((ticket) => papers.some((paper) => paper.id === ticket.id) && (!only || ticket.id === only))
  if (!isSettled(order) || valid.length === 0) return
  await tellBuyer(
    app,
    order,
    `tickets:order:${order.id}${suffix}`,
    async () => ticketsMail(order, event, valid, await magicUrl(app, order), order.locale),
    ['tickets', 'calendar'],
    only ? [only] : null,
  )

  for (const [recipient, theirs] of holdersApart(order, valid)) {
    const ticketIds = theirs.map((ticket): TicketPaper['id'] => ticket.id)
    // Named by a ticket, not by the address: a key is no place for personal data.
    await queueMail(
      app,
      {
        dedupeKey: `tickets:ticket:${ticketIds[0]}${suffix}`,
        kind: 'tickets',
        recipient,
        locale: order.locale,
        about: { eventId: order.eventId, orderId: order.id, ticketIds },
        attach: ['tickets', 'calendar'],
      },
      async () => holderTicketsMail(order, event, theirs, order.locale),
    )
  }
}

/** Once per order and start. Not for who bought within the last day: their tickets have just come. */
async function remind(app: App, order: Order, event: Event, startsAt: string): Promise<void> {
  const now = app.clock.now()
  if (!isSettled(order) || event.status !== 'published' || event.startsAt.toISOString() !== startsAt || event.startsAt <= now) return
  if ((order.paidAt ?? order.createdAt) > secondsAfter(event.startsAt, -REMINDER_SECONDS)) return
  const { papers, tickets } = await loadOrderPapers(app, order)
  const valid = tickets.filter((ticket) => papers.some((paper) => paper.id === ticket.id))
  if (valid.length === 0) return
  await tellBuyer(app, order, `reminder:order:${order.id}:${startsAt}`, async () =>
    reminderMail(order.buyer.name, event, valid, now, await magicUrl(app, order), order.locale),
  )
  await tellHolders(app, order, valid, `reminder:ticket:%:${startsAt}`, {
    attach: ['tickets'],
    compose: (named, theirs) => reminderMail(named.buyer.name, event, theirs, now, null, order.locale),
  })
}

/** Tickets whose holders have an address of their own, by address. */
function holdersApart(order: Order, tickets: readonly ShownTicket[]): Map<string, ShownTicket[]> {
  return Map.groupBy(
    tickets.filter((ticket) => ticket.holderEmail && ticket.holderEmail !== order.buyer.email),
    (ticket) => ticket.holderEmail!,
  )
}

/** Cancelled alone, or with its whole event: then the mail says so, in the organizer's own words. Nobody is written to about an order that they never paid. */
async function tellCancelled(app: App, order: Order, event: Event, refunded: number): Promise<void> {
  const refund = refunded > 0 ? money(order, refunded) : null
  const withEvent = event.cancelledAt !== null && order.cancelledAt !== null && order.cancelledAt >= event.cancelledAt
  if (!withEvent) {
    if (order.paidAt) await tellBuyer(app, order, `cancelled:order:${order.id}`, async () => orderCancelledMail(order, event, refund, order.locale))
    return
  }
  const fact = await findLastEventFact(app.db, 'event.cancelled', event.id)
  const reason = typeof fact?.data.reason === 'string' ? fact.data.reason : null
  const organizer = await getOrganizer(app.db, event.organizerId)
  await tellBuyer(
    app,
    order,
    `cancelled:order:${order.id}`,
    async () => eventCancelledMail(order, event, organizer, refund, reason, order.locale),
    order.paidAt ? ['calendar'] : [],
  )
  // Whose tickets let in until the event was called off; what was paid goes back to the buyer.
  const { tickets } = await loadOrderPapers(app, order)
  if (order.paidAt)
    await tellHolders(app, order, tickets, 'cancelled:ticket:%', {
      attach: ['calendar'],
      compose: (named) => eventCancelledMail(named, event, organizer, null, reason, order.locale),
    })
}

const isValid = (ticket: ShownTicket) => ticket.qr !== null

/** Writes to each holder who has an address of their own about their tickets. @param key with `%` for the first ticket: a key is no place for an address */
async function tellHolders(
  app: App,
  order: Order,
  tickets: readonly ShownTicket[],
  key: string,
  mail: {
    attach: MailFile[]
    /** Of the order as if the holder were its buyer. */ compose(named: Order, theirs: readonly ShownTicket[]): ComposedMail
  },
): Promise<void> {
  for (const [recipient, theirs] of holdersApart(order, tickets)) {
    const ticketIds = theirs.map((ticket) => ticket.id)
    const named = { ...order, buyer: { ...order.buyer, name: theirs[0]!.holderName ?? order.buyer.name } }
    await queueMail(
      app,
      {
        dedupeKey: key.replace('%', ticketIds[0]!),
        kind: key.split(':')[0]!,
        recipient,
        locale: order.locale,
        about: { eventId: order.eventId, orderId: order.id, ticketIds },
        attach: mail.attach,
      },
      async () => mail.compose(named, theirs),
    )
  }
}

/** Once per order, and only while there is still time to try again. */
async function tellPaymentFailed(app: App, order: Order, event: Event): Promise<void> {
  const { expiresAt } = order
  if (order.status !== 'awaiting_payment' || !expiresAt || expiresAt <= app.clock.now()) return
  await tellBuyer(app, order, `payment-failed:order:${order.id}`, async () =>
    paymentFailedMail(order, event, expiresAt, await magicUrl(app, order), order.locale),
  )
}
