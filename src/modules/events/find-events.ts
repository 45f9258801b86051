// Questions about single events. Whoever may not see one is told that there is none.
import type { Actor, Locale, TeamRole } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { App } from '#src/platform/app.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import { readSettings } from '#src/platform/settings.ts'
import { eventIn } from './event-languages.ts'
import { wasShown, type Event, type EventOnSale } from './event.ts'
import { mayAct, maySee, maySkipReview } from './policy.ts'
import {
  lockEvent,
  selectCategories,
  selectEvent,
  selectEventById,
  selectEventRef,
  wasOrganizerShown,
  wasTakenDown,
  type Category,
} from './store/events.ts'
import { isInvited, selectInvitations, type Invitation } from './store/invitations.ts'
import { asTeam } from './team-scope.ts'

export type { Category } from './store/events.ts'
export type { EventOnSale, EventRef } from './event.ts'

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
export async function findVisibleEvent(
  app: App,
  actor: Actor,
  slug: string,
  access: { invitation?: string | undefined } = {},
): Promise<Event | undefined> {
  const event = await selectEvent(app.db, slug)
  return event && (await canSeeEvent(app, actor, event, access.invitation)) ? event : undefined
}

/**
 * True where the actor may see the event, by its own right or by invitation (to its verified address, or by the token of a link).
 * Asks the database only about private events.
 */
export async function canSeeEvent(
  app: App,
  actor: Actor,
  event: Pick<Event, 'id' | 'organizerId' | 'status' | 'publishedAt' | 'visibility'>,
  invitation?: string,
): Promise<boolean> {
  if (maySee(actor, event)) return true
  if (!wasShown(event)) return false
  const email = actor.kind === 'account' && actor.emailVerified ? actor.email : null
  return isInvited(app.db, event.id, { token: invitation ?? null, email })
}

/** As `findVisibleEvent`. @throws `not_found` */
export async function getVisibleEvent(app: App, actor: Actor, slug: string, access: { invitation?: string | undefined } = {}): Promise<Event> {
  const event = await findVisibleEvent(app, actor, slug, access)
  if (!event) throw kernelError('not_found')
  return event
}

/** The event with this id, whoever asks: for jobs and for what was authorized already. @param locale whose reader's texts; left out, the original's */
export async function findEventById(db: Db, id: number, locale?: Locale): Promise<Event | undefined> {
  const event = await selectEventById(db, id)
  return event && locale ? eventIn(event, locale) : event
}

/**
 * What every sale asks about the event with this slug, from memory where it was asked within the last second.
 * Says nothing about who may see it: ask `canSeeEvent`.
 */
export function findEventRef(app: App, slug: string): Promise<EventOnSale | undefined> {
  return app.eventMemory.refs.get(slug, () => selectEventRef(app.db, slug))
}

/** True where staff will look at the event before the public does, as the actor would publish it. */
export async function willBeReviewed(app: App, actor: Actor, event: Pick<Event, 'id' | 'organizerId'>): Promise<boolean> {
  const { reviewEvents } = await readSettings(app)
  const [known, takenDown] = await Promise.all([wasOrganizerShown(app.db, event.organizerId), wasTakenDown(app.db, event.id)])
  return !maySkipReview(actor, reviewEvents, known, takenDown)
}

/** Every category, in the order in which they are shown. */
export function listCategories(app: App): Promise<Category[]> {
  return selectCategories(app.db)
}

/** The standing invitations of an event, oldest first, for its team. */
export async function listInvitations(app: App, actor: Actor, slug: string, request: PageRequest): Promise<Page<Invitation>> {
  const limit = pageLimit(request)
  const [after] = request.cursor === undefined ? [0] : decodeCursor(request.cursor, 'id')
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, slug)
    return toPage(
      await selectInvitations(tx, event.id, after, limit + 1),
      limit,
      (row) => [row.id],
      (row) => row,
    )
  })
}
