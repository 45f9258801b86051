// SQL on event_search: the words of every event that the public may find.
import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '#src/platform/db.ts'

/** Brings an event's words up to date: there while the public may find it, gone otherwise. */
export async function refreshSearch(tx: Tx, eventId: number): Promise<void> {
  await sql`
    DELETE FROM event_search WHERE event_id = ${eventId} AND NOT EXISTS (
      SELECT FROM event WHERE id = ${eventId} AND visibility = 'public' AND published_at IS NOT NULL AND status IN ('published', 'cancelled', 'ended'))`.execute(
    tx,
  )
  await writeWords(tx, sql`e.id = ${eventId}`)
}

/** The same for every event of a category, whose names are among the words. */
export function refreshSearchOfCategory(tx: Tx, categoryId: number): Promise<void> {
  return writeWords(tx, sql`e.category_id = ${categoryId}`)
}

/** The same for every event of an organizer, whose name is among the words. */
export function refreshSearchOfOrganizer(tx: Tx, organizerId: number): Promise<void> {
  return writeWords(tx, sql`e.organizer_id = ${organizerId}`)
}

async function writeWords(tx: Tx, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    INSERT INTO event_search (event_id, words, plain)
    SELECT e.id,
           setweight(to_tsvector('french_plain', concat_ws(' ', e.title, other.titles)), 'A')
           || setweight(to_tsvector('french_plain', concat_ws(' ', e.venue, e.city, (SELECT string_agg(name, ' ') FROM jsonb_each_text(c.names) AS n(language, name)), o.name)), 'B')
           || setweight(to_tsvector('french_plain', concat_ws(' ', e.description, other.descriptions)), 'D'),
           plain_text(concat_ws(' ', e.title, other.titles, e.venue, e.city, o.name))
      FROM event e JOIN category c ON c.id = e.category_id JOIN organizer o ON o.id = e.organizer_id
           CROSS JOIN LATERAL (SELECT string_agg(t.value ->> 'title', ' ') AS titles, string_agg(t.value ->> 'description', ' ') AS descriptions
                                 FROM jsonb_each(e.translations) t) other
     WHERE ${which} AND e.visibility = 'public' AND e.published_at IS NOT NULL AND e.status IN ('published', 'cancelled', 'ended')
    ON CONFLICT (event_id) DO UPDATE SET words = EXCLUDED.words, plain = EXCLUDED.plain`.execute(tx)
}
