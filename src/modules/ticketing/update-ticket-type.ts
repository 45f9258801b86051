// updateTicketType: changes what is sold. Prices of tickets already sold stay as they were.
import type { Event } from '#src/modules/events/event.ts'
import { lockTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { Money } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import { violatedConstraint, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { resizeQuotaIn } from './resize-quota.ts'
import { selectSlugOfTicketType, selectTicketType, updateTicketTypeRow } from './store/ticket-types.ts'
import { ticketTypeProblems, type TicketType, type TicketTypeDetails } from './ticket-type.ts'

export type UpdateTicketType = Partial<Omit<TicketTypeDetails, 'price'>> & {
  /** The face price. */ price?: Money | undefined
  quantity?: number | undefined
}

/** The ticket type, its event locked, for one of the event's team. @throws not_found, forbidden */
export async function lockTeamTicketType(tx: Tx, actor: Actor, id: number): Promise<{ event: Event; type: TicketType }> {
  const slug = await selectSlugOfTicketType(tx, id)
  if (!slug) throw kernelError('not_found')
  const event = await lockTeamEvent(tx, actor, slug)
  return { event, type: (await selectTicketType(tx, id))! }
}

/** @throws ticket_type_name_taken, quota_below_sold, invalid_input, not_found, forbidden */
export function updateTicketType(app: App, actor: Actor, id: number, input: UpdateTicketType): Promise<{ type: TicketType; event: Event }> {
  const { price, quantity, ...given } = input
  return asTeam(app, actor, async (tx) => {
    const { event, type } = await lockTeamTicketType(tx, actor, id)
    if (price && price.currency !== event.currency)
      throw invalidInput({ pointer: '/body/price/currency', code: 'currency_of_event', message: event.currency })
    const details = changed(type, given, price)
    const problems = ticketTypeProblems(details)
    if (quantity !== undefined && type.quota.kind !== 'own') problems.push({ pointer: '/body/quantity', code: 'shared_quota' })
    if (problems.length > 0) throw invalidInput(...problems)

    if (quantity !== undefined) await resizeQuotaIn(tx, { eventId: event.id, quotaId: type.quota.id }, quantity)
    await updateTicketTypeRow(tx, id, details).catch((error: unknown) => {
      throw violatedConstraint(error) === 'ticket_type_name' ? ticketingError('ticket_type_name_taken', { name: details.name }) : error
    })
    await record(tx, actor, {
      kind: 'ticket_type.updated',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `ticket_type:${id}`,
      data: { fields: Object.keys(input) },
    })
    return { type: (await selectTicketType(tx, id))!, event }
  })
}

function changed(type: TicketType, given: Partial<Omit<TicketTypeDetails, 'price'>>, price: Money | undefined): TicketTypeDetails {
  const {
    id: _id,
    eventId: _eventId,
    ordinal: _ordinal,
    quota: _quota,
    remaining: _remaining,
    translations: _translations,
    price: _price,
    fee: _fee,
    facePrice,
    ...current
  } = type
  return { ...current, ...given, name: (given.name ?? type.name).trim(), price: (price ?? facePrice).amount }
}
