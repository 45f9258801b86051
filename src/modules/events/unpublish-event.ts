// Taking an event back from the public, or from the queue of reviews. Tickets that were sold stay valid.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { changeStatus } from './change-status.ts'
import type { Event } from './event.ts'
import { forgetEventRef } from './event-memory.ts'
import { lockTeamEvent } from './find-events.ts'
import { isInTeam } from './policy.ts'
import { asTeam } from './team-scope.ts'

/**
 * Makes the event a draft again: nobody but its team sees it, nothing is sold. Doing it twice changes nothing.
 * @param input `reason`: for the team, told to it where staff does this
 * @throws `event_status_conflict` once cancelled or ended; `invalid_input` to staff without a reason
 */
export async function unpublishEvent(app: App, actor: Actor, slug: string, input: { reason?: string | undefined } = {}): Promise<Event> {
  const reason = input.reason?.trim() || null
  const draft = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (event.status === 'draft') return event
    const by = !isInTeam(actor, event) && isStaff(actor) ? 'staff' : 'team'
    if (by === 'staff' && !reason) throw invalidInput({ pointer: '/body/reason', code: 'required' })
    return changeStatus(tx, actor, event, 'draft', { kind: 'event.unpublished', by, reason }, app.clock.now())
  })
  forgetEventRef(app, slug)
  app.nudge('facts')
  return draft
}
