// The scenarios of the door, one test each: what a scan answers, and what it changes.
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newPublicRef, uuidv7 } from '#src/kernel/id.ts'
import { encodeTh1, encodeTk1, humanCode } from '#src/modules/ticketing/qr-text.ts'
import { loadEventKeys } from '#src/modules/ticketing/event-keys.ts'
import { testApp } from '#test/app.ts'
import { buildAgent, buildDoor, buildGate, buildTicket, confirm, countDoor, pass, present, qrOf, type BuiltTicket, type Door } from '#test/door.ts'
import { buildEvent, buildMember, buildTicketType } from '#test/factories.ts'
import { confirmScan } from './confirm-scan.ts'
import { requestScan } from './request-scan.ts'

const app = testApp()

const ticketRow = (ticket: BuiltTicket) =>
  app.db.selectFrom('ticket').selectAll().where('eventId', '=', ticket.eventId).where('id', '=', ticket.id).executeTakeFirstOrThrow()
const scansOf = (ticket: BuiltTicket) =>
  app.db.selectFrom('scan').selectAll().where('eventId', '=', ticket.eventId).where('ticketId', '=', ticket.id).execute()
const feedOf = (door: Door) => app.db.selectFrom('accessFeed').selectAll().where('eventId', '=', door.event.id).orderBy('seq').execute()
const alertsOf = (door: Pick<Door, 'event'>) =>
  app.db.selectFrom('accessAlert').selectAll().where('eventId', '=', door.event.id).orderBy('id').execute()
const setTicket = (ticket: BuiltTicket, values: object) =>
  app.db.updateTable('ticket').set(values).where('eventId', '=', ticket.eventId).where('id', '=', ticket.id).execute()
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
const inSeconds = (seconds: number) => ago(-seconds)
const reentry = { event: { reentry: true } }

async function scene(input: Parameters<typeof buildDoor>[1] = {}, status?: string): Promise<Door & { ticket: BuiltTicket }> {
  const door = await buildDoor(app, input)
  return { ...door, ticket: await buildTicket(app, door, status) }
}

/** The same event's other gate, with its own agent. */
async function secondGate(door: Door, rules: Parameters<typeof buildGate>[2] = {}): Promise<Door> {
  const gate = await buildGate(app, door.event, rules)
  return { ...door, gate, agent: await buildAgent(app, door.event, gate) }
}

async function unchanged(ticket: BuiltTicket, work: () => Promise<unknown>): Promise<void> {
  const before = [await ticketRow(ticket), await countDoor(app, ticket.eventId)]
  await work()
  expect([await ticketRow(ticket), await countDoor(app, ticket.eventId)]).toEqual(before)
}

