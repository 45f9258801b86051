// announceChange: an event moved in time or place; its buyers are told once the organizer has stopped correcting it.
import { createHash } from 'node:crypto'
import { secondsAfter } from '#src/kernel/clock.ts'
import type { Event } from '#src/modules/events/event.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { listLiveOrders } from '#src/modules/ticketing/find-orders.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { enqueue, enqueueAll } from '#src/platform/jobs.ts'

/** What buyers must know of. */
export const ANNOUNCED_FIELDS: readonly string[] = [
  'startsAt',
  'endsAt',
  'doorsOpenAt',
  'timezone',
  'venue',
  'address',
  'city',
] satisfies (keyof Event)[]

/** Several corrections in a row are one mail. */
const QUIET_SECONDS = 300
const TURN = 500

export type AnnounceChange = { eventId: number; /** Orders up to this id were told in earlier turns. */ afterOrderId?: number }

/** Waits for five quiet minutes, then queues the news for the orders, a turn at a time. */
export async function announceChange(app: App, { eventId, afterOrderId = 0 }: AnnounceChange): Promise<void> {
  const event = await findEventById(app.db, eventId)
  if (event?.status !== 'published') return
  const quietAt = secondsAfter(event.updatedAt, QUIET_SECONDS)
  await transact(app, async (tx) => {
    if (afterOrderId === 0 && quietAt > app.clock.now())
      return enqueue(tx, 'announce-change', { eventId }, { key: `announce-change:${eventId}`, runAt: quietAt })
    const orderIds = await listLiveOrders(tx, eventId, afterOrderId, TURN)
    const version = versionOf(event)
    await enqueueAll(
      tx,
      'notify-order',
      orderIds.map((orderId) => ({ payload: { orderId, news: { what: 'event_changed', version } }, key: `event-changed:${orderId}` })),
    )
    if (orderIds.length === TURN)
      await enqueue(tx, 'announce-change', { eventId, afterOrderId: orderIds.at(-1)! }, { key: `announce-change:${eventId}:${orderIds.at(-1)!}` })
  })
}

/** Names what buyers are told, so that they are told once, and again when it changes again. */
function versionOf(event: Event): string {
  const told = [event.startsAt, event.endsAt, event.doorsOpenAt, event.timezone, event.venue, event.address, event.city]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 16)
}
