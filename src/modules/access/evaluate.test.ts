import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DENIALS,
  evaluate,
  type Denial,
  type Direction,
  type EventFacts,
  type GateFacts,
  type Presented,
  type Question,
  type ScanCode,
  type TicketFacts,
} from './evaluate.ts'

const NOW = new Date('2026-11-21T20:00:00Z')
const at = (milliseconds: number) => new Date(NOW.getTime() + milliseconds)

type Changes = {
  direction?: Direction
  presented?: Presented
  event?: Partial<EventFacts>
  gate?: Partial<GateFacts>
  ticket?: Partial<TicketFacts> | null
  codeRetired?: boolean
  inside?: number
}

/** A question whose answer is OK for an entry, changed as said. */
function ask(changes: Changes = {}): Question {
  return {
    now: NOW,
    direction: changes.direction ?? 'in',
    codeRetired: changes.codeRetired ?? false,
    inside: changes.inside ?? 0,
    presented: changes.presented ?? { kind: 'signed', event: { id: 1, organizerId: 7 }, key: 'active', genuine: true },
    event: {
      id: 1,
      organizerId: 7,
      status: 'published',
      doorsOpenAt: null,
      endsAt: at(3_600_000),
      reentry: false,
      capacity: 100,
      compromisedKeys: 'accept_known',
      ...changes.event,
    },
    gate: {
      directions: 'both',
      openFrom: null,
      openTo: null,
      ticketTypeIds: [],
      strictCapacity: false,
      apbSeconds: 0,
      apbMode: 'hard',
      ...changes.gate,
    },
    ticket:
      changes.ticket === null
        ? null
        : {
            typeId: 3,
            status: 'paid',
            entries: 0,
            usageLimit: null,
            validFrom: null,
            validTo: null,
            reentry: true,
            admitIssued: false,
            lastDirection: null,
            lastScanAt: null,
            ...changes.ticket,
          },
  }
}

const signed = (changes: object): Presented =>
  ({ kind: 'signed', event: { id: 1, organizerId: 7 }, key: 'active', genuine: true, ...changes }) as Presented
const inside = { status: 'inside', entries: 1, lastDirection: 'in', lastScanAt: at(-60_000) } as const
const outside = { status: 'outside', entries: 1, lastDirection: 'out', lastScanAt: at(-10_000) } as const