describe('presence', () => {
  test('S01 a paid ticket is eligible to enter, not to leave, and asking changes nothing', async () => {
    const door = await scene()
    await unchanged(door.ticket, async () => {
      const answer = await present(app, door, door.ticket)
      expect(answer).toMatchObject({
        decision: 'ELIGIBLE',
        code: 'OK',
        in: 'OK',
        out: 'OUT_WITHOUT_IN',
        suggestedDirection: 'in',
        flags: [],
        hint: null,
      })
      expect(answer.scanSessionToken).toMatch(/^[\w-]{22}$/)
      expect(Math.round((answer.expiresAt!.getTime() - answer.serverTime.getTime()) / 1000)).toBe(20)
    })
  })

  test('S02 confirming admits: the ticket is inside, counted, logged and told to scanners', async () => {
    const door = await scene()
    const answer = await confirm(app, door.agent, await present(app, door, door.ticket))
    expect(answer).toMatchObject({ decision: 'ADMITTED', code: 'OK', replayed: false, occupancy: { inside: 1, capacity: null } })
    expect(await ticketRow(door.ticket)).toMatchObject({ status: 'inside', usedCount: 1, lastDir: 'in', lastGateId: door.gate.id })
    expect(await scansOf(door.ticket)).toMatchObject([
      { scanId: answer.scanId, dir: 'in', result: 'OK', gateId: door.gate.id, agentId: door.agent.accountId },
    ])
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, totalIn: 1, totalOut: 0 })
    expect(await feedOf(door)).toMatchObject([{ kind: 'STATE', code: door.ticket.code, body: { status: 'inside', used: 1 } }])
  })

  test('S03 somebody inside may leave through a gate for both ways, and is refused at an entrance', async () => {
    const door = await scene()
    const entrance = await secondGate(door, { directions: 'in' })
    await pass(app, door, door.ticket)
    expect(await present(app, door, door.ticket)).toMatchObject({
      decision: 'ELIGIBLE',
      in: 'ALREADY_INSIDE',
      out: 'OK',
      suggestedDirection: 'out',
      scanSessionToken: expect.any(String),
    })
    const refused = await present(app, entrance, door.ticket)
    expect(refused).toMatchObject({ decision: 'DENIED', code: 'ALREADY_INSIDE', in: 'ALREADY_INSIDE' })
    expect(refused).not.toHaveProperty('out')
    expect(refused).not.toHaveProperty('scanSessionToken')
  })

  test('S04 confirming an entry for somebody inside is refused; at a second gate it smells of a copied ticket', async () => {
    const door = await scene()
    const other = await secondGate(door)
    await pass(app, door, door.ticket)
    await unchanged(door.ticket, async () => {
      expect(await confirm(app, other.agent, await present(app, other, door.ticket), 'in')).toMatchObject({
        decision: 'DENIED',
        code: 'ALREADY_INSIDE',
      })
    })
    expect(await alertsOf(door)).toMatchObject([
      { kind: 'TICKET_REPLAY', severity: 'high', gateId: other.gate.id, data: { ticketId: door.ticket.id, enteredGateId: door.gate.id } },
    ])
  })

  test('S05 an exit counts out and uses nothing up', async () => {
    const door = await scene()
    await pass(app, door, door.ticket)
    expect(await confirm(app, door.agent, await present(app, door, door.ticket), 'out')).toMatchObject({
      decision: 'EXITED',
      code: 'OK',
      occupancy: { inside: 0 },
    })
    expect(await ticketRow(door.ticket)).toMatchObject({ status: 'outside', usedCount: 1, lastDir: 'out' })
  })

  test('S06 who went out does not come back where re-entry is off', async () => {
    const door = await scene()
    await pass(app, door, door.ticket)
    await pass(app, door, door.ticket, 'out')
    expect(await present(app, door, door.ticket)).toMatchObject({
      decision: 'DENIED',
      code: 'REENTRY_NOT_ALLOWED',
      in: 'REENTRY_NOT_ALLOWED',
      out: 'OUT_WITHOUT_IN',
    })
  })

  test('S07 who went out comes back where re-entry is on, and is counted again', async () => {
    const door = await scene(reentry)
    await pass(app, door, door.ticket)
    await pass(app, door, door.ticket, 'out')
    expect(await pass(app, door, door.ticket)).toBe('OK')
    expect(await ticketRow(door.ticket)).toMatchObject({ status: 'inside', usedCount: 2 })
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, totalIn: 2, totalOut: 1 })
  })

  test('S08 an exit of somebody who never came in changes nothing and lets out', async () => {
    const door = await scene()
    await unchanged(door.ticket, async () => {
      expect(await confirm(app, door.agent, await present(app, door, door.ticket), 'out')).toMatchObject({
        decision: 'DENIED',
        code: 'OUT_WITHOUT_IN',
        hint: { letOut: true },
      })
    })
    expect(await scansOf(door.ticket)).toMatchObject([{ dir: 'out', result: 'OUT_WITHOUT_IN' }])
  })
})

