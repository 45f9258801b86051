// access_alert, and what it is raised from.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'

export type Severity = 'low' | 'medium' | 'high' | 'critical'

/** How many of a gate's recent scans came to the wrong gate. */
export async function selectGateMisses(db: Db, gateId: number, seconds: number): Promise<{ scans: number; misses: number }> {
  const { rows } = await sql<{ scans: number; misses: number }>`
    SELECT count(*)::integer AS scans, count(*) FILTER (WHERE code = 'WRONG_GATE')::integer AS misses
      FROM scan_request WHERE gate_id = ${gateId} AND created_at > now() - make_interval(secs => ${seconds})`.execute(db)
  return rows[0]!
}

export type NewAlert = { eventId: number; gateId: number; kind: string; severity: Severity; dedupeKey: string; data: Record<string, unknown> }

/** @returns the new alert's id; null where one of the same key within five minutes counted it */
export async function upsertAlert(tx: Tx, alert: NewAlert): Promise<number | null> {
  // Two scans may raise the same alert at once: the second waits and counts.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${alert.dedupeKey}, 0))`.execute(tx)
  const { rows } = await sql<{ id: number }>`
    WITH known AS (
      UPDATE access_alert SET count = count + 1, last_at = clock_timestamp(), data = ${JSON.stringify(alert.data)}::jsonb
       WHERE dedupe_key = ${alert.dedupeKey} AND last_at > clock_timestamp() - interval '5 minutes' RETURNING id)
    INSERT INTO access_alert (event_id, gate_id, kind, severity, dedupe_key, data)
    SELECT ${alert.eventId}::bigint, ${alert.gateId}::bigint, ${alert.kind}, ${alert.severity}, ${alert.dedupeKey}, ${JSON.stringify(alert.data)}::jsonb
     WHERE NOT EXISTS (SELECT FROM known) RETURNING id`.execute(tx)
  return rows[0]?.id ?? null
}
