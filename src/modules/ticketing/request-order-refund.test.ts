// A buyer asks for the money back; the organizer answers. By the verbs, and on the pages of both.
import { beforeAll, describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { approveSilently, buyAndPay, expectSound, holderOf, orderOf, outcomeOf, visitor, wish } from '#test/sale.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { approveOrderRefund } from './approve-order-refund.ts'
import { checkOut } from './check-out.ts'
import { getOrder } from './find-orders.ts'
import { mintMagicLink } from './magic-link.ts'
import { refundOrder } from './refund-order.ts'
import { declineOrderRefund, requestOrderRefund } from './request-order-refund.ts'

const app = testApp()

describe('asking for a refund', () => {
  let event: BuiltEvent
  let type: { id: number }

  beforeAll(async () => {
    event = await buildEvent(app)
    type = await buildTicketType(app, event, { price: 5000 })
  })

  const factsOf = async (id: number) =>
    (
      await app.db
        .selectFrom('fact')
        .select('kind')
        .where('subject', '=', `order:${id}`)
        .where('kind', 'like', 'order.refund_%')
        .orderBy('id')
        .execute()
    ).map((f) => f.kind)

  it('keeps the tickets valid until the organizer gives the money back, which ends the request', async () => {
    const order = await buyAndPay(app, event, type, 2)
    await requestOrderRefund(app, holderOf(order), { code: order.code, reason: 'Je suis malade' })
    expect((await getOrder(app, event.organizer.owner, order.code)).refundRequest).toMatchObject({ reason: 'Je suis malade', declinedAt: null })
    expect((await orderOf(app, order)).status).toBe('paid')
    const { order: refunded } = await refundOrder(app, event.organizer.owner, { code: order.code })
    expect(refunded).toMatchObject({ status: 'refunded', refundRequest: null })
    expect(await factsOf(order.id)).toEqual(['order.refund_asked', 'order.refund_requested'])
  })

  it('is for the buyer, once, and for what was paid with money', async () => {
    const order = await buyAndPay(app, event, type)
    const ask = (actor: Parameters<typeof requestOrderRefund>[1]) => outcomeOf(requestOrderRefund(app, actor, { code: order.code, reason: '' }))
    expect(await ask(visitor)).toBe('not_found')
    expect(await ask(event.organizer.owner)).toBe('forbidden')
    const both = await Promise.all([ask(holderOf(order)), ask(holderOf(order))])
    expect(both).toContain('refund_already_asked')
    expect(await factsOf(order.id)).toEqual(['order.refund_asked'])
  })

  it('is about the tickets that were named: a free one of the same order stays, unless the whole order is meant', async () => {
    const free = await buildTicketType(app, event, { price: 0 })
    const family = async () => {
      const order = await checkOut(
        app,
        visitor,
        wish(event, [
          [type, 1],
          [free, 1],
        ]),
      )
      await approveSilently(app, order.payment!.id)
      await settlePayments(app, [order.payment!.id])
      const tickets = await app.db.selectFrom('ticket').select(['id', 'price']).where('orderId', '=', order.id).orderBy('price', 'desc').execute()
      return { order, tickets }
    }
    const statuses = async (order: { id: number }) =>
      (await app.db.selectFrom('ticket').select('status').where('orderId', '=', order.id).orderBy('price', 'desc').execute()).map((t) => t.status)

    const named = await family()
    await requestOrderRefund(app, holderOf(named.order), { code: named.order.code, reason: '', ticketIds: [named.tickets[0]!.id] })
    await approveOrderRefund(app, event.organizer.owner, { code: named.order.code })
    expect(await statuses(named.order)).toEqual(['refunded', 'paid'])

    const whole = await family()
    await requestOrderRefund(app, holderOf(whole.order), { code: whole.order.code, reason: '' })
    await approveOrderRefund(app, event.organizer.owner, { code: whole.order.code })
    expect(await statuses(whole.order)).toEqual(['refunded', 'refunded'])
    await expectSound(app)
  })

  it('is answered by owners and managers, once', async () => {
    const order = await buyAndPay(app, event, type)
    await requestOrderRefund(app, holderOf(order), { code: order.code, reason: '' })
    expect(await outcomeOf(declineOrderRefund(app, holderOf(order), order.code))).toBe('forbidden')
    expect(await outcomeOf(declineOrderRefund(app, await buildMember(app, event.organizer.id, 'cashier'), order.code))).toBe('forbidden')
    await declineOrderRefund(app, event.organizer.owner, order.code)
    await declineOrderRefund(app, event.organizer.owner, order.code)
    expect(await factsOf(order.id)).toEqual(['order.refund_asked', 'order.refund_declined'])
    expect(await outcomeOf(requestOrderRefund(app, holderOf(order), { code: order.code, reason: '' }))).toBe('refund_already_asked')
  })

  it('is a form on the buyer’s page, which says how far it is', async () => {
    const order = await buyAndPay(app, event, type)
    const path = `/t/${await mintMagicLink(app.db, { eventId: event.id, id: order.id })}`
    const page = async () => (await app.server.inject({ url: path, headers: { 'accept-language': 'fr' } })).payload
    expect(await page()).toContain(`action="${path}/refund-request"`)
    const ticket = /name="ticket" value="([^"]+)"/.exec(await page())![1]!
    const send = (payload: string) =>
      app.server.inject({
        method: 'POST',
        url: `${path}/refund-request`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': 'fr' },
        payload,
      })
    const nothing = await send('reason=Voyage')
    expect([nothing.statusCode, nothing.payload.includes('Choisissez au moins un billet.')]).toEqual([422, true])
    const post = await send(`reason=Voyage&ticket=${ticket}`)
    expect([post.statusCode, post.headers.location]).toEqual([303, path])
    expect(await page()).toContain('Votre demande de remboursement est chez l’organisateur')
    await declineOrderRefund(app, event.organizer.owner, order.code, 'La salle est réservée.')
    expect(await page()).toContain('L’organisateur n’a pas accepté le remboursement')
    expect(await page()).toContain('La salle est réservée.')
  })

  it('is about the tickets that the buyer chose: nobody else’s, and none that is worth nothing any more', async () => {
    const order = await buyAndPay(app, event, type, 3)
    const other = await buyAndPay(app, event, type)
    const [first, second] = order.tickets
    const ask = (ticketIds: string[]) => outcomeOf(requestOrderRefund(app, holderOf(order), { code: order.code, reason: '', ticketIds }))
    expect(await ask([])).toBe('ticket_not_refundable')
    expect(await ask([first!.id, other.tickets[0]!.id])).toBe('ticket_not_refundable')
    expect(await ask([first!.id, second!.id])).toBe('done')
    const { refundRequest } = await getOrder(app, event.organizer.owner, order.code)
    expect(refundRequest!.ticketIds!.toSorted()).toEqual([first!.id, second!.id].toSorted())
    const { order: after, amount } = await refundOrder(app, event.organizer.owner, { code: order.code, ticketIds: refundRequest!.ticketIds! })
    expect([after.status, amount]).toEqual(['partially_refunded', 10_000])
    // What is left may be asked for anew, without what was given back.
    expect(await ask([first!.id])).toBe('ticket_not_refundable')
    expect(await ask([order.tickets[2]!.id])).toBe('done')
  })

  it('is told by mail: to the team with the way there, to the buyer at each step', async () => {
    const order = await buyAndPay(app, event, type, 2, { buyer: { name: 'Afi', email: 'afi.refund@example.test' } })
    const manager = await buildMember(app, event.organizer.id, 'manager')
    await buildMember(app, event.organizer.id, 'cashier')
    await requestOrderRefund(app, holderOf(order), { code: order.code, reason: 'Je suis malade', ticketIds: [order.tickets[0]!.id] })
    await workOff(app)
    const mails = async (kind: string) => app.db.selectFrom('mail').selectAll().where('orderId', '=', order.id).where('kind', '=', kind).execute()
    const team = await mails('team-refund-asked')
    expect(team.map((mail) => mail.recipient).toSorted()).toEqual([event.organizer.owner.email, manager.email].toSorted())
    expect(team[0]!.body).toContain(`/organizer/events/${event.slug}/orders/${order.code}`)
    expect(team[0]!.body).toContain('Je suis malade')
    expect(team[0]!.body).toMatch(/5\s000/)
    expect((await mails('refund-asked')).map((mail) => mail.recipient)).toEqual(['afi.refund@example.test'])

    await declineOrderRefund(app, manager, order.code, 'Le spectacle a lieu demain.')
    await workOff(app)
    expect((await mails('refund-declined'))[0]!.body).toContain('Le spectacle a lieu demain.')

    const another = await buyAndPay(app, event, type, 1, { buyer: { name: 'Afi', email: 'afi.refund@example.test' } })
    await requestOrderRefund(app, holderOf(another), { code: another.code, reason: '' })
    await refundOrder(app, manager, { code: another.code })
    await workOff(app)
    const told = await app.db.selectFrom('mail').select(['kind', 'subject']).where('orderId', '=', another.id).orderBy('id').execute()
    expect(told.map((mail) => mail.kind)).toEqual(expect.arrayContaining(['refund-approved', 'refund']))
    // Answered before the team read of it: nobody is sent to an order that waits for nothing.
    expect(told.map((mail) => mail.kind)).not.toContain('team-refund-asked')
  })
})
