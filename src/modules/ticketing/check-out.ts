// checkOut: places the order and, where it costs something and the buyer said how, asks for the payment. What every shop door calls.
import type { PaymentView } from '#src/modules/payments/payment.ts'
import { startPayment } from '#src/modules/payments/start-payment.ts'
import { withdrawPayment } from '#src/modules/payments/withdraw-payment.ts'
import { findLatestPayment } from '#src/modules/payments/find-payments.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { ticketingError } from './errors.ts'
import { getOrder, listOrderTickets, showTickets, type ShownTicket } from './find-orders.ts'
import { mintMagicLink, orderAccessToken } from './magic-link.ts'
import type { Buyer, Order, OrderStatus } from './order.ts'
import { placeOrder, type PlaceOrder } from './place-order.ts'
import { selectOrderById } from './store/orders.ts'
import type { EventRef } from '#src/modules/events/event.ts'
import type { Money } from '#src/kernel/money.ts'
import { normalizePhone } from '#src/kernel/phone.ts'

export type PaymentChoice = { provider: string; /** The number to be asked; the buyer's own if left out. */ phone?: string | undefined }

export type CheckOut = Omit<PlaceOrder, 'also'> & { payment?: PaymentChoice | undefined }

export type CheckedOut = {
  id: number
  event: EventRef
  code: string
  /** Opens the order without an account. */
  accessToken: string
  status: OrderStatus
  total: Money
  expiresAt: Date | null
  buyer: Buyer
  payment: PaymentView | null
  tickets: ShownTicket[]
}

/**
 * @throws as placeOrder and startPayment do. Where the payment can't be started the order stays, holding its places until it expires:
 *   the same request may be repeated, or another payment started.
 */
export async function checkOut(app: App, actor: Actor, input: CheckOut): Promise<CheckedOut> {
  const { payment: choice, ...order } = input
  const placed = await placeOrder(app, actor, { ...order, also: choice ?? null })
  let status = placed.status
  const latest = () => findLatestPayment(app.db, { kind: 'order', id: placed.id })
  let payment = placed.tickets === null && placed.total.amount > 0 ? await latest() : null
  if (status === 'awaiting_payment' && choice && !payment) {
    // The same request, repeated in another process, may have asked just now: its payment is the answer to both.
    payment = await askPayment(app, actor, placed, placed.event, choice).catch((error: unknown) =>
      isDomainError(error, 'payment_already_open') ? latest() : Promise.reject(error as Error),
    )
    if (payment?.status === 'SUCCEEDED') status = (await selectOrderById(app.db, placed.id))!.status
  }
  const tickets =
    placed.tickets && status === placed.status
      ? await showTickets(
          app,
          placed.event,
          placed.tickets.map((ticket) => ({ ...ticket, status: status === 'paid' ? 'paid' : 'reserved', holderEmail: null, price: 0 })),
        )
      : await listOrderTickets(app, placed.event, { eventId: placed.event.id, id: placed.id })
  const { id, event, code, total, expiresAt, buyer } = placed
  return { id, event, code, accessToken: orderAccessToken(app, code), status, total, expiresAt, buyer, payment, tickets }
}

/** Starts another payment for an order that still waits, after the first was refused or given up. @throws order_not_payable; as startPayment */
export async function payOrder(
  app: App,
  actor: Actor,
  event: EventRef,
  code: string,
  choice: PaymentChoice,
): Promise<{ order: Order; payment: PaymentView }> {
  const order = await getOrder(app, actor, code)
  if (order.status !== 'awaiting_payment') throw ticketingError('order_not_payable', { status: order.status })
  const payment = await askPayment(app, actor, order, event, choice)
  return { order: (await selectOrderById(app.db, order.id))!, payment }
}

// Whoever calls off asks again, on a phone that may be a stranger's.
const WITHDRAWALS = { max: 5, seconds: 3600 }

/**
 * Calls off the payment under way, so that another number or provider can be asked; the places stay held.
 * @returns true where another payment may begin; false where this one can't be called off, or has just succeeded
 * @throws not_found, rate_limited
 */
export async function withdrawOrderPayment(app: App, actor: Actor, code: string): Promise<boolean> {
  const order = await getOrder(app, actor, code)
  if (order.status !== 'awaiting_payment') return false
  await requireRate(app, `withdraw:${order.id}`, WITHDRAWALS)
  return withdrawPayment(app, { kind: 'order', id: order.id })
}

/** Where a payer comes back to from a provider's own pages: a link that needs no account. Others never leave us, and need none made. */
async function returnUrl(app: App, order: { id: number }, event: EventRef, provider: string): Promise<string> {
  if (app.providers.get(provider)?.capabilities.flow !== 'redirect') return app.publicUrl()
  return `${app.publicUrl()}/t/${await mintMagicLink(app.db, { eventId: event.id, id: order.id })}`
}

async function askPayment(
  app: App,
  actor: Actor,
  order: { id: number; code: string; total: Money; expiresAt: Date | null; buyer: Buyer },
  event: EventRef,
  choice: PaymentChoice,
): Promise<PaymentView> {
  const phone = choice.phone ? normalizePhone(choice.phone, event.country) : order.buyer.phone
  if (choice.phone && !phone) throw ticketingError('invalid_phone', { pointer: '/body/payment/phone' })
  return startPayment(app, actor, {
    payable: { kind: 'order', id: order.id },
    eventId: event.id,
    organizerId: event.organizerId,
    amount: order.total,
    provider: choice.provider,
    payer: { ...(phone ? { msisdn: phone } : {}), ...(order.buyer.email ? { email: order.buyer.email } : {}), name: order.buyer.name },
    reference: order.code,
    description: event.title,
    expiresAt: order.expiresAt!,
    locale: actor.locale,
    returnUrl: await returnUrl(app, order, event, choice.provider),
  })
}
