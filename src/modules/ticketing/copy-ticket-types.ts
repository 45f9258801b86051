// What is sold, for a copy of an event: the same types and quotas, nothing sold.
import type { Shift } from '#src/modules/events/copy-event.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ensureEventKey } from './event-keys.ts'
import { insertQuota } from './store/quotas.ts'
import { insertTicketType, selectTicketTypes, updateTypeTranslations } from './store/ticket-types.ts'

/** @returns which type of the copy stands for which of the original, by id */
export async function copyTicketTypesIn(
  app: App,
  tx: Tx,
  actor: Actor,
  events: { from: Pick<Event, 'id'>; to: Pick<Event, 'id' | 'organizerId'> },
  shift: Shift,
): Promise<Map<number, number>> {
  const { from, to } = events
  const types = await selectTicketTypes(tx, from.id)
  if (types.length > 0) await ensureEventKey(app, tx, to.id)
  const quotas = new Map<number, number>()
  const copies = new Map<number, number>()
  for (const { id, eventId: _, ordinal: __, remaining: ___, price: ____, fee: _____, facePrice, translations, quota, ...details } of types) {
    // Types that shared a quota share its copy.
    const quotaId = quotas.get(quota.id) ?? (await insertQuota(tx, { eventId: to.id, name: quota.name, kind: quota.kind, size: quota.size }))
    quotas.set(quota.id, quotaId)
    const copy = await insertTicketType(tx, to.id, quotaId, {
      ...details,
      price: facePrice.amount,
      saleStartsAt: shift(details.saleStartsAt),
      saleEndsAt: shift(details.saleEndsAt),
      validFrom: shift(details.validFrom),
      validTo: shift(details.validTo),
    })
    await updateTypeTranslations(tx, copy, translations)
    copies.set(id, copy)
    await record(tx, actor, {
      kind: 'ticket_type.created',
      organizerId: to.organizerId,
      eventId: to.id,
      subject: `ticket_type:${copy}`,
      data: { name: details.name },
    })
  }
  return copies
}
