// Two processes of one installation, side by side on one database: whatever both do at once happens once.
import { expect, test } from 'vitest'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { checkOut, payOrder, type CheckOut } from '#src/modules/ticketing/check-out.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { findEventRef } from '#src/modules/events/find-events.ts'
import { startWorker } from '#src/worker/runner.ts'
import { testApps, type TestApp } from '../app.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '../factories.ts'
import { approveSilently, buy, counterOf, expectSound, holderOf, orderOf, outcomeOf, runOut, tally, until, visitor, wish } from '../sale.ts'

const [app, other] = testApps()
const both = <T>(work: (one: TestApp) => Promise<T>): Promise<T[]> => Promise.all([work(app), work(other)])

const codeOf = async (one: TestApp, input: CheckOut) => (await checkOut(one, visitor, input)).code

function place(one: TestApp, event: BuiltEvent, type: { id: number }, key: string, quantity = 1) {
  return one.server.inject({
    method: 'POST',
    url: '/api/v1/orders',
    headers: { 'idempotency-key': key },
    payload: {
      event: event.slug,
      lines: [{ ticketTypeId: type.id, quantity }],
      buyer: { name: 'Afi', email: 'afi@example.test' },
      payment: { provider: 'simulator' },
    },
  })
}

test.each([
  ['free', 0],
  ['paid', 2500],
])('200 buyers through both for the last 9 %s tickets: 9 get one', async (_, price) => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price, quantity: 9 })
  const outcomes = await Promise.all(Array.from({ length: 200 }, (_, i) => outcomeOf(buy(i % 2 ? app : other, event, type))))
  expect(tally(outcomes)).toEqual({ done: 9, sold_out: 191 })
  expect(await counterOf(app, type.quotaId)).toMatchObject(price === 0 ? { sold: 9, held: 0 } : { sold: 0, held: 9 })
  await expectSound(app)
})

test('two types with quotas of their own under one capacity, sold in opposite orders by both, never wait for each other in a circle', async () => {
  const event = await buildEvent(app, { capacity: 25 })
  const types = [await buildTicketType(app, event, { price: 0, quantity: 40 }), await buildTicketType(app, event, { price: 0, quantity: 40 })]
  const outcomes = await Promise.all(
    Array.from({ length: 80 }, (_, i) => {
      const lines = types.map((type) => ({ ticketTypeId: type.id, quantity: 1 }))
      return outcomeOf(buy(i % 2 ? app : other, event, types[0]!, 1, { lines: i % 2 ? lines : lines.toReversed() }))
    }),
  )
  expect(tally(outcomes)).toEqual({ done: 12, sold_out: 68 })
  await expectSound(app)
})

test('one key through both at once: the same request is one order, another one is refused', async () => {
  const event = await buildEvent(app)
  // Quotas of their own: the two don't wait for each other's counter, and meet at the key.
  const types = [await buildTicketType(app, event), await buildTicketType(app, event)]
  for (let round = 0; round < 12; round++) {
    const same = await both((one) => place(one, event, types[0]!, `same-${round}`))
    const codes = new Set(same.map((answer) => answer.json<{ code: string }>().code))
    expect([same.map((answer) => answer.statusCode), codes.size]).toEqual([[201, 201], 1])

    const [mine, theirs] = await Promise.all([place(app, event, types[0]!, `other-${round}`, 1), place(other, event, types[1]!, `other-${round}`, 2)])
    expect([mine.statusCode, theirs.statusCode].sort()).toEqual([201, 422])
    expect([mine, theirs].find((answer) => answer.statusCode === 422)!.json()).toMatchObject({ code: 'idempotency_key_reused' })
  }
  const { orders } = await app.db
    .selectFrom('ticketOrder')
    .select((eb) => eb.fn.countAll<number>().as('orders'))
    .where('eventId', '=', event.id)
    .executeTakeFirstOrThrow()
  expect(orders).toBe(24)
  const { payments } = await app.db
    .selectFrom('payment')
    .select((eb) => eb.fn.countAll<number>().as('payments'))
    .where('eventId', '=', event.id)
    .executeTakeFirstOrThrow()
  expect(payments).toBe(24)
  await expectSound(app)
})

