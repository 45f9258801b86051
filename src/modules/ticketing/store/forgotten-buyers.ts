// SQL that takes people out of their orders.
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db.ts'

/** Stands where a name stood. */
const NOBODY = '—'

/** Orders that were placed as a guest with this address become the account's. */
export async function adoptOrders(tx: Tx, accountId: number, email: string): Promise<void> {
  await tx.updateTable('ticketOrder').set({ accountId }).where('accountId', 'is', null).where('buyerEmail', '=', email).execute()
}

/**
 * Empties buyers, and holders who are the buyer, in orders of erased accounts that nobody needs them for any more: those of events that are
 * over, and those that never became anything.
 * @param accountId only this account's; null for every erased one's
 */
export async function forgetBuyersOf(tx: Tx, now: Date, accountId: number | null): Promise<void> {
  await sql`
    WITH gone AS (
      SELECT o.event_id, o.id, o.buyer_name, o.buyer_email
        FROM account a JOIN ticket_order o ON o.account_id = a.id JOIN event e ON e.id = o.event_id
       WHERE a.erased_at IS NOT NULL AND (${accountId}::bigint IS NULL OR a.id = ${accountId}::bigint) AND o.buyer_name <> ${NOBODY}
         AND (e.ends_at <= ${now} OR o.status IN ('expired', 'cancelled', 'refunded'))
       ORDER BY o.id FOR UPDATE OF o),
    holders AS (
      UPDATE ticket t SET holder_name = NULL, holder_email = NULL FROM gone g
       WHERE t.event_id = g.event_id AND t.order_id = g.id
         AND (lower(t.holder_name) = lower(g.buyer_name) OR t.holder_email = g.buyer_email))
    UPDATE ticket_order o SET buyer_name = ${NOBODY}, buyer_email = NULL, buyer_phone = NULL, refund_reason = NULL
      FROM gone g WHERE o.event_id = g.event_id AND o.id = g.id`.execute(tx)
}
