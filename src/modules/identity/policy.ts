// Who may do what with accounts and teams: pure predicates.
import { isSuperadmin, worksFor, type Actor, type Role, type TeamRole } from '#src/kernel/actor.ts'

const isAdmin = (actor: Actor) => actor.kind === 'account' && actor.role === 'admin'
const isStaffRole = (role: Role) => role === 'admin' || role === 'superadmin'

/** Which role a new account may be given: visitors choose between taking part and organizing, the rest is granted. */
export function mayRegisterAs(actor: Actor, role: Role): boolean {
  return !isStaffRole(role) || isSuperadmin(actor)
}

/** Superadmins grant everything; admins move people between participant and organizer. Nobody changes their own role. */
export function mayChangeRole(actor: Actor, account: { id: number; role: Role }, to: Role): boolean {
  if (actor.kind === 'account' && actor.accountId === account.id) return false
  return isSuperadmin(actor) || (isAdmin(actor) && !isStaffRole(account.role) && !isStaffRole(to))
}

/** Admins suspend the public, superadmins also staff. Nobody suspends themselves. */
export function maySuspend(actor: Actor, account: { id: number; role: Role }): boolean {
  if (actor.kind === 'account' && actor.accountId === account.id) return false
  return isSuperadmin(actor) || (isAdmin(actor) && !isStaffRole(account.role))
}

/** Owners and managers see who is in the team; so does staff. */
export function maySeeTeam(actor: Actor, organizerId: number): boolean {
  return isSuperadmin(actor) || isAdmin(actor) || worksFor(actor, organizerId, 'owner', 'manager')
}

/** Owners give every role; managers give those below their own. The same rule decides about taking it away. */
export function mayGrant(actor: Actor, organizerId: number, role: TeamRole): boolean {
  if (isSuperadmin(actor) || isAdmin(actor) || worksFor(actor, organizerId, 'owner')) return true
  return worksFor(actor, organizerId, 'manager') && (role === 'cashier' || role === 'agent')
}
