// Whether row security does what it is for.
import { sql } from 'kysely'
import type { App } from '#src/platform/app.ts'

/** True where a connection that has not said for whom it asks sees something: then policies bind nobody. */
export async function seesWithoutScope(app: Pick<App, 'scoped'>): Promise<boolean> {
  const { rows } = await sql<{ seen: boolean }>`SELECT EXISTS (SELECT FROM event) OR EXISTS (SELECT FROM ticket_order) AS seen`.execute(app.scoped)
  return rows[0]?.seen ?? false
}
