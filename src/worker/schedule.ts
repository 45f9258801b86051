// Everything that recurs. `cron` is five fields in UTC; `every` is seconds.
import { eventsSchedule } from '#src/modules/events/jobs.ts'
import { identitySchedule } from '#src/modules/identity/jobs.ts'
import { notificationsSchedule } from '#src/modules/notifications/jobs.ts'
import { paymentSchedule } from '#src/modules/payments/jobs.ts'
import { ticketingSchedule } from '#src/modules/ticketing/jobs.ts'
import type { ScheduledJob } from '#src/platform/jobs.ts'

export const schedule: readonly ScheduledJob[] = [
  ...identitySchedule,
  ...eventsSchedule,
  ...paymentSchedule,
  ...ticketingSchedule,
  ...notificationsSchedule,
]
