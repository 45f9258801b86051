// The event's own part of a copy: its details, programme, cover and guests, at another time. What is sold and the gates are copied by others.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { insertStoredImage } from '#src/platform/stored-files.ts'
import { createEventIn } from './create-event.ts'
import type { Cover, Event } from './event.ts'
import { changedDetails, requireValid } from './event-details.ts'
import { commissionRate } from './fee-rate.ts'
import { inviteAgain } from './invite-guest.ts'
import { selectEventById, updateEventRow } from './store/events.ts'
import { insertSession, selectSessions } from './store/sessions.ts'

/** Where a moment of the original lies in the copy. */
export type Shift = (date: Date | null) => Date | null

export type EventCopy = {
  title: string
  shift: Shift
  programme: boolean
  guests: boolean
  /** A copy of the original's picture, in the file store already: a file belongs to one event. */
  cover: Cover | null
}

/**
 * Makes a draft like `source`, its settings included; a fee that is passed on, at today's rate.
 * @throws `invalid_input` with the fields to correct
 */
export async function copyEventIn(app: App, tx: Tx, actor: Actor, source: Event, input: EventCopy): Promise<Event> {
  const { shift, cover } = input
  const details = changedDetails(source, {
    title: input.title,
    startsAt: shift(source.startsAt)!,
    endsAt: shift(source.endsAt)!,
    doorsOpenAt: shift(source.doorsOpenAt),
  })
  requireValid(details)
  const made = await createEventIn(app, tx, actor, { id: source.organizerId, currency: source.currency }, details)
  for (const { id: _, ...session } of input.programme ? await selectSessions(tx, source.id) : []) {
    await insertSession(tx, { ...session, eventId: made.id, startsAt: shift(session.startsAt)!, endsAt: shift(session.endsAt)! })
  }
  if (input.guests) await inviteAgain(app, tx, source.id, made.id)
  if (cover) await insertStoredImage(tx, { ...cover, kind: 'cover', organizerId: source.organizerId })
  const { refundPolicy, feeBps, language, translations } = source
  await updateEventRow(tx, made.id, {
    refundDays: refundPolicy.days,
    refundAtOnce: refundPolicy.atOnce,
    refundNote: refundPolicy.note,
    feeBps: feeBps === null ? null : await commissionRate(app, tx, source.organizerId),
    language,
    coverId: cover?.id ?? null,
    // Under another title the old one's translations would name another evening.
    translations: JSON.stringify(input.title === source.title ? translations : {}),
  })
  return (await selectEventById(tx, made.id))!
}
