// Counting views without a write per view: in memory first, then many at once.
import type { App } from '#src/platform/app.ts'
import { addViews } from './store/views.ts'

const FLUSH_SECONDS = 5

/** Counts one view of the event. Kept in memory for at most 5 seconds, so a crash forgets a few. */
export function countView(app: App, eventId: number): void {
  const memory = app.eventMemory
  memory.views.set(eventId, (memory.views.get(eventId) ?? 0) + 1)
  memory.flushTimer ??= setTimeout(() => {
    flushViews(app).catch((error: unknown) => app.log.warn({ err: error }, 'views could not be saved; they are kept for the next time'))
  }, FLUSH_SECONDS * 1000).unref()
}

/** Saves the views counted so far, in one statement; also at shutdown. */
export async function flushViews(app: App): Promise<void> {
  const memory = app.eventMemory
  clearTimeout(memory.flushTimer)
  memory.flushTimer = undefined
  if (memory.views.size === 0) return
  const views = memory.views
  memory.views = new Map()
  try {
    await addViews(app.db, views)
  } catch (error) {
    for (const [eventId, count] of views) memory.views.set(eventId, (memory.views.get(eventId) ?? 0) + count)
    throw error
  }
}
