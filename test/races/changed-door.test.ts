// Between the two steps of a scan everything may change: the gate, the agent, the event, the ticket, the key, a clock. Step 2 knows what holds now.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { releaseAgent } from '#src/modules/access/assign-agent.ts'
import { archiveGate, updateGate } from '#src/modules/access/change-gate.ts'
import { listGateAgents } from '#src/modules/access/find-gates.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import type { ScanAnswer } from '#src/modules/access/scan.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { cancelEventOrders } from '#src/modules/ticketing/cancel-event-orders.ts'
import { listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { updateTicketType } from '#src/modules/ticketing/update-ticket-type.ts'
import type { Tx } from '#src/platform/db.ts'
import { testApp } from '../app.ts'
import { buildAgent, buildDoor, buildGate, confirm, countDoor, type Door } from '../door.ts'
import { buyAndPay, expectSound, outcomeOf, overtaken, until } from '../sale.ts'

const app = testApp({ DATABASE_POOL_SIZE: '20' })
const hour = 3_600_000

async function scene() {
  const door = await buildDoor(app, { event: { startsAt: new Date(Date.now() - hour), reentry: true } })
  const order = await buyAndPay(app, door.event, door.type)
  const ask = async (by: Door['agent'] = door.agent): Promise<ScanAnswer> => {
    const [ticket] = await listOrderTickets(app, order.event, { eventId: order.event.id, id: order.id })
    return requestScan(app, by, { qr: ticket!.qr! })
  }
  return { door, order, ask, owner: door.event.organizer.owner, session: await ask() }
}
/** The code of the answer, or of the refusal. */
const confirmed = (door: Door, session: ScanAnswer, by = door.agent, direction: 'in' | 'out' = 'in') =>
  confirm(app, by, session, direction).then(
    (answer) => answer.code,
    (error: { code: string }) => error.code,
  )
async function expectNobodyInside(door: Door): Promise<void> {
  expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 0, ticketsInside: 0, scansIn: 0 })
}

test('a gate taken out of use confirms nothing any more, for its agents or for those who lead', async () => {
  const { door, ask, owner, session } = await scene()
  const led = await ask(owner)
  await archiveGate(app, owner, door.gate.id)
  expect(await confirmed(door, session)).toBe('agent_not_assigned')
  expect(await confirmed(door, led, owner)).toBe('agent_not_assigned')
  await expectNobodyInside(door)
})

test('a gate that now leads out only lets nobody in', async () => {
  const { door, owner, session } = await scene()
  await updateGate(app, owner, door.gate.id, { directions: 'out' })
  expect(await confirmed(door, session)).toBe('DIRECTION_NOT_ALLOWED')
  await expectNobodyInside(door)
})

test('an agent whose shift has ended confirms nothing, and the session stays unused', async () => {
  const { door, owner, session } = await scene()
  const [agent] = await listGateAgents(app, owner, door.gate.id)
  await releaseAgent(app, owner, door.gate.id, agent!.accountId)
  expect(await confirmed(door, session)).toBe('agent_not_assigned')
  // Nor where the agent has another gate of the event.
  await buildAgent(app, door.event, await buildGate(app, door.event), door.agent)
  expect(await confirmed(door, session)).toBe('session_gate_mismatch')
  await expectNobodyInside(door)
  await buildAgent(app, door.event, door.gate, door.agent)
  expect(await confirmed(door, session)).toBe('OK')
})

test('an event that was cancelled lets nobody in, and those inside out, before and after its refunds', async () => {
  const { door, order, ask, owner, session } = await scene()
  const second = await buyAndPay(app, door.event, door.type)
  const [inside] = await listOrderTickets(app, second.event, { eventId: second.event.id, id: second.id })
  expect(await confirmed(door, await requestScan(app, door.agent, { qr: inside!.qr! }))).toBe('OK')
  await cancelEvent(app, owner, door.event.slug)
  expect(await confirmed(door, session)).toBe('EVENT_CANCELLED')
  const out = await requestScan(app, door.agent, { qr: inside!.qr! })
  expect(out).toMatchObject({ decision: 'ELIGIBLE', suggestedDirection: 'out' })
  await cancelEventOrders(app, door.event.id)
  // The refund has counted its holder out already.
  expect(await confirmed(door, out, door.agent, 'out')).toBe('OUT_WITHOUT_IN')
  expect((await ask().catch(() => null))?.scanSessionToken).toBeUndefined()
  expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 0, ticketsInside: 0, totalIn: 1, totalOut: 1 })
  expect(order.code).not.toBe(second.code)
  await expectSound(app)
})

