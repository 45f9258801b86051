// Who may do what with money.
import { isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'

/** @throws forbidden unless the actor sells at the organizer's counter */
export function requireMayTakeCash(actor: Actor, organizerId: number): void {
  if (!isStaff(actor) && !worksFor(actor, organizerId, 'owner', 'manager', 'cashier')) throw kernelError('forbidden')
}

export function maySeePayments(actor: Actor, organizerId: number): boolean {
  return isStaff(actor) || worksFor(actor, organizerId, 'owner', 'manager', 'cashier')
}

/** @throws forbidden unless the actor decides over the organizer's money */
export function requireMayRefund(actor: Actor, organizerId: number): void {
  if (!isStaff(actor) && !worksFor(actor, organizerId, 'owner', 'manager')) throw kernelError('forbidden')
}

/** Closing a refund that was paid by hand: the organizer's owner, or staff. */
export function requireMayCloseRefund(actor: Actor, organizerId: number): void {
  if (!isStaff(actor) && !worksFor(actor, organizerId, 'owner')) throw kernelError('forbidden')
}