describe('a session', () => {
  const expire = (door: Door) =>
    app.db
      .updateTable('scanRequest')
      .set({ expiresAt: ago(1) })
      .where('gateId', '=', door.gate.id)
      .execute()

  test('S09 is good for 20 seconds; afterwards the ticket is scanned again', async () => {
    const door = await scene()
    const answer = await present(app, door, door.ticket)
    await expire(door)
    await unchanged(door.ticket, async () => {
      await expect(confirm(app, door.agent, answer)).rejects.toMatchObject({ code: 'session_expired' })
    })
    expect(await pass(app, door, door.ticket)).toBe('OK')
  })

  test('S10 admits once: another scan with it is refused and remarked', async () => {
    const door = await scene()
    const answer = await present(app, door, door.ticket)
    await confirm(app, door.agent, answer)
    await expect(confirm(app, door.agent, answer)).rejects.toMatchObject({ code: 'session_already_used' })
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, scansIn: 1 })
    expect(await alertsOf(door)).toMatchObject([{ kind: 'TOKEN_REPLAY', severity: 'medium', count: 1 }])
    for (let again = 0; again < 2; again++) await expect(confirm(app, door.agent, answer)).rejects.toMatchObject({ code: 'session_already_used' })
    const alerts = await alertsOf(door)
    expect(alerts.map(({ severity, count }) => ({ severity, count })).sort((a, b) => b.count - a.count)).toEqual([
      { severity: 'medium', count: 2 },
      { severity: 'high', count: 1 },
    ])
    expect(
      await app.db.selectFrom('fact').select(['kind', 'data']).where('eventId', '=', door.event.id).where('kind', '=', 'access.alert').execute(),
    ).toMatchObject([{ data: { kind: 'TOKEN_REPLAY', severity: 'high' } }])
  })

  test('S11 answers a repeated confirmation with its first answer', async () => {
    const door = await scene()
    const answer = await present(app, door, door.ticket)
    const scanId = uuidv7()
    await confirm(app, door.agent, answer, 'in', scanId)
    expect(await confirm(app, door.agent, answer, 'in', scanId.toUpperCase())).toMatchObject({
      decision: 'ADMITTED',
      code: 'OK',
      scanId,
      replayed: true,
      occupancy: { inside: 1 },
    })
    // Also when the session is long over: the answer was given.
    await expire(door)
    expect(await confirm(app, door.agent, answer, 'in', scanId)).toMatchObject({ replayed: true })
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, scansIn: 1 })
    expect(await alertsOf(door)).toEqual([])
  })

  test('S12 answers 16 identical confirmations at once: one admits, 15 are replays', async () => {
    const door = await scene()
    const answer = await present(app, door, door.ticket)
    const scanId = uuidv7()
    const answers = await Promise.all(Array.from({ length: 16 }, () => confirm(app, door.agent, answer, 'in', scanId)))
    expect(answers.every((a) => a.decision === 'ADMITTED' && a.scanId === scanId)).toBe(true)
    expect(answers.filter((a) => a.replayed)).toHaveLength(15)
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, scansIn: 1 })
    expect(await alertsOf(door)).toEqual([])
  })

  test('S13 belongs to the agent who opened it', async () => {
    const door = await scene()
    const colleague = await buildAgent(app, door.event, door.gate)
    const answer = await present(app, door, door.ticket)
    await expect(confirm(app, colleague, answer)).rejects.toMatchObject({ code: 'session_agent_mismatch' })
    expect(await alertsOf(door)).toMatchObject([{ kind: 'AGENT_ANOMALY', severity: 'medium' }])
    expect(await confirm(app, door.agent, answer)).toMatchObject({ decision: 'ADMITTED' })
  })

  test('S13 belongs to the agent who opened it, whatever gate the other works at', async () => {
    const door = await scene()
    const other = await secondGate(door)
    const answer = await present(app, door, door.ticket)
    await expect(confirm(app, other.agent, answer)).rejects.toMatchObject({ code: 'session_agent_mismatch' })
  })

  test('S14 stays at its gate when the agent moves to another', async () => {
    const door = await scene()
    const answer = await present(app, door, door.ticket)
    const next = await buildGate(app, door.event)
    await app.db.updateTable('gateAgent').set({ gateId: next.id }).where('accountId', '=', door.agent.accountId).execute()
    await unchanged(door.ticket, async () => {
      await expect(confirm(app, door.agent, answer)).rejects.toMatchObject({ code: 'session_gate_mismatch' })
    })
  })

  test('S14 stays at its gate when the agent has both and names the other', async () => {
    const door = await scene()
    const answer = await present(app, door, door.ticket)
    const next = await buildGate(app, door.event)
    await buildAgent(app, door.event, next, door.agent)
    await expect(
      confirmScan(app, door.agent, { scanSessionToken: answer.scanSessionToken!, direction: 'in', scanId: uuidv7(), gateId: next.id }),
    ).rejects.toMatchObject({ code: 'session_gate_mismatch' })
    expect(
      await confirmScan(app, door.agent, { scanSessionToken: answer.scanSessionToken!, direction: 'in', scanId: uuidv7(), gateId: door.gate.id }),
    ).toMatchObject({ decision: 'ADMITTED' })
  })

  test('S15 is not guessed: unknown tokens are refused, and soon no longer judged', async () => {
    const door = await scene()
    const guess = () => confirm(app, door.agent, { scanSessionToken: randomBytes(16).toString('base64url') })
    await expect(guess()).rejects.toMatchObject({ code: 'session_unknown' })
    // Twice as many as a minute allows: one of them is too many wherever the minute turns.
    const codes = new Set<string>()
    for (let n = 0; n < 41; n++) await guess().catch((error: { code: string }) => codes.add(error.code))
    expect(codes).toContain('rate_limited')
  })

  test('S16 takes a scan id once: not for another session, nor for the other direction', async () => {
    const door = await scene()
    const another = await buildTicket(app, door)
    const scanId = uuidv7()
    const answer = await present(app, door, door.ticket)
    await confirm(app, door.agent, answer, 'in', scanId)
    await expect(confirm(app, door.agent, answer, 'out', scanId)).rejects.toMatchObject({ code: 'scan_id_reused' })
    const second = await present(app, door, another)
    await unchanged(another, async () => {
      await expect(confirm(app, door.agent, second, 'in', scanId)).rejects.toMatchObject({ code: 'scan_id_reused' })
    })
    // The second session was not spent on it.
    expect(await confirm(app, door.agent, second)).toMatchObject({ decision: 'ADMITTED' })
  })

  test('S17 of 64 agents for one ticket, confirmed at once, admits one', async () => {
    const door = await scene()
    const agents = await Promise.all(Array.from({ length: 64 }, () => buildAgent(app, door.event, door.gate)))
    const qr = await qrOf(app, door.event, door.ticket)
    const sessions = await Promise.all(agents.map(async (agent) => ({ agent, answer: await requestScan(app, agent, { qr }) })))
    const codes = (await Promise.all(sessions.map(({ agent, answer }) => confirm(app, agent, answer)))).map((answer) => answer.code)
    expect(codes.filter((code) => code === 'OK')).toHaveLength(1)
    expect(codes.filter((code) => code === 'ALREADY_INSIDE')).toHaveLength(63)
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, ticketsInside: 1, scansIn: 1 })
  })

  test('is replaced by the agent’s next one for the same ticket', async () => {
    const door = await scene()
    const first = await present(app, door, door.ticket)
    const second = await present(app, door, door.ticket)
    await expect(confirm(app, door.agent, first)).rejects.toMatchObject({ code: 'session_expired' })
    expect(await confirm(app, door.agent, second)).toMatchObject({ decision: 'ADMITTED' })
  })
})

