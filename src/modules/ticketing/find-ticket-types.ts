// Questions about ticket types.
import type { App } from '#src/platform/app.ts'
import { selectTicketTypes, selectTypeLabels } from './store/ticket-types.ts'
import type { TicketType } from './ticket-type.ts'

/** The event's ticket types in the order in which they are shown, hidden ones only where asked for. */
export async function listTicketTypes(app: Pick<App, 'db'>, eventId: number, options: { hidden?: boolean } = {}): Promise<TicketType[]> {
  const types = await selectTicketTypes(app.db, eventId)
  return options.hidden ? types : types.filter((type) => !type.hidden)
}

export type TypeLabel = { id: number; ordinal: number; name: string }

const KEPT_MS = 2000
const caches = new WeakMap<App['db'], Map<number, { at: number; labels: ReadonlyMap<number, TypeLabel> }>>()

/** Names and ordinals of the event's ticket types by id; a name may be 2 s old. A type that we don't know yet is asked for at once. */
export async function loadTypeLabels(app: Pick<App, 'db'>, eventId: number, wanted: Iterable<number> = []): Promise<ReadonlyMap<number, TypeLabel>> {
  let cache = caches.get(app.db)
  if (!cache) caches.set(app.db, (cache = new Map()))
  const kept = cache.get(eventId)
  if (kept && performance.now() - kept.at < KEPT_MS && [...wanted].every((id) => kept.labels.has(id))) return kept.labels
  const labels = new Map((await selectTypeLabels(app.db, eventId)).map((label) => [label.id, label]))
  if (cache.size >= 1000) cache.delete(cache.keys().next().value!)
  cache.set(eventId, { at: performance.now(), labels })
  return labels
}
