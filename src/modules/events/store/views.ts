// SQL on event_view: how often each event was looked at.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'

/** Adds counts in one statement. In id order: two processes flushing the same events would deadlock otherwise. */
export async function addViews(db: Db, counts: ReadonlyMap<number, number>): Promise<void> {
  const sorted = [...counts].sort(([a], [b]) => a - b)
  await sql`
    INSERT INTO event_view (event_id, views)
    SELECT v.event_id, v.views FROM unnest(${sorted.map(([id]) => id)}::bigint[], ${sorted.map(([, n]) => n)}::bigint[]) AS v(event_id, views)
     WHERE EXISTS (SELECT FROM event WHERE id = v.event_id)
     ORDER BY v.event_id
    ON CONFLICT (event_id) DO UPDATE SET views = event_view.views + EXCLUDED.views`.execute(db)
}