describe('a gate', () => {
  test('S18 names the event of a ticket for the organizer’s other evening', async () => {
    const door = await scene()
    const other = await buildEvent(app, { organizer: door.event.organizer, title: 'Nuit du jazz' })
    const type = await buildTicketType(app, other)
    const ticket = await buildTicket(app, { event: other, type })
    const answer = await requestScan(app, door.agent, { qr: await qrOf(app, other, ticket) })
    expect(answer).toMatchObject({ decision: 'DENIED', code: 'WRONG_EVENT', ticket: null, hint: { event: 'Nuit du jazz' } })
    expect(answer).not.toHaveProperty('scanSessionToken')
  })

  test('S19 tells nothing about another organizer’s ticket, nor about a reference that nobody has', async () => {
    const door = await scene()
    const stranger = await scene()
    const answer = await requestScan(app, door.agent, { qr: await qrOf(app, stranger.event, stranger.ticket) })
    expect(answer).toMatchObject({ decision: 'DENIED', code: 'UNKNOWN_EVENT', ticket: null, hint: null })
    const nobody = { ...door.event, publicRef: newPublicRef() }
    expect(await requestScan(app, door.agent, { qr: await qrOf(app, nobody, door.ticket) })).toMatchObject({
      code: 'UNKNOWN_EVENT',
      ticket: null,
      hint: null,
    })
  })

  test('S20 for other types sends the guest to the gates for this one, and remarks a guest who can’t find it', async () => {
    const door = await scene()
    const vip = await buildTicketType(app, door.event, { name: 'VIP' })
    const vipDoor = await secondGate(door, { name: 'Carré VIP', types: [vip] })
    await secondGate(door, { name: 'Sortie', directions: 'out' })
    const answer = await present(app, vipDoor, door.ticket)
    expect(answer).toMatchObject({ decision: 'DENIED', code: 'WRONG_GATE' })
    expect(answer.hint!.gates).toHaveLength(1)
    expect(await alertsOf(door)).toEqual([])
    for (let again = 0; again < 2; again++) await present(app, vipDoor, door.ticket)
    expect(await alertsOf(door)).toMatchObject([{ kind: 'WRONG_GATE', severity: 'low' }])
  })

  test('S21 for entries lets nobody out', async () => {
    const door = await scene({ gate: { directions: 'in' } })
    const answer = await present(app, door, door.ticket)
    expect(await confirm(app, door.agent, answer, 'out')).toMatchObject({ decision: 'DENIED', code: 'DIRECTION_NOT_ALLOWED' })
  })

  test('S22 refuses outside its hours', async () => {
    const openTo = ago(60)
    const door = await scene({ gate: { openTo } })
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'DENIED', code: 'GATE_CLOSED', hint: { until: openTo } })
    const early = await scene({ gate: { openFrom: inSeconds(60) } })
    expect(await pass(app, early, early.ticket)).toBe('GATE_CLOSED')
  })
})

