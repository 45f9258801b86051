// The organizer changes the rules while people buy: whichever comes first, counters equal tickets, and nobody pays for what doesn't take place.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { unpublishEvent } from '#src/modules/events/unpublish-event.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { cancelEventOrders } from '#src/modules/ticketing/cancel-event-orders.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import type { CheckedOut } from '#src/modules/ticketing/check-out.ts'
import { deleteTicketType } from '#src/modules/ticketing/delete-ticket-type.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { updateTicketType } from '#src/modules/ticketing/update-ticket-type.ts'
import type { Tx } from '#src/platform/db.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '../factories.ts'
import { browse, hiddenFields } from '../pages.ts'
import {
  approveSilently,
  buy,
  buyAndPay,
  counterOf,
  expectSound,
  holderOf,
  orderOf,
  outcomeOf,
  overtaken,
  runOut,
  tally,
  untilWaiting,
} from '../sale.ts'

const app = testApp({ DATABASE_POOL_SIZE: '20' })

/** What updateEvent does to the capacity, in a transaction that the test keeps open. */
const setCapacity =
  (event: BuiltEvent, capacity: number | null) =>
  async (tx: Tx): Promise<void> => {
    const capacityQuotaId = await app.eventHooks.capacitySet(app, tx, { eventId: event.id, capacity })
    await tx.updateTable('event').set({ capacity, capacityQuotaId }).where('id', '=', event.id).execute()
  }

/** All writes to a table wait while `work` is under way; `work` gets to know when to let them go. */
async function stalled(table: string, others: readonly (() => Promise<unknown>)[]): Promise<void> {
  await overtaken(app, (tx) => sql`LOCK TABLE ${sql.table(table)} IN SHARE MODE`.execute(tx), others)
}

test('a capacity that is set while an order waits for its turn holds for that order', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 0, quantity: 100 })
  const outcomes = await overtaken(
    app,
    setCapacity(event, 3),
    [() => outcomeOf(buy(app, event, type, 2)), () => outcomeOf(buy(app, event, type, 2))],
    2,
  )
  expect(tally(outcomes)).toEqual({ done: 1, sold_out: 1 })
  await expectSound(app)
})

test('a capacity replaced while an order waits for its turn: the new one counts the order', async () => {
  const event = await buildEvent(app, { capacity: 50 })
  const type = await buildTicketType(app, event, { price: 0, quantity: 100 })
  const outcomes = await overtaken(
    app,
    async (tx) => {
      await setCapacity(event, null)(tx)
      await setCapacity(event, 1)(tx)
    },
    [() => outcomeOf(buy(app, event, type, 2)), () => outcomeOf(buy(app, event, type, 1))],
    2,
  )
  expect(outcomes).toEqual(['sold_out', 'done'])
  await expectSound(app)
})

test('a capacity that appears or goes while an order is paid, expires, is cancelled or refunded counts what is left', async () => {
  const scenes: Record<string, (order: CheckedOut) => Promise<unknown>> = {
    paid: (order) => settlePayments(app, [order.payment!.id]),
    expired: () => expireOrders(app),
    cancelled: (order) => cancelOrder(app, holderOf(order), { code: order.code }),
  }
  for (const [name, act] of Object.entries(scenes)) {
    for (const capacity of [null, 40]) {
      const event = await buildEvent(app, capacity === null ? {} : { capacity })
      const type = await buildTicketType(app, event)
      const order = await buy(app, event, type, 2)
      if (name === 'paid') await approveSilently(app, order.payment!.id)
      if (name === 'expired') await runOut(app, order)
      await overtaken(app, setCapacity(event, capacity === null ? 10 : null), [() => act(order)])
      expect((await orderOf(app, order)).status).toBe(name)
      await expectSound(app)
    }
  }
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const order = await buyAndPay(app, event, type, 3)
  await overtaken(app, setCapacity(event, 10), [
    () => refundOrder(app, event.organizer.owner, { code: order.code, ticketIds: [order.tickets[0]!.id] }),
  ])
  await expectSound(app)
})

test('late money finds the capacity that was set meanwhile', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const order = await buy(app, event, type, 2)
  await runOut(app, order)
  await expireOrders(app)
  await approveSilently(app, order.payment!.id)
  await overtaken(app, setCapacity(event, 1), [() => settlePayments(app, [order.payment!.id])])
  expect((await orderOf(app, order)).status).toBe('refund_due')
  await expectSound(app)
})

