// The event's own part of a copy: its details and its programme, at another time. Ticketing copies what is sold (duplicate-event.ts there).
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { createEventIn } from './create-event.ts'
import type { Event } from './event.ts'
import { changedDetails, requireValid } from './event-details.ts'
import { insertSession, selectSessions } from './store/sessions.ts'

/** Where a moment of the original lies in the copy. */
export type Shift = (date: Date | null) => Date | null

/**
 * Makes a draft like `source`. The cover stays with the original: a file belongs to one event.
 * @throws `invalid_input` with the fields to correct
 */
export async function copyEventIn(app: App, tx: Tx, actor: Actor, source: Event, input: { title: string; shift: Shift }): Promise<Event> {
  const { shift } = input
  const details = changedDetails(source, {
    title: input.title,
    startsAt: shift(source.startsAt)!,
    endsAt: shift(source.endsAt)!,
    doorsOpenAt: shift(source.doorsOpenAt),
  })
  requireValid(details)
  const copy = await createEventIn(app, tx, actor, { id: source.organizerId, currency: source.currency }, details)
  for (const { id: _, ...session } of await selectSessions(tx, source.id)) {
    await insertSession(tx, { ...session, eventId: copy.id, startsAt: shift(session.startsAt)!, endsAt: shift(session.endsAt)! })
  }
  return copy
}
