// What each process remembers about events between requests. Losing it costs a few queries and a few views, no more.
import { createMemory, type Memory } from '#src/platform/memory.ts'
import type { EventOnSale } from './event.ts'

export type EventMemory = {
  /** By slug. */
  readonly refs: Memory<string, EventOnSale>
  /** Views counted since the last flush, by event id. */
  views: Map<number, number>
  flushTimer: NodeJS.Timeout | undefined
}

export function createEventMemory(): EventMemory {
  return { refs: createMemory({ keptMs: 1000, max: 10_000 }), views: new Map(), flushTimer: undefined }
}

/** Forgets what this process remembers of the event; other processes forget by themselves within a second. */
export function forgetEventRef(app: { readonly eventMemory: EventMemory }, slug: string): void {
  app.eventMemory.refs.forget(slug)
}

declare module '#src/platform/app.ts' {
  interface App {
    readonly eventMemory: EventMemory
  }
}
