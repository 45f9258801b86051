// SQL on event_reminder: which events holders were reminded of.
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db.ts'

/** Notes, and answers, the published events that start after `from` and not after `to`, want reminders and had none for this start. */
export async function claimReminders(tx: Tx, from: Date, to: Date): Promise<{ eventId: number; startsAt: Date }[]> {
  const { rows } = await sql<{ eventId: number; startsAt: Date }>`
    INSERT INTO event_reminder (event_id, starts_at, queued_at)
    SELECT e.id, e.starts_at, ${from} FROM event e
     WHERE e.status = 'published' AND e.remind_holders AND e.starts_at > ${from} AND e.starts_at <= ${to}
       AND NOT EXISTS (SELECT FROM event_reminder r WHERE r.event_id = e.id AND r.starts_at = e.starts_at)
    ON CONFLICT DO NOTHING RETURNING event_id, starts_at`.execute(tx)
  return rows
}
