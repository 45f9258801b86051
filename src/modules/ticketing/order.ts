// An order: what one buyer asked for, and what became of it. Pure rules, no I/O.
import type { Locale } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'

export type OrderStatus = 'awaiting_payment' | 'paid' | 'expired' | 'cancelled' | 'refund_due' | 'partially_refunded' | 'refunded'

/** What may follow what. `expired → paid`: late money found the places still free. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  awaiting_payment: ['paid', 'expired', 'cancelled'],
  paid: ['cancelled', 'partially_refunded', 'refunded'],
  expired: ['paid', 'refund_due'],
  cancelled: ['refund_due'],
  refund_due: ['refunded'],
  partially_refunded: ['partially_refunded', 'refunded', 'cancelled'],
  refunded: [],
}

export const ORDER_STATUSES = Object.keys(ORDER_TRANSITIONS) as readonly OrderStatus[]

/** `issue`: given out by the organizer's team, many at a time. */
export const SALES_CHANNELS = ['web', 'api', 'cashier', 'issue'] as const
export type SalesChannel = (typeof SALES_CHANNELS)[number]

export type Buyer = { name: string; email: string | null; /** E.164 */ phone: string | null }

export type Order = {
  eventId: number
  id: number
  code: string
  organizerId: number
  accountId: number | null
  status: OrderStatus
  channel: SalesChannel
  buyer: Buyer
  locale: Locale
  quantity: number
  total: Money
  /** The part of the total that is the platform's fee, passed on to the buyer; null where the organizer bears the commission. Minor units. */
  fees: number | null
  /** When its places are let go, while it awaits payment. */
  expiresAt: Date | null
  createdAt: Date
  paidAt: Date | null
  cancelledAt: Date | null
  /** Paid after it had expired, with places that were still free. */
  late: boolean
  /** The buyer would like the money back; null where they never asked, or got it. */
  refundRequest: RefundRequest | null
}

export type RefundRequest = {
  reason: string
  /** The tickets that it is about; null for all that still let in. */
  ticketIds: string[] | null
  askedAt: Date
  declinedAt: Date | null
  /** Why not, in the organizer's words; empty where none were given. */
  answer: string
}

/** True where tickets of the order may be shown and used. */
export function isSettled(order: Pick<Order, 'status'>): boolean {
  return order.status === 'paid' || order.status === 'partially_refunded'
}

export function canBecome(from: OrderStatus, to: OrderStatus): boolean {
  return ORDER_TRANSITIONS[from].includes(to)
}

/** True where asking for the money back makes sense: paid with money, and never asked before. */
export function canAskRefund(order: Pick<Order, 'status' | 'total' | 'refundRequest'>): boolean {
  return isSettled(order) && order.total.amount > 0 && order.refundRequest === null
}

/** True while the organizer owes an answer. */
export function awaitsRefundAnswer(order: Pick<Order, 'status' | 'refundRequest'>): boolean {
  return isSettled(order) && order.refundRequest !== null && order.refundRequest.declinedAt === null
}

/** The name that an order's subject has in facts and jobs. */
export function orderSubject(id: number): string {
  return `order:${id}`
}
