// resizeQuota and createQuota: how many places there are.
import { loadTeamEvent, lockTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { MAX_PLACES, type Quota } from './quota.ts'
import { insertQuota, lockCounters, updateQuotaSize } from './store/quotas.ts'
import { selectQuotas } from './store/ticket-types.ts'

function requirePlaces(size: number, pointer: string): void {
  if (!Number.isInteger(size) || size < 0 || size > MAX_PLACES) throw invalidInput({ pointer, code: 'range' })
}

/** Sets the size under the counter's lock. @throws quota_below_sold below what is sold and held */
export async function resizeQuotaIn(tx: Tx, key: { eventId: number; quotaId: number }, size: number): Promise<void> {
  requirePlaces(size, '/body/quantity')
  const [counter] = await lockCounters(tx, [key])
  if (!counter) throw kernelError('not_found')
  if (counter.held + counter.sold > size) throw ticketingError('quota_below_sold', { taken: counter.held + counter.sold })
  await updateQuotaSize(tx, key, size)
}

/** The event's quotas, for its team. */
export function listQuotas(app: App, actor: Actor, eventSlug: string): Promise<Quota[]> {
  return asTeam(app, actor, async (tx) => selectQuotas(tx, (await loadTeamEvent(tx, actor, eventSlug, 'cashier')).id))
}

/** A quota that several ticket types may share. */
export function createQuota(app: App, actor: Actor, eventSlug: string, input: { name: string; size: number }): Promise<Quota> {
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, eventSlug)
    requirePlaces(input.size, '/body/size')
    const name = input.name.trim()
    if (name === '') throw invalidInput({ pointer: '/body/name', code: 'required' })
    const id = await insertQuota(tx, { eventId: event.id, name, kind: 'shared', size: input.size })
    await record(tx, actor, {
      kind: 'quota.created',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `quota:${id}`,
      data: { size: input.size },
    })
    return { id, name, kind: 'shared', size: input.size, held: 0, sold: 0 }
  })
}

/** @throws quota_below_sold, not_found, forbidden */
export function resizeQuota(app: App, actor: Actor, eventSlug: string, quotaId: number, size: number): Promise<Quota> {
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, eventSlug)
    const quota = (await selectQuotas(tx, event.id)).find((q) => q.id === quotaId && q.kind !== 'capacity')
    if (!quota) throw kernelError('not_found')
    await resizeQuotaIn(tx, { eventId: event.id, quotaId }, size)
    await record(tx, actor, {
      kind: 'quota.resized',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `quota:${quotaId}`,
      data: { from: quota.size, to: size },
    })
    return (await selectQuotas(tx, event.id)).find((q) => q.id === quotaId)!
  })
}
