// The one statement that lets somebody in or out: counter, ticket, log and feed together. The ticket is locked; guards repeat the rules.
import type { RunStatement, Statement } from '#src/platform/plain-scope.ts'
import type { Direction, ScanCode } from '../evaluate.ts'
import type { OpenSession } from './sessions.ts'

export type Passage = {
  scanId: string
  session: OpenSession
  reqHash: Buffer
  agentId: number
  deviceTime: Date | null
  direction: Direction
  zone: number
  shard: number
  version: number
  /** Of an entry: whether tickets that nobody paid for may pass. */
  admitIssued: boolean
  /** Of an entry: the day that it counts for. */
  usageDay: string
  /** People allowed inside, where the gate counts strictly. */
  limit: number | null
}

// $1 event $2 zone $3 shard $4 gate $5 ticket $6 version $7 scan $8 session $9 request hash $10 agent $11 method $12 device time
const LOG = (dir: Direction, result: string) => `
  INSERT INTO scan (scan_id, session_id, req_hash, event_id, ticket_id, gate_id, agent_id, dir, result, method, device_time)
  SELECT $7::uuid, $8::uuid, $9::bytea, $1, $5, $4, $10::bigint, '${dir}', ${result}, $11::text, $12::timestamptz RETURNING result`
const OTHERS = `SELECT COALESCE(sum(inside), 0)::integer AS inside FROM occupancy WHERE event_id = $1 AND NOT (zone = $2 AND shard = $3)`
const FEED = (status: string) => `
  INSERT INTO access_feed (event_id, kind, code, body) SELECT $1, 'STATE', code, jsonb_build_object('status', '${status}', 'used', used_count) FROM t`
const ANSWER = `SELECT (SELECT count(*)::integer FROM occ) AS counted, (SELECT count(*)::integer FROM t) AS moved, (SELECT result FROM l) AS result,
  (SELECT inside FROM others) + COALESCE((SELECT inside FROM occ), (SELECT inside FROM occupancy WHERE event_id = $1 AND zone = $2 AND shard = $3), 0) AS inside`

// With a limit, all gates count in this row, so its lock makes the limit exact; the other rows stand still and are only added.
const ENTER: Statement = {
  name: 'access.enter',
  text: `WITH others AS (${OTHERS}),
    occ AS (INSERT INTO occupancy AS o (event_id, zone, shard, inside, total_in)
      SELECT $1, $2, $3, 1, 1 FROM others WHERE $15::integer IS NULL OR others.inside < $15
      ON CONFLICT (event_id, zone, shard) DO UPDATE SET inside = o.inside + 1, total_in = o.total_in + 1
        WHERE $15::integer IS NULL OR o.inside + (SELECT inside FROM others) < $15
      RETURNING inside),
    t AS (UPDATE ticket SET status = 'inside', used_count = used_count + 1, usage_day = $14::date,
        usage_day_count = CASE WHEN usage_day = $14::date THEN usage_day_count + 1 ELSE 1 END,
        last_dir = 'in', last_gate_id = $4, last_scan_at = clock_timestamp(), version = version + 1
      WHERE event_id = $1 AND id = $5 AND version = $6 AND (status IN ('paid', 'outside') OR (status = 'issued' AND $13::boolean)) AND EXISTS (SELECT FROM occ)
      RETURNING code, used_count),
    l AS (${LOG('in', `CASE WHEN EXISTS (SELECT FROM t) THEN 'OK' ELSE 'CAPACITY_FULL' END`)}),
    f AS (${FEED('inside')})
    ${ANSWER}`,
}

const LEAVE: Statement = {
  name: 'access.leave',
  text: `WITH others AS (${OTHERS}),
    occ AS (INSERT INTO occupancy AS o (event_id, zone, shard, inside, total_out) VALUES ($1, $2, $3, -1, 1)
      ON CONFLICT (event_id, zone, shard) DO UPDATE SET inside = o.inside - 1, total_out = o.total_out + 1 RETURNING inside),
    t AS (UPDATE ticket SET status = 'outside', last_dir = 'out', last_gate_id = $4, last_scan_at = clock_timestamp(), version = version + 1
      WHERE event_id = $1 AND id = $5 AND version = $6 AND status = 'inside' AND EXISTS (SELECT FROM occ) RETURNING code, used_count),
    l AS (${LOG('out', `'OK'`)}),
    f AS (${FEED('outside')})
    ${ANSWER}`,
}

/** @returns `OK`, or `CAPACITY_FULL` where the last place was taken meanwhile; and how many are inside now */
export async function applyPassage(run: RunStatement, passage: Passage): Promise<{ result: ScanCode; inside: number }> {
  const { session, direction } = passage
  const common = [
    session.eventId,
    passage.zone,
    passage.shard,
    session.gateId,
    session.ticketId,
    passage.version,
    passage.scanId,
    session.id,
    passage.reqHash,
    passage.agentId,
    session.method,
    passage.deviceTime,
  ]
  const rows =
    direction === 'in' ? await run<Row>(ENTER, [...common, passage.admitIssued, passage.usageDay, passage.limit]) : await run<Row>(LEAVE, common)
  const { counted, moved, result, inside } = rows[0]!
  if (counted !== moved) throw new Error(`scan ${passage.scanId} counted ${counted} and moved ${moved} under its own lock`)
  return { result, inside }
}

type Row = { counted: number; moved: number; result: ScanCode; inside: number }

const REFUSE: Statement = {
  name: 'access.refuse',
  text: `INSERT INTO scan (scan_id, session_id, req_hash, event_id, ticket_id, gate_id, agent_id, dir, result, method, device_time)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
}

/** Logs a refusal; nothing else changes. */
export async function insertRefusal(
  run: RunStatement,
  passage: Pick<Passage, 'scanId' | 'session' | 'reqHash' | 'agentId' | 'deviceTime' | 'direction'>,
  code: ScanCode,
): Promise<void> {
  const { session } = passage
  await run(REFUSE, [
    passage.scanId,
    session.id,
    passage.reqHash,
    session.eventId,
    session.ticketId,
    session.gateId,
    passage.agentId,
    passage.direction,
    code,
    session.method,
    passage.deviceTime,
  ])
}