test('an event that has ended, a type that is no longer valid, a key declared compromised: as of now', async () => {
  const ended = await scene()
  await updateEvent(app, ended.owner, ended.door.event.slug, { endsAt: new Date(Date.now() + 150) })
  const { endsAt } = await app.db.selectFrom('event').select('endsAt').where('id', '=', ended.door.event.id).executeTakeFirstOrThrow()
  await until(() => Date.now() > endsAt.getTime() + 20)
  expect(await confirmed(ended.door, ended.session)).toBe('EVENT_ENDED')

  const closed = await scene()
  await updateTicketType(app, closed.owner, closed.door.type.id, { validTo: new Date(Date.now() - 1000) })
  expect(await confirmed(closed.door, closed.session)).toBe('TICKET_EXPIRED')

  // The code was looked up: it is the proof, whoever else may sign by now.
  const leaked = await scene()
  await app.db.updateTable('eventKey').set({ status: 'compromised' }).where('eventId', '=', leaked.door.event.id).execute()
  expect(await confirmed(leaked.door, leaked.session)).toBe('OK')
})

test('a session lives by the database’s clock: a process that is an hour off neither ends nor prolongs it', async () => {
  for (const seconds of [hour / 1000, -hour / 500]) {
    const { door, order, session } = await scene()
    app.clock.advance(seconds)
    expect(await confirmed(door, session)).toBe('OK')
    const [ticket] = await listOrderTickets(app, order.event, { eventId: order.event.id, id: order.id })
    const out = await requestScan(app, door.agent, { qr: ticket!.qr! })
    await app.db
      .updateTable('scanRequest')
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where('gateId', '=', door.gate.id)
      .execute()
    expect(await confirmed(door, out, door.agent, 'out')).toBe('session_expired')
  }
  app.clock.set(new Date())
})

test('a shift that ends while a ticket is being judged, or let in, ends with a plain word', async () => {
  const { door, ask, session } = await scene()
  const endShift =
    (table: string) =>
    async (tx: Tx): Promise<void> => {
      await sql`LOCK TABLE ${sql.table(table)} IN SHARE MODE`.execute(tx)
      await tx.deleteFrom('gateAgent').where('gateId', '=', door.gate.id).execute()
    }
  expect(await overtaken(app, endShift('scan'), [() => confirmed(door, session)])).toEqual(['agent_not_assigned'])
  await buildAgent(app, door.event, door.gate, door.agent)
  expect(await overtaken(app, endShift('scan_request'), [() => outcomeOf(ask())])).toEqual(['agent_not_assigned'])
  await expectNobodyInside(door)
})

test('gate, shift, event and ticket change while confirmations are under way: whoever is inside was let in by what held at some moment', async () => {
  for (let round = 0; round < 6; round++) {
    const { door, owner, session } = await scene()
    const [agent] = await listGateAgents(app, owner, door.gate.id)
    const changes = [
      () => archiveGate(app, owner, door.gate.id),
      () => releaseAgent(app, owner, door.gate.id, agent!.accountId),
      () => cancelEvent(app, owner, door.event.slug),
    ]
    const [code] = await Promise.all([confirmed(door, session), changes[round % 3]!()])
    expect(['OK', 'agent_not_assigned', 'EVENT_CANCELLED']).toContain(code)
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: code === 'OK' ? 1 : 0, ticketsInside: code === 'OK' ? 1 : 0 })
  }
  await expectSound(app)
})
