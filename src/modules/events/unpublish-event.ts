// Taking an event back from the public, or from the queue of reviews. Tickets that were sold stay valid.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { changeStatus } from './change-status.ts'
import type { Event } from './event.ts'
import { forgetEventRef } from './event-memory.ts'
import { lockTeamEvent } from './find-events.ts'
import { asTeam } from './team-scope.ts'

/**
 * Makes the event a draft again: nobody but its team sees it, nothing is sold. Doing it twice changes nothing.
 * @throws `event_status_conflict` once cancelled or ended
 */
export async function unpublishEvent(app: App, actor: Actor, slug: string): Promise<Event> {
  const draft = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (event.status === 'draft') return event
    return changeStatus(tx, actor, event, 'draft', { kind: 'event.unpublished' }, app.clock.now())
  })
  forgetEventRef(app, slug)
  return draft
}
