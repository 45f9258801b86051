// What recurs every few seconds, by plain timers in the one process that leads. A run that takes long delays its own next turn only.
import type { App } from '#src/platform/app.ts'
import type { ScheduledJob } from '#src/platform/jobs.ts'
import type { Presence } from './presence.ts'

export type Timers = { stop(): Promise<void> }

/** Starts a timer for each job that has `every`. Failures are logged; the next turn comes all the same. */
export function startTimers(app: App, presence: Presence, jobs: readonly ScheduledJob[]): Timers {
  const running = new Map<string, Promise<void>>()
  const turn = async (job: ScheduledJob) => {
    try {
      if (await presence.leads()) await job.run(app)
    } catch (error) {
      app.log.error({ err: error, job: job.name }, 'a recurring job failed')
    }
  }
  const timers = jobs
    .filter((job) => job.every !== undefined)
    .map((job) =>
      setInterval(() => {
        if (running.has(job.name)) return
        running.set(
          job.name,
          turn(job).finally(() => running.delete(job.name)),
        )
      }, job.every! * 1000),
    )
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(running.values())
    },
  }
}
