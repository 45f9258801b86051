// Removing an event that nobody ever ordered a ticket for.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { deleteStoredFile } from '#src/platform/stored-files.ts'
import { removeImage } from './cover-image.ts'
import { eventError } from './errors.ts'
import { forgetEventRef } from './event-memory.ts'
import { eventDeleted } from './facts.ts'
import { lockTeamEvent } from './find-events.ts'
import { deleteEventRow } from './store/events.ts'
import { asTeam } from './team-scope.ts'

/** Deletes the event and all that hangs on it. @throws `event_has_orders`: it can only be cancelled then */
export async function deleteEvent(app: App, actor: Actor, slug: string): Promise<void> {
  const cover = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!(await app.eventHooks.deletable(app, tx, event.id))) throw eventError('event_has_orders')
    await app.eventHooks.deleting(app, tx, { eventId: event.id })
    await deleteEventRow(tx, event.id)
    if (event.cover) await deleteStoredFile(tx, event.cover.id)
    await record(tx, actor, eventDeleted(event, slug))
    return event.cover
  })
  forgetEventRef(app, slug)
  if (cover) await removeImage(app, cover.id)
}
