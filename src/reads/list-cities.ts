// Where something is on.
import { sql } from 'kysely'
import type { App } from '#src/platform/app.ts'

export type City = { name: string; events: number }

/** Cities with public events to come, those with most of them first. */
export async function listCities(app: App, limit = 8): Promise<City[]> {
  const { rows } = await sql<City>`
    SELECT min(city) AS name, count(*) AS events FROM event
     WHERE visibility = 'public' AND status = 'published' AND published_at IS NOT NULL AND ends_at > ${app.clock.now()} AND city <> ''
     GROUP BY plain_text(city) ORDER BY count(*) DESC, min(city) LIMIT ${limit}`.execute(app.db)
  return rows
}
