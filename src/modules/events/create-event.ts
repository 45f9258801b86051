// An organizer's new event. It starts as a draft that only the team sees.
import { leads, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { newPublicRef, newToken, slugOf } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import type { DraftPart, Event, EventDetails } from './event.ts'
import { detailsOf, requireValid, requireZone } from './event-details.ts'
import { eventCreated } from './facts.ts'
import { insertEvent, selectCategoryId, selectEventById, updateEventRow } from './store/events.ts'
import { selectOrganizers, type Organizer } from './store/organizers.ts'
import { asTeam } from './team-scope.ts'

/** The least that makes an event, and whatever else is known. `organizer`: a slug, needed only by who works for several. */
export type NewEvent = Pick<EventDetails, 'title' | 'category' | 'startsAt' | 'endsAt' | 'timezone'> & Partial<EventDetails> & { organizer?: string }

/**
 * Makes a draft.
 * @throws `invalid_input` with the fields to correct; `organizer_required` where the actor leads no organizer;
 *   `organizer_ambiguous` where it leads several and named none of them
 */
export async function createEvent(app: App, actor: Actor, input: NewEvent): Promise<Event> {
  if (actor.kind === 'visitor') throw kernelError('unauthenticated')
  const details = detailsOf(input)
  requireValid(details)
  await requireZone(app.db, details.timezone)
  const organizer = await chooseOrganizer(app, actor, input.organizer)
  return asTeam(app, actor, (tx) => createEventIn(app, tx, actor, organizer, details))
}

/**
 * Inserts a draft whose details were checked, for an organizer that the actor leads.
 * @param unconfirmed parts of which the details are only defaults
 * @throws `invalid_input` for an unknown category
 */
export async function createEventIn(
  app: App,
  tx: Tx,
  actor: Actor,
  organizer: Pick<Organizer, 'id' | 'currency'>,
  details: EventDetails,
  unconfirmed: DraftPart[] = [],
): Promise<Event> {
  const categoryId = await selectCategoryId(tx, details.category)
  if (categoryId === undefined) throw invalidInput({ pointer: '/body/category', code: 'unknown_category' })
  const { category: _, ...columns } = details
  const id = await insertWithFreeSlug(tx, slugOf(details.title), (slug) => ({
    ...columns,
    slug,
    publicRef: newPublicRef(),
    organizerId: organizer.id,
    currency: organizer.currency,
    // People write in the language that they read.
    language: actor.locale,
    categoryId,
    unconfirmed,
  }))
  if (details.capacity !== null) {
    await updateEventRow(tx, id, { capacityQuotaId: await app.eventHooks.capacitySet(app, tx, { eventId: id, capacity: details.capacity }) })
  }
  await record(tx, actor, eventCreated({ id, organizerId: organizer.id }))
  return (await selectEventById(tx, id))!
}

/** @throws as `createEvent` */
export async function chooseOrganizer(app: App, actor: Actor, slug: string | undefined): Promise<Organizer> {
  const led = actor.kind === 'account' ? actor.memberships.filter(leads).map((m) => m.organizerId) : []
  const candidates = await selectOrganizers(app.db, actor, { ids: led, slug })
  if (candidates.length === 1) return candidates[0]!
  if (candidates.length > 1) throw eventError('organizer_ambiguous', { organizers: candidates.map((o) => o.slug) })
  throw led.length === 0 ? eventError('organizer_required') : invalidInput({ pointer: '/body/organizer', code: 'unknown_organizer' })
}

/** Inserts under the wished slug, or with a short random ending where it is taken. */
async function insertWithFreeSlug(tx: Tx, wished: string, rowFor: (slug: string) => Parameters<typeof insertEvent>[1]): Promise<number> {
  for (let tries = 0; tries < 5; tries++) {
    const slug =
      tries === 0
        ? wished
        : `${wished}-${newToken(4)
            .toLowerCase()
            .replaceAll(/[^a-z0-9]/g, '')
            .slice(0, 4)}`
    const id = await insertEvent(tx, rowFor(slug))
    if (id !== undefined) return id
  }
  throw kernelError('busy')
}
