// Who may do what with an event: pure predicates.
import { isStaff, worksFor, type Actor, type TeamRole } from '#src/kernel/actor.ts'
import type { ReviewRule } from '#src/platform/settings.ts'
import { wasShown, type Event } from './event.ts'

const LEADERS: readonly TeamRole[] = ['owner', 'manager']

/** Owners and managers may do anything with their events; `roles` names who else may do this one thing. */
export function mayAct(actor: Actor, event: Pick<Event, 'organizerId'>, ...roles: TeamRole[]): boolean {
  return isStaff(actor) || worksFor(actor, event.organizerId, ...LEADERS, ...roles)
}

export function isInTeam(actor: Actor, event: Pick<Event, 'organizerId'>): boolean {
  return worksFor(actor, event.organizerId, 'owner', 'manager', 'cashier', 'agent')
}

/** True where the actor sees the event without being invited: everybody, if it was shown and isn't private; its team and staff, always. */
export function maySee(actor: Actor, event: Pick<Event, 'organizerId' | 'status' | 'publishedAt' | 'visibility'>): boolean {
  return (wasShown(event) && event.visibility !== 'private') || isStaff(actor) || isInTeam(actor, event)
}

/**
 * Publishing goes through a review where the platform wants one; staff need none.
 * @param known an event of the organizer was published before
 * @param takenDown by staff: then they look again, whatever the rule
 */
export function maySkipReview(actor: Actor, rule: ReviewRule, known: boolean, takenDown: boolean): boolean {
  return isStaff(actor) || (!takenDown && (rule === 'never' || (rule === 'new_organizers' && known)))
}
