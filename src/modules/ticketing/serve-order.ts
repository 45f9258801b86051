// What an organizer's team does for a buyer after the sale: send the tickets again, correct a holder's name, replace a ticket.
import { randomBytes } from 'node:crypto'
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { ticketingError } from './errors.ts'
import { getOrder } from './find-orders.ts'
import { orderSubject, isSettled, type Order } from './order.ts'
import { canServeOrder } from './policy.ts'
import { insertRetiredCode, lockTickets, selectTickets, updateHolder, updateTicketCode } from './store/orders.ts'
import { isShowable, type Ticket } from './ticket.ts'

// To addresses that a buyer typed: nobody is mailed over and over.
const MAILS = { max: 10, seconds: 3600 }

/** Sends the order's tickets to its buyer again, with a new link. @throws not_found; ticket_not_printable where nothing is paid; buyer_contact_required without an e-mail; rate_limited */
export async function resendOrder(app: App, actor: Actor, code: string): Promise<Order> {
  const order = await getOrder(app, actor, code)
  if (!isSettled(order)) throw ticketingError('ticket_not_printable')
  if (!order.buyer.email) throw ticketingError('buyer_contact_required')
  await requireRate(app, `resend:${order.id}`, MAILS)
  await transact(app, (tx) =>
    record(tx, actor, {
      kind: 'order.resend_requested',
      organizerId: order.organizerId,
      eventId: order.eventId,
      subject: orderSubject(order.id),
      data: { code: order.code },
    }),
  )
  app.nudge('facts')
  return order
}

/** Corrects who holds a ticket. @throws not_found, forbidden, invalid_input */
export async function renameHolder(
  app: App,
  actor: Actor,
  input: { code: string; ticketId: string; name: string; email?: string | null | undefined },
): Promise<Ticket> {
  const order = await getOrder(app, actor, input.code)
  if (!canServeOrder(actor, order)) throw kernelError('forbidden')
  const name = input.name.trim()
  if (name === '' || name.length > 200) throw invalidInput({ pointer: '/body/name', code: 'length' })
  return transact(app, async (tx) => {
    const ticket = (await lockTickets(tx, order)).find((t) => t.id === input.ticketId)
    if (!ticket) throw kernelError('not_found')
    await updateHolder(tx, ticket, { name, email: input.email === undefined ? ticket.holderEmail : input.email?.trim().toLowerCase() || null })
    await record(tx, actor, {
      kind: 'ticket.holder_changed',
      organizerId: order.organizerId,
      eventId: order.eventId,
      subject: `ticket:${ticket.id}`,
      data: { code: order.code },
    })
    return { ...ticket, holderName: name }
  })
}

/** Sends one ticket to its buyer and its holder again. @throws not_found; forbidden; ticket_not_printable where it lets nobody in; buyer_contact_required; rate_limited */
export async function resendTicket(app: App, actor: Actor, input: { code: string; ticketId: string }): Promise<void> {
  const order = await getOrder(app, actor, input.code)
  if (!canServeOrder(actor, order)) throw kernelError('forbidden')
  await requireRate(app, `resend:${input.ticketId}`, MAILS)
  await transact(app, async (tx) => {
    const ticket = (await selectTickets(tx, order)).find((t) => t.id === input.ticketId)
    if (!ticket) throw kernelError('not_found')
    if (!isShowable(ticket.status)) throw ticketingError('ticket_not_printable')
    if (!ticket.holderEmail && !order.buyer.email) throw ticketingError('buyer_contact_required')
    await record(tx, actor, {
      kind: 'ticket.resend_requested',
      organizerId: order.organizerId,
      eventId: order.eventId,
      subject: `ticket:${ticket.id}`,
      data: { code: order.code },
    })
  })
  app.nudge('facts')
}

/** Gives a ticket a new code: the old QR, lost or copied, no longer lets in. @throws not_found, forbidden, ticket_not_refundable, ticket_inside */
export async function reissueTicket(app: App, actor: Actor, input: { code: string; ticketId: string; reason?: string | undefined }): Promise<Ticket> {
  const order = await getOrder(app, actor, input.code)
  if (!canServeOrder(actor, order)) throw kernelError('forbidden')
  if (!isUuid(input.ticketId)) throw kernelError('not_found')
  return transact(app, async (tx) => {
    const ticket = (await lockTickets(tx, order)).find((t) => t.id === input.ticketId)
    if (!ticket) throw kernelError('not_found')
    if (!isShowable(ticket.status)) throw ticketingError('ticket_not_refundable', { ticketId: ticket.id })
    if (ticket.status === 'inside') throw ticketingError('ticket_inside', { ticketIds: [ticket.id] })
    const code = randomBytes(8)
    await insertRetiredCode(tx, ticket, input.reason ?? 'reissued')
    await updateTicketCode(tx, ticket, code)
    await app.ticketHooks.revoked(app, tx, [{ eventId: ticket.eventId, ticketId: ticket.id, code: ticket.code, wasInside: false }])
    await record(tx, actor, {
      kind: 'ticket.reissued',
      organizerId: order.organizerId,
      eventId: order.eventId,
      subject: `ticket:${ticket.id}`,
      data: { code: order.code },
    })
    return { ...ticket, code }
  })
}