test('one key for two events in both at once: whoever was told of an order is told of the same one again', async () => {
  const events = [await buildEvent(app), await buildEvent(app)] as const
  const types = [await buildTicketType(app, events[0]), await buildTicketType(app, events[1])] as const
  for (let round = 0; round < 10; round++) {
    const ask = () => Promise.all([place(app, events[0], types[0], `events-${round}`), place(other, events[1], types[1], `events-${round}`)])
    const [first, again] = [await ask(), await ask()]
    expect(again.map((answer) => [answer.statusCode, answer.json<{ code: string }>().code])).toEqual(
      first.map((answer) => [answer.statusCode, answer.json<{ code: string }>().code]),
    )
  }
})

test('batches that share keys in both processes place each key once', async () => {
  const event = await buildEvent(app)
  const types = [await buildTicketType(app, event, { price: 0 }), await buildTicketType(app, event, { price: 0 })]
  const wishes = Array.from({ length: 40 }, (_, i) => wish(event, [[types[i % 2]!, 1]]))
  const placed = await Promise.all([...wishes.map((w) => codeOf(app, w)), ...wishes.toReversed().map((w) => codeOf(other, w))])
  expect(new Set(placed).size).toBe(40)
  await expectSound(app)
})
test('a payment settled by both, over and over, pays once', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const orders = await Promise.all(Array.from({ length: 10 }, (_, i) => buy(i % 2 ? app : other, event, type)))
  const ids = orders.map((order) => order.payment!.id)
  for (const id of ids) await approveSilently(app, id)
  await Promise.all([...ids, ...ids.toReversed()].flatMap((id) => [settlePayments(app, [id]), settlePayments(other, [id])]))
  expect((await Promise.all(orders.map((order) => orderOf(app, order)))).map((order) => order.status)).toEqual(orders.map(() => 'paid'))
  expect(await counterOf(app, type.quotaId)).toMatchObject({ sold: 10, held: 0 })
  const facts = await app.db.selectFrom('fact').select('subject').where('eventId', '=', event.id).where('kind', '=', 'order.paid').execute()
  expect(new Set(facts.map((fact) => fact.subject)).size).toBe(facts.length)
  expect(facts).toHaveLength(10)
  await expectSound(app)
})

test('payments of one order started in both at once are one attempt, and orders expired in both expire once', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const orders = await Promise.all(Array.from({ length: 6 }, () => buy(app, event, type, 1, { payment: undefined })))
  const ref = (await findEventRef(app, event.slug))!
  for (const order of orders) {
    const outcomes = await both((one) => outcomeOf(payOrder(one, holderOf(order), ref, order.code, { provider: 'simulator' })))
    expect(outcomes.sort()).toEqual(['done', 'payment_already_open'])
    await runOut(app, order)
  }
  const expired = await both((one) => expireOrders(one))
  expect(expired[0]! + expired[1]!).toBe(6)
  expect(await counterOf(app, type.quotaId)).toMatchObject({ sold: 0, held: 0 })
  await expectSound(app)
})

test('with a worker in each, every payment is settled and every message made once', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const workers = await both((one) => startWorker(one))
  try {
    // Phones that approve by themselves; webhooks go to the process that asked.
    const orders = await Promise.all(
      Array.from({ length: 12 }, (_, i) => buy(i % 2 ? app : other, event, type, 1, { payment: { provider: 'simulator', phone: '0197000001' } })),
    )
    const ids = orders.map((order) => order.id)
    const paid = () => app.db.selectFrom('ticketOrder').select('id').where('id', 'in', ids).where('status', '=', 'paid').execute()
    await until(async () => (await paid()).length === 12)
    // Every fact before these has been read as well: whatever was to be sent twice would be there.
    const mails = () => app.db.selectFrom('mail').select('orderId').where('orderId', 'in', ids).where('kind', '=', 'tickets').execute()
    await until(async () => (await mails()).length >= 12)
    expect(new Set((await mails()).map((mail) => mail.orderId)).size).toBe(12)
    expect(await mails()).toHaveLength(12)
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
  await expectSound(app)
})
