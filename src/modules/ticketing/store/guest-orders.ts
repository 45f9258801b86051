// SQL of orders that an invitation opened: how many tickets it was used for, and placing one under its lock.
import type { Pool } from 'pg'
import { sql } from 'kysely'
import { hashToken } from '#src/kernel/id.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import { placeOrders, type OrderAnswer, type OrderRequest } from './place-orders.ts'

/** Tickets that still count: those of orders that ran out of time, were cancelled or refunded may be taken again. */
const COUNTED = `('reserved', 'issued', 'paid', 'inside', 'outside')`

export type GuestInvitation = { id: number; maxTickets: number | null; taken: number }

/** The standing invitation that carries this token, else the one to this address. */
export async function selectGuestInvitation(
  db: Db,
  eventId: number,
  by: { token: string | null; email: string | null },
): Promise<GuestInvitation | undefined> {
  const tokenHash = by.token === null ? null : hashToken(by.token)
  const { rows } = await sql<GuestInvitation>`
    SELECT i.id, i.max_tickets, (
             SELECT count(*)::integer FROM ticket_order o JOIN ticket t ON t.event_id = o.event_id AND t.order_id = o.id
              WHERE o.event_id = i.event_id AND o.invitation_id = i.id AND t.status IN ${sql.raw(COUNTED)}) AS taken
      FROM event_invitation i
     WHERE i.event_id = ${eventId} AND i.revoked_at IS NULL
       AND (i.token_hash = ${tokenHash}::bytea OR i.email = ${by.email?.toLowerCase() ?? null}::text)
     ORDER BY (i.token_hash = ${tokenHash}::bytea) DESC NULLS LAST LIMIT 1`.execute(db)
  return rows[0]
}

/** How many tickets each invitation of an event was used for; those not used at all are left out. */
export async function selectTakenByInvitation(db: Db, eventId: number, ids: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ id: number; taken: number }>`
    SELECT o.invitation_id AS id, count(*)::integer AS taken FROM ticket_order o JOIN ticket t ON t.event_id = o.event_id AND t.order_id = o.id
     WHERE o.event_id = ${eventId} AND o.invitation_id = ANY (${[...ids]}::bigint[]) AND t.status IN ${sql.raw(COUNTED)}
     GROUP BY o.invitation_id`.execute(db)
  return new Map(rows.map((row) => [row.id, row.taken]))
}

/**
 * Of orders whose time ran out, those whose invitation has no room for them any more. Locks their invitations: call it before counters are
 * locked, as placing a guest's order does.
 */
export async function selectUsedUp(tx: Tx, orderIds: readonly number[]): Promise<Set<number>> {
  const ids = [...orderIds]
  await sql`
    SELECT i.id FROM event_invitation i
     WHERE i.max_tickets IS NOT NULL AND i.id IN (SELECT o.invitation_id FROM ticket_order o WHERE o.id = ANY (${ids}::bigint[]))
     ORDER BY i.id FOR UPDATE`.execute(tx)
  // The earlier of two goes first, as if both had room: what they would take together counts.
  const { rows } = await sql<{ id: number }>`
    SELECT w.id FROM (
      SELECT o.id, i.max_tickets, sum(o.quantity) OVER (PARTITION BY i.id ORDER BY o.id) AS wanted, (
               SELECT count(*) FROM ticket_order p JOIN ticket t ON t.event_id = p.event_id AND t.order_id = p.id
                WHERE p.event_id = o.event_id AND p.invitation_id = i.id AND t.status IN ${sql.raw(COUNTED)}) AS taken
        FROM ticket_order o JOIN event_invitation i ON i.event_id = o.event_id AND i.id = o.invitation_id
       WHERE o.id = ANY (${ids}::bigint[]) AND i.max_tickets IS NOT NULL) w
     WHERE w.taken + w.wanted > w.max_tickets`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/**
 * Places one order under the lock of the invitation that opened the event for it: two orders by one link are counted one after the other.
 * @returns as place_orders does; `withdrawn` where the invitation is gone, `used_up` with what is left
 */
export async function placeGuestOrder(
  pool: Pool,
  eventId: number,
  invitationId: number,
  holdSeconds: number,
  order: OrderRequest,
): Promise<OrderAnswer | { outcome: 'withdrawn' } | { outcome: 'used_up'; left: number }> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const locked = await client.query<{ max_tickets: number | null }>(
      'SELECT max_tickets FROM event_invitation WHERE event_id = $1 AND id = $2 AND revoked_at IS NULL FOR UPDATE',
      [eventId, invitationId],
    )
    // A statement of its own, begun under the lock: it sees what whoever held the lock before has committed.
    const counted = await client.query<{ taken: number }>(
      `SELECT count(*)::integer AS taken FROM ticket_order o JOIN ticket t ON t.event_id = o.event_id AND t.order_id = o.id
        WHERE o.event_id = $1 AND o.invitation_id = $2 AND o.idem_key <> $3 AND t.status IN ${COUNTED}`,
      [eventId, invitationId, order.idemKey],
    )
    const invitation = locked.rows[0]
    const left = invitation?.max_tickets == null ? Infinity : invitation.max_tickets - counted.rows[0]!.taken
    if (!invitation || order.tickets.length > left) {
      await client.query('ROLLBACK')
      return invitation ? { outcome: 'used_up', left: Math.max(0, left) } : { outcome: 'withdrawn' }
    }
    const [answer] = await placeOrders(client, eventId, holdSeconds, [order])
    if (answer!.outcome === 'granted')
      await client.query('UPDATE ticket_order SET invitation_id = $3 WHERE event_id = $1 AND id = $2', [eventId, answer!.orderId, invitationId])
    await client.query('COMMIT')
    return answer!
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
