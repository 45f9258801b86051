// Private events: an invitation opens them, for as many tickets as it says.
import { beforeEach, describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { inviteGuest, mintInvitationToken, revokeInvitation } from '#src/modules/events/invite-guest.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { browse, hiddenFields } from '#test/pages.ts'
import { approveSilently, buyAndPay, expectSound, outcomeOf, runOut, tally, visitor, wish } from '#test/sale.ts'
import { cancelOrder } from './cancel-order.ts'
import { checkOut, type CheckOut } from './check-out.ts'
import { placeOrder } from './place-order.ts'

const app = testApp()

describe('an invitation', () => {
  let event: BuiltEvent
  let type: { id: number }
  let invitations = 0

  beforeEach(async () => {
    event = await buildEvent(app, { visibility: 'private' })
    type = await buildTicketType(app, event, { price: 0, maxPerOrder: 10 })
  })

  async function invite(maxTickets: number | null): Promise<{ id: number; token: string; email: string }> {
    const email = `guest.${++invitations}@example.test`
    const { id } = await inviteGuest(app, event.organizer.owner, event.slug, { email, name: 'Afi', maxTickets })
    return { id, email, token: (await mintInvitationToken(app, id)).token }
  }

  const take = (invitation: string | undefined, quantity: number, more: Partial<CheckOut> = {}, actor: AccountActor | typeof visitor = visitor) =>
    outcomeOf(placeOrder(app, actor, wish(event, [[type, quantity]], { invitation, ...more })))

  test('is good for its tickets, in one order or in several, and for no more', async () => {
    const { token } = await invite(3)
    expect(await take(token, 4)).toBe('invitation_used_up')
    expect(await take(token, 2)).toBe('done')
    expect(await take(token, 2)).toBe('invitation_used_up')
    expect(await take(token, 1)).toBe('done')
    expect(await take(token, 1)).toBe('invitation_used_up')
    // Another guest's is another matter, and one without a number is good for any.
    expect(await take((await invite(1)).token, 1)).toBe('done')
    const open = (await invite(null)).token
    expect([await take(open, 5), await take(open, 5)]).toEqual(['done', 'done'])
    await expectSound(app)
  })

  test('counts orders that come at once one after the other', async () => {
    const { token } = await invite(2)
    expect(tally(await Promise.all(Array.from({ length: 6 }, () => take(token, 1))))).toEqual({ done: 2, invitation_used_up: 4 })
    await expectSound(app)
  })

  test('answers the same order to the same request, even when it is used up', async () => {
    const { token } = await invite(1)
    const request = wish(event, [[type, 1]], { invitation: token })
    const first = await placeOrder(app, visitor, request)
    expect((await placeOrder(app, visitor, request)).id).toBe(first.id)
  })

  test('is good for no more by money that comes late', async () => {
    const paid = await buildTicketType(app, event, { price: 5000 })
    const { token } = await invite(1)
    const late = await checkOut(app, visitor, wish(event, [[paid, 1]], { invitation: token }))
    await runOut(app, late)
    await expireOrders(app)
    const inTime = await buyAndPay(app, event, paid, 1, { invitation: token })
    await approveSilently(app, late.payment!.id)
    await settlePayments(app, [late.payment!.id])
    const statusOf = async ({ id }: { id: number }) =>
      (await app.db.selectFrom('ticketOrder').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status
    expect([await statusOf(late), await statusOf(inTime)]).toEqual(['refund_due', 'paid'])
    // Where there is room, it is as welcome as anybody's.
    const roomy = (await invite(2)).token
    const welcome = await checkOut(app, visitor, wish(event, [[paid, 1]], { invitation: roomy }))
    await runOut(app, welcome)
    await expireOrders(app)
    await buyAndPay(app, event, paid, 1, { invitation: roomy })
    await approveSilently(app, welcome.payment!.id)
    await settlePayments(app, [welcome.payment!.id])
    expect(await statusOf(welcome)).toBe('paid')
    await expectSound(app)
  })

  test('gives back what ran out of time or was cancelled', async () => {
    const paid = await buildTicketType(app, event, { price: 5000 })
    const { token } = await invite(1)
    const order = await checkOut(app, visitor, wish(event, [[paid, 1]], { invitation: token }))
    expect(await take(token, 1)).toBe('invitation_used_up')
    await runOut(app, order)
    await expireOrders(app)
    const again = await buyAndPay(app, event, paid, 1, { invitation: token })
    expect(await take(token, 1)).toBe('invitation_used_up')
    await cancelOrder(app, event.organizer.owner, { code: again.code })
    expect(await take(token, 1)).toBe('done')
    await expectSound(app)
  })

  test('counts the link and the guest’s own account as one, opens nothing for others, and nothing once withdrawn', async () => {
    const { id, token, email } = await invite(2)
    const guest = await buildAccount(app, { email })
    expect(await take(undefined, 1, {}, guest)).toBe('done')
    expect(await take(token, 1)).toBe('done')
    expect(await take(undefined, 1, {}, guest)).toBe('invitation_used_up')
    expect(await take(undefined, 1, {}, { ...guest, emailVerified: false })).toBe('not_found')
    expect(await take(undefined, 1)).toBe('not_found')
    expect(await take('made-up', 1)).toBe('not_found')
    await revokeInvitation(app, event.organizer.owner, event.slug, id)
    expect(await take(token, 1)).toBe('not_found')
  })

  test('leads from the link to the tickets without a script, says what is left, and is shown to the organizer as used', async () => {
    const { token } = await invite(2)
    const { get, post } = browse(app)
    const link = `/events/${event.slug}?invitation=${token}`
    const page = await get(link)
    expect(page.text).toContain('Votre invitation vaut pour 2 billets.')
    expect(page.html.match(/<option value="\d+"/g)).toHaveLength(3)
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    const query = new URLSearchParams({ ...hiddenFields(page.html), [`q-${type.id}`]: '1' })
    const checkout = await get(`/events/${event.slug}/checkout?${query}`)
    expect(checkout.status).toBe(200)
    const placed = await post(`/events/${event.slug}/orders`, { ...hiddenFields(checkout.html), name: 'Afi', email: 'afi@example.test' })
    expect((await get(placed.location)).text).toContain('Voici votre billet')
    expect((await get(link)).text).toContain('il vous en reste 1')
    const greedy = await get(`/events/${event.slug}/checkout?invitation=${token}&q-${type.id}=2`)
    expect([greedy.status, greedy.text.includes('Votre invitation ne permet plus autant de billets.')]).toEqual([422, true])
    await take(token, 1)
    const used = await get(link)
    expect(used.text).toContain('vous avez tout pris')
    expect(used.html).not.toContain('<select')

    const team = browse(app, event.organizer.owner)
    expect((await team.get(`/organizer/events/${event.slug}/guests`)).text).toContain('2 sur 2')
    const wrong = await team.post(`/organizer/events/${event.slug}/guests`, { email: 'koffi@example.test', maxTickets: 'douze' })
    expect([wrong.status, wrong.html.includes('id="field-maxTickets-error"')]).toEqual([422, true])
    expect((await team.post(`/organizer/events/${event.slug}/guests`, { email: 'koffi@example.test', maxTickets: '12' })).status).toBe(303)
  })
})
