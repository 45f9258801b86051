// SQL of revocations.
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db.ts'

export async function insertRevocations(tx: Tx, tickets: readonly { eventId: number; code: Buffer }[]): Promise<void> {
  if (tickets.length === 0) return
  await tx
    .insertInto('accessFeed')
    .values(tickets.map(({ eventId, code }) => ({ eventId, kind: 'REVOKE', code })))
    .execute()
}

/** Counts the tickets' holders out, at the shard of the gate through which each came in. */
export async function countOut(tx: Tx, tickets: readonly { eventId: number; ticketId: string }[]): Promise<void> {
  if (tickets.length === 0) return
  await sql`
    WITH gone AS (
      SELECT t.event_id, COALESCE(g.zone, 0) AS zone, CASE WHEN EXISTS (SELECT FROM gate s WHERE s.event_id = t.event_id AND s.strict_capacity AND s.archived_at IS NULL) THEN 0
             ELSE COALESCE(t.last_gate_id, 0) % 16 END AS shard, count(*)::integer AS people
        FROM unnest(${tickets.map((t) => t.eventId)}::bigint[], ${tickets.map((t) => t.ticketId)}::uuid[]) AS k(event_id, id)
        JOIN ticket t ON t.event_id = k.event_id AND t.id = k.id
        LEFT JOIN gate g ON g.id = t.last_gate_id
       GROUP BY 1, 2, 3)
    INSERT INTO occupancy AS o (event_id, zone, shard, inside, total_out) SELECT event_id, zone, shard, -people, people FROM gone ORDER BY 1, 2, 3
    ON CONFLICT (event_id, zone, shard) DO UPDATE SET inside = o.inside + EXCLUDED.inside, total_out = o.total_out + EXCLUDED.total_out`.execute(tx)
}
