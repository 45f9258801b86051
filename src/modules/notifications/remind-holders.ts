// remindHolders: the day before an event, everybody who has a ticket hears of it once more, with what they need to get there.
import { secondsAfter } from '#src/kernel/clock.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { listLiveOrders } from '#src/modules/ticketing/find-orders.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { enqueue, enqueueAll } from '#src/platform/jobs.ts'
import { claimReminders } from './store/reminders.ts'

/** How long before the start. Whoever bought later than that has just had the tickets. */
export const REMINDER_SECONDS = 86_400
const TURN = 500

export type RemindHolders = {
  eventId: number
  /** ISO: where the event moves meanwhile, it is reminded of anew. */ startsAt: string
  afterOrderId?: number
}

/** Begins with every event that starts within a day and was not reminded of yet: the row that says so and the job are one commit. */
export async function remindOfEvents(app: App): Promise<void> {
  const now = app.clock.now()
  await transact(app, async (tx) => {
    const due = await claimReminders(tx, now, secondsAfter(now, REMINDER_SECONDS))
    await enqueueAll(
      tx,
      'remind-holders',
      due.map(({ eventId, startsAt }) => ({
        payload: { eventId, startsAt: startsAt.toISOString() } satisfies RemindHolders,
        key: `remind-holders:${eventId}:${startsAt.toISOString()}`,
      })),
    )
  })
}

/** Queues the reminder for the event's orders, a turn at a time. */
export async function remindHolders(app: App, { eventId, startsAt, afterOrderId = 0 }: RemindHolders): Promise<void> {
  const event = await findEventById(app.db, eventId)
  if (event?.status !== 'published' || event.startsAt.toISOString() !== startsAt) return
  await transact(app, async (tx) => {
    const orderIds = await listLiveOrders(tx, eventId, afterOrderId, TURN)
    await enqueueAll(
      tx,
      'notify-order',
      orderIds.map((orderId) => ({ payload: { orderId, news: { what: 'reminder', startsAt } }, key: `reminder:${orderId}:${startsAt}` })),
    )
    const last = orderIds.at(-1)
    if (orderIds.length === TURN && last)
      await enqueue(tx, 'remind-holders', { eventId, startsAt, afterOrderId: last }, { key: `remind-holders:${eventId}:${startsAt}:${last}` })
  })
}
