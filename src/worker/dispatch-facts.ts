// From what happened to what must be done about it: facts are read in order of commit, each becomes its subscribers' jobs.
import { transact } from '#src/platform/db.ts'
import type { App } from '#src/platform/app.ts'
import { readFacts, type Subscriptions } from '#src/platform/facts.ts'
import { enqueueAll } from '#src/platform/jobs.ts'

const BATCH = 500
const POLL_MS = 1000

/**
 * One turn: the jobs of the next facts and the cursor's move are one transaction, so a crash neither loses nor repeats a job.
 * @param subscriber names the cursor; a new name starts with the oldest fact
 * @returns how many facts were read
 */
export function dispatchFacts(app: App, subscriber: string, subscriptions: Subscriptions, limit = BATCH): Promise<number> {
  return transact(app, (tx) => readFacts(tx, subscriber, limit, async (facts) => {
    const byName = new Map<string, { payload: object; key: string }[]>()
    for (const fact of facts) {
      for (const { name, payload, key } of subscriptions[fact.kind]?.(fact) ?? []) {
        const jobs = byName.get(name)
        if (jobs) jobs.push({ payload, key })
        else byName.set(name, [{ payload, key }])
      }
    }
    for (const [name, jobs] of byName) await enqueueAll(tx, name, jobs)
  }))
}

export type FactDispatch = { wake(): void; stop(): Promise<void> }

/** Reads facts each second, and at once when woken. Only one turn runs at a time; a wake during a turn makes another. */
export function startFactDispatch(app: App, subscriber: string, subscriptions: Subscriptions): FactDispatch {
  let wanted = false
  let stopped = false
  let turning: Promise<void> | undefined

  const turn = async () => {
    while (wanted && !stopped) {
      wanted = false
      try {
        while (!stopped && await dispatchFacts(app, subscriber, subscriptions) === BATCH);
      } catch (error) {
        app.log.error({ err: error, subscriber }, 'facts could not be dispatched')
      }
    }
  }
  const wake = () => {
    if (stopped) return
    wanted = true
    turning ??= turn().finally(() => { turning = undefined })
  }
  const timer = setInterval(wake, POLL_MS)
  wake()
  return {
    wake,
    async stop() {
      stopped = true
      clearInterval(timer)
      await turning
    },
  }
}
