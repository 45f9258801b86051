// Who may pass. One pure function for the server, the scanner page and whoever decides without a network: no I/O, no clock of its own.

export type Direction = 'in' | 'out'

/** Every reason to refuse, in the order in which they are judged: the first that holds is the answer. */
export const DENIALS = [
  'MALFORMED_QR',
  'UNSUPPORTED_VERSION',
  'UNKNOWN_EVENT',
  'UNKNOWN_KEY',
  'KEY_REVOKED',
  'INVALID_SIGNATURE',
  'WRONG_EVENT',
  'TICKET_REISSUED',
  'UNKNOWN_CODE',
  'EVENT_CANCELLED',
  'EVENT_NOT_OPEN',
  'EVENT_ENDED',
  'GATE_CLOSED',
  'DIRECTION_NOT_ALLOWED',
  'WRONG_GATE',
  'TICKET_REFUNDED',
  'TICKET_INVALID',
  'TICKET_NOT_PAID',
  'TICKET_NOT_ACTIVATED',
  'NOT_YET_VALID',
  'TICKET_EXPIRED',
  'ALREADY_INSIDE',
  'REENTRY_NOT_ALLOWED',
  'OUT_WITHOUT_IN',
  'USAGE_LIMIT_REACHED',
  'ANTI_PASSBACK_WAIT',
  'CAPACITY_FULL',
] as const
export type Denial = (typeof DENIALS)[number]
export type ScanCode = 'OK' | Denial

/** What was held before the camera. Event and key are those that the text names; null where we know none. */
export type Presented =
  | { kind: 'malformed' }
  | { kind: 'unsupported' }
  | {
      kind: 'signed'
      event: { id: number; organizerId: number } | null
      key: 'active' | 'verify_only' | 'retired' | 'compromised' | null
      genuine: boolean
    }
  /** A code typed by hand is looked up at the gate's own event. */
  | { kind: 'typed' }
  /** Judged when the session was opened; the ticket is known. */
  | { kind: 'session' }

export type EventFacts = {
  id: number
  organizerId: number
  status: 'draft' | 'pending_review' | 'published' | 'cancelled' | 'ended'
  /** Null: whoever has a ticket may come as early as the gate allows. */
  doorsOpenAt: Date | null
  endsAt: Date
  reentry: boolean
  capacity: number | null
  /** The code is the proof while the database can be asked: a forger would have to guess 64 random bits. */
  compromisedKeys: 'accept_known' | 'reissue_only'
}

export type GateFacts = {
  directions: Direction | 'both'
  openFrom: Date | null
  openTo: Date | null
  /** Empty: every type may pass. */
  ticketTypeIds: readonly number[]
  strictCapacity: boolean
  /** Seconds that must pass between an exit and the next entry. */
  apbSeconds: number
  apbMode: 'hard' | 'soft'
}

export type TicketFacts = {
  typeId: number
  status: 'reserved' | 'issued' | 'paid' | 'inside' | 'outside' | 'invalid' | 'refunded'
  /** Entries in the current usage period: the whole event, or the organizer's day. */
  entries: number
  /** Null: any number. */
  usageLimit: number | null
  validFrom: Date | null
  validTo: Date | null
  reentry: boolean
  admitIssued: boolean
  lastDirection: Direction | null
  lastScanAt: Date | null
}

export type Question = {
  now: Date
  direction: Direction
  presented: Presented
  event: EventFacts
  gate: GateFacts
  /** Null: no ticket has this code. */
  ticket: TicketFacts | null
  /** The code was this event's once, and was replaced. */
  codeRetired: boolean
  /** People inside, as counted. */
  inside: number
}

