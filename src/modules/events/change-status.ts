// The one place where an event's status changes: it follows the table of states and leaves a fact.
import type { Actor } from '#src/kernel/actor.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import { canBecome, type Event, type EventStatus } from './event.ts'
import { statusChanged, type StatusFact } from './facts.ts'
import { selectEventById, updateEventRow } from './store/events.ts'
import { refreshSearch } from './store/search.ts'

/**
 * Moves a locked event to another status.
 * @param fact what is recorded
 * @throws `event_status_conflict` where the table of states has no such step
 */
export async function changeStatus(tx: Tx, actor: Actor, event: Event, to: EventStatus, fact: StatusFact, now: Date): Promise<Event> {
  if (!canBecome(event.status, to)) throw eventError('event_status_conflict', { from: event.status, to })
  await updateEventRow(tx, event.id, {
    status: to,
    ...(to === 'published' && event.publishedAt === null ? { publishedAt: now } : {}),
    ...(to === 'cancelled' ? { cancelledAt: now } : {}),
    ...(to === 'published' || to === 'pending_review' ? { unconfirmed: [] } : {}),
    reviewRequestedAt: to === 'pending_review' ? now : null,
    reviewNote: fact.kind === 'event.rejected' || (fact.kind === 'event.unpublished' && fact.by === 'staff') ? fact.reason : null,
  })
  await refreshSearch(tx, event.id)
  await record(tx, actor, statusChanged(event, event.status, fact))
  return (await selectEventById(tx, event.id))!
}
