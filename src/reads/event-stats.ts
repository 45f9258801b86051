// One event in numbers: sold, earned, let in. Money is for those who lead the organizer.
import { sql } from 'kysely'
import { isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import { inScope, type Db, type Tx } from '#src/platform/db.ts'
import { readAdmissions, readRevenue, readSales, readSalesByDay, type Admissions, type Revenue, type Sales } from './numbers.ts'

export type TypeStats = { id: number; name: string; sold: number; held: number; refunded: number; price: number; gross: number | null }
export type DayStats = { day: string; orders: number; tickets: number; gross: number | null }
export type GateStats = { id: number; name: string; entries: number; exits: number; refused: number }
export type HourStats = { hour: Date; entries: number; exits: number; refused: number }

export type EventStats = {
  event: { slug: string; title: string; currency: string; timezone: string }
  sales: Sales & { capacity: number | null }
  /** Null for cashiers and agents. */
  revenue: Omit<Revenue, 'currency'> | null
  byType: TypeStats[]
  byDay: DayStats[]
  admissions: Admissions
  byGate: GateStats[]
  byHour: HourStats[]
  /** Why scans were refused, the most frequent first. */
  refusals: { code: string; count: number }[]
}

const NOTHING = { gross: 0, refunded: 0, commission: 0, fees: 0, net: 0 }

/**
 * The event's numbers for its team. An agent is shown the scans of its own gates only: the database sees to that.
 * @throws `not_found` to everybody else
 */
export async function getEventStats(app: App, actor: Actor, slug: string): Promise<EventStats> {
  const event = await asTeam(app, actor, (tx) => loadTeamEvent(tx, actor, slug, 'cashier', 'agent'))
  const seesMoney = isStaff(actor) || worksFor(actor, event.organizerId, 'owner', 'manager')
  const isAgent = !seesMoney && !worksFor(actor, event.organizerId, 'cashier')
  const extent = { eventId: event.id }

  const sold = await asTeam(app, actor, async (tx) => {
    const [revenue] = seesMoney ? await readRevenue(tx, extent) : []
    const { currency: _, ...amounts } = revenue ?? { currency: '', ...NOTHING }
    return {
      sales: { ...(await readSales(tx, extent)), capacity: await readCapacity(tx, event.id, event.capacity) },
      revenue: seesMoney ? amounts : null,
      byType: hideMoney(await readTypes(tx, event.id), seesMoney),
      byDay: hideMoney(await readSalesByDay(tx, extent), seesMoney),
      admissions: await readAdmissions(tx, extent),
    }
  })
  const atTheDoor = (tx: Tx) => readDoor(tx, event.id)
  const door =
    isAgent && actor.kind === 'account'
      ? await inScope(app, { kind: 'agent', accountId: actor.accountId }, atTheDoor)
      : await asTeam(app, actor, atTheDoor)
  const { title, currency, timezone } = event
  return { event: { slug, title, currency, timezone }, ...sold, ...door }
}

function hideMoney<Row extends { gross: number }>(rows: Row[], seesMoney: boolean): (Omit<Row, 'gross'> & { gross: number | null })[] {
  return rows.map((row) => ({ ...row, gross: seesMoney ? row.gross : null }))
}

/** Places in all: the quotas together, or the event's capacity where that is less; null where nothing is on offer. */
async function readCapacity(db: Db, eventId: number, capacity: number | null): Promise<number | null> {
  const { rows } = await sql<{ size: number | null }>`
    SELECT LEAST(sum(c.size), ${capacity}::bigint) AS size FROM quota q JOIN quota_counter c ON c.event_id = q.event_id AND c.quota_id = q.id
     WHERE q.event_id = ${eventId} AND q.kind <> 'capacity'`.execute(db)
  return rows[0]?.size ?? null
}

async function readTypes(db: Db, eventId: number): Promise<(TypeStats & { gross: number })[]> {
  const { rows } = await sql<TypeStats & { gross: number }>`
    SELECT y.id, y.name, y.price + y.price * COALESCE((SELECT e.fee_bps FROM event e WHERE e.id = y.event_id), 0) / 10000 AS price, COALESCE(t.sold, 0) AS sold, COALESCE(t.held, 0) AS held, COALESCE(t.refunded, 0) AS refunded, COALESCE(t.gross, 0) AS gross
      FROM ticket_type y
      LEFT JOIN (SELECT ticket_type_id, count(*) FILTER (WHERE status IN ('issued', 'paid', 'inside', 'outside')) AS sold, count(*) FILTER (WHERE status = 'reserved') AS held,
                        count(*) FILTER (WHERE status = 'refunded') AS refunded, sum(price) FILTER (WHERE status IN ('issued', 'paid', 'inside', 'outside', 'refunded')) AS gross
                   FROM ticket WHERE event_id = ${eventId} GROUP BY 1) t ON t.ticket_type_id = y.id
     WHERE y.event_id = ${eventId} AND (y.archived_at IS NULL OR t.sold > 0) ORDER BY y.position, y.id`.execute(db)
  return rows
}

async function readDoor(db: Db, eventId: number): Promise<Pick<EventStats, 'byGate' | 'byHour' | 'refusals'>> {
  // Refused at the first step: an attempt without a session. Refused at the second: a scan whose result isn't OK.
  const attempts = sql`
    SELECT s.gate_id, s.at, s.dir, s.result FROM scan s WHERE s.event_id = ${eventId}
     UNION ALL SELECT q.gate_id, q.created_at, NULL, q.code FROM scan_request q WHERE q.event_id = ${eventId} AND q.token_hash IS NULL`
  const counts = sql`count(a.at) FILTER (WHERE a.result = 'OK' AND a.dir = 'in') AS entries, count(a.at) FILTER (WHERE a.result = 'OK' AND a.dir = 'out') AS exits,
                     count(a.at) FILTER (WHERE a.result <> 'OK') AS refused`
  const byGate = await sql<GateStats>`
    SELECT g.id, g.name, ${counts} FROM gate g LEFT JOIN (${attempts}) a ON a.gate_id = g.id WHERE g.event_id = ${eventId} GROUP BY g.id, g.name
     HAVING g.archived_at IS NULL OR count(a.at) > 0 ORDER BY g.name, g.id`.execute(db)
  const byHour = await sql<HourStats>`SELECT date_trunc('hour', a.at) AS hour, ${counts} FROM (${attempts}) a GROUP BY 1 ORDER BY 1`.execute(db)
  const refusals = await sql<{
    code: string
    count: number
  }>`SELECT a.result AS code, count(*) AS count FROM (${attempts}) a WHERE a.result <> 'OK' GROUP BY 1 ORDER BY 2 DESC, 1`.execute(db)
  return { byGate: byGate.rows, byHour: byHour.rows, refusals: refusals.rows }
}