/** The one answer to a question. Windows are half-open: `from` is in, `to` is out. An exit is refused only to whom we don't know or who isn't inside. */
export function evaluate(question: Question): ScanCode {
  const { ticket } = question
  const unreadable = judgeText(question)
  if (unreadable) return unreadable
  if (!ticket) return question.codeRetired ? 'TICKET_REISSUED' : 'UNKNOWN_CODE'
  return (question.direction === 'in' ? judgeEntry(question, ticket) : judgeExit(question, ticket)) ?? 'OK'
}

/** True where the question's timed passback rule is broken, whether or not the gate insists on it. */
export function isPassedBackTooSoon({ gate, now }: Question, ticket: TicketFacts): boolean {
  return (
    gate.apbSeconds > 0 &&
    ticket.lastDirection === 'out' &&
    ticket.lastScanAt !== null &&
    now.getTime() < ticket.lastScanAt.getTime() + gate.apbSeconds * 1000
  )
}

function judgeText({ presented, event }: Question): Denial | undefined {
  switch (presented.kind) {
    case 'malformed':
      return 'MALFORMED_QR'
    case 'unsupported':
      return 'UNSUPPORTED_VERSION'
    case 'typed':
    case 'session':
      return undefined
    case 'signed':
      if (!presented.event || presented.event.organizerId !== event.organizerId) return 'UNKNOWN_EVENT'
      if (!presented.key) return 'UNKNOWN_KEY'
      if (presented.key === 'retired' || (presented.key === 'compromised' && event.compromisedKeys === 'reissue_only')) return 'KEY_REVOKED'
      if (!presented.genuine) return 'INVALID_SIGNATURE'
      return presented.event.id === event.id ? undefined : 'WRONG_EVENT'
  }
}

function judgeEntry(question: Question, ticket: TicketFacts): Denial | undefined {
  const { now, event, gate, inside } = question
  if (event.status === 'cancelled') return 'EVENT_CANCELLED'
  if (event.status === 'draft' || event.status === 'pending_review' || (event.doorsOpenAt && now < event.doorsOpenAt)) return 'EVENT_NOT_OPEN'
  if (event.status === 'ended' || now >= event.endsAt) return 'EVENT_ENDED'

  if ((gate.openFrom && now < gate.openFrom) || (gate.openTo && now >= gate.openTo)) return 'GATE_CLOSED'
  if (gate.directions === 'out') return 'DIRECTION_NOT_ALLOWED'
  if (gate.ticketTypeIds.length > 0 && !gate.ticketTypeIds.includes(ticket.typeId)) return 'WRONG_GATE'

  if (ticket.status === 'refunded') return 'TICKET_REFUNDED'
  if (ticket.status === 'invalid') return 'TICKET_INVALID'
  if (ticket.status === 'reserved') return 'TICKET_NOT_PAID'
  if (ticket.status === 'issued' && !ticket.admitIssued) return 'TICKET_NOT_ACTIVATED'

  if (ticket.validFrom && now < ticket.validFrom) return 'NOT_YET_VALID'
  if (ticket.validTo && now >= ticket.validTo) return 'TICKET_EXPIRED'

  if (ticket.status === 'inside') return 'ALREADY_INSIDE'
  // A day ticket's new day begins with no entries: coming back the next morning is no re-entry.
  if (ticket.status === 'outside' && ticket.entries > 0 && !(event.reentry && ticket.reentry)) return 'REENTRY_NOT_ALLOWED'
  if (ticket.usageLimit !== null && ticket.entries >= ticket.usageLimit) return 'USAGE_LIMIT_REACHED'
  if (gate.apbMode === 'hard' && isPassedBackTooSoon(question, ticket)) return 'ANTI_PASSBACK_WAIT'
  if (gate.strictCapacity && event.capacity !== null && inside >= event.capacity) return 'CAPACITY_FULL'
  return undefined
}

function judgeExit({ gate }: Question, ticket: TicketFacts): Denial | undefined {
  if (gate.directions === 'in') return 'DIRECTION_NOT_ALLOWED'
  if (ticket.status !== 'inside') return 'OUT_WITHOUT_IN'
  return undefined
}
