// Changing what an event says of itself. Its slug and its currency never change.
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import { isEditable, type DraftPart, type Event, type EventDetails } from './event.ts'
import { changedDetails, requireValid, requireZone } from './event-details.ts'
import { forgetEventRef } from './event-memory.ts'
import { eventChanged } from './facts.ts'
import { lockTeamEvent } from './find-events.ts'
import { selectCategoryId, selectEventById, updateEventRow } from './store/events.ts'
import { refreshSearch } from './store/search.ts'
import { asTeam } from './team-scope.ts'

/**
 * Changes the given details; what is left out stays, null empties what may be empty. Saying when it begins and ends confirms the day of a draft.
 * @param confirms a part of a draft that is done with this, also where nothing of it changed
 * @throws `invalid_input` with the fields to correct; `event_not_editable` once cancelled or ended; `quota_below_sold` where the
 *   capacity would fall below what is sold
 */
export async function updateEvent(app: App, actor: Actor, slug: string, changes: Partial<EventDetails>, confirms?: DraftPart): Promise<Event> {
  if (changes.timezone !== undefined) await requireZone(app.db, changes.timezone)
  const updated = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    const details = changedDetails(event, changes)
    requireValid(details)
    const fields = (Object.keys(details) as (keyof EventDetails)[]).filter((field) => !isSame(details[field], event[field]))
    const unconfirmed = event.unconfirmed.filter((part) => part !== confirms && !(part === 'schedule' && changes.startsAt && changes.endsAt))
    if (fields.length === 0 && unconfirmed.length === event.unconfirmed.length) return event
    // It would end by itself within a minute, and nothing leads back from there.
    if (event.status === 'published' && fields.includes('endsAt') && details.endsAt <= app.clock.now()) {
      throw invalidInput({ pointer: '/body/endsAt', code: 'in_the_past' })
    }
    const categoryId = await selectCategoryId(tx, details.category)
    if (categoryId === undefined) throw invalidInput({ pointer: '/body/category', code: 'unknown_category' })
    const { category: _, ...columns } = details
    const capacity = fields.includes('capacity')
      ? { capacityQuotaId: await app.eventHooks.capacitySet(app, tx, { eventId: event.id, capacity: details.capacity }) }
      : {}
    await updateEventRow(tx, event.id, { ...columns, ...capacity, categoryId, unconfirmed })
    await refreshSearch(tx, event.id)
    if (fields.length > 0) await record(tx, actor, eventChanged(event, fields))
    return (await selectEventById(tx, event.id))!
  })
  forgetEventRef(app, slug)
  return updated
}

function isSame(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b
}
