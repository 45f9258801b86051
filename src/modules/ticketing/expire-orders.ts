// expireOrders: lets go of the places of orders that nobody paid in time, after asking the payment provider one last time.
import { beforeExpiry } from '#src/modules/payments/before-expiry.ts'
import { systemActor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { orderSubject } from './order.ts'
import { lockDemand, updateCounters } from './store/quotas.ts'
import { extendOrder, lockOrders, selectOrdersToExpire, updateOrders, updateTicketsOf, type ExpiringOrder } from './store/orders.ts'

const BATCH = 200
/** A payment whose outcome nobody knows keeps its places this much longer, at most three hold times in all. */
const EXTENSION_SECONDS = 300

/**
 * One turn of the job.
 * @returns how many orders have expired
 */
export async function expireOrders(app: App): Promise<number> {
  const due = await selectOrdersToExpire(app.db, app.clock.now(), BATCH)
  const free: ExpiringOrder[] = []
  for (const order of due) {
    const answer = await beforeExpiry(app, { kind: 'order', id: order.id }).catch((error: unknown) => {
      // One that can't be asked about must not keep the others' places: it waits for its turn, and in the end for its time.
      app.log.error({ err: error, order: order.id }, 'a payment could not be asked about before its order expires')
      return 'wait' as const
    })
    const hardCap = secondsAfter(order.createdAt, 3 * app.config.holdSeconds)
    if (answer === 'free' || (answer === 'wait' && app.clock.now() >= hardCap)) free.push(order)
    else if (answer === 'wait') await extendOrder(app.db, order, secondsAfter(app.clock.now(), EXTENSION_SECONDS))
  }
  return free.length === 0 ? 0 : letGo(app, free)
}

function letGo(app: App, candidates: readonly ExpiringOrder[]): Promise<number> {
  return transact(app, async (tx) => {
    // Paid, cancelled or extended meanwhile: leave it.
    const orders = (await lockOrders(tx, candidates)).filter((order) => order.status === 'awaiting_payment' && order.expiresAt! <= app.clock.now())
    const { demand } = await lockDemand(tx, { orders, statuses: ['reserved'] })
    await updateCounters(
      tx,
      demand.map((d) => ({ ...d, held: -d.places, sold: 0 })),
    )
    await updateTicketsOf(tx, orders, ['reserved'], 'invalid')
    await updateOrders(tx, orders, { status: 'expired' })
    await record(
      tx,
      systemActor('expire-orders'),
      ...orders.map((order) => ({
        kind: 'order.expired',
        organizerId: order.organizerId,
        eventId: order.eventId,
        subject: orderSubject(order.id),
        data: { code: order.code },
      })),
    )
    return orders.length
  })
}
