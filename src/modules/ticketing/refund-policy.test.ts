// What an event promises about refunds, and that requests obey it.
import { beforeAll, describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { buyAndPay, counterOf, expectSound, holderOf, orderOf, outcomeOf, wish } from '#test/sale.ts'
import { changeRefundPolicy } from '#src/modules/events/change-refund-policy.ts'
import { isAtLeastAsGenerous, refundDeadline, refundRefusal, type RefundPolicy } from '#src/modules/events/refund-policy.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { checkOut } from './check-out.ts'
import { requestOrderRefund } from './request-order-refund.ts'

const app = testApp()
const DAY_MS = 86_400_000
const policy = (days: number | null, atOnce = false, note = ''): RefundPolicy => ({ days, atOnce, note })

describe('the deadline', () => {
  const startsAt = new Date('2026-12-10T19:00:00Z')

  it('lies whole days before the start, or at it, or nowhere', () => {
    expect(refundDeadline({ startsAt, refundPolicy: policy(0) })).toEqual(startsAt)
    expect(refundDeadline({ startsAt, refundPolicy: policy(3) })).toEqual(new Date('2026-12-07T19:00:00Z'))
    expect(refundDeadline({ startsAt, refundPolicy: policy(null) })).toBeNull()
  })

  it('is itself too late', () => {
    const event = { startsAt, refundPolicy: policy(3) }
    expect(refundRefusal(event, new Date('2026-12-07T18:59:59.999Z'))).toBeUndefined()
    expect(refundRefusal(event, new Date('2026-12-07T19:00:00Z'))).toBe('refund_too_late')
    expect(refundRefusal({ startsAt, refundPolicy: policy(null) }, new Date(0))).toBe('refund_not_offered')
  })

  it('counts as generous the nearer it is to the start', () => {
    expect(isAtLeastAsGenerous(policy(2), policy(7))).toBe(true)
    expect(isAtLeastAsGenerous(policy(7), policy(2))).toBe(false)
    expect(isAtLeastAsGenerous(policy(null), policy(30))).toBe(false)
    expect(isAtLeastAsGenerous(policy(30), policy(null))).toBe(true)
    expect(isAtLeastAsGenerous(policy(2, false), policy(2, true))).toBe(false)
  })
})

describe('a policy', () => {
  it('is the owner’s and the manager’s to set, within bounds', async () => {
    const event = await buildEvent(app)
    const set = async (role: 'manager' | 'cashier' | 'agent', input: RefundPolicy) =>
      outcomeOf(changeRefundPolicy(app, await buildMember(app, event.organizer.id, role), event.slug, input))
    expect(await set('cashier', policy(1))).toBe('forbidden')
    expect(await set('agent', policy(1))).toBe('forbidden')
    expect(await set('manager', policy(366))).toBe('invalid_input')
    expect(await set('manager', policy(1, false, 'x'.repeat(501)))).toBe('invalid_input')
    expect(await set('manager', policy(1, true, ' Avec plaisir. '))).toBe('done')
    expect(await outcomeOf(changeRefundPolicy(app, (await buildEvent(app)).organizer.owner, event.slug, policy(1)))).toBe('not_found')
    // Nobody answers what can't be asked.
    const after = await changeRefundPolicy(app, event.organizer.owner, event.slug, policy(null, true))
    expect(after.refundPolicy).toEqual(policy(null))
  })

  it('is a promise to whoever has ordered: better for them, never worse', async () => {
    const event = await buildEvent(app, { startsAt: new Date(Date.now() + 30 * DAY_MS) })
    const type = await buildTicketType(app, event)
    const set = (input: RefundPolicy) => outcomeOf(changeRefundPolicy(app, event.organizer.owner, event.slug, input))
    expect(await set(policy(7))).toBe('done')
    await buyAndPay(app, event, type)
    expect(await set(policy(8))).toBe('refund_policy_promised')
    expect(await set(policy(null))).toBe('refund_policy_promised')
    expect(await set(policy(7, false, 'Une autre phrase'))).toBe('done')
    expect(await set(policy(2, true))).toBe('done')
    expect(await set(policy(2, false))).toBe('refund_policy_promised')
  })

  it('is closed with its event', async () => {
    const event = await buildEvent(app, { status: 'cancelled' })
    expect(await outcomeOf(changeRefundPolicy(app, event.organizer.owner, event.slug, policy(1)))).toBe('event_not_editable')
  })
})

describe('a request', () => {
  let event: BuiltEvent
  let type: { id: number; quotaId: number }
  const set = (input: RefundPolicy) => changeRefundPolicy(app, event.organizer.owner, event.slug, input)
  const ask = (order: { code: string }, ticketIds?: string[]) =>
    requestOrderRefund(app, holderOf(order), { code: order.code, reason: 'Voyage', ticketIds })

  beforeAll(async () => {
    event = await buildEvent(app, { startsAt: new Date(Date.now() + 10 * DAY_MS) })
    type = await buildTicketType(app, event)
    await set(policy(null))
  })

  it('is refused where nothing is refunded, and once it is too late', async () => {
    const order = await buyAndPay(app, event, type)
    expect(await outcomeOf(ask(order))).toBe('refund_not_offered')
    await set(policy(11))
    expect(await outcomeOf(ask(order))).toBe('refund_too_late')
    await set(policy(9))
    // The deadline moves with the event.
    await updateEvent(app, event.organizer.owner, event.slug, { startsAt: new Date(Date.now() + 8 * DAY_MS) })
    expect(await outcomeOf(ask(order))).toBe('refund_too_late')
    await updateEvent(app, event.organizer.owner, event.slug, { startsAt: new Date(Date.now() + 10 * DAY_MS - 60_000) })
    expect(await outcomeOf(ask(order))).toBe('done')
    expect(await outcomeOf(ask(order))).toBe('refund_already_asked')
    expect((await orderOf(app, order)).status).toBe('paid')
  })

  it('gives the money back at once where the policy says so, in one consequence', async () => {
    await set(policy(9, true))
    const order = await buyAndPay(app, event, type, 3)
    const before = await counterOf(app, type.quotaId)
    const [first] = await app.db.selectFrom('ticket').select('id').where('orderId', '=', order.id).orderBy('id').execute()
    expect(await ask(order, [first!.id])).toMatchObject({ status: 'partially_refunded', refundRequest: null })
    // What is left may be asked for, too; whoever presses twice is refunded once.
    const both = await Promise.all([outcomeOf(ask(order)), outcomeOf(ask(order))])
    expect(both.toSorted()).toEqual(['done', 'nothing_to_refund'])
    expect((await orderOf(app, order)).status).toBe('refunded')
    expect(await counterOf(app, type.quotaId)).toEqual({ ...before, sold: before.sold - 3 })
    const refunds = await app.db
      .selectFrom('refund')
      .select(['amount', 'requestedBy', 'reason'])
      .where('payableId', '=', order.id)
      .orderBy('createdAt')
      .execute()
    expect(refunds).toEqual([
      { amount: 5000, requestedBy: 'system:refund-policy', reason: 'Voyage' },
      { amount: 10_000, requestedBy: 'system:refund-policy', reason: 'Voyage' },
    ])
    await expectSound(app)
  })

  it('waits for a person where it was paid in cash', async () => {
    const cashier = await buildMember(app, event.organizer.id, 'cashier')
    const more = { channel: 'cashier' as const, payment: { provider: 'cash' } }
    const order = await checkOut(app, cashier, wish(event, [[type, 1]], more))
    expect((await ask(order)).refundRequest).toMatchObject({ reason: 'Voyage' })
    expect((await orderOf(app, order)).status).toBe('paid')
  })

  it('waits for a person where a ticket has let somebody in', async () => {
    const order = await buyAndPay(app, event, type)
    await app.db.updateTable('ticket').set({ usedCount: 1, status: 'outside' }).where('orderId', '=', order.id).execute()
    expect((await ask(order)).refundRequest).toMatchObject({ reason: 'Voyage' })
    expect((await orderOf(app, order)).status).toBe('paid')
  })
})
