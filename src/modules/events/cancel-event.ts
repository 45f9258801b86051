// Calling an event off, for good.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { changeStatus } from './change-status.ts'
import type { Event } from './event.ts'
import { forgetEventRef } from './event-memory.ts'
import { lockTeamEvent } from './find-events.ts'
import { asTeam } from './team-scope.ts'

/**
 * Cancels the event: sales stop at once, buyers are told, its page says so. Doing it twice changes nothing.
 * @param input `reason`: told to the buyers
 * @throws `event_status_conflict` once the event is over
 */
export async function cancelEvent(app: App, actor: Actor, slug: string, input: { reason?: string | undefined } = {}): Promise<Event> {
  const cancelled = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (event.status === 'cancelled') return event
    const reason = input.reason?.trim() || null
    const after = await changeStatus(tx, actor, event, 'cancelled', { kind: 'event.cancelled', reason }, app.clock.now())
    await app.eventHooks.cancelled(app, tx, { eventId: event.id })
    return after
  })
  forgetEventRef(app, slug)
  app.nudge('facts')
  return cancelled
}
