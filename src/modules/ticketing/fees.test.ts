// Fees passed on to buyers: what is shown, charged, booked, given back; and that nothing else changes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent, type BuiltOrganizer } from '#test/factories.ts'
import { buy, buyAndPay, expectSound, outcomeOf, visitor, wish } from '#test/sale.ts'
import { shareOf } from '#src/kernel/money.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { changeFees } from '#src/modules/events/change-fees.ts'
import { refreshFees } from '#src/modules/events/refresh-fees.ts'
import { organizerStatement } from '#src/modules/payments/ledger.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { getEventCard } from '#src/reads/list-events.ts'
import { getEventStats } from '#src/reads/event-stats.ts'
import { cancelOrder } from './cancel-order.ts'
import { checkOut } from './check-out.ts'
import { duplicateEvent } from '#src/modules/access/duplicate-event.ts'
import { listTicketTypes } from './find-ticket-types.ts'
import { refundOrder } from './refund-order.ts'
import { updateTicketType } from './update-ticket-type.ts'

const app = testApp()

async function scene(commissionBps: number, price = 5000): Promise<{ event: BuiltEvent; organizer: BuiltOrganizer; type: { id: number } }> {
  const organizer = await buildOrganizer(app, { commissionBps })
  const event = await buildEvent(app, { organizer })
  return { organizer, event, type: await buildTicketType(app, event, { price }) }
}
const passOn = (event: BuiltEvent, passedOn = true) => changeFees(app, event.organizer.owner, event.slug, { passedOn })
const owed = async (organizer: BuiltOrganizer, kind?: string) =>
  (await organizerStatement(app.db, organizer.id)).filter((line) => !kind || line.kind === kind).reduce((sum, line) => sum + line.amount, 0)
const orderRow = (order: { id: number }) =>
  app.db.selectFrom('ticketOrder').select(['total', 'fees']).where('id', '=', order.id).executeTakeFirstOrThrow()

