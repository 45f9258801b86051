// Everything that a decision needs, in one statement: at step 1 found by the code, at step 2 by the session's ticket, locked.
import type { RunStatement, Statement } from '#src/platform/plain-scope.ts'
import type { Direction, Question } from '../evaluate.ts'
import { usageDay } from '../usage-day.ts'

type TicketColumns = {
  ticketId: string
  code: Buffer
  status: NonNullable<Question['ticket']>['status']
  usedCount: number
  usageDay: string | null
  usageDayCount: number
  lastDirection: Direction | null
  lastGateId: number | null
  lastGateName: string | null
  lastScanAt: Date | null
  version: number
  price: number
  typeId: number
  typeName: string
  validFrom: Date | null
  validTo: Date | null
  usageLimit: number | null
  usagePeriod: 'event' | 'day'
  typeReentry: boolean
  admitIssued: boolean
}

export type ScanFacts = {
  now: Date
  gateId: number
  gateName: string
  directions: Direction | 'both'
  openFrom: Date | null
  openTo: Date | null
  zone: number
  strictCapacity: boolean
  apbSeconds: number
  apbMode: 'hard' | 'soft'
  sessionSeconds: number
  ticketTypeIds: number[]
  /** One gate of the event is strict, so all of them count in one row. */
  oneCounter: boolean
  inside: number
  eventId: number
  organizerId: number
  eventStatus: Question['event']['status']
  doorsOpenAt: Date | null
  endsAt: Date
  timezone: string
  eventReentry: boolean
  capacity: number | null
  currency: string
} & (TicketColumns | { [K in keyof TicketColumns]: null })

// One row per event at most 16: the sum is cheap, and never a row that everybody writes.
const FACTS = `
  clock_timestamp() AS now, g.id AS "gateId", g.name AS "gateName", g.directions, g.open_from AS "openFrom", g.open_to AS "openTo", g.zone,
  g.strict_capacity AS "strictCapacity", g.apb_seconds AS "apbSeconds", g.apb_mode AS "apbMode", g.session_seconds AS "sessionSeconds",
  ARRAY(SELECT gt.ticket_type_id FROM gate_ticket_type gt WHERE gt.gate_id = g.id) AS "ticketTypeIds",
  EXISTS (SELECT FROM gate s WHERE s.event_id = g.event_id AND s.strict_capacity AND s.archived_at IS NULL) AS "oneCounter",
  (SELECT COALESCE(sum(o.inside), 0)::integer FROM occupancy o WHERE o.event_id = g.event_id) AS inside,
  e.id AS "eventId", e.organizer_id AS "organizerId", e.status AS "eventStatus", e.doors_open_at AS "doorsOpenAt", e.ends_at AS "endsAt", e.timezone,
  e.reentry AS "eventReentry", e.capacity, e.currency,
  k.id AS "ticketId", k.code, k.status, k.used_count AS "usedCount", k.usage_day AS "usageDay", k.usage_day_count AS "usageDayCount",
  k.last_dir AS "lastDirection", k.last_gate_id AS "lastGateId", lg.name AS "lastGateName", k.last_scan_at AS "lastScanAt", k.version, k.price,
  tt.id AS "typeId", tt.name AS "typeName", tt.valid_from AS "validFrom", tt.valid_to AS "validTo", tt.usage_limit AS "usageLimit",
  tt.usage_period AS "usagePeriod", tt.reentry AS "typeReentry", tt.admit_issued AS "admitIssued"`

