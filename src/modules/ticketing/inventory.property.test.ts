// Any sequence of sales, payments, expiries, cancellations, refunds and resizings, against a model that only counts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Actor } from '#src/kernel/actor.ts'
import { DomainError } from '#src/kernel/domain-error.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { cancelOrder } from './cancel-order.ts'
import { checkOut, type CheckedOut } from './check-out.ts'
import { expireOrders } from './expire-orders.ts'
import { refundOrder } from './refund-order.ts'
import { updateTicketType } from './update-ticket-type.ts'

const app = testApp()
const visitor: Actor = { kind: 'visitor', locale: 'fr', ip: null }
let keys = 0

type Step =
  | { do: 'buy'; lines: { type: number; quantity: number }[] }
  | { do: 'pay' | 'expire' | 'cancel' | 'refund'; order: number }
  | { do: 'resize'; type: number; size: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      lines: fc.array(fc.record({ type: fc.nat(2), quantity: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('pay' as const, 'expire' as const, 'cancel' as const, 'refund' as const), order: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), type: fc.nat(2), size: fc.nat(8) }) },
)

/** A refusal is an answer; anything else is a mistake of ours. */
const tolerate = (error: unknown) => {
  if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error
}

test('whatever people do, places and money add up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const event = await buildEvent(app, { capacity: 9 })
      // Two paid types share a quota; the third is free. All share the capacity.
      const first = await buildTicketType(app, event, { price: 1000, quantity: 6 })
      const types = [
        first,
        await buildTicketType(app, event, { price: 2500, quotaId: first.quotaId }),
        await buildTicketType(app, event, { price: 0, quantity: 5 }),
      ]
      const owner = event.organizer.owner
      const orders: CheckedOut[] = []
      const pick = (n: number) => (orders.length === 0 ? undefined : orders[n % orders.length])

      for (const each of steps) {
        if (each.do === 'buy') {
          await checkOut(app, visitor, {
            eventSlug: event.slug,
            lines: each.lines.map((l) => ({ ticketTypeId: types[l.type]!.id, quantity: l.quantity })),
            buyer: { name: 'P', email: 'p@example.test' },
            idempotencyKey: `prop-${++keys}`,
            channel: 'api',
            payment: { provider: 'simulator' },
          }).then((order) => orders.push(order), tolerate)
        } else if (each.do === 'resize') {
          await updateTicketType(app, owner, types[each.type]!.id, { quantity: each.size }).catch(tolerate)
        } else {
          const order = pick(each.order)
          if (!order) continue
          if (each.do === 'pay' && order.payment) {
            await app.db
              .updateTable('simulatorPayment')
              .set({ status: 'approved', transaction: `SIM-${order.payment.id}` })
              .where('id', '=', order.payment.id)
              .where('status', '=', 'pending')
              .execute()
            await settlePayments(app, [order.payment.id])
          }
          if (each.do === 'expire') {
            await app.db
              .updateTable('ticketOrder')
              .set({ expiresAt: new Date(0) })
              .where('id', '=', order.id)
              .where('status', '=', 'awaiting_payment')
              .execute()
            await app.db
              .updateTable('payment')
              .set({ payerDeadline: new Date(0) })
              .where('payableId', '=', order.id)
              .execute()
            await expireOrders(app)
          }
          if (each.do === 'cancel') await cancelOrder(app, owner, { code: order.code }).catch(tolerate)
          if (each.do === 'refund') {
            const one = order.tickets[each.order % order.tickets.length]!.id
            await refundOrder(app, owner, { code: order.code, ticketIds: [one] }).catch(tolerate)
          }
        }
      }
      const broken = (await checkInvariants(app.db)).filter((check) => check.count > 0)
      expect(broken.map((check) => [check.invariant.id, check.examples])).toEqual([])
    }),
    { numRuns: 15 },
  )
})
