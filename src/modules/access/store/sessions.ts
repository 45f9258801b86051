// scan_request: the audit row of step 1, which is the session that step 2 consumes once.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'
import type { RunStatement, Statement } from '#src/platform/plain-scope.ts'
import type { Direction, ScanCode } from '../evaluate.ts'
import type { ScanMethod } from '../scan.ts'

export type NewRequest = {
  id: string
  /** SHA-256 of the session's token; null where the ticket was refused and there is nothing to confirm. */
  tokenHash: Buffer | null
  eventId: number
  ticketId: string | null
  /** 8 bytes; null where no session is opened. */
  ticketCode: Buffer | null
  gateId: number
  agentId: number
  code: ScanCode
  method: ScanMethod
  textHash: Buffer | null
  seconds: number
}

// A new answer for the same ticket replaces the agent's older one, so that two open sessions never compete.
const INSERT: Statement = {
  name: 'access.insert-request',
  text: `WITH older AS (
      UPDATE scan_request SET cancelled_at = clock_timestamp()
       WHERE ticket_id = $4 AND agent_id = $6 AND token_hash IS NOT NULL AND consumed_by IS NULL AND cancelled_at IS NULL AND expires_at > now())
    INSERT INTO scan_request (id, token_hash, event_id, ticket_id, gate_id, agent_id, code, method, text_hash, expires_at, ticket_code)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $2::bytea IS NOT NULL THEN clock_timestamp() + make_interval(secs => $10) END, $11)
    RETURNING expires_at AS "expiresAt"`,
}

/** @returns until when the session is open; null where none was opened */
export async function insertRequest(run: RunStatement, request: NewRequest): Promise<Date | null> {
  const { id, tokenHash, eventId, ticketId, ticketCode, gateId, agentId, code, method, textHash, seconds } = request
  const rows = await run<{ expiresAt: Date | null }>(INSERT, [
    id,
    tokenHash,
    eventId,
    ticketId,
    gateId,
    agentId,
    code,
    method,
    textHash,
    seconds,
    ticketCode,
  ])
  return rows[0]!.expiresAt
}

const CONSUME: Statement = {
  name: 'access.consume-session',
  text: `UPDATE scan_request SET consumed_by = $2 WHERE token_hash = $1 AND agent_id = $3 AND gate_id = COALESCE($4, gate_id)
      AND consumed_by IS NULL AND cancelled_at IS NULL AND expires_at > clock_timestamp()
    RETURNING id, event_id AS "eventId", ticket_id AS "ticketId", ticket_code AS "ticketCode", gate_id AS "gateId", method`,
}

export type OpenSession = { id: string; eventId: number; ticketId: string; ticketCode: Buffer; gateId: number; method: ScanMethod }

/** Takes the session for this scan and locks it. Undefined where it can't be had: ask `selectSession` why. */
export async function consumeSession(
  run: RunStatement,
  key: { tokenHash: Buffer; scanId: string; agentId: number; gateId: number | null },
): Promise<OpenSession | undefined> {
  return (await run<OpenSession>(CONSUME, [key.tokenHash, key.scanId, key.agentId, key.gateId]))[0]
}

export type SessionState = {
  agentId: number
  gateId: number
  eventId: number
  organizerId: number
  consumedBy: string | null
  over: boolean
  dir: Direction | null
  result: ScanCode | null
  reqHash: Buffer | null
  inside: number
  capacity: number | null
}

/** What became of a session, whoever asks: the database hides other gates' sessions, and the reason for a "no" needs them. */
export async function selectSession(db: Db, tokenHash: Buffer): Promise<SessionState | undefined> {
  const { rows } = await sql<SessionState>`
    SELECT q.agent_id, q.gate_id, q.event_id, e.organizer_id, q.consumed_by, (q.cancelled_at IS NOT NULL OR q.expires_at <= clock_timestamp()) AS over,
           s.dir, s.result, s.req_hash, (SELECT COALESCE(sum(o.inside), 0)::integer FROM occupancy o WHERE o.event_id = q.event_id) AS inside, e.capacity
      FROM scan_request q JOIN event e ON e.id = q.event_id LEFT JOIN scan s ON s.scan_id = q.consumed_by WHERE q.token_hash = ${tokenHash}`.execute(
    db,
  )
  return rows[0]
}
