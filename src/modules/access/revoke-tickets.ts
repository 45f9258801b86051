// revokeTickets: tickets that ticketing took back no longer let in. Runs inside ticketing's transaction (App.ticketHooks).
import type { TicketHooks } from '#src/modules/ticketing/ticket-hooks.ts'
import { countOut, insertRevocations } from './store/revocations.ts'

export const accessTicketHooks: TicketHooks = {
  /** Scanners learn of it through the feed; who was inside is counted out. */
  async revoked(_app, tx, tickets) {
    await insertRevocations(tx, tickets)
    await countOut(
      tx,
      tickets.filter((ticket) => ticket.wasInside),
    )
  },
}
