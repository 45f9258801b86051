// Ticketing's background work.
import type { App } from '#src/platform/app.ts'
import { forgetErrands } from '#src/platform/errands.ts'
import type { JobHandlers, ScheduledJob } from '#src/platform/jobs.ts'
import { cancelEventOrders } from './cancel-event-orders.ts'
import { expireOrders } from './expire-orders.ts'
import { forgetBuyer, forgetBuyers } from './forget-buyers.ts'
import { wakeErrands, workOnIssue } from './issue-tickets.ts'

export const ticketingJobs = {
  'issue-tickets': (app: App, payload: { errandId: string }) => workOnIssue(app, payload.errandId),
  'forget-buyer': (app: App, payload: { accountId: number; email: string | null }) => forgetBuyer(app, payload),
  'cancel-event-orders': async (app: App, payload: { eventId: number }) => {
    await cancelEventOrders(app, payload.eventId)
  },
} satisfies JobHandlers

export const ticketingSchedule: readonly ScheduledJob[] = [
  { name: 'forget-buyers', cron: '29 3 * * *', run: forgetBuyers },
  { name: 'wake-errands', every: 60, run: wakeErrands },
  { name: 'forget-errands', cron: '23 3 * * *', run: forgetErrands },
  {
    name: 'expire-orders',
    every: 10,
    run: async (app) => {
      await expireOrders(app)
    },
  },
]
