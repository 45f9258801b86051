// What events do by themselves.
import type { ScheduledJob } from '#src/platform/jobs.ts'
import { endEvents } from './end-events.ts'
import { refreshFees } from './refresh-fees.ts'

export const eventsSchedule: ScheduledJob[] = [
  {
    name: 'end-events',
    cron: '* * * * *',
    run: async (app) => {
      await endEvents(app)
    },
  },
  {
    name: 'refresh-fees',
    cron: '*/5 * * * *',
    run: async (app) => {
      await refreshFees(app)
    },
  },
]
