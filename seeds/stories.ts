// What does not happen every day, once each: late money, refunds of every kind, a payment that needs a person, an event called off.
import { sendRefund } from '#src/modules/payments/send-refund.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { cancelEventOrders } from '#src/modules/ticketing/cancel-event-orders.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import type { App } from '#src/platform/app.ts'
import type { BuiltDemoEvent } from './build-event.ts'
import { buyer, type Actors } from './people.ts'
import { answerPhone, buy } from './sell.ts'

/** Phones whose last digits tell the simulator what to do (src/modules/payments/providers/simulator.ts). */
const PHONE = { short: '+2290196700009', refundRefused: '+2290196700010', refundByHand: '+2290196700012' }

export async function tellStories(app: App, actors: Actors, events: readonly BuiltDemoEvent[]): Promise<void> {
  const named = (title: string) => events.find((built) => built.event.title === title || built.definition.title === title)!
  await tellLateMoney(app, named('Rires sans escale'))
  await tellRefunds(app, named('Nuit afrobeat à Fidjrossè'))
  await tellParticipant(app, actors, named)
  await tellCancellation(
    app,
    events.filter((built) => built.definition.becomes === 'cancelled'),
  )
  await sendRefunds(app)
}

/** The house is full, somebody's money comes after the time was up: it can't be used and goes back. Elsewhere a place was still free. */
async function tellLateMoney(app: App, full: BuiltDemoEvent): Promise<void> {
  const seats = [{ ticketTypeId: full.types[0]!.id, quantity: 2 }]
  const { code } = await app.db
    .selectFrom('ticketOrder')
    .select('code')
    .where('eventId', '=', full.event.id)
    .where('status', '=', 'paid')
    .where('quantity', '=', 2)
    .orderBy('id')
    .executeTakeFirstOrThrow()
  await cancelOrder(app, full.owner, { code, reason: 'Empêchement de dernière minute' })
  const slow = await buy(app, full, { n: 'slow', lines: seats, who: buyer('cotonou', 300), how: 'wait' })
  await letTimeRunOut(app, slow!.code)
  await buy(app, full, { n: 'quick', lines: seats, who: buyer('cotonou', 301), how: 'approve' })
  await answerPhone(app, slow!.payment!.id, 'approve')
}

/** As if its fifteen minutes had passed. */
async function letTimeRunOut(app: App, code: string): Promise<void> {
  await app.db
    .updateTable('ticketOrder')
    .set({ expiresAt: new Date(Date.now() - 60_000) })
    .where('code', '=', code)
    .execute()
  await expireOrders(app)
}

async function tellRefunds(app: App, night: BuiltDemoEvent): Promise<void> {
  const lines = (quantity: number) => [{ ticketTypeId: night.types[0]!.id, quantity }]
  const paid = (n: string, i: number, quantity: number, phone?: string) =>
    buy(app, night, { n, lines: lines(quantity), who: buyer('cotonou', i), how: 'approve', ...(phone ? { phone } : {}) })
  const ticketsOf = async (orderId: number) =>
    (await app.db.selectFrom('ticket').select('id').where('eventId', '=', night.event.id).where('orderId', '=', orderId).execute()).map(
      (row) => row.id,
    )

  const whole = await paid('whole', 310, 2)
  await refundOrder(app, night.owner, { code: whole!.code, reason: 'Changement de date du voyage' })
  const part = await paid('part', 311, 3)
  await refundOrder(app, night.owner, { code: part!.code, ticketIds: (await ticketsOf(part!.id)).slice(0, 1), reason: 'Un ami ne vient plus' })
  const refused = await paid('refused', 312, 1, PHONE.refundRefused)
  await refundOrder(app, night.owner, { code: refused!.code })
  const byHand = await paid('by-hand', 313, 2, PHONE.refundByHand)
  await refundOrder(app, night.owner, { code: byHand!.code })
  // The provider reports one franc less than was asked: a person must look.
  await paid('short', 314, 1, PHONE.short)
  const late = await buy(app, night, { n: 'late', lines: lines(1), who: buyer('cotonou', 315), how: 'wait' })
  await letTimeRunOut(app, late!.code)
  await answerPhone(app, late!.payment!.id, 'approve')
  const givenUp = await buy(app, night, { n: 'given-up', lines: lines(1), who: buyer('cotonou', 316), how: 'wait' })
  await cancelOrder(app, night.owner, { code: givenUp!.code })
  await settlePayments(app, [givenUp!.payment!.id])
  await buy(app, night, { n: 'thinking', lines: lines(2), who: buyer('cotonou', 317), how: 'wait' })
}

/** What participant@demo.test finds: a paid evening, a free day, an order that still waits for its payment. */
async function tellParticipant(app: App, actors: Actors, named: (title: string) => BuiltDemoEvent): Promise<void> {
  const actor = actors.of('participant@demo.test')
  const who = { name: 'Sènami Gbaguidi', email: actor.email, phone: '+2290196200300' }
  const [night, day, jazz] = [named('Nuit afrobeat à Fidjrossè'), named('Premier pas vers le code'), named('Jazz sous les cocotiers')]
  await buy(app, night, { n: 'participant', lines: [{ ticketTypeId: night.types[0]!.id, quantity: 2 }], who, how: 'approve', actor })
  await buy(app, day, { n: 900, lines: [{ ticketTypeId: day.types[0]!.id, quantity: 1 }], who, how: 'free', actor })
  const waiting = await buy(app, jazz, { n: 'participant', lines: [{ ticketTypeId: jazz.types[1]!.id, quantity: 1 }], who, how: 'wait', actor })
  // Longer than the usual quarter of an hour: whoever looks around first should still find it waiting.
  const until = new Date(Date.now() + 2 * 86_400_000)
  await app.db.updateTable('ticketOrder').set({ expiresAt: until }).where('code', '=', waiting!.code).execute()
  await app.db.updateTable('payment').set({ payerDeadline: until }).where('id', '=', waiting!.payment!.id).execute()
  await app.db.updateTable('simulatorPayment').set({ expiresAt: until }).where('id', '=', waiting!.payment!.id).execute()
}

async function tellCancellation(app: App, called: readonly BuiltDemoEvent[]): Promise<void> {
  for (const { owner, event } of called) {
    await cancelEvent(app, owner, event.slug, { reason: 'La houle a emporté les tribunes.' })
    await cancelEventOrders(app, event.id)
  }
}

async function sendRefunds(app: App): Promise<void> {
  const refunds = await app.db.selectFrom('refund').select('id').where('status', '=', 'REQUESTED').orderBy('id').execute()
  for (const { id } of refunds) await sendRefund(app, id)
}
