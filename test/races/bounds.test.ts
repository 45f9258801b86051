// The largest and the oddest numbers: refused by name or counted exactly.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { checkOut } from '#src/modules/ticketing/check-out.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildTicketType, type BuiltTicketType } from '../factories.ts'
import { buy, buyAndPay, counterOf, expectSound, orderOf, outcomeOf, tally, visitor, wish } from '../sale.ts'

const app = testApp()
const place = (input: ReturnType<typeof wish>) => outcomeOf(placeOrder(app, visitor, input))

test.each([
  [0, 'empty_order'],
  [-0, 'empty_order'],
  [-1, 'invalid_input'],
  [1.5, 'invalid_input'],
  [NaN, 'invalid_input'],
  [Infinity, 'invalid_input'],
  [2 ** 31, 'too_many_tickets'],
  [2 ** 53, 'invalid_input'],
  [101, 'too_many_tickets'],
  [100, 'done'],
])('a quantity of %s: %s', async (quantity, outcome) => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 0, quantity: 200, maxPerOrder: 100 })
  expect(await place(wish(event, [[type, quantity]]))).toBe(outcome)
  expect(await counterOf(app, type.quotaId)).toMatchObject({ sold: outcome === 'done' ? quantity : 0, held: 0 })
})

test('a type named many times is counted together, and a type that cannot exist is unknown', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 700, quantity: 200, maxPerOrder: 8 })
  const order = await buy(app, event, type, 1, {
    lines: Array.from({ length: 5000 }, (_, i) => ({ ticketTypeId: type.id, quantity: i % 700 === 0 ? 1 : 0 })),
  })
  expect(order).toMatchObject({ total: { amount: 5600 }, tickets: { length: 8 } })
  expect(
    await place(
      wish(event, [
        [type, 5],
        [type, 4],
      ]),
    ),
  ).toBe('too_many_tickets')
  for (const id of [-1, 0, 2 ** 53 - 1]) expect([id, await place(wish(event, [[{ id }, 1]]))]).toEqual([id, 'unknown_ticket_type'])
  for (const id of [1.5, NaN, 2 ** 53, 2 ** 70]) expect([id, await place(wish(event, [[{ id }, 1]]))]).toEqual([id, 'invalid_input'])
  expect(await counterOf(app, type.quotaId)).toMatchObject({ held: 8 })
  await expectSound(app)
})

test('100 tickets of the highest price are paid and given back to the last franc', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 1_000_000_000_000, quantity: 100, maxPerOrder: 100 })
  const order = await buyAndPay(app, event, type, 100)
  expect(order.total.amount).toBe(100_000_000_000_000)
  expect(await orderOf(app, order)).toMatchObject({ status: 'paid', total: 100_000_000_000_000 })
  const { rows } = await sql<{ amount: string }>`SELECT amount::text FROM payment WHERE payable_id = ${order.id}`.execute(app.db)
  expect(rows).toEqual([{ amount: '100000000000000' }])
  expect(await refundOrder(app, event.organizer.owner, { code: order.code })).toMatchObject({
    amount: 100_000_000_000_000,
    order: { status: 'refunded' },
  })
  await expectSound(app)
})

test('256 orders of 100 tickets at once', async () => {
  const event = await buildEvent(app, { capacity: 30_000 })
  const types: BuiltTicketType[] = []
  while (types.length < 4) types.push(await buildTicketType(app, event, { price: 0, quantity: 10_000, maxPerOrder: 100 }))
  const outcomes = await Promise.all(
    Array.from({ length: 256 }, () =>
      outcomeOf(
        checkOut(
          app,
          visitor,
          wish(
            event,
            types.map((type) => [type, 25] as const),
          ),
        ),
      ),
    ),
  )
  expect(tally(outcomes)).toEqual({ done: 256 })
  const { tickets } = await app.db
    .selectFrom('ticket')
    .select((eb) => eb.fn.countAll<number>().as('tickets'))
    .where('eventId', '=', event.id)
    .executeTakeFirstOrThrow()
  expect(tickets).toBe(25_600)
  await expectSound(app)
})
