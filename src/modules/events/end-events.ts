// Events end by themselves once their end has passed.
import { systemActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { statusChanged } from './facts.ts'
import { endEventRows, lockOverdueEvents } from './store/events.ts'

const BATCH = 200

/** Marks as ended every published event whose end has passed. Several processes may do this at once. @returns how many */
export async function endEvents(app: App): Promise<number> {
  for (let total = 0; ;) {
    const ended = await transact(app, async (tx) => {
      const events = await lockOverdueEvents(tx, app.clock.now(), BATCH)
      if (events.length === 0) return 0
      await endEventRows(
        tx,
        events.map((event) => event.id),
      )
      await record(tx, systemActor('end-events'), ...events.map((event) => statusChanged(event, 'published', { kind: 'event.ended' })))
      return events.length
    })
    total += ended
    if (ended < BATCH) return total
  }
}
