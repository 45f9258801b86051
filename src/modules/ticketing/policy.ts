// Who may do what with orders and tickets: pure predicates.
import { isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import type { Order } from './order.ts'

/** The buyer (by account, or by the order's own token), the organizer's team but gate agents, and staff. */
export function canSeeOrder(actor: Actor, order: Order): boolean {
  return isBuyer(actor, order) || canServeOrder(actor, order)
}

export function isBuyer(actor: Actor, order: Order): boolean {
  if (actor.kind === 'order') return actor.orderCode === order.code
  if (actor.kind !== 'account') return false
  return actor.accountId === order.accountId || (actor.emailVerified && actor.email === order.buyer.email)
}

/** Sees and serves buyers: cashiers too. */
export function canServeOrder(actor: Actor, order: { organizerId: number }): boolean {
  return isStaff(actor) || worksFor(actor, order.organizerId, 'owner', 'manager', 'cashier')
}

/** Decides over money already paid. */
export function canRefundOrder(actor: Actor, order: { organizerId: number }): boolean {
  return isStaff(actor) || worksFor(actor, order.organizerId, 'owner', 'manager')
}
