// What events need of those above them: ticketing keeps the capacity as a quota and knows the orders. src/app.ts wires it.
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'

/** The hooks run inside the event's own transaction, so that both sides change together or neither does. */
export type EventHooks = {
  /**
   * Keeps the event's capacity as a quota that every ticket takes a place of; null takes the capacity away.
   * @returns the quota's id, which the event remembers; null where there is no capacity
   * @throws `quota_below_sold` where more is sold or held already
   */
  capacitySet(app: App, tx: Tx, change: { eventId: number; capacity: number | null }): Promise<number | null>
  /** Closes what is on sale and sees to refunds. */
  cancelled(app: App, tx: Tx, event: { eventId: number }): Promise<void>
  /** True where somebody ordered something, whatever became of it; who orders now waits until the transaction ends. */
  ordered(tx: Tx, eventId: number): Promise<boolean>
  /** True where nothing was ever ordered; nor is anything until the transaction ends. */
  deletable(app: App, tx: Tx, eventId: number): Promise<boolean>
  /** Removes what no foreign key will remove together with the event; before it goes, since row security knows nothing of an event that is gone. */
  deleting(app: App, tx: Tx, event: { eventId: number }): Promise<void>
}

declare module '#src/platform/app.ts' {
  interface App {
    readonly eventHooks: EventHooks
  }
}
