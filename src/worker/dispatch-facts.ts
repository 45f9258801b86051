// From what happened to what must be done about it: facts are read in order of commit, each becomes its subscribers' jobs.
import { transact } from '#src/platform/db.ts'
import type { App } from '#src/platform/app.ts'
import { readFacts, type Subscriptions } from '#src/platform/facts.ts'
import { enqueueAll } from '#src/platform/jobs.ts'

const BATCH = 500
const POLL_MS = 1000
const GATHER_MS = 50

/**
 * One turn: the jobs of the next facts and the cursor's move are one transaction, so a crash neither loses nor repeats a job.
 * @param subscriber names the cursor; a new name starts with the oldest fact
 * @returns how many facts were read
 */
export function dispatchFacts(app: App, subscriber: string, subscriptions: Subscriptions, limit = BATCH): Promise<number> {
  return transact(app, (tx) =>
    readFacts(tx, subscriber, limit, async (facts) => {
      const jobs = facts.flatMap((fact) => subscriptions[fact.kind]?.(fact) ?? [])
      for (const same of Map.groupBy(jobs, (job) => `${job.name} ${job.urgent ?? false}`).values()) {
        await enqueueAll(tx, same[0]!.name, same, { urgent: same[0]!.urgent ?? false })
      }
    }),
  )
}

export type FactDispatch = { wake(): void; stop(): Promise<void> }

/** Reads facts each second, and shortly after being woken. Only one turn runs at a time. */
export function startFactDispatch(app: App, subscriber: string, subscriptions: Subscriptions): FactDispatch {
  let stopped = false
  let turning: Promise<void> | undefined
  let woken: NodeJS.Timeout | undefined

  const turn = async () => {
    try {
      while (!stopped && (await dispatchFacts(app, subscriber, subscriptions)) === BATCH);
    } catch (error) {
      app.log.error({ err: error, subscriber }, 'facts could not be dispatched')
    }
  }
  const start = () => {
    woken = undefined
    turning ??= turn().finally(() => {
      turning = undefined
    })
  }
  const timer = setInterval(start, POLL_MS)
  return {
    // A rush wakes us thousands of times a second: what happened meanwhile goes into one turn.
    wake: () => {
      if (!stopped) woken ??= setTimeout(start, GATHER_MS)
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      clearTimeout(woken)
      await turning
    },
  }
}
