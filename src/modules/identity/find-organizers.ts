// Questions about organizers and their teams.
import { isStaff, worksFor, type AccountActor, type Actor, type TeamRole } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Db } from '#src/platform/db.ts'
import type { App } from '#src/platform/app.ts'
import type { Member, Organizer } from './organizer.ts'
import { maySeeTeam } from './policy.ts'
import {
  selectMembers,
  selectOrganizer,
  selectOrganizerBySlug,
  selectOrganizersByIds,
  selectTeamRecipients,
  type MailRecipient,
  type MemberRow,
} from './store/organizers.ts'

/** @throws `not_found` */
export async function getOrganizer(db: Db, id: number): Promise<Organizer> {
  const organizer = await selectOrganizer(db, id)
  if (!organizer) throw kernelError('not_found')
  return organizer
}

/** The organizer with this slug, as everybody may know it. */
export function findOrganizer(db: Db, slug: string): Promise<Organizer | undefined> {
  return selectOrganizerBySlug(db, slug)
}

/**
 * An organizer through its team's eyes: somebody else's does not exist. Staff see all.
 * @param roles which of the team may; owners and managers always
 * @throws `not_found`; `forbidden` to members of another role
 */
export async function getOwnOrganizer(app: App, actor: Actor, slug: string, ...roles: TeamRole[]): Promise<Organizer> {
  const organizer = await selectOrganizerBySlug(app.db, slug)
  if (!organizer || !(isStaff(actor) || worksFor(actor, organizer.id, 'owner', 'manager', 'cashier', 'agent'))) throw kernelError('not_found')
  if (!isStaff(actor) && !worksFor(actor, organizer.id, 'owner', 'manager', ...roles)) throw kernelError('forbidden')
  return organizer
}

/** The organizers that the caller works for, each with the caller's role. */
export async function listOwnOrganizers(app: App, actor: AccountActor): Promise<(Organizer & { role: TeamRole })[]> {
  const roles = new Map(actor.memberships.map((m) => [m.organizerId, m.role]))
  const organizers = await selectOrganizersByIds(app.db, [...roles.keys()])
  return organizers.map((organizer) => ({ ...organizer, role: roles.get(organizer.id)! }))
}

/** The organizer's team, invited people included. @throws `not_found`, `forbidden` */
export async function listMembers(app: App, actor: Actor, slug: string): Promise<Member[]> {
  const organizer = await getOwnOrganizer(app, actor, slug)
  if (!maySeeTeam(actor, organizer.id)) throw kernelError('forbidden')
  return (await selectMembers(app.db, organizer.id)).map(memberOf)
}

/** Who decides for the organizer: where news that need an answer go, each in their language. */
export function listDeciders(db: Db, organizerId: number): Promise<MailRecipient[]> {
  return selectTeamRecipients(db, organizerId, ['owner', 'manager'])
}

export function memberOf({ publicId, ...row }: MemberRow): Member {
  return { id: publicId, ...row }
}