test('an order under way while its event is cancelled is cancelled with it', async () => {
  const event = await buildEvent(app)
  const types = [await buildTicketType(app, event, { price: 0 }), await buildTicketType(app, event)]
  const cancelled = async () => {
    await cancelEvent(app, event.organizer.owner, event.slug)
    await cancelEventOrders(app, event.id)
  }
  // The orders have passed every check and are about to be written.
  await stalled('ticket_order', [
    () => outcomeOf(buy(app, event, types[0]!)),
    async () => {
      await untilWaiting(app)
      await cancelled()
    },
  ])
  const live = await app.db.selectFrom('ticketOrder').select('status').where('eventId', '=', event.id).execute()
  expect(live.map((order) => order.status)).toEqual(['cancelled'])
  expect(await outcomeOf(buy(app, event, types[1]!))).toBe('event_cancelled')
  await expectSound(app)
})

test('late money under way while its event is cancelled goes back', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event)
  const order = await buy(app, event, type)
  await runOut(app, order)
  await expireOrders(app)
  await approveSilently(app, order.payment!.id)
  await stalled('ledger_posting', [
    () => settlePayments(app, [order.payment!.id]),
    async () => {
      await untilWaiting(app)
      await cancelEvent(app, event.organizer.owner, event.slug)
      await cancelEventOrders(app, event.id)
    },
  ])
  const { status } = await orderOf(app, order)
  expect(status).toBe('cancelled')
  const refunds = await app.db.selectFrom('refund').select('amount').where('payableId', '=', order.id).execute()
  expect(refunds.map((refund) => refund.amount)).toEqual([5000])
  await expectSound(app)
})

test('sizes, prices, types and the event itself change in the middle of a rush, and every order is whole', async () => {
  const owner = (event: BuiltEvent) => event.organizer.owner
  const event = await buildEvent(app, { capacity: 60 })
  const first = await buildTicketType(app, event, { price: 1000, quantity: 30 })
  const second = await buildTicketType(app, event, { price: 500, quotaId: first.quotaId })
  const third = await buildTicketType(app, event, { price: 0, quantity: 40 })
  const types = [first, second, third]
  const sale = Promise.all(
    Array.from({ length: 150 }, async (_, i) => {
      await sleep(i)
      return outcomeOf(buy(app, event, types[i % 3]!, 1 + (i % 2)))
    }),
  )
  const rules = (async () => {
    const outcomes: string[] = []
    for (const [i, size] of [20, 5, 25, 0, 28].entries()) {
      outcomes.push(
        ...(await Promise.all([
          outcomeOf(updateTicketType(app, owner(event), first.id, { quantity: size })),
          outcomeOf(updateTicketType(app, owner(event), second.id, { price: { amount: 500 + i, currency: 'XOF' } })),
          outcomeOf(updateTicketType(app, owner(event), third.id, { price: { amount: i % 2, currency: 'XOF' } })),
          outcomeOf(updateEvent(app, owner(event), event.slug, { capacity: [null, 50, null, 45, 60][i]! })),
          outcomeOf(deleteTicketType(app, owner(event), third.id)),
        ])),
      )
      await sleep(20)
    }
    outcomes.push(await outcomeOf(unpublishEvent(app, owner(event), event.slug)))
    return outcomes
  })()
  const [bought, changed] = await Promise.all([sale, rules])
  const refusals = ['sold_out', 'not_found', 'event_not_on_sale', 'unknown_ticket_type']
  expect(Object.keys(tally(bought)).filter((outcome) => outcome !== 'done' && !refusals.includes(outcome))).toEqual([])
  expect(
    Object.keys(tally(changed)).filter((outcome) => !['done', 'quota_below_sold', 'ticket_type_has_sales', 'not_found'].includes(outcome)),
  ).toEqual([])
  await expectSound(app)
  const { held, sold, size } = await counterOf(app, first.quotaId)
  expect(held + sold).toBeLessThanOrEqual(size)
})

test('a price that changes after the checkout page was shown is shown before anything is held or charged', async () => {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 1000 })
  const browser = browse(app)
  const page = await browser.get(`/events/${event.slug}/checkout?q-${type.id}=2`)
  await updateTicketType(app, event.organizer.owner, type.id, { price: { amount: 1500, currency: 'XOF' } })
  const typed = { name: 'Afi', email: 'afi@example.test', phone: '0196000100', provider: 'simulator' }
  const refused = await browser.post(`/events/${event.slug}/orders`, { ...hiddenFields(page.html), ...typed })
  expect([refused.status, await app.db.selectFrom('ticketOrder').select('id').where('eventId', '=', event.id).execute()]).toEqual([409, []])
  expect(refused.text).toMatch(/le total est maintenant de 3\s000/)
  expect(refused.text).toMatch(/Payer 3\s000/)
  expect(refused.html).toContain('value="Afi"')

  // The page that says so is the page that pays.
  expect((await browser.post(`/events/${event.slug}/orders`, { ...hiddenFields(refused.html), ...typed })).status).toBe(303)
  expect(await app.db.selectFrom('payment').select('amount').where('eventId', '=', event.id).execute()).toEqual([{ amount: 3000 }])
})
