// The log of attempts: confirmed scans, and requests that were refused at once. Row-level security says whose.
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#src/platform/db.ts'
import type { Direction, ScanCode } from '../evaluate.ts'
import type { ScanMethod } from '../scan.ts'

export type LoggedScan = {
  id: string
  /** `request`: refused in step 1; `confirm`: ended in step 2. */
  step: 'request' | 'confirm'
  at: Date
  /** `at` to the microsecond, for cursors: a Date would lose rows of the same millisecond. */
  exactAt: string
  direction: Direction | null
  code: ScanCode
  method: ScanMethod
  origin: 'online' | 'offline' | 'system'
  gateId: number
  gateName: string
  agentId: number
  /** Null where the system did it. */
  agentName: string | null
  ticketId: string | null
  ticketType: string | null
  /** Whose ticket it was; null unless asked for, by who may know. */
  holderName: string | null
}

/** `in`, `out`: who passed that way; `refused`: who didn't. */
export type ScanOutcome = 'in' | 'out' | 'refused'

const CONFIRMED = sql`SELECT s.scan_id AS id, 'confirm' AS step, s.at, s.dir AS direction, s.result AS code, s.method, s.origin, s.gate_id, s.agent_id, s.event_id, s.ticket_id FROM scan s`
const REFUSED = sql`SELECT q.id, 'request', q.created_at, NULL, q.code, q.method, 'online', q.gate_id, q.agent_id, q.event_id, q.ticket_id FROM scan_request q`
const describe = (attempts: RawBuilder<unknown>, withHolders = false) => sql<LoggedScan>`
  SELECT a.id, a.step, a.at, a.at::text AS exact_at, a.direction, a.code, a.method, a.origin, a.gate_id, g.name AS gate_name, a.agent_id, c.name AS agent_name,
         a.ticket_id, tt.name AS ticket_type, ${withHolders ? sql`COALESCE(k.holder_name, o.buyer_name)` : sql`NULL`} AS holder_name
    FROM (${attempts}) a JOIN gate g ON g.id = a.gate_id LEFT JOIN account c ON c.id = a.agent_id
    LEFT JOIN ticket k ON k.event_id = a.event_id AND k.id = a.ticket_id LEFT JOIN ticket_type tt ON tt.id = k.ticket_type_id
    ${withHolders ? sql`LEFT JOIN ticket_order o ON o.event_id = k.event_id AND o.id = k.order_id` : sql``}`

export type ScanFilter = {
  eventId: number
  gateId?: number | undefined
  code?: string | undefined
  outcome?: ScanOutcome | undefined
  withHolders?: boolean
  before?: { at: string; id: string } | undefined
  limit: number
}

/** Newest first. */
export async function selectScans(db: Db, filter: ScanFilter): Promise<LoggedScan[]> {
  // Each half is read from its own index and cut before they are merged.
  const half = (
    from: RawBuilder<unknown>,
    at: RawBuilder<unknown>,
    id: RawBuilder<unknown>,
    code: RawBuilder<unknown>,
    alias: RawBuilder<unknown>,
    only: RawBuilder<unknown>,
  ) => sql`(${from}
    WHERE ${alias}.event_id = ${filter.eventId} ${only}
      ${filter.gateId === undefined ? sql`` : sql`AND ${alias}.gate_id = ${filter.gateId}`} ${filter.code === undefined ? sql`` : sql`AND ${code} = ${filter.code}`}
      ${filter.before === undefined ? sql`` : sql`AND (${at}, ${id}) < (${filter.before.at}::timestamptz, ${filter.before.id}::uuid)`}
    ORDER BY ${at} DESC, ${id} DESC LIMIT ${filter.limit})`
  const { outcome } = filter
  const passed = outcome === 'in' || outcome === 'out'
  const only = passed ? sql`AND s.result = 'OK' AND s.dir = ${outcome}` : outcome === 'refused' ? sql`AND s.result <> 'OK'` : sql``
  const confirmed = half(CONFIRMED, sql`s.at`, sql`s.scan_id`, sql`s.result`, sql`s`, only)
  const refused = half(REFUSED, sql`q.created_at`, sql`q.id`, sql`q.code`, sql`q`, sql`AND q.code <> 'OK'`)
  const attempts = passed ? confirmed : sql`${confirmed} UNION ALL ${refused}`
  const { rows } = await sql<LoggedScan>`${describe(attempts, filter.withHolders)} ORDER BY a.at DESC, a.id DESC LIMIT ${filter.limit}`.execute(db)
  return rows
}

export async function selectScan(db: Db, scanId: string): Promise<LoggedScan | undefined> {
  const { rows } = await describe(sql`${CONFIRMED} WHERE s.scan_id = ${scanId}::uuid`).execute(db)
  return rows[0]
}

/** How many the account has let in at the gate. */
export async function countAdmitted(db: Db, gateId: number, agentId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM scan WHERE gate_id = ${gateId} AND agent_id = ${agentId} AND result = 'OK' AND dir = 'in'`.execute(db)
  return rows[0]!.count
}

export async function selectInside(db: Db, eventId: number): Promise<{ inside: number; capacity: number | null }> {
  const { rows } = await sql<{ inside: number; capacity: number | null }>`
    SELECT (SELECT COALESCE(sum(o.inside), 0)::integer FROM occupancy o WHERE o.event_id = e.id) AS inside, e.capacity FROM event e WHERE e.id = ${eventId}`.execute(
    db,
  )
  return rows[0] ?? { inside: 0, capacity: null }
}
