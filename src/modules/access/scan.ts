// A scan: an attempt to pass a gate, in two steps. Types and pure rules of what is answered; no I/O.
import type { Money } from '#src/kernel/money.ts'
import { evaluate, isPassedBackTooSoon, type Denial, type Direction, type Question, type ScanCode } from './evaluate.ts'

export type ScanMethod = 'camera' | 'manual' | 'cashier'

/** What helps the agent to explain a refusal. Never anything about a person. */
export type Hint = {
  /** When it would be allowed, or was until. */
  from?: Date
  until?: Date
  waitSeconds?: number
  /** Gates that take this type. */
  gates?: string[]
  /** Title of the event that the ticket is for. */
  event?: string
  /** What is left to pay; only for those who may take money. */
  due?: Money
  /** The anomaly is noted; nobody is kept inside. */
  letOut?: true
  updateApp?: true
}

export type Flag = 'PASSBACK' | 'COMPROMISED_KEY'

export type TicketView = {
  type: string
  /** Entries in the current usage period. */
  entriesUsed: number
  usageLimit: number | null
  /** `gate` only where the asker may know: its own gate, or the organizer's. */
  last: { direction: Direction; gate: string | null; at: Date } | null
}

/** Step 1's answer. `in` and `out` are there for the directions that the gate serves. They are advice: step 2 judges again. */
export type ScanAnswer = {
  decision: 'ELIGIBLE' | 'DENIED'
  code: ScanCode
  in?: ScanCode
  out?: ScanCode
  suggestedDirection: Direction | null
  ticket: TicketView | null
  flags: Flag[]
  hint: Hint | null
  gate: { id: number; name: string }
  scanSessionToken?: string
  expiresAt?: Date
  serverTime: Date
}

/** Step 2's answer. `replayed`: this very scan was answered before. */
export type ConfirmAnswer = {
  decision: 'ADMITTED' | 'EXITED' | 'DENIED'
  code: ScanCode
  scanId: string
  replayed: boolean
  flags: Flag[]
  hint: Hint | null
  occupancy: { inside: number; capacity: number | null }
}

export type Verdict = { code: ScanCode; in?: ScanCode; out?: ScanCode; suggested: Direction | null }

/** Judges every direction that the gate serves. Eligible if one of them is; else the reason is that of the gate's main direction. */
export function judge(question: Omit<Question, 'direction'>): Verdict {
  const { directions } = question.gate
  const inward = directions === 'out' ? undefined : evaluate({ ...question, direction: 'in' })
  const outward = directions === 'in' ? undefined : evaluate({ ...question, direction: 'out' })
  const suggested = inward === 'OK' ? 'in' : outward === 'OK' ? 'out' : null
  return {
    code: suggested ? 'OK' : (inward ?? outward)!,
    ...(inward && { in: inward }),
    ...(outward && { out: outward }),
    suggested,
  }
}

export function decisionOf(code: ScanCode, direction: Direction): ConfirmAnswer['decision'] {
  if (code !== 'OK') return 'DENIED'
  return direction === 'in' ? 'ADMITTED' : 'EXITED'
}

/** What passes but should be remarked. */
export function flagsOf(question: Omit<Question, 'direction'>, entering: boolean): Flag[] {
  const flags: Flag[] = []
  const { presented, gate, ticket } = question
  if (presented.kind === 'signed' && presented.key === 'compromised') flags.push('COMPROMISED_KEY')
  if (entering && gate.apbMode === 'soft' && ticket && isPassedBackTooSoon({ ...question, direction: 'in' }, ticket)) flags.push('PASSBACK')
  return flags
}

/** What the question itself says about why and until when. */
export function hintOf(question: Omit<Question, 'direction'>, code: ScanCode): Hint | null {
  const { now, event, gate, ticket } = question
  switch (code as Denial) {
    case 'UNSUPPORTED_VERSION':
      return { updateApp: true }
    case 'EVENT_NOT_OPEN':
      return event.doorsOpenAt ? { from: event.doorsOpenAt } : null
    case 'EVENT_ENDED':
      return { until: event.endsAt }
    case 'GATE_CLOSED':
      return { ...(gate.openFrom && { from: gate.openFrom }), ...(gate.openTo && { until: gate.openTo }) }
    case 'NOT_YET_VALID':
      return { from: ticket!.validFrom! }
    case 'TICKET_EXPIRED':
      return { until: ticket!.validTo! }
    case 'ANTI_PASSBACK_WAIT':
      return { waitSeconds: Math.ceil((ticket!.lastScanAt!.getTime() + gate.apbSeconds * 1000 - now.getTime()) / 1000) }
    case 'OUT_WITHOUT_IN':
      return { letOut: true }
    default:
      return null
  }
}
