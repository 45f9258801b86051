// The organizer refunds, replaces and renames tickets while their holders are at the gate.
import { expect, test } from 'vitest'
import type { ScanAnswer } from '#src/modules/access/scan.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import type { CheckedOut } from '#src/modules/ticketing/check-out.ts'
import { listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { reissueTicket, renameHolder } from '#src/modules/ticketing/serve-order.ts'
import type { Tx } from '#src/platform/db.ts'
import { testApp } from '../app.ts'
import { buildAgent, buildDoor, buildGate, confirm, countDoor, type Door } from '../door.ts'
import { buy, buyAndPay, expectSound, holderOf, outcomeOf, overtaken } from '../sale.ts'

const app = testApp({ DATABASE_POOL_SIZE: '20' })

const qrsOf = async (order: CheckedOut): Promise<string[]> =>
  (await listOrderTickets(app, order.event, { eventId: order.event.id, id: order.id })).map((ticket) => ticket.qr!)
const ticketOf = (order: CheckedOut, i: number) =>
  app.db.selectFrom('ticket').selectAll().where('id', '=', order.tickets[i]!.id).executeTakeFirstOrThrow()
/** Both steps at the door; the code of whichever refused. */
async function passAt(door: Door, qr: string, direction: 'in' | 'out'): Promise<string> {
  const answer: ScanAnswer = await requestScan(app, door.agent, { qr })
  if (!answer.scanSessionToken) return answer.code
  return confirm(app, door.agent, answer, direction).then(
    (done) => done.code,
    (error: { code: string }) => error.code,
  )
}

async function expectCounted(door: Door): Promise<void> {
  const counts = await countDoor(app, door.event.id)
  expect(counts.inside).toBe(counts.ticketsInside)
  expect(counts.inside).toBe(counts.totalIn - counts.totalOut)
  expect(counts.inside).toBeGreaterThanOrEqual(0)
}

test('refunds, scans in and out, new codes and new names of one order, all at once: nobody is inside on a refunded ticket', async () => {
  const door = await buildDoor(app, { event: { reentry: true, startsAt: new Date(Date.now() - 3_600_000) }, type: { quantity: 500 } })
  const gate = await buildGate(app, door.event)
  const doors: Door[] = [door, { ...door, gate, agent: await buildAgent(app, door.event, gate) }]
  const owner = door.event.organizer.owner
  for (let round = 0; round < 8; round++) {
    const order = await buyAndPay(app, door.event, door.type, 6)
    const qrs = await qrsOf(order)
    const one = (i: number) => ({ code: order.code, ticketId: order.tickets[i]!.id })
    const codes = await Promise.all([
      ...qrs.flatMap((qr, i) => [passAt(doors[i % 2]!, qr, 'in'), passAt(doors[(i + 1) % 2]!, qr, i % 3 ? 'in' : 'out')]),
      ...[0, 1, 2].map((i) => outcomeOf(refundOrder(app, owner, { code: order.code, ticketIds: [order.tickets[i]!.id], force: i !== 1 }))),
      ...[2, 3, 4].map((i) => outcomeOf(reissueTicket(app, owner, one(i)))),
      ...[0, 3, 5].map((i) => outcomeOf(renameHolder(app, owner, { ...one(i), name: 'Ama' }))),
      round % 2 ? outcomeOf(cancelOrder(app, owner, { code: order.code, force: true })) : 'done',
    ])
    expect(codes).not.toContain('busy')
    await expectCounted(door)
    const inside = await app.db
      .selectFrom('ticket')
      .innerJoin('refund', 'refund.payableId', 'ticket.orderId')
      .select('ticket.id')
      .where('ticket.orderId', '=', order.id)
      .where('ticket.status', '=', 'inside')
      .whereRef('ticket.id', '=', (eb) => eb.fn.any('refund.ticketIds'))
      .execute()
    expect(inside).toEqual([])
  }
  await expectSound(app)
})

test('a session opened before the refund is refused after it', async () => {
  const door = await buildDoor(app, { event: { startsAt: new Date(Date.now() - 3_600_000) } })
  const order = await buyAndPay(app, door.event, door.type, 2)
  const answers = await Promise.all((await qrsOf(order)).map((qr) => requestScan(app, door.agent, { qr })))
  await refundOrder(app, door.event.organizer.owner, { code: order.code, ticketIds: [order.tickets[0]!.id] })
  expect((await confirm(app, door.agent, answers[0]!)).code).toBe('TICKET_REFUNDED')
  // The other is confirmed while the refund is under way: it waits for the ticket, and then sees it as it is.
  const refund = (tx: Tx) =>
    tx
      .updateTable('ticket')
      .set((eb) => ({ status: 'refunded', version: eb('version', '+', 1) }))
      .where('id', '=', order.tickets[1]!.id)
      .execute()
  const confirmed = await overtaken(app, refund, [async () => (await confirm(app, door.agent, answers[1]!)).code])
  expect(confirmed).toEqual(['TICKET_REFUNDED'])
  await app.db.updateTable('ticket').set({ status: 'paid' }).where('id', '=', order.tickets[1]!.id).execute()
  await expectCounted(door)
  await expectSound(app)
})

test('a session opened with the old code is refused once the ticket has a new one', async () => {
  const door = await buildDoor(app, { event: { startsAt: new Date(Date.now() - 3_600_000) } })
  const order = await buyAndPay(app, door.event, door.type)
  const owner = door.event.organizer.owner
  const [stolen] = await qrsOf(order)
  const answer = await requestScan(app, door.agent, { qr: stolen! })
  await reissueTicket(app, owner, { code: order.code, ticketId: order.tickets[0]!.id })
  expect(await confirm(app, door.agent, answer)).toMatchObject({ decision: 'DENIED', code: 'TICKET_REISSUED' })
  const [fresh] = await qrsOf(order)
  expect(await passAt(door, stolen!, 'in')).toBe('TICKET_REISSUED')
  expect(await passAt(door, fresh!, 'in')).toBe('OK')
  expect((await ticketOf(order, 0)).usedCount).toBe(1)
  await expectSound(app)
})

test('a ticket confirmed while its replacement is under way enters before it or not at all', async () => {
  const door = await buildDoor(app, { event: { startsAt: new Date(Date.now() - 3_600_000) } })
  for (let round = 0; round < 6; round++) {
    const order = await buyAndPay(app, door.event, door.type)
    const [qr] = await qrsOf(order)
    const answer = await requestScan(app, door.agent, { qr: qr! })
    const [scanned, replaced] = await Promise.all([
      confirm(app, door.agent, answer).then((done) => done.code),
      outcomeOf(reissueTicket(app, door.event.organizer.owner, { code: order.code, ticketId: order.tickets[0]!.id })),
    ])
    expect([
      ['OK', 'ticket_inside'],
      ['TICKET_REISSUED', 'done'],
    ]).toContainEqual([scanned, replaced])
  }
  await expectSound(app)
})

test('a free order given back by its buyer at the moment it is scanned either stays whole or lets nobody in', async () => {
  const door = await buildDoor(app, { event: { startsAt: new Date(Date.now() - 3_600_000), reentry: true }, type: { price: 0 } })
  for (let round = 0; round < 10; round++) {
    const order = await buy(app, door.event, door.type)
    const qr = order.tickets[0]!.qr!
    const [, cancelled] = await Promise.all([
      (async () => {
        await passAt(door, qr, 'in')
        await passAt(door, qr, 'out')
      })(),
      outcomeOf(cancelOrder(app, holderOf(order), { code: order.code })),
    ])
    const { usedCount, status } = await ticketOf(order, 0)
    expect([cancelled, status, usedCount > 0]).toEqual(cancelled === 'done' ? ['done', 'invalid', false] : [cancelled, 'outside', true])
  }
  await expectSound(app)
})
