// What search engines are told about: every public event to come, and who organizes one.
import { sql } from 'kysely'
import type { App } from '#src/platform/app.ts'

export type Announced = { events: { slug: string; updatedAt: Date }[]; /** Slugs. */ organizers: string[] }

/** A sitemap may hold 50,000 addresses. */
const MAX = 20_000

/** Public events that aren't over, the soonest first, and their organizers. */
export async function listAnnounced(app: App): Promise<Announced> {
  const { rows } = await sql<{ slug: string; updatedAt: Date; organizer: string }>`
    SELECT e.slug, e.updated_at AS "updatedAt", o.slug AS organizer
      FROM event e JOIN organizer o ON o.id = e.organizer_id
     WHERE e.visibility = 'public' AND e.status = 'published' AND e.published_at IS NOT NULL AND e.ends_at > ${app.clock.now()}
     ORDER BY e.starts_at, e.id LIMIT ${MAX}`.execute(app.db)
  return { events: rows.map(({ slug, updatedAt }) => ({ slug, updatedAt })), organizers: [...new Set(rows.map((row) => row.organizer))] }
}
