// Showing an event to the public, at once or after a review.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { changeStatus } from './change-status.ts'
import { eventError } from './errors.ts'
import type { Event } from './event.ts'
import { forgetEventRef } from './event-memory.ts'
import { lockTeamEvent } from './find-events.ts'
import { announceInvitations } from './invite-guest.ts'
import { maySkipReview } from './policy.ts'
import { readSettings } from '#src/platform/settings.ts'
import { wasOrganizerShown, wasTakenDown } from './store/events.ts'
import { asTeam } from './team-scope.ts'

/**
 * Publishes the event, or asks staff to where the platform reviews events, or took this one down. An event without ticket types may be
 * published: it is announced first and goes on sale later. Publishing what is published, or asking twice, changes nothing.
 * @throws `event_day_unconfirmed` where nobody has said yet when it takes place; `event_already_over` where its end has passed;
 *   `event_status_conflict` once cancelled or ended
 */
export async function publishEvent(app: App, actor: Actor, slug: string): Promise<Event> {
  const { reviewEvents } = await readSettings(app)
  const published = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    const now = app.clock.now()
    const known = await wasOrganizerShown(tx, event.organizerId)
    const to = maySkipReview(actor, reviewEvents, known, await wasTakenDown(tx, event.id)) ? 'published' : 'pending_review'
    if (event.status === to || event.status === 'published') return event
    if (event.status === 'draft' && event.unconfirmed.includes('schedule')) throw eventError('event_day_unconfirmed')
    if (event.endsAt <= now && event.status !== 'cancelled' && event.status !== 'ended') throw eventError('event_already_over')
    const after = await changeStatus(tx, actor, event, to, { kind: to === 'published' ? 'event.published' : 'event.review_requested' }, now)
    await announceInvitations(tx, actor, after)
    return after
  })
  forgetEventRef(app, slug)
  app.nudge('facts')
  return published
}
