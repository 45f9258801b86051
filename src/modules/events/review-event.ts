// The platform's word on an event that waits for review.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { changeStatus } from './change-status.ts'
import { eventError } from './errors.ts'
import type { Event } from './event.ts'
import { forgetEventRef } from './event-memory.ts'
import { lockTeamEvent } from './find-events.ts'
import { announceInvitations } from './invite-guest.ts'
import { asTeam } from './team-scope.ts'

export type Review = { decision: 'approve' | 'reject'; reason?: string | undefined }

/**
 * Publishes the event, or sends it back to its team as a draft with the reason.
 * @throws `forbidden` to the team itself; `event_status_conflict` where the event doesn't wait for a review; `event_already_over`;
 *   `invalid_input` where it is sent back without a word
 */
export async function reviewEvent(app: App, actor: Actor, slug: string, input: Review): Promise<Event> {
  const reviewed = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isStaff(actor)) throw kernelError('forbidden')
    const to = input.decision === 'approve' ? 'published' : 'draft'
    if (event.status !== 'pending_review') throw eventError('event_status_conflict', { from: event.status, to })
    const now = app.clock.now()
    const reason = input.reason?.trim()
    if (to === 'draft') {
      if (!reason) throw invalidInput({ pointer: '/body/reason', code: 'required' })
      return changeStatus(tx, actor, event, to, { kind: 'event.rejected', reason }, now)
    }
    if (event.endsAt <= now) throw eventError('event_already_over')
    const published = await changeStatus(tx, actor, event, to, { kind: 'event.published' }, now)
    await announceInvitations(tx, actor, published)
    return published
  })
  forgetEventRef(app, slug)
  app.nudge('facts')
  return reviewed
}
