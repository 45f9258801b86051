// createTicketType: something new to sell, with a quota of its own or one that it shares.
import type { Event } from '#src/modules/events/event.ts'
import { lockTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import type { Money } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import { violatedConstraint } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { ensureEventKey } from './event-keys.ts'
import { MAX_PLACES } from './quota.ts'
import { insertQuota } from './store/quotas.ts'
import { insertTicketType, selectQuotas, selectTicketType } from './store/ticket-types.ts'
import { NEW_TICKET_TYPE, ticketTypeProblems, type TicketType, type TicketTypeDetails } from './ticket-type.ts'

export type CreateTicketType = Partial<Omit<TicketTypeDetails, 'price'>> & {
  name: string
  /** The face price; a fee that is passed on comes on top. */
  price: Money
  /** Places of a quota of its own; or `quotaId`, one of the event's quotas. */
  quantity?: number | undefined
  quotaId?: number | undefined
}

/** @throws ticket_type_name_taken; invalid_input; not_found and forbidden as for the event */
export function createTicketType(app: App, actor: Actor, eventSlug: string, input: CreateTicketType): Promise<{ type: TicketType; event: Event }> {
  const { price, quantity, quotaId, ...given } = input
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, eventSlug)
    if (price.currency !== event.currency) throw invalidInput({ pointer: '/body/price/currency', code: 'currency_of_event', message: event.currency })
    const details: TicketTypeDetails = { ...NEW_TICKET_TYPE, ...given, name: given.name.trim(), price: price.amount }
    const problems = ticketTypeProblems(details)
    if ((quantity === undefined) === (quotaId === undefined)) problems.push({ pointer: '/body/quantity', code: 'quantity_or_quota' })
    if (quantity !== undefined && !(Number.isInteger(quantity) && quantity >= 0 && quantity <= MAX_PLACES))
      problems.push({ pointer: '/body/quantity', code: 'range' })
    if (quotaId !== undefined && !(await selectQuotas(tx, event.id)).some((quota) => quota.id === quotaId && quota.kind === 'shared')) {
      problems.push({ pointer: '/body/quotaId', code: 'unknown' })
    }
    if (problems.length > 0) throw invalidInput(...problems)

    await ensureEventKey(app, tx, event.id)
    const quota = quotaId ?? (await insertQuota(tx, { eventId: event.id, name: details.name, kind: 'own', size: quantity! }))
    const id = await insertTicketType(tx, event.id, quota, details).catch((error: unknown) => {
      throw violatedConstraint(error) === 'ticket_type_name' ? ticketingError('ticket_type_name_taken', { name: details.name }) : error
    })
    await record(tx, actor, {
      kind: 'ticket_type.created',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `ticket_type:${id}`,
      data: { name: details.name },
    })
    return { type: (await selectTicketType(tx, id))!, event }
  })
}
