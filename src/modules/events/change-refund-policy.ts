// changeRefundPolicy: until when buyers may ask for their money back, and whether anybody has to say yes.
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { eventError } from './errors.ts'
import { isEditable, type Event } from './event.ts'
import { refundPolicyChanged } from './facts.ts'
import { lockTeamEvent } from './find-events.ts'
import { isAtLeastAsGenerous, refundPolicyProblems, type RefundPolicy } from './refund-policy.ts'
import { selectEventById, updateEventRow } from './store/events.ts'
import { asTeam } from './team-scope.ts'

/**
 * Sets the event's refund policy. Whoever bought was shown it: once there are orders, it may only become more generous.
 * @throws `invalid_input`; `event_not_editable` once cancelled or ended; `refund_policy_promised`; `not_found`, `forbidden` as for the event
 */
export async function changeRefundPolicy(app: App, actor: Actor, slug: string, input: RefundPolicy): Promise<Event> {
  const policy = { days: input.days, atOnce: input.days !== null && input.atOnce, note: input.note.trim() }
  const problems = refundPolicyProblems(policy)
  if (problems.length > 0) throw invalidInput(...problems)
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    if (!isAtLeastAsGenerous(policy, event.refundPolicy) && (await app.eventHooks.ordered(tx, event.id))) throw eventError('refund_policy_promised')
    await updateEventRow(tx, event.id, { refundDays: policy.days, refundAtOnce: policy.atOnce, refundNote: policy.note })
    await record(tx, actor, refundPolicyChanged(event, { days: policy.days, atOnce: policy.atOnce }))
    return (await selectEventById(tx, event.id))!
  })
}