describe('an entry', () => {
  test.each<[string, ScanCode, Changes]>([
    ['of a paid ticket', 'OK', {}],
    ['of a code typed by hand', 'OK', { presented: { kind: 'typed' } }],
    ['of a text that is not ours', 'MALFORMED_QR', { presented: { kind: 'malformed' } }],
    ['of a future version', 'UNSUPPORTED_VERSION', { presented: { kind: 'unsupported' } }],
    ['naming no event of ours', 'UNKNOWN_EVENT', { presented: signed({ event: null, key: null, genuine: false }) }],
    ['naming another organizer’s event', 'UNKNOWN_EVENT', { presented: signed({ event: { id: 2, organizerId: 8 } }) }],
    ['under a key that the event never had', 'UNKNOWN_KEY', { presented: signed({ key: null, genuine: false }) }],
    ['under an old key that still verifies', 'OK', { presented: signed({ key: 'verify_only' }) }],
    ['under a retired key', 'KEY_REVOKED', { presented: signed({ key: 'retired' }) }],
    ['under a compromised key, known codes being accepted', 'OK', { presented: signed({ key: 'compromised' }) }],
    [
      'under a compromised key, only reissued tickets being accepted',
      'KEY_REVOKED',
      { presented: signed({ key: 'compromised' }), event: { compromisedKeys: 'reissue_only' } },
    ],
    ['with a false signature', 'INVALID_SIGNATURE', { presented: signed({ genuine: false }) }],
    ['with a ticket for the organizer’s other event', 'WRONG_EVENT', { presented: signed({ event: { id: 2, organizerId: 7 } }) }],
    ['with a code that was replaced', 'TICKET_REISSUED', { ticket: null, codeRetired: true }],
    ['with a code that nobody issued', 'UNKNOWN_CODE', { ticket: null }],
    ['to a cancelled event', 'EVENT_CANCELLED', { event: { status: 'cancelled' } }],
    ['to a draft', 'EVENT_NOT_OPEN', { event: { status: 'draft' } }],
    ['a moment before doors', 'EVENT_NOT_OPEN', { event: { doorsOpenAt: at(1) } }],
    ['exactly at doors', 'OK', { event: { doorsOpenAt: NOW } }],
    ['a moment before the end', 'OK', { event: { endsAt: at(1) } }],
    ['exactly at the end', 'EVENT_ENDED', { event: { endsAt: NOW } }],
    ['to an event closed by hand', 'EVENT_ENDED', { event: { status: 'ended' } }],
    ['a moment before the gate opens', 'GATE_CLOSED', { gate: { openFrom: at(1) } }],
    ['exactly when the gate opens', 'OK', { gate: { openFrom: NOW } }],
    ['exactly when the gate closes', 'GATE_CLOSED', { gate: { openTo: NOW } }],
    ['at an exit', 'DIRECTION_NOT_ALLOWED', { gate: { directions: 'out' } }],
    ['at a gate for other types', 'WRONG_GATE', { gate: { ticketTypeIds: [4, 5] } }],
    ['at a gate for this type', 'OK', { gate: { ticketTypeIds: [3] } }],
    ['of a refunded ticket', 'TICKET_REFUNDED', { ticket: { status: 'refunded' } }],
    ['of a voided ticket', 'TICKET_INVALID', { ticket: { status: 'invalid' } }],
    ['of a ticket that waits for its payment', 'TICKET_NOT_PAID', { ticket: { status: 'reserved' } }],
    ['of printed stock', 'TICKET_NOT_ACTIVATED', { ticket: { status: 'issued' } }],
    ['of a complimentary ticket', 'OK', { ticket: { status: 'issued', admitIssued: true } }],
    ['a moment before the ticket’s window', 'NOT_YET_VALID', { ticket: { validFrom: at(1) } }],
    ['exactly at the window’s start', 'OK', { ticket: { validFrom: NOW } }],
    ['a moment before the window’s end', 'OK', { ticket: { validTo: at(1) } }],
    ['exactly at the window’s end', 'TICKET_EXPIRED', { ticket: { validTo: NOW } }],
    ['of somebody inside', 'ALREADY_INSIDE', { ticket: inside }],
    ['after an exit, without re-entry', 'REENTRY_NOT_ALLOWED', { ticket: outside }],
    [
      'after an exit, where only the event allows re-entry',
      'REENTRY_NOT_ALLOWED',
      { ticket: { ...outside, reentry: false }, event: { reentry: true } },
    ],
    ['after an exit, where event and type allow re-entry', 'OK', { ticket: outside, event: { reentry: true } }],
    ['on a day ticket’s new day, without re-entry', 'OK', { ticket: { ...outside, entries: 0, usageLimit: 1 } }],
    ['beyond the usage limit', 'USAGE_LIMIT_REACHED', { ticket: { ...outside, entries: 2, usageLimit: 2 }, event: { reentry: true } }],
    [
      'a moment before the passback wait is over',
      'ANTI_PASSBACK_WAIT',
      { ticket: { ...outside, lastScanAt: at(-59_999) }, event: { reentry: true }, gate: { apbSeconds: 60 } },
    ],
    [
      'exactly when the passback wait is over',
      'OK',
      { ticket: { ...outside, lastScanAt: at(-60_000) }, event: { reentry: true }, gate: { apbSeconds: 60 } },
    ],
    [
      'within the passback wait of a gate that only remarks it',
      'OK',
      { ticket: outside, event: { reentry: true }, gate: { apbSeconds: 60, apbMode: 'soft' } },
    ],
    ['to the last place', 'OK', { inside: 99, gate: { strictCapacity: true } }],
    ['to a full event, counted strictly', 'CAPACITY_FULL', { inside: 100, gate: { strictCapacity: true } }],
    ['to a full event, not counted strictly', 'OK', { inside: 100 }],
  ])('%s: %s', (_, code, changes) => {
    expect(evaluate(ask(changes))).toBe(code)
  })
})

describe('an exit', () => {
  const exit = (changes: Changes = {}) => evaluate(ask({ direction: 'out', ticket: inside, ...changes }))

  test.each<[string, Changes]>([
    ['a cancelled event', { event: { status: 'cancelled' } }],
    ['an ended event', { event: { endsAt: at(-1) } }],
    ['a closed gate', { gate: { openTo: at(-1) } }],
    ['a gate for other types', { gate: { ticketTypeIds: [9] } }],
    ['an expired ticket', { ticket: { ...inside, validTo: at(-1) } }],
    ['a used-up ticket', { ticket: { ...inside, usageLimit: 1 } }],
    ['an overfull event', { inside: 200, gate: { strictCapacity: true } }],
  ])('is never blocked by %s', (_, changes) => {
    expect(exit(changes)).toBe('OK')
  })

  test('is refused at an entrance, to who never came in, and to a forgery', () => {
    expect(exit({ gate: { directions: 'in' } })).toBe('DIRECTION_NOT_ALLOWED')
    expect(exit({ ticket: {} })).toBe('OUT_WITHOUT_IN')
    expect(exit({ ticket: { status: 'refunded' } })).toBe('OUT_WITHOUT_IN')
    expect(exit({ presented: signed({ genuine: false }) })).toBe('INVALID_SIGNATURE')
  })
})

