// settleOrders: money has arrived for orders; each becomes paid, or its money is due back. The payable hook of payments.
import type { RefundNotice, Settlement, SettlementOutcome } from '#src/modules/payments/payable.ts'
import { systemActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import { record, type Fact } from '#src/platform/facts.ts'
import { orderSubject, type Order } from './order.ts'
import { selectUsedUp } from './store/guest-orders.ts'
import { lockDemand, updateCounters, type Counter, type QuotaChange } from './store/quotas.ts'
import { lockOrders, selectTickets, updateOrders, updateTicketsOf } from './store/orders.ts'
import { selectEventsOnSale } from './store/events-on-sale.ts'

type Decision = { settlement: Settlement; order: Order; verdict: SettlementOutcome }

/**
 * Decides a batch of settlements inside the payments' own transaction, in the order given. An order that waited is paid. One that had
 * expired gets its places back if they are still free and the event is still on, else its money is due back: never oversold, never silent.
 */
export async function settleOrders(app: App, tx: Tx, settlements: readonly Settlement[]): Promise<SettlementOutcome[]> {
  const orders = new Map(
    (
      await lockOrders(
        tx,
        settlements.map((s) => ({ eventId: s.eventId!, id: s.payableId })),
      )
    ).map((order) => [order.id, order]),
  )
  const expired = [...orders.values()].filter((order) => order.status === 'expired')
  // An invitation may have been used for other tickets since.
  const usedUp =
    expired.length > 0
      ? await selectUsedUp(
          tx,
          expired.map(({ id }) => id),
        )
      : new Set<number>()
  // What waits is reserved, what has expired is invalid: each order's tickets are all of one kind.
  const payable = [...orders.values()].filter((order) => order.status === 'awaiting_payment' || order.status === 'expired')
  const { demand, counters } = await lockDemand(tx, { orders: payable, statuses: ['reserved', 'invalid'] })
  const demandOf = Map.groupBy(demand, (d) => d.orderId)
  const rooms = new Map(counters.map((counter): [number, Counter] => [counter.quotaId, counter]))
  const onSale = await selectEventsOnSale(tx, [...new Set(expired.map((order) => order.eventId))])

  const changes: QuotaChange[] = []
  const counted = new Set<number>()
  const decisions = settlements.map((settlement): Decision => {
    const order = orders.get(settlement.payableId)
    if (!order) throw new Error(`payment ${settlement.paymentId} pays for an order that doesn't exist`)
    const owed = (cause: 'late' | 'duplicate' | 'cancellation' | 'review') => ({
      settlement,
      order,
      verdict: { paymentId: settlement.paymentId, outcome: 'refund_due', cause } as const,
    })
    if (settlement.giveBack) return owed('review')
    if (counted.has(order.id)) return owed('duplicate')
    if (order.status === 'awaiting_payment') {
      changes.push(...(demandOf.get(order.id) ?? []).map((d) => ({ ...d, held: -d.places, sold: d.places })))
    } else if (order.status === 'expired') {
      const needs = demandOf.get(order.id) ?? []
      const fits =
        onSale.has(order.eventId) &&
        !usedUp.has(order.id) &&
        needs.length > 0 &&
        needs.every((d) => {
          const c = rooms.get(d.quotaId)
          return c && c.size - c.held - c.sold >= d.places
        })
      if (!fits) return owed('late')
      for (const need of needs) rooms.get(need.quotaId)!.sold += need.places
      changes.push(...needs.map((d) => ({ ...d, held: 0, sold: d.places })))
    } else {
      return owed(order.status === 'cancelled' || order.status === 'refund_due' ? 'cancellation' : 'duplicate')
    }
    counted.add(order.id)
    return {
      settlement,
      order,
      verdict: { paymentId: settlement.paymentId, outcome: 'settled', late: order.status === 'expired', commission: order.fees },
    }
  })

  await applyDecisions(app, tx, decisions, changes)
  return decisions.map((decision) => decision.verdict)
}

async function applyDecisions(app: App, tx: Tx, decisions: readonly Decision[], changes: readonly QuotaChange[]): Promise<void> {
  const now = app.clock.now()
  const ordersWith = (test: (d: Decision) => boolean) => decisions.filter(test).map((d) => d.order)
  const onTime = ordersWith((d) => d.verdict.outcome === 'settled' && !d.verdict.late)
  const late = ordersWith((d) => d.verdict.outcome === 'settled' && d.verdict.late)
  const owed = ordersWith((d) => d.verdict.outcome === 'refund_due' && (d.order.status === 'expired' || d.order.status === 'cancelled'))

  await updateCounters(tx, changes)
  await updateTicketsOf(tx, onTime, ['reserved'], 'paid')
  await updateTicketsOf(tx, late, ['invalid'], 'paid')
  await updateOrders(tx, onTime, { status: 'paid', paidAt: now })
  await updateOrders(tx, late, { status: 'paid', paidAt: now, late: true })
  await updateOrders(tx, owed, { status: 'refund_due' })
  await record(
    tx,
    systemActor('payments'),
    ...decisions.map(({ settlement, order, verdict }): Fact => ({
      kind: verdict.outcome === 'settled' ? 'order.paid' : 'order.refund_due',
      organizerId: order.organizerId,
      eventId: order.eventId,
      subject: orderSubject(order.id),
      data: {
        code: order.code,
        paymentId: settlement.paymentId,
        total: settlement.amount,
        currency: settlement.currency,
        ...(verdict.outcome === 'settled' ? { late: verdict.late } : { cause: verdict.cause }),
      },
    })),
  )
}

/** A refund has ended. An order whose late money went back is refunded; one refunded by its organizer has changed when it was asked for. */
export async function orderRefundEnded(_app: App, tx: Tx, refund: RefundNotice): Promise<void> {
  const [order] = await lockOrders(tx, [{ eventId: refund.eventId!, id: refund.payableId }])
  if (!order) throw new Error(`refund ${refund.refundId} is for an order that doesn't exist`)
  if (refund.status === 'SUCCEEDED' && order.status === 'refund_due') await updateOrders(tx, [order], { status: 'refunded' })
  const tickets = await selectTickets(tx, order)
  await record(tx, systemActor('payments'), {
    kind: refund.status === 'SUCCEEDED' ? 'order.refunded' : 'order.refund_failed',
    organizerId: order.organizerId,
    eventId: order.eventId,
    subject: orderSubject(order.id),
    data: {
      code: order.code,
      refundId: refund.refundId,
      amount: refund.amount,
      currency: order.total.currency,
      tickets: refund.ticketIds.length || tickets.length,
    },
  })
}