describe('a ticket', () => {
  test('S23 is too early before its window, and is told from when', async () => {
    const validFrom = inSeconds(60)
    const door = await scene({ type: { validFrom } })
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'DENIED', code: 'NOT_YET_VALID', hint: { from: validFrom } })
    await app.db
      .updateTable('ticketType')
      .set({ validFrom: ago(1) })
      .where('id', '=', door.type.id)
      .execute()
    expect(await pass(app, door, door.ticket)).toBe('OK')
  })

  test('S24 is too late after its window, but its holder still gets out', async () => {
    const door = await scene()
    const late = await buildTicket(app, door)
    await pass(app, door, door.ticket)
    await app.db
      .updateTable('ticketType')
      .set({ validTo: ago(1) })
      .where('id', '=', door.type.id)
      .execute()
    expect(await pass(app, door, late)).toBe('TICKET_EXPIRED')
    expect(await pass(app, door, door.ticket, 'out')).toBe('OK')
  })

  test('S25 enters as often as its limit says', async () => {
    const door = await scene({ ...reentry, type: { usageLimit: 2 } })
    for (let n = 0; n < 2; n++) {
      expect(await pass(app, door, door.ticket)).toBe('OK')
      expect(await pass(app, door, door.ticket, 'out')).toBe('OK')
    }
    expect(await present(app, door, door.ticket)).toMatchObject({
      decision: 'DENIED',
      code: 'USAGE_LIMIT_REACHED',
      ticket: { entriesUsed: 2, usageLimit: 2 },
    })
    expect(await ticketRow(door.ticket)).toMatchObject({ usedCount: 2 })
  })

  test('S26 for one entry a day enters again on the next day', async () => {
    const door = await scene({ type: { usageLimit: 1, usagePeriod: 'day' } })
    expect(await pass(app, door, door.ticket)).toBe('OK')
    expect(await pass(app, door, door.ticket, 'out')).toBe('OK')
    expect(await pass(app, door, door.ticket)).toBe('REENTRY_NOT_ALLOWED')
    const { usageDay } = await ticketRow(door.ticket)
    const dayBefore = new Date(new Date(`${String(usageDay)}T00:00:00Z`).getTime() - 86_400_000).toISOString().slice(0, 10)
    await setTicket(door.ticket, { usageDay: dayBefore })
    expect(await pass(app, door, door.ticket)).toBe('OK')
    expect(await ticketRow(door.ticket)).toMatchObject({ usageDay, usageDayCount: 1, usedCount: 2 })
  })

  test.each([
    ['S27', 'refunded', 'TICKET_REFUNDED'],
    ['S28', 'invalid', 'TICKET_INVALID'],
    ['S30', 'issued', 'TICKET_NOT_ACTIVATED'],
  ])('%s that is %s does not enter', async (_, status, code) => {
    const door = await scene({}, status)
    await unchanged(door.ticket, async () => {
      expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'DENIED', code })
    })
  })

  test('S29 that waits for its payment does not enter; only who takes money is told how much', async () => {
    const door = await scene({}, 'reserved')
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'DENIED', code: 'TICKET_NOT_PAID', hint: null })
    const cashier = await buildAgent(app, door.event, door.gate, await buildMember(app, door.event.organizer.id, 'cashier'))
    const answer = await requestScan(app, cashier, { qr: await qrOf(app, door.event, door.ticket) })
    expect(answer).toMatchObject({ code: 'TICKET_NOT_PAID', hint: { due: { amount: 5000, currency: 'XOF' } } })
    await setTicket(door.ticket, { status: 'paid' })
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'ELIGIBLE' })
  })

  test('S30 that nobody paid for enters where its type is complimentary', async () => {
    const door = await scene({ type: { admitIssued: true } }, 'issued')
    expect(await pass(app, door, door.ticket)).toBe('OK')
    expect(await ticketRow(door.ticket)).toMatchObject({ status: 'inside', usedCount: 1 })
  })

  test('S34 that was reissued enters with its new code only', async () => {
    const door = await scene()
    const old = await qrOf(app, door.event, door.ticket)
    const code = randomBytes(8)
    await app.db
      .insertInto('retiredCode')
      .values({ eventId: door.event.id, code: door.ticket.code, ticketId: door.ticket.id, reason: 'lost' })
      .execute()
    await setTicket(door.ticket, { code })
    expect(await requestScan(app, door.agent, { qr: old })).toMatchObject({ decision: 'DENIED', code: 'TICKET_REISSUED', ticket: null })
    expect(await requestScan(app, door.agent, { qr: await qrOf(app, door.event, { ...door.ticket, code }) })).toMatchObject({ decision: 'ELIGIBLE' })
  })
})