// For each reason, a change that brings it about. Changes of one group can't be combined: one field has one value.
const BREAKERS: { code: Denial; group: string; change: (q: Question) => void }[] = [
  {
    code: 'MALFORMED_QR',
    group: 'kind',
    change: (q) => {
      q.presented = { kind: 'malformed' }
    },
  },
  {
    code: 'UNSUPPORTED_VERSION',
    group: 'kind',
    change: (q) => {
      q.presented = { kind: 'unsupported' }
    },
  },
  {
    code: 'UNKNOWN_EVENT',
    group: 'event ref',
    change: (q) => {
      if (q.presented.kind === 'signed') q.presented = { ...q.presented, event: null }
    },
  },
  {
    code: 'WRONG_EVENT',
    group: 'event ref',
    change: (q) => {
      if (q.presented.kind === 'signed') q.presented = { ...q.presented, event: { id: 2, organizerId: 7 } }
    },
  },
  {
    code: 'UNKNOWN_KEY',
    group: 'key',
    change: (q) => {
      if (q.presented.kind === 'signed') q.presented = { ...q.presented, key: null }
    },
  },
  {
    code: 'KEY_REVOKED',
    group: 'key',
    change: (q) => {
      if (q.presented.kind === 'signed') q.presented = { ...q.presented, key: 'retired' }
    },
  },
  {
    code: 'INVALID_SIGNATURE',
    group: 'signature',
    change: (q) => {
      if (q.presented.kind === 'signed') q.presented = { ...q.presented, genuine: false }
    },
  },
  {
    code: 'TICKET_REISSUED',
    group: 'code',
    change: (q) => {
      q.ticket = null
      q.codeRetired = true
    },
  },
  {
    code: 'UNKNOWN_CODE',
    group: 'code',
    change: (q) => {
      q.ticket = null
    },
  },
  {
    code: 'EVENT_CANCELLED',
    group: 'event',
    change: (q) => {
      q.event.status = 'cancelled'
    },
  },
  {
    code: 'EVENT_NOT_OPEN',
    group: 'event',
    change: (q) => {
      q.event.doorsOpenAt = at(1)
    },
  },
  {
    code: 'EVENT_ENDED',
    group: 'end',
    change: (q) => {
      q.event.endsAt = NOW
    },
  },
  {
    code: 'GATE_CLOSED',
    group: 'hours',
    change: (q) => {
      q.gate.openTo = NOW
    },
  },
  {
    code: 'DIRECTION_NOT_ALLOWED',
    group: 'directions',
    change: (q) => {
      q.gate.directions = 'out'
    },
  },
  {
    code: 'WRONG_GATE',
    group: 'types',
    change: (q) => {
      q.gate.ticketTypeIds = [9]
    },
  },
  {
    code: 'TICKET_REFUNDED',
    group: 'status',
    change: (q) => {
      if (q.ticket) q.ticket.status = 'refunded'
    },
  },
  {
    code: 'TICKET_INVALID',
    group: 'status',
    change: (q) => {
      if (q.ticket) q.ticket.status = 'invalid'
    },
  },
  {
    code: 'TICKET_NOT_PAID',
    group: 'status',
    change: (q) => {
      if (q.ticket) q.ticket.status = 'reserved'
    },
  },
  {
    code: 'TICKET_NOT_ACTIVATED',
    group: 'status',
    change: (q) => {
      if (q.ticket) q.ticket.status = 'issued'
    },
  },
  {
    code: 'ALREADY_INSIDE',
    group: 'status',
    change: (q) => {
      if (q.ticket) q.ticket.status = 'inside'
    },
  },
  {
    code: 'REENTRY_NOT_ALLOWED',
    group: 'reentry',
    change: (q) => {
      q.event.reentry = false
    },
  },
  {
    code: 'NOT_YET_VALID',
    group: 'from',
    change: (q) => {
      if (q.ticket) q.ticket.validFrom = at(1)
    },
  },
  {
    code: 'TICKET_EXPIRED',
    group: 'to',
    change: (q) => {
      if (q.ticket) q.ticket.validTo = NOW
    },
  },
  {
    code: 'USAGE_LIMIT_REACHED',
    group: 'limit',
    change: (q) => {
      if (q.ticket) q.ticket.usageLimit = 1
    },
  },
  {
    code: 'ANTI_PASSBACK_WAIT',
    group: 'passback',
    change: (q) => {
      q.gate.apbSeconds = 60
    },
  },
  {
    code: 'CAPACITY_FULL',
    group: 'capacity',
    change: (q) => {
      q.gate.strictCapacity = true
      q.inside = 100
    },
  },
]