describe('a fee that is passed on', () => {
  it('comes on top: the buyer pays it, the organizer is owed the face price', async () => {
    const { event, organizer, type } = await scene(300)
    await passOn(event)
    const [shown] = await listTicketTypes(app, event.id)
    expect(shown).toMatchObject({ price: { amount: 5150 }, facePrice: { amount: 5000 }, fee: { amount: 150 } })
    expect((await getEventCard(app.db, event.id)).priceFrom).toEqual({ amount: 5150, currency: 'XOF' })
    const order = await buyAndPay(app, event, type, 2)
    expect(await orderRow(order)).toEqual({ total: 10_300, fees: 300 })
    expect(await owed(organizer, 'payment')).toBe(10_000)
    const { revenue, byType } = await getEventStats(app, organizer.owner, event.slug)
    expect(revenue).toMatchObject({ gross: 10_300, commission: 300, refunded: 0 })
    expect(byType[0]).toMatchObject({ price: 5150, gross: 10_300 })
    await expectSound(app)
  })

  it('goes back whole with the ticket, and the commission with it', async () => {
    const { event, organizer, type } = await scene(333, 101)
    await passOn(event)
    const order = await buyAndPay(app, event, type, 3)
    const { amount } = await refundOrder(app, organizer.owner, { code: order.code, ticketIds: [order.tickets[0]!.id] })
    expect(amount).toBe(104)
    await cancelOrder(app, organizer.owner, { code: order.code })
    const { revenue } = await getEventStats(app, organizer.owner, event.slug)
    expect(revenue).toMatchObject({ gross: 312, refunded: 312, commission: 0 })
    expect((await owed(organizer, 'payment')) + (await owed(organizer, 'refund_requested'))).toBe(0)
    await expectSound(app)
  })

  it('is paid in cash as well: the platform takes its commission there too', async () => {
    const { event, organizer, type } = await scene(1000)
    await passOn(event)
    const cashier = await buildMember(app, organizer.id, 'cashier')
    const sale = await checkOut(app, cashier, wish(event, [[type, 1]], { channel: 'cashier', payment: { provider: 'cash' } }))
    expect([sale.status, sale.total.amount]).toEqual(['paid', 5500])
    expect(await owed(organizer)).toBe(5000)
    await expectSound(app)
  })

  it('is nothing for free tickets, and where the platform takes nothing', async () => {
    const free = await scene(300, 0)
    await passOn(free.event)
    expect(await orderRow(await buy(app, free.event, free.type))).toEqual({ total: 0, fees: 0 })
    const gratis = await scene(0)
    await passOn(gratis.event)
    expect(await orderRow(await buyAndPay(app, gratis.event, gratis.type))).toEqual({ total: 5000, fees: 0 })
    expect(await owed(gratis.organizer, 'payment')).toBe(5000)
    // Too little for a franc of fee: the organizer still is owed the face price, whatever the sum of many would make.
    const tiny = await scene(300, 10)
    await passOn(tiny.event)
    await buyAndPay(app, tiny.event, tiny.type, 10)
    expect(await owed(tiny.organizer, 'payment')).toBe(100)
  })

  it('leaves orders that were placed as they were shown', async () => {
    const { event, organizer, type } = await scene(300)
    const before = await buy(app, event, type)
    await passOn(event)
    const between = await buy(app, event, type)
    await passOn(event, false)
    expect([await orderRow(before), await orderRow(between)]).toEqual([
      { total: 5000, fees: null },
      { total: 5150, fees: 150 },
    ])
    for (const order of [before, between]) {
      await app.db.updateTable('simulatorPayment').set({ status: 'approved', transaction: order.code }).where('id', '=', order.payment!.id).execute()
      await settlePayments(app, [order.payment!.id])
    }
    expect(await owed(organizer, 'payment')).toBe(4850 + 5000)
    await expectSound(app)
  })

  it('follows the rate, the price and the copy', async () => {
    const { event, organizer, type } = await scene(300)
    await passOn(event)
    await updateTicketType(app, organizer.owner, type.id, { price: { amount: 8000, currency: 'XOF' } })
    expect((await listTicketTypes(app, event.id))[0]).toMatchObject({ price: { amount: 8240 }, facePrice: { amount: 8000 } })
    // A change of something else leaves the face price alone.
    await updateTicketType(app, organizer.owner, type.id, { description: 'Debout' })
    expect((await listTicketTypes(app, event.id))[0]!.facePrice.amount).toBe(8000)
    await app.db.updateTable('organizer').set({ commissionBps: 500 }).where('id', '=', organizer.id).execute()
    const copy = await duplicateEvent(app, organizer.owner, event.slug, { startsAt: new Date(Date.now() + 9 * 86_400_000) })
    expect((await listTicketTypes(app, copy.id))[0]).toMatchObject({ price: { amount: 8400 }, facePrice: { amount: 8000 } })
    expect((await listTicketTypes(app, event.id))[0]!.fee.amount).toBe(240)
    expect(await refreshFees(app)).toBe(1)
    expect((await listTicketTypes(app, event.id))[0]!.fee.amount).toBe(400)
    expect(await refreshFees(app)).toBe(0)
  })

  it('is for those who lead to decide', async () => {
    const { event, organizer } = await scene(300)
    for (const role of ['cashier', 'agent'] as const)
      expect(await outcomeOf(changeFees(app, await buildMember(app, organizer.id, role), event.slug, { passedOn: true }))).toBe('forbidden')
    expect(await outcomeOf(changeFees(app, (await buildOrganizer(app)).owner, event.slug, { passedOn: true }))).toBe('not_found')
    expect(await outcomeOf(changeFees(app, visitor, event.slug, { passedOn: true }))).toBe('unauthenticated')
  })
})

