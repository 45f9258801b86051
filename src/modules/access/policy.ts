// Who may do what at the door: pure predicates, and the scopes in which the database lets somebody scan.
import type { AccountActor, Actor } from '#src/kernel/actor.ts'
import { isStaff, leads, worksFor } from '#src/kernel/actor.ts'
import type { Scope } from '#src/platform/db.ts'

export function mayManageGates(actor: Actor, organizerId: number): boolean {
  return isStaff(actor) || worksFor(actor, organizerId, 'owner', 'manager')
}

/** Organizers whose every gate the actor may scan at. */
export function ledOrganizers(actor: AccountActor): number[] {
  return actor.memberships.filter(leads).map((m) => m.organizerId)
}

/** An agent's shift counts only while the organizer keeps the agent in its team. */
export function isInTeam(actor: Actor, organizerId: number): boolean {
  return worksFor(actor, organizerId, 'owner', 'manager', 'cashier', 'agent')
}

/** What is left to pay is shown to who may take the money. */
export function maySeeDue(actor: Actor, organizerId: number): boolean {
  return worksFor(actor, organizerId, 'owner', 'manager', 'cashier')
}

/** In which scopes the actor may scan, in the order in which to try: as who leads an organizer, then as who has a shift. */
export function scanScopes(actor: AccountActor): Scope[] {
  const led = ledOrganizers(actor)
  const shift: Scope = { kind: 'agent', accountId: actor.accountId }
  return led.length > 0 ? [{ kind: 'tenant', organizerIds: led }, shift] : [shift]
}