test('every reason to refuse an entry can be brought about', () => {
  expect(new Set(BREAKERS.map((b) => b.code))).toEqual(new Set(DENIALS.filter((code) => code !== 'OUT_WITHOUT_IN')))
})

test('whatever is wrong together, the answer is the first reason in the order', () => {
  fc.assert(
    fc.property(fc.subarray(BREAKERS), (chosen) => {
      const broken = chosen.filter((b, i) => chosen.findIndex((other) => other.group === b.group) === i)
      // Someone who went out a moment ago and may come back: the state in which every rule can be broken alone.
      const question = ask({ ticket: outside, event: { reentry: true } })
      for (const breaker of broken) breaker.change(question)
      // Presence is one field: who isn't outside can't break the rule of re-entry.
      const can = (code: Denial) => code !== 'REENTRY_NOT_ALLOWED' || question.ticket?.status === 'outside'
      const first = DENIALS.find((code) => broken.some((b) => b.code === code) && can(code))
      expect(evaluate(question)).toBe(first ?? 'OK')
    }),
    { numRuns: 2000 },
  )
})

test('any question has exactly one answer, and a refused exit is never a matter of time, place in line or capacity', () => {
  const moment = fc.option(fc.integer({ min: -2, max: 2 }).map(at), { nil: null })
  const anything: fc.Arbitrary<Question> = fc.record({
    now: fc.constant(NOW),
    direction: fc.constantFrom('in', 'out'),
    codeRetired: fc.boolean(),
    inside: fc.integer({ min: 0, max: 3 }),
    presented: fc.oneof(
      fc.constantFrom<Presented>({ kind: 'malformed' }, { kind: 'unsupported' }, { kind: 'typed' }, { kind: 'session' }),
      fc.record({
        kind: fc.constant('signed' as const),
        genuine: fc.boolean(),
        key: fc.constantFrom('active', 'verify_only', 'retired', 'compromised', null),
        event: fc.option(fc.record({ id: fc.integer({ min: 1, max: 2 }), organizerId: fc.integer({ min: 7, max: 8 }) }), { nil: null }),
      }),
    ),
    event: fc.record({
      id: fc.constant(1),
      organizerId: fc.constant(7),
      status: fc.constantFrom('draft', 'pending_review', 'published', 'cancelled', 'ended'),
      doorsOpenAt: moment,
      endsAt: moment.map((m) => m ?? at(9)),
      reentry: fc.boolean(),
      capacity: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
      compromisedKeys: fc.constantFrom('accept_known', 'reissue_only'),
    }),
    gate: fc.record({
      directions: fc.constantFrom('in', 'out', 'both'),
      openFrom: moment,
      openTo: moment,
      ticketTypeIds: fc.subarray([3, 4]),
      strictCapacity: fc.boolean(),
      apbSeconds: fc.constantFrom(0, 1),
      apbMode: fc.constantFrom('hard', 'soft'),
    }),
    ticket: fc.option(
      fc.record({
        typeId: fc.constantFrom(3, 5),
        status: fc.constantFrom('reserved', 'issued', 'paid', 'inside', 'outside', 'invalid', 'refunded'),
        entries: fc.integer({ min: 0, max: 2 }),
        usageLimit: fc.option(fc.integer({ min: 1, max: 2 }), { nil: null }),
        validFrom: moment,
        validTo: moment,
        reentry: fc.boolean(),
        admitIssued: fc.boolean(),
        lastDirection: fc.constantFrom('in', 'out', null),
        lastScanAt: moment,
      }),
      { nil: null },
    ),
  })
  const known = new Set<string>(['OK', ...DENIALS])
  const ofExits = new Set<ScanCode>(['OK', ...DENIALS.slice(0, DENIALS.indexOf('EVENT_CANCELLED')), 'DIRECTION_NOT_ALLOWED', 'OUT_WITHOUT_IN'])
  fc.assert(
    fc.property(anything, (question) => {
      const code = evaluate(question)
      expect(known.has(code)).toBe(true)
      expect(evaluate(structuredClone(question))).toBe(code)
      if (question.direction === 'out') expect(ofExits.has(code)).toBe(true)
      if (code === 'OK') expect(question.ticket).not.toBeNull()
    }),
    { numRuns: 5000 },
  )
})
