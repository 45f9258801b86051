// What events do by themselves.
import type { ScheduledJob } from '#src/platform/jobs.ts'
import { endEvents } from './end-events.ts'

export const eventsSchedule: ScheduledJob[] = [
  {
    name: 'end-events',
    cron: '* * * * *',
    run: async (app) => {
      await endEvents(app)
    },
  },
]
