// What payments does without being asked.
import { secondsAfter } from '#src/kernel/clock.ts'
import type { App } from '#src/platform/app.ts'
import type { JobHandlers, ScheduledJob } from '#src/platform/jobs.ts'
import { pollPayments, pollRefunds } from './poll-payments.ts'
import { processInbox } from './process-inbox.ts'
import { sendRefund } from './send-refund.ts'
import { deleteOldDeliveries } from './store/webhook-inbox.ts'

/** How long webhooks are kept as evidence. */
const INBOX_DAYS = 90

export const paymentJobs: JobHandlers = {
  'send-refund': async (app: App, payload: { refundId: string }) => {
    await sendRefund(app, payload.refundId)
  },
}

export const paymentSchedule: ScheduledJob[] = [
  {
    name: 'poll-payments',
    every: 3,
    run: async (app) => {
      await pollPayments(app)
    },
  },
  {
    name: 'process-webhooks',
    every: 10,
    run: async (app) => {
      await processInbox(app)
    },
  },
  {
    name: 'poll-refunds',
    every: 30,
    run: async (app) => {
      await pollRefunds(app)
    },
  },
  { name: 'prune-webhooks', cron: '17 3 * * *', run: (app) => deleteOldDeliveries(app.db, secondsAfter(app.clock.now(), -INBOX_DAYS * 86_400)) },
]
