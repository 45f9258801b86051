// duplicateEvent: the same evening again: details, programme, ticket types and quotas, nothing sold.
import { copyEventIn } from '#src/modules/events/copy-event.ts'
import type { Event } from '#src/modules/events/event.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { ensureEventKey } from './event-keys.ts'
import { insertQuota } from './store/quotas.ts'
import { insertTicketType, selectTicketTypes } from './store/ticket-types.ts'

/**
 * Makes a draft like the event, starting at `startsAt`; whatever else has a time (end, doors, programme, sales, validity) moves by as much.
 * Cover, guests, gates and orders are not copied.
 * @returns the draft
 * @throws `invalid_input`; `not_found`, `forbidden` as for the event
 */
export function duplicateEvent(app: App, actor: Actor, slug: string, input: { startsAt: Date; title?: string }): Promise<Event> {
  return asTeam(app, actor, async (tx) => {
    const source = await loadTeamEvent(tx, actor, slug)
    const by = input.startsAt.getTime() - source.startsAt.getTime()
    const shift = (date: Date | null) => date && new Date(date.getTime() + by)
    const copy = await copyEventIn(app, tx, actor, source, { title: input.title ?? source.title, shift })
    const types = await selectTicketTypes(tx, source.id)
    if (types.length > 0) await ensureEventKey(app, tx, copy.id)
    const quotas = new Map<number, number>()
    for (const { id: _, eventId: __, ordinal: ___, remaining: ____, price, quota, ...details } of types) {
      // Types that shared a quota share its copy.
      const quotaId = quotas.get(quota.id) ?? (await insertQuota(tx, { eventId: copy.id, name: quota.name, kind: quota.kind, size: quota.size }))
      quotas.set(quota.id, quotaId)
      const id = await insertTicketType(tx, copy.id, quotaId, {
        ...details,
        price: price.amount,
        saleStartsAt: shift(details.saleStartsAt),
        saleEndsAt: shift(details.saleEndsAt),
        validFrom: shift(details.validFrom),
        validTo: shift(details.validTo),
      })
      await record(tx, actor, {
        kind: 'ticket_type.created',
        organizerId: copy.organizerId,
        eventId: copy.id,
        subject: `ticket_type:${id}`,
        data: { name: details.name },
      })
    }
    return copy
  })
}