describe('a QR text', () => {
  /** Another character of the alphabet in the given place. */
  const altered = (text: string, place: number) => `${text.slice(0, place)}${text[place] === '7' ? '8' : '7'}${text.slice(place + 1)}`

  test('S35 with one bit of its header changed is a forgery, remarked without looking for a ticket', async () => {
    const door = await scene()
    const qr = await qrOf(app, door.event, door.ticket)
    // Characters 16 to 24 carry the code; the event reference and the key stay what they are.
    expect(await requestScan(app, door.agent, { qr: altered(qr, 18) })).toMatchObject({ decision: 'DENIED', code: 'INVALID_SIGNATURE', ticket: null })
    const [row] = await app.db.selectFrom('scanRequest').selectAll().where('gateId', '=', door.gate.id).execute()
    expect(row).toMatchObject({ code: 'INVALID_SIGNATURE', ticketId: null, tokenHash: null })
    expect(row!.textHash).toHaveLength(32)
  })

  test('S36 with a changed signature or a false HMAC is a forgery', async () => {
    const door = await scene()
    expect(await requestScan(app, door.agent, { qr: altered(await qrOf(app, door.event, door.ticket), 80) })).toMatchObject({
      code: 'INVALID_SIGNATURE',
    })
    const header = { kid: 1, eventRef: door.event.publicRef, typeRef: door.type.ordinal, code: door.ticket.code }
    expect(await requestScan(app, door.agent, { qr: encodeTh1(header, Buffer.alloc(32, 7)) })).toMatchObject({ code: 'INVALID_SIGNATURE' })
    expect(await requestScan(app, door.agent, { qr: await qrOf(app, door.event, door.ticket, 'TH1') })).toMatchObject({ decision: 'ELIGIBLE' })
  })

  const setKey = (door: Door, status: string) => app.db.updateTable('eventKey').set({ status }).where('eventId', '=', door.event.id).execute()

  test('S37 under the event’s former key enters', async () => {
    const door = await scene()
    await setKey(door, 'verify_only')
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'ELIGIBLE' })
  })

  test('S38 under a key that the event never had is refused; under a compromised one its code is the proof, and it is remarked', async () => {
    const door = await scene()
    await setKey(door, 'compromised')
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'ELIGIBLE', flags: ['COMPROMISED_KEY'] })
    expect(await alertsOf(door)).toMatchObject([{ kind: 'COMPROMISED_KEY' }])
    const key = (await loadEventKeys(app, door.event.id)).get(1)!
    const qr = await encodeTk1({ kid: 9, eventRef: door.event.publicRef, typeRef: 1, code: door.ticket.code }, key.privateKey())
    expect(await requestScan(app, door.agent, { qr })).toMatchObject({ decision: 'DENIED', code: 'UNKNOWN_KEY', ticket: null })
  })

  test('S39 well signed with a code that was never issued raises the gravest alarm', async () => {
    const door = await scene()
    expect(await requestScan(app, door.agent, { qr: await qrOf(app, door.event, { ...door.ticket, code: randomBytes(8) }) })).toMatchObject({
      decision: 'DENIED',
      code: 'UNKNOWN_CODE',
    })
    expect(await alertsOf(door)).toMatchObject([{ kind: 'FORGED_VALID', severity: 'critical' }])
    expect(
      await app.db.selectFrom('fact').select('data').where('eventId', '=', door.event.id).where('kind', '=', 'access.alert').execute(),
    ).toMatchObject([{ data: { severity: 'critical' } }])
  })

  test('S40 of something else is refused as unreadable, and the scanner goes on', async () => {
    const door = await scene()
    const genuine = await qrOf(app, door.event, door.ticket)
    for (const qr of ['https://example.test/?x=1', 'WIFI:S:guichet;T:WPA;P:secret;;', '', 'x'.repeat(10_000), genuine.toLowerCase()]) {
      expect(await requestScan(app, door.agent, { qr })).toMatchObject({ decision: 'DENIED', code: 'MALFORMED_QR', ticket: null })
    }
    expect(await requestScan(app, door.agent, { qr: `\r\n ${genuine}\n` })).toMatchObject({ decision: 'ELIGIBLE' })
    const rows = await app.db.selectFrom('scanRequest').selectAll().where('gateId', '=', door.gate.id).execute()
    expect(rows).toHaveLength(6)
    expect(JSON.stringify(rows)).not.toContain(genuine)
  })

  test('S41 of a later version asks for a newer scanner', async () => {
    const door = await scene()
    const future = `TK9${(await qrOf(app, door.event, door.ticket)).slice(3)}`
    expect(await requestScan(app, door.agent, { qr: future })).toMatchObject({
      decision: 'DENIED',
      code: 'UNSUPPORTED_VERSION',
      hint: { updateApp: true },
    })
  })

  test('S47 forged five times in a minute slows the agent down, twenty times locks it out', async () => {
    const door = await scene()
    const forge = () => requestScan(app, door.agent, { qr: `nothing of ours ${Math.random()}` })
    for (let n = 0; n < 4; n++) expect((await forge()).hint).toBeNull()
    expect((await forge()).hint).toEqual({ waitSeconds: 2 })
    for (let n = 5; n < 20; n++) await forge()
    await expect(forge()).rejects.toMatchObject({ code: 'rate_limited', details: { retryAfter: expect.any(Number) } })
    await expect(present(app, door, door.ticket)).rejects.toMatchObject({ code: 'rate_limited' })
    const alerts = await alertsOf(door)
    expect(alerts.map(({ kind, severity, count }) => ({ kind, severity, count }))).toEqual([
      { kind: 'BRUTE_FORCE', severity: 'medium', count: 15 },
      { kind: 'BRUTE_FORCE', severity: 'high', count: 1 },
    ])
    // A minute later the door opens again.
    await app.db
      .updateTable('scanRequest')
      .set({ createdAt: ago(61) })
      .where('gateId', '=', door.gate.id)
      .execute()
    expect(await present(app, door, door.ticket)).toMatchObject({ decision: 'ELIGIBLE' })
  })

  test('S68 typed by hand is looked up by its code, and says so in the log', async () => {
    const door = await scene()
    const typed = humanCode(door.ticket.code).toLowerCase().replaceAll('-', ' ')
    const answer = await requestScan(app, door.agent, { manualCode: typed })
    expect(answer).toMatchObject({ decision: 'ELIGIBLE' })
    expect(await confirm(app, door.agent, answer)).toMatchObject({ decision: 'ADMITTED' })
    expect(await scansOf(door.ticket)).toMatchObject([{ method: 'manual' }])
    expect(await requestScan(app, door.agent, { manualCode: 'ABCD-EFGH-JKMN-PQ' })).toMatchObject({ code: 'MALFORMED_QR' })
  })

  test('S50 tells the agent nothing about the person', async () => {
    const door = await scene()
    await setTicket(door.ticket, { holderName: 'Afi Mensah', holderEmail: 'afi@example.test' })
    const answer = await present(app, door, door.ticket)
    const told = JSON.stringify([answer, await confirm(app, door.agent, answer)])
    for (const secret of ['Afi', 'afi@', door.ticket.id, door.ticket.code.toString('hex')]) expect(told).not.toContain(secret)
    expect(Object.keys(answer.ticket!).sort()).toEqual(['entriesUsed', 'last', 'type', 'usageLimit'])
  })
})

