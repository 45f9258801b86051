// The jobs of this module.
import type { JobHandlers, ScheduledJob } from '#src/platform/jobs.ts'

export const notificationsJobs: JobHandlers = {
}

export const notificationsSchedule: readonly ScheduledJob[] = [
]
