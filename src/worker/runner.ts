// The worker: jobs from the queue, four at a time; facts turned into jobs; what recurs. Any number of processes may run it.
import { EventEmitter } from 'node:events'
import { Logger, parseCronItems, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { identityJobs } from '#src/modules/identity/jobs.ts'
import { notificationsJobs } from '#src/modules/notifications/jobs.ts'
import { notificationsSubscriptions } from '#src/modules/notifications/subscribers.ts'
import { paymentJobs } from '#src/modules/payments/jobs.ts'
import { ticketingJobs } from '#src/modules/ticketing/jobs.ts'
import type { App } from '#src/platform/app.ts'
import type { JobHandler, JobHandlers } from '#src/platform/jobs.ts'
import { startFactDispatch } from './dispatch-facts.ts'
import { createPresence } from './presence.ts'
import { schedule } from './schedule.ts'
import { startTimers } from './timers.ts'
import { exportJobs } from './write-export.ts'

/** The App with what only a worker needs: connections that own the queue's tables, and the nudges of verbs in this process. */
export type WorkerApp = App & { readonly ownerPool: Pool; onNudge(listener: (what: 'facts' | 'webhooks') => void): void }

export type Worker = Readonly<{
  /** Takes no more jobs and waits for those that run. */
  stop(): Promise<void>
}>

const CONCURRENCY = 4

/** Every kind of job that may stand in the queue. */
const handlers: readonly JobHandlers[] = [identityJobs, paymentJobs, ticketingJobs, notificationsJobs, exportJobs]

/** Starts working until `stop`. The caller has migrated the database. */
export async function startWorker(app: WorkerApp): Promise<Worker> {
  const presence = createPresence(app.ownerPool)
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => void presence.announce(workerPool.id).catch(() => {}))

  const runner = await run({
    pgPool: app.ownerPool,
    taskList: taskList(app),
    concurrency: CONCURRENCY,
    pollInterval: 1000,
    noHandleSignals: true,
    events,
    logger: quietLogger(app),
    gracefulShutdownAbortTimeout: 30_000,
    // Only what is written in batches is waited for when stopping; otherwise the last job done might be done again.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    parsedCronItems: parseCronItems(
      schedule
        .filter((job) => job.cron)
        .map((job) => ({
          task: job.name,
          match: job.cron!,
          identifier: job.name,
          options: { maxAttempts: 3, jobKey: `cron:${job.name}` },
        })),
    ),
  })
  runner.promise.catch((error: unknown) => app.log.error({ err: error }, 'the job worker stopped'))
  const facts = startFactDispatch(app, 'notifications', notificationsSubscriptions)
  app.onNudge((what) => {
    if (what === 'facts') facts.wake()
  })
  const timers = startTimers(app, presence, [
    ...schedule,
    {
      name: 'free-orphans',
      every: 30,
      run: async () => {
        const freed = await presence.freeOrphans()
        if (freed > 0) app.log.warn({ freed }, 'freed the jobs of workers that died')
      },
    },
  ])

  return {
    async stop() {
      // The runner refuses to stop twice: where it had ended by itself, that was logged.
      await Promise.all([timers.stop(), facts.stop(), runner.stop().catch(() => {})])
      presence.close()
    },
  }
}

/** The queue's names with what they do. Throws where two modules claim one name. */
export function taskList(app: App): TaskList {
  const all = new Map<string, (payload: unknown) => Promise<void>>()
  const add = (name: string, handler: (payload: unknown) => Promise<void>) => {
    if (all.has(name)) throw new Error(`two modules claim the job ${name}`)
    all.set(name, handler)
  }
  for (const module of handlers) {
    for (const [name, handler] of Object.entries<JobHandler>(module)) add(name, (payload) => handler(app, payload as never))
  }
  for (const job of schedule) if (job.cron) add(job.name, () => job.run(app))
  return Object.fromEntries([...all].map(([name, handler]) => [name, async (payload: unknown) => handler(payload)]))
}

/** Graphile's messages as ours: its "info" is noise, and payloads are never logged. */
function quietLogger(app: App): Logger {
  return new Logger((scope) => (level, message) => {
    const line = { job: scope.taskIdentifier, jobId: scope.jobId }
    if (level === 'error') app.log.error(line, message)
    else if (level === 'warning') app.log.warn(line, message)
    else app.log.debug(line, message)
  })
}
