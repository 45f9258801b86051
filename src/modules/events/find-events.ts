// Questions about single events. Whoever may not see one is told that there is none.
import type { Actor, TeamRole } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import { wasShown, type Event, type EventRef } from './event.ts'
import { mayAct, maySee } from './policy.ts'
import { lockEvent, selectCategories, selectEvent, selectEventById, selectEventRef, type Category } from './store/events.ts'
import { isInvited } from './store/invitations.ts'
import { asTeam } from './team-scope.ts'

export type { Category } from './store/events.ts'

/**
 * The event, for one of its team. Owners, managers and staff always pass, `roles` names who else may.
 * @throws `not_found` for everybody else's events; `forbidden` to a member of the team with another role
 */
export async function getTeamEvent(app: App, actor: Actor, slug: string, ...roles: TeamRole[]): Promise<Event> {
  return asTeam(app, actor, (tx) => loadTeamEvent(tx, actor, slug, ...roles))
}

/** As `getTeamEvent`, inside a transaction that the caller opened with `asTeam`. */
export async function loadTeamEvent(tx: Tx, actor: Actor, slug: string, ...roles: TeamRole[]): Promise<Event> {
  const event = await selectEvent(tx, slug)
  if (!event) throw kernelError('not_found')
  if (!mayAct(actor, event, ...roles)) throw kernelError('forbidden')
  return event
}

/** As `loadTeamEvent`, for a change: the row is locked, and read as it is under the lock. */
export async function lockTeamEvent(tx: Tx, actor: Actor, slug: string, ...roles: TeamRole[]): Promise<Event> {
  const { id } = await loadTeamEvent(tx, actor, slug, ...roles)
  const event = await lockEvent(tx, id)
  if (!event) throw kernelError('not_found')
  return event
}

/**
 * The event, if the actor may see it: shown ones for everybody, private ones for whom an invitation names, drafts for team and staff.
 * @param access `invitation`: the token of an invitation's link
 */
export async function findVisibleEvent(app: App, actor: Actor, slug: string, access: { invitation?: string | undefined } = {}): Promise<Event | undefined> {
  const event = await selectEvent(app.db, slug)
  if (!event) return undefined
  if (maySee(actor, event)) return event
  const email = actor.kind === 'account' && actor.emailVerified ? actor.email : null
  const invited = wasShown(event) && await isInvited(app.db, event.id, { token: access.invitation ?? null, email })
  return invited ? event : undefined
}

/** As `findVisibleEvent`. @throws `not_found` */
export async function getVisibleEvent(app: App, actor: Actor, slug: string, access: { invitation?: string | undefined } = {}): Promise<Event> {
  const event = await findVisibleEvent(app, actor, slug, access)
  if (!event) throw kernelError('not_found')
  return event
}

/** The event with this id, whoever asks: for jobs and for what was authorized already. */
export function findEventById(db: Db, id: number): Promise<Event | undefined> {
  return selectEventById(db, id)
}

const MAX_REFS = 10_000

/** What never changes about the event with this slug, from memory after the first time. Says nothing about who may see it. */
export async function findEventRef(app: App, slug: string): Promise<EventRef | undefined> {
  const { refs } = app.eventMemory
  const known = refs.get(slug)
  if (known) return known
  const ref = await selectEventRef(app.db, slug)
  if (!ref) return undefined
  if (refs.size >= MAX_REFS) refs.delete(refs.keys().next().value!)
  refs.set(slug, ref)
  return ref
}

/** Every category, in the order in which they are shown. */
export function listCategories(app: App): Promise<Category[]> {
  return selectCategories(app.db)
}