describe('a price that changes while somebody orders', () => {
  it('is refused with the new total, holds nothing, and the next try under the same key may have it', async () => {
    const { event, type } = await scene(300)
    await passOn(event)
    const asked = wish(event, [[type, 2]], { expectedTotal: 10_000 })
    const refusal = await checkOut(app, visitor, asked).catch((error: unknown) => error)
    expect(isDomainError(refusal, 'price_changed') && refusal.details).toEqual({ total: { amount: 10_300, currency: 'XOF' } })
    expect((await listTicketTypes(app, event.id))[0]!.remaining).toBe(100)
    const order = await checkOut(app, visitor, { ...asked, expectedTotal: 10_300 })
    // The stored order answers whoever sends it again, whatever sum stands beside it.
    expect((await checkOut(app, visitor, asked)).code).toBe(order.code)
    expect((await listTicketTypes(app, event.id))[0]!.remaining).toBe(98)
  })

  it('is told by the API with the new total, and the whole price with its parts', async () => {
    const { event, type } = await scene(300)
    await passOn(event)
    const [listed] = (await app.server.inject(`/api/v1/events/${event.slug}/ticket-types`)).json<{ data: object[] }>().data
    const francs = (amount: number) => ({ amount, currency: 'XOF' })
    expect(listed).toMatchObject({ price: francs(5150), facePrice: francs(5000), fee: francs(150) })
    expect((await app.server.inject(`/api/v1/events/${event.slug}`)).json()).toMatchObject({ feesPassedOn: true, priceFrom: francs(5150) })
    const order = (expectedTotal: number) =>
      app.server.inject({
        method: 'POST',
        url: '/api/v1/orders',
        payload: {
          event: event.slug,
          lines: [{ ticketTypeId: type.id, quantity: 1 }],
          buyer: { name: 'Afi', email: 'afi@example.test' },
          expectedTotal,
        },
      })
    const refused = await order(5000)
    expect([refused.statusCode, refused.json()]).toEqual([409, expect.objectContaining({ code: 'price_changed', total: francs(5150) })])
    const placed = (await order(5150)).json<{ code: string; accessToken: string }>()
    const shown = await app.server.inject({ url: `/api/v1/orders/${placed.code}`, headers: { authorization: `Bearer ${placed.accessToken}` } })
    expect(shown.json()).toMatchObject({ total: francs(5150), fees: francs(150) })
  })

  it('refuses only whom it concerns in a batch', async () => {
    const { event, type } = await scene(300)
    const outcomes = await Promise.all([5000, 5150, undefined].map((expectedTotal) => outcomeOf(buy(app, event, type, 1, { expectedTotal }))))
    expect(outcomes).toEqual(['done', 'price_changed', 'done'])
  })
})

it('whatever the rate and the prices, the buyer pays face price and fee, and the books say the same', async () => {
  const line = fc.record({ price: fc.integer({ min: 0, max: 200_000 }), quantity: fc.integer({ min: 1, max: 5 }) })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 5000 }), fc.array(line, { minLength: 1, maxLength: 3 }), fc.nat(14), async (bps, lines, back) => {
      const organizer = await buildOrganizer(app, { commissionBps: bps })
      const event = await buildEvent(app, { organizer })
      await passOn(event)
      const types: { id: number }[] = []
      for (const { price } of lines) types.push(await buildTicketType(app, event, { price }))
      const face = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
      const fees = lines.reduce((sum, { price, quantity }) => sum + shareOf(price, bps) * quantity, 0)
      const [first, ...rest] = types.map((type, i): [{ id: number }, number] => [type, lines[i]!.quantity])
      const order = await (face === 0 ? checkOut : pay)(app, visitor, wish(event, [first!, ...rest], { expectedTotal: face + fees }))
      expect(await orderRow(order)).toEqual({ total: face + fees, fees })
      expect(await owed(organizer, 'payment')).toBe(face)
      // One ticket, then whatever is left; a free order has nothing to give back.
      const one = order.tickets[back % order.tickets.length]!.id
      expect(['done', 'nothing_to_refund']).toContain(await outcomeOf(refundOrder(app, organizer.owner, { code: order.code, ticketIds: [one] })))
      expect(['done', 'order_not_cancellable']).toContain(await outcomeOf(cancelOrder(app, organizer.owner, { code: order.code })))
      expect((await owed(organizer, 'payment')) + (await owed(organizer, 'refund_requested'))).toBe(0)
    }),
    { numRuns: 12 },
  )
  await expectSound(app)
})

async function pay(...[on, actor, asked]: Parameters<typeof checkOut>): ReturnType<typeof checkOut> {
  const order = await checkOut(on, actor, asked)
  await app.db.updateTable('simulatorPayment').set({ status: 'approved', transaction: order.code }).where('id', '=', order.payment!.id).execute()
  await settlePayments(app, [order.payment!.id])
  return order
}
