// Ticketing's background work.
import type { App } from '#src/platform/app.ts'
import type { JobHandlers, ScheduledJob } from '#src/platform/jobs.ts'
import { cancelEventOrders } from './cancel-event-orders.ts'
import { expireOrders } from './expire-orders.ts'

export const ticketingJobs = {
  'cancel-event-orders': async (app: App, payload: { eventId: number }) => {
    await cancelEventOrders(app, payload.eventId)
  },
} satisfies JobHandlers

export const ticketingSchedule: readonly ScheduledJob[] = [
  {
    name: 'expire-orders',
    every: 10,
    run: async (app) => {
      await expireOrders(app)
    },
  },
]
