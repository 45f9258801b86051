// The door and the shop together: what paying, refunding and reissuing mean for who stands at the gate.
import { expect, test } from 'vitest'
import type { Actor, Visitor } from '#src/kernel/actor.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { checkOut, payOrder, type CheckedOut } from '#src/modules/ticketing/check-out.ts'
import { listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { reissueTicket } from '#src/modules/ticketing/serve-order.ts'
import { testApp } from '#test/app.ts'
import { buildDoor, confirm, countDoor, qrOf, type Door } from '#test/door.ts'
import { buildMember } from '#test/factories.ts'
import { requestScan } from './request-scan.ts'

const app = testApp()
const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }
let keys = 0

const buy = (door: Door, payment?: { provider: string }, actor: Actor = visitor) =>
  checkOut(app, actor, {
    eventSlug: door.event.slug,
    lines: [{ ticketTypeId: door.type.id, quantity: 1 }],
    buyer: { name: 'Afi', email: 'afi@example.test' },
    idempotencyKey: `door-${++keys}`,
    channel: 'api',
    ...(payment && { payment }),
  })

async function scene() {
  const door = await buildDoor(app)
  const cashier = await buildMember(app, door.event.organizer.id, 'cashier')
  return { ...door, cashier, manager: await buildMember(app, door.event.organizer.id, 'manager') }
}

/** What a camera reads off the order's ticket, also while its buyer isn't shown it. */
async function qrOfOrder(door: Door, order: CheckedOut): Promise<string> {
  const ticket = await app.db
    .selectFrom('ticket')
    .select(['code', 'kid'])
    .where('eventId', '=', door.event.id)
    .where('orderId', '=', order.id)
    .executeTakeFirstOrThrow()
  return qrOf(app, door.event, { ...ticket, type: door.type })
}

const scan = async (door: Door, qr: string, direction: 'in' | 'out' = 'in') => {
  const answer = await requestScan(app, door.agent, { qr })
  return answer.scanSessionToken ? confirm(app, door.agent, answer, direction) : answer
}
const entered = async (door: Door) => (await countDoor(app, door.event.id)).inside

test('S29 a reserved ticket enters once the cashier has taken the money', async () => {
  const door = await scene()
  const order = await buy(door)
  const qr = await qrOfOrder(door, order)
  expect(await scan(door, qr)).toMatchObject({ decision: 'DENIED', code: 'TICKET_NOT_PAID' })
  await payOrder(app, door.cashier, order.event, order.code, { provider: 'cash' })
  expect(await scan(door, qr)).toMatchObject({ decision: 'ADMITTED' })
})

test('S31 taking the money twice books it once', async () => {
  const door = await scene()
  const order = await buy(door)
  const take = () => payOrder(app, door.cashier, order.event, order.code, { provider: 'cash' })
  await take()
  await expect(take()).rejects.toMatchObject({ code: 'order_not_payable' })
  const paid = await app.db.selectFrom('payment').select('status').where('payableId', '=', order.id).execute()
  expect(paid.filter((payment) => payment.status === 'SUCCEEDED')).toHaveLength(1)
})

test('S32 a refund waits while the holder is inside, unless the organizer insists: then the holder is counted out', async () => {
  const door = await scene()
  const order = await buy(door, { provider: 'cash' }, door.cashier)
  const qr = await qrOfOrder(door, order)
  expect(await scan(door, qr)).toMatchObject({ decision: 'ADMITTED' })
  await expect(refundOrder(app, door.manager, { code: order.code })).rejects.toMatchObject({ code: 'ticket_inside' })
  expect(await entered(door)).toBe(1)
  await refundOrder(app, door.manager, { code: order.code, force: true })
  expect(await entered(door)).toBe(0)
  expect(await scan(door, qr)).toMatchObject({ decision: 'DENIED', code: 'TICKET_REFUNDED', in: 'TICKET_REFUNDED', out: 'OUT_WITHOUT_IN' })
  expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 0, ticketsInside: 0, totalIn: 1, totalOut: 1 })
})

test('S32 who was let in on a session opened before the refund is not let in', async () => {
  const door = await scene()
  const order = await buy(door, { provider: 'cash' }, door.cashier)
  const answer = await requestScan(app, door.agent, { qr: await qrOfOrder(door, order) })
  await refundOrder(app, door.manager, { code: order.code })
  expect(await confirm(app, door.agent, answer)).toMatchObject({ decision: 'DENIED', code: 'TICKET_REFUNDED' })
})

test('S33 a refunded or cancelled ticket shows no QR any more, and its old one is revoked', async () => {
  const door = await scene()
  const [refunded, cancelled] = [await buy(door, { provider: 'cash' }, door.cashier), await buy(door, { provider: 'cash' }, door.cashier)]
  expect(refunded.tickets[0]!.qr).toMatch(/^TK1/)
  const qrs = [await qrOfOrder(door, refunded), await qrOfOrder(door, cancelled)]
  await refundOrder(app, door.manager, { code: refunded.code })
  await cancelOrder(app, door.manager, { code: cancelled.code })
  for (const order of [refunded, cancelled])
    expect((await listOrderTickets(app, order.event, { eventId: order.event.id, id: order.id })).map((ticket) => ticket.qr)).toEqual([null])
  for (const qr of qrs) expect(await scan(door, qr)).toMatchObject({ decision: 'DENIED', code: 'TICKET_REFUNDED' })
  const feed = await app.db.selectFrom('accessFeed').select('kind').where('eventId', '=', door.event.id).execute()
  expect(feed).toEqual([{ kind: 'REVOKE' }, { kind: 'REVOKE' }])
})

test('S34 a reissued ticket enters with its new QR only', async () => {
  const door = await scene()
  const order = await buy(door, { provider: 'cash' }, door.cashier)
  const old = await qrOfOrder(door, order)
  await reissueTicket(app, door.manager, { code: order.code, ticketId: order.tickets[0]!.id, reason: 'lost' })
  expect(await scan(door, old)).toMatchObject({ decision: 'DENIED', code: 'TICKET_REISSUED' })
  expect(await scan(door, await qrOfOrder(door, order))).toMatchObject({ decision: 'ADMITTED' })
})