describe('an event', () => {
  test('S42 that is cancelled, not open or over lets nobody in, and everybody out', async () => {
    const door = await scene()
    const late = await buildTicket(app, door)
    await pass(app, door, door.ticket)
    const set = (values: object) => app.db.updateTable('event').set(values).where('id', '=', door.event.id).execute()
    await set({ doorsOpenAt: inSeconds(3600) })
    expect(await present(app, door, late)).toMatchObject({ decision: 'DENIED', code: 'EVENT_NOT_OPEN', hint: { from: expect.any(Date) } })
    await set({ doorsOpenAt: null, startsAt: ago(7200), endsAt: ago(1) })
    expect(await pass(app, door, late)).toBe('EVENT_ENDED')
    await set({ status: 'cancelled' })
    expect(await pass(app, door, late)).toBe('EVENT_CANCELLED')
    expect(await pass(app, door, door.ticket, 'out')).toBe('OK')
  })

  test('S43 that is full refuses at a strict gate, until somebody leaves', async () => {
    const door = await scene({ event: { capacity: 2, reentry: true }, gate: { strictCapacity: true } })
    const [second, third] = [await buildTicket(app, door), await buildTicket(app, door)]
    await pass(app, door, door.ticket)
    await pass(app, door, second)
    await unchanged(third, async () => {
      expect(await pass(app, door, third)).toBe('CAPACITY_FULL')
    })
    // Leaving through a gate that isn't strict frees a place as well.
    const exit = await secondGate(door, { directions: 'out' })
    expect(await pass(app, exit, second, 'out')).toBe('OK')
    expect(await pass(app, door, third)).toBe('OK')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 2, ticketsInside: 2, totalIn: 3, totalOut: 1 })
  })

  test('S43 that counted loosely before keeps those inside when a gate becomes strict', async () => {
    const door = await scene({ event: { capacity: 2 } })
    const other = await secondGate(door)
    const [second, third] = [await buildTicket(app, door), await buildTicket(app, door)]
    await pass(app, door, door.ticket)
    await pass(app, other, second)
    await app.db.updateTable('gate').set({ strictCapacity: true }).where('id', '=', door.gate.id).execute()
    expect(await pass(app, door, third)).toBe('CAPACITY_FULL')
  })

  test('S45 makes who went out wait before coming back', async () => {
    const door = await scene({ ...reentry, gate: { apbSeconds: 60 } })
    await pass(app, door, door.ticket)
    await pass(app, door, door.ticket, 'out')
    await setTicket(door.ticket, { lastScanAt: ago(10) })
    const answer = await present(app, door, door.ticket)
    expect(answer).toMatchObject({ decision: 'DENIED', code: 'ANTI_PASSBACK_WAIT' })
    expect([49, 50]).toContain(answer.hint!.waitSeconds)
    await setTicket(door.ticket, { lastScanAt: ago(61) })
    expect(await pass(app, door, door.ticket)).toBe('OK')
  })

  test('S45 may only remark it', async () => {
    const door = await scene({ ...reentry, gate: { apbSeconds: 60, apbMode: 'soft' } })
    await pass(app, door, door.ticket)
    await pass(app, door, door.ticket, 'out')
    const answer = await present(app, door, door.ticket)
    expect(answer).toMatchObject({ decision: 'ELIGIBLE', flags: ['PASSBACK'] })
    expect(await confirm(app, door.agent, answer)).toMatchObject({ decision: 'ADMITTED', flags: ['PASSBACK'] })
  })
})

test('whoever leaves the team leaves its gates with the same stroke', async () => {
  const door = await buildDoor(app)
  const shifts = () => app.db.selectFrom('gateAgent').select('gateId').where('accountId', '=', door.agent.accountId).execute()
  expect(await shifts()).toHaveLength(1)
  await app.db.deleteFrom('membership').where('accountId', '=', door.agent.accountId).execute()
  expect(await shifts()).toEqual([])
})
