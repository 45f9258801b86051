// Questions about ticket types.
import type { App } from '#src/platform/app.ts'
import { createMemory, type Memory } from '#src/platform/memory.ts'
import { selectTicketTypes, selectTypeLabels } from './store/ticket-types.ts'
import type { TicketType, TypeTranslations } from './ticket-type.ts'

/** The event's ticket types in the order in which they are shown, hidden ones only where asked for. */
export async function listTicketTypes(app: Pick<App, 'db'>, eventId: number, options: { hidden?: boolean } = {}): Promise<TicketType[]> {
  const types = await selectTicketTypes(app.db, eventId)
  return options.hidden ? types : types.filter((type) => !type.hidden)
}

export type TypeLabel = { id: number; ordinal: number; name: string; translations: TypeTranslations }

type TypeLabels = ReadonlyMap<number, TypeLabel>

const memories = new WeakMap<App['db'], Memory<number, TypeLabels>>()

/** Names and ordinals of the event's ticket types by id; a name may be 2 s old. A type that we don't know yet is asked for at once. */
export async function loadTypeLabels(app: Pick<App, 'db'>, eventId: number, wanted: readonly number[] = []): Promise<TypeLabels> {
  let memory = memories.get(app.db)
  if (!memory) memories.set(app.db, (memory = createMemory({ keptMs: 2000, max: 1000 })))
  const load = async () => new Map((await selectTypeLabels(app.db, eventId)).map((label) => [label.id, label]))
  const known = (await memory.get(eventId, load))!
  if (wanted.every((id) => known.has(id))) return known
  memory.forget(eventId)
  return (await memory.get(eventId, load))!
}
