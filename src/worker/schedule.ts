// Everything that recurs. `cron` is five fields in UTC; `every` is seconds.
import type { ScheduledJob } from '#src/platform/jobs.ts'
import { notificationsSchedule } from '#src/modules/notifications/jobs.ts'

export const schedule: readonly ScheduledJob[] = [
  ...notificationsSchedule,
]
