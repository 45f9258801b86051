// What the door must learn from ticketing in the same transaction: access control knows us, we don't know it. src/app.ts wires the two.
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'

export type RevokedTicket = {
  eventId: number
  ticketId: string
  /** 8 bytes */ code: Buffer
  /** Its holder was inside, and is counted out now. */ wasInside: boolean
}

export type TicketHooks = {
  /** The tickets no longer let in: cancelled, refunded, or reissued under another code. */
  revoked(app: App, tx: Tx, tickets: readonly RevokedTicket[]): Promise<void>
}

declare module '#src/platform/app.ts' {
  interface App {
    readonly ticketHooks: TicketHooks
  }
}
