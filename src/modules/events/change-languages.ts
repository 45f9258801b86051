// The languages of an event: which one it is written in, and what it says in others. Ticketing adds what the tickets are called.
import type { Actor } from '#src/kernel/actor.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import type { Event } from './event.ts'
import type { EventLanguages } from './event-languages.ts'
import { translated } from './facts.ts'
import { selectEventById, updateEventRow } from './store/events.ts'
import { refreshSearch } from './store/search.ts'

/** Writes languages that were checked, for an event that the caller has locked and may change. */
export async function changeLanguagesIn(tx: Tx, actor: Actor, event: Event, { language, translations }: EventLanguages): Promise<Event> {
  await updateEventRow(tx, event.id, { language, translations: JSON.stringify(translations) })
  await refreshSearch(tx, event.id)
  await record(tx, actor, translated(event, language, Object.keys(translations)))
  return (await selectEventById(tx, event.id))!
}
