// Whether a dashboard has anything new to show, asked so often that it must cost next to nothing.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'
import { within, type Extent } from './numbers.ts'

/**
 * A word that changes whenever something was sold, held, paid back or scanned. It is made of counters: what it costs depends on how many
 * quotas and gates there are, not on how much was sold. Views don't count, since they would change it all the time.
 */
export async function readPulse(db: Db, extent: Extent): Promise<string> {
  const organizers =
    'eventId' in extent
      ? sql`SELECT e.organizer_id FROM event e WHERE e.id = ${extent.eventId}`
      : sql`SELECT unnest(${extent.organizerIds as number[]}::bigint[])`
  const { rows } = await sql<{ counts: string }>`
    SELECT concat_ws(' ',
      (SELECT concat_ws('/', sum(c.sold), sum(c.held), sum(c.size)) FROM quota_counter c WHERE ${within(extent, 'c.event_id')}),
      (SELECT concat_ws('/', sum(o.total_in), sum(o.inside)) FROM occupancy o WHERE ${within(extent, 'o.event_id')} AND o.zone = 0),
      (SELECT max(e.updated_at) FROM event e WHERE ${within(extent, 'e.id')}),
      (SELECT max(last.at) FROM (${organizers}) g (id), LATERAL (SELECT p.at FROM ledger_posting p WHERE p.organizer_id = g.id ORDER BY p.at DESC LIMIT 1) last)
    ) AS counts`.execute(db)
  return createHash('sha256').update(rows[0]!.counts).digest('base64url').slice(0, 22)
}
