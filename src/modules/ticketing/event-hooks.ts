// What events need of ticketing: the capacity as a quota, and what becomes of orders when an event is called off.
import type { EventHooks } from '#src/modules/events/event-hooks.ts'
import type { Tx } from '#src/platform/db.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { ticketingError } from './errors.ts'
import { hasOrders, selectCapacityQuota } from './store/events-on-sale.ts'
import {
  countCommitted,
  deleteEventCounters,
  deleteQuota,
  insertQuota,
  lockCounters,
  lockEventCounters,
  setCounter,
  updateQuotaSize,
} from './store/quotas.ts'

export const ticketingEventHooks: EventHooks = {
  async capacitySet(_app, tx, { eventId, capacity }) {
    const quotaId = await selectCapacityQuota(tx, eventId)
    if (quotaId === null) return capacity === null ? null : openCapacity(tx, eventId, capacity)
    const [counter] = await lockCounters(tx, [{ eventId, quotaId }])
    if (capacity === null) {
      await deleteQuota(tx, { eventId, quotaId })
      return null
    }
    if (counter && counter.held + counter.sold > capacity) throw ticketingError('quota_below_sold', { taken: counter.held + counter.sold })
    await updateQuotaSize(tx, { eventId, quotaId }, capacity)
    return quotaId
  },

  async cancelled(_app, tx, { eventId }) {
    // Whoever sells holds a counter's lock from its look at the event until its commit: after this, no order is under way that the job won't see.
    await lockEventCounters(tx, eventId)
    // Thousands of refunds take longer than a request may.
    await enqueue(tx, 'cancel-event-orders', { eventId }, { key: `cancel-event-orders:${eventId}` })
  },

  async ordered(tx, eventId) {
    // Whoever buys holds a counter's lock until the order is there: after this, none is under way unseen.
    await lockEventCounters(tx, eventId)
    return hasOrders(tx, eventId)
  },

  deletable: async (_app, tx, eventId) => !(await ticketingEventHooks.ordered(tx, eventId)),

  deleting: (_app, tx, { eventId }) => deleteEventCounters(tx, eventId),
}

/** A capacity set after sales have begun counts what is taken already. */
async function openCapacity(tx: Tx, eventId: number, capacity: number): Promise<number> {
  const taken = await countCommitted(tx, eventId)
  if (taken.held + taken.sold > capacity) throw ticketingError('quota_below_sold', { taken: taken.held + taken.sold })
  const quotaId = await insertQuota(tx, { eventId, name: 'capacity', kind: 'capacity', size: capacity })
  await setCounter(tx, { eventId, quotaId }, taken)
  return quotaId
}
