// SQL on event_search: the words of every event that the public may find.
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db.ts'

/** Brings an event's words up to date: there while the public may find it, gone otherwise. */
export async function refreshSearch(tx: Tx, eventId: number): Promise<void> {
  await sql`
    DELETE FROM event_search WHERE event_id = ${eventId} AND NOT EXISTS (
      SELECT FROM event WHERE id = ${eventId} AND visibility = 'public' AND published_at IS NOT NULL AND status IN ('published', 'cancelled', 'ended'))`.execute(
    tx,
  )
  await sql`
    INSERT INTO event_search (event_id, words, plain)
    SELECT e.id,
           setweight(to_tsvector('french_plain', e.title), 'A')
           || setweight(to_tsvector('french_plain', concat_ws(' ', e.venue, e.city, (SELECT string_agg(name, ' ') FROM jsonb_each_text(c.names) AS n(language, name)), o.name)), 'B')
           || setweight(to_tsvector('french_plain', e.description), 'D'),
           plain_text(concat_ws(' ', e.title, e.venue, e.city, o.name))
      FROM event e JOIN category c ON c.id = e.category_id JOIN organizer o ON o.id = e.organizer_id
     WHERE e.id = ${eventId} AND e.visibility = 'public' AND e.published_at IS NOT NULL AND e.status IN ('published', 'cancelled', 'ended')
    ON CONFLICT (event_id) DO UPDATE SET words = EXCLUDED.words, plain = EXCLUDED.plain`.execute(tx)
}
