// A buyer asks for the money back; the organizer answers. By the verbs, and on the pages of both.
import { beforeAll, describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { buyAndPay, holderOf, orderOf, outcomeOf, visitor } from '#test/sale.ts'
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
    const post = await app.server.inject({
      method: 'POST',
      url: `${path}/refund-request`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'reason=Voyage',
    })
    expect([post.statusCode, post.headers.location]).toEqual([303, path])
    expect(await page()).toContain('Votre demande de remboursement est chez l’organisateur')
    await declineOrderRefund(app, event.organizer.owner, order.code)
    expect(await page()).toContain('L’organisateur n’a pas accepté le remboursement')
  })
})
