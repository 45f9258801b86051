// A gate of an event: which way people pass, when, and with which tickets. No I/O.
import type { FieldProblem } from '#src/kernel/domain-error.ts'
import type { Direction } from './evaluate.ts'

export type Gate = {
  id: number
  eventId: number
  organizerId: number
  name: string
  directions: Direction | 'both'
  openFrom: Date | null
  openTo: Date | null
  /** Empty: every type may pass. */
  ticketTypeIds: number[]
  /** No entry beyond the event's capacity; the whole event then counts in one row. */
  strictCapacity: boolean
  /** Seconds that must pass between an exit and the next entry. */
  apbSeconds: number
  apbMode: 'hard' | 'soft'
  /** Seconds that an answer to a scan may be confirmed. */
  sessionSeconds: number
}

export type GateDetails = Omit<Gate, 'id' | 'eventId' | 'organizerId'>

export const NEW_GATE = {
  directions: 'both',
  openFrom: null,
  openTo: null,
  ticketTypeIds: [],
  strictCapacity: false,
  apbSeconds: 0,
  apbMode: 'hard',
  sessionSeconds: 20,
} as const satisfies Omit<GateDetails, 'name' | 'ticketTypeIds'> & { ticketTypeIds: readonly number[] }

export const MAX_GATES = 200

/** What is wrong with a gate as a whole, field by field; empty where nothing is. */
export function problemsOf(gate: GateDetails): FieldProblem[] {
  const problems: FieldProblem[] = []
  const refuse = (field: keyof GateDetails, code: string) => problems.push({ pointer: `/body/${field}`, code })
  if (gate.name.length === 0) refuse('name', 'required')
  if (gate.name.length > 80) refuse('name', 'too_long')
  if (gate.openFrom && gate.openTo && gate.openTo <= gate.openFrom) refuse('openTo', 'not_after_start')
  if (!(gate.apbSeconds >= 0 && gate.apbSeconds <= 3600)) refuse('apbSeconds', 'out_of_range')
  if (!(gate.sessionSeconds >= 5 && gate.sessionSeconds <= 60)) refuse('sessionSeconds', 'out_of_range')
  return problems
}

// Enough rows that gates don't wait for each other, few enough to be summed at every scan.
const SHARDS = 16

/** The row of `occupancy` in which a gate counts: one for all gates where one of them is strict. */
export function shardOf(gateId: number, oneCounter: boolean): number {
  return oneCounter ? 0 : gateId % SHARDS
}

export type GateAgent = { accountId: string; email: string; name: string; validFrom: Date | null; validTo: Date | null }
