// What each process remembers about events between requests. Losing it costs a few queries and a few views, no more.
import type { EventRef } from './event.ts'

export type EventMemory = {
  readonly refs: Map<string, { ref: EventRef; until: number }>
  /** Views counted since the last flush, by event id. */
  views: Map<number, number>
  flushTimer: NodeJS.Timeout | undefined
}

export function createEventMemory(): EventMemory {
  return { refs: new Map(), views: new Map(), flushTimer: undefined }
}

/** Forgets what this process remembers of the event; other processes forget by themselves within a second. */
export function forgetEventRef(app: { readonly eventMemory: EventMemory }, slug: string): void {
  app.eventMemory.refs.delete(slug)
}

declare module '#src/platform/app.ts' {
  interface App {
    readonly eventMemory: EventMemory
  }
}
