// changeFees: who bears the platform's commission, the organizer or its buyers.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import { isEditable, type Event } from './event.ts'
import { feesChanged } from './facts.ts'
import { commissionRate } from './fee-rate.ts'
import { lockTeamEvent } from './find-events.ts'
import { selectEventById, updateEventRow } from './store/events.ts'
import { asTeam } from './team-scope.ts'

/**
 * Passes the commission on to buyers, who then pay it on top of each face price, or takes it back. Orders that were placed keep their price;
 * whoever stands in checkout is shown the new one before paying.
 * @throws `event_not_editable` once cancelled or ended; `not_found`, `forbidden` as for the event
 */
export async function changeFees(app: App, actor: Actor, slug: string, input: { passedOn: boolean }): Promise<Event> {
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    const feeBps = input.passedOn ? await commissionRate(app, tx, event.organizerId) : null
    if (feeBps === event.feeBps) return event
    await updateEventRow(tx, event.id, { feeBps })
    await record(tx, actor, feesChanged(event, feeBps))
    return (await selectEventById(tx, event.id))!
  })
}