// Two gates at most: one too many says that the agent must choose.
const BY_CODE: Statement = {
  name: 'access.facts-by-code',
  text: `SELECT ${FACTS}, a.account_id IS NOT NULL AS "onShift",
    EXISTS (SELECT FROM retired_code r WHERE r.event_id = g.event_id AND r.code = $3) AS "codeRetired",
    ARRAY(SELECT q.created_at FROM scan_request q WHERE q.agent_id = $1 AND q.code IN ('MALFORMED_QR', 'UNKNOWN_KEY', 'INVALID_SIGNATURE')
            AND q.created_at > now() - interval '2 minutes' ORDER BY q.created_at DESC LIMIT 20) AS forged
    FROM gate g JOIN event e ON e.id = g.event_id
    LEFT JOIN gate_agent a ON a.gate_id = g.id AND a.account_id = $1 AND now() >= a.valid_from AND now() < a.valid_to
    LEFT JOIN ticket k ON k.event_id = g.event_id AND k.code = $3 AND k.event_id = COALESCE($4, k.event_id)
    LEFT JOIN ticket_type tt ON tt.id = k.ticket_type_id
    LEFT JOIN gate lg ON lg.id = k.last_gate_id
   WHERE g.archived_at IS NULL AND g.id = ANY (CASE WHEN $2::bigint IS NOT NULL THEN ARRAY[$2::bigint] ELSE ARRAY(
     SELECT s.gate_id FROM gate_agent s WHERE s.account_id = $1 AND now() >= s.valid_from AND now() < s.valid_to) END)
   ORDER BY g.id LIMIT 2`,
}

export type RequestFacts = ScanFacts & {
  onShift: boolean
  codeRetired: boolean
  /** When the agent last showed what can't be a ticket of ours, newest first. */
  forged: Date[]
}

/** @param eventId of the QR text; null for a typed code */
export function selectFactsByCode(
  run: RunStatement,
  key: { agentId: number; gateId: number | null; code: Buffer | null; eventId: number | null },
): Promise<RequestFacts[]> {
  return run<RequestFacts>(BY_CODE, [key.agentId, key.gateId, key.code, key.eventId])
}

const LOCKED: Statement = {
  name: 'access.facts-locked',
  text: `SELECT ${FACTS} FROM ticket k JOIN ticket_type tt ON tt.id = k.ticket_type_id JOIN event e ON e.id = k.event_id JOIN gate g ON g.id = $3
    LEFT JOIN gate lg ON lg.id = k.last_gate_id WHERE k.event_id = $1 AND k.id = $2 AND g.archived_at IS NULL FOR UPDATE OF k`,
}

export async function lockFacts(
  run: RunStatement,
  key: { eventId: number; ticketId: string; gateId: number },
): Promise<(ScanFacts & TicketColumns) | undefined> {
  return (await run<ScanFacts & TicketColumns>(LOCKED, [key.eventId, key.ticketId, key.gateId]))[0]
}

/** The facts as the question that `evaluate` answers, but for direction and what was shown. */
export function questionOf(facts: ScanFacts): Omit<Question, 'direction' | 'presented' | 'codeRetired'> {
  const { now } = facts
  return {
    now,
    inside: facts.inside,
    event: {
      id: facts.eventId,
      organizerId: facts.organizerId,
      status: facts.eventStatus,
      doorsOpenAt: facts.doorsOpenAt,
      endsAt: facts.endsAt,
      reentry: facts.eventReentry,
      capacity: facts.capacity,
      compromisedKeys: 'accept_known',
    },
    gate: {
      directions: facts.directions,
      openFrom: facts.openFrom,
      openTo: facts.openTo,
      ticketTypeIds: facts.ticketTypeIds,
      strictCapacity: facts.strictCapacity,
      apbSeconds: facts.apbSeconds,
      apbMode: facts.apbMode,
    },
    ticket:
      facts.ticketId === null
        ? null
        : {
            typeId: facts.typeId,
            status: facts.status,
            entries: entriesOf(facts),
            usageLimit: facts.usageLimit,
            validFrom: facts.validFrom,
            validTo: facts.validTo,
            reentry: facts.typeReentry,
            admitIssued: facts.admitIssued,
            lastDirection: facts.lastDirection,
            lastScanAt: facts.lastScanAt,
          },
  }
}

function entriesOf(facts: ScanFacts & TicketColumns): number {
  if (facts.usagePeriod === 'event') return facts.usedCount
  return facts.usageDay === usageDay(facts.now, facts.timezone) ? facts.usageDayCount : 0
}
