// The settings of an event: who may change them, what is refused, where buyers read them.
import { describe, expect, it } from 'vitest'
import { ticketsMail } from '#src/modules/notifications/order-mails.ts'
import { loadOrderPapers } from '#src/modules/notifications/ticket-paper.ts'
import { findOrder } from '#src/modules/ticketing/find-orders.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { browse } from '#test/pages.ts'
import { buyAndPay } from '#test/sale.ts'

const app = testApp()
const narrow = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('the refund policy', () => {
  it('is chosen on one form, and read before buying', async () => {
    const startsAt = new Date('2027-03-20T19:00:00Z')
    const event = await buildEvent(app, { startsAt })
    const type = await buildTicketType(app, event)
    const owner = browse(app, event.organizer.owner)
    const path = `/organizer/events/${event.slug}/settings`
    expect((await owner.get(path)).html).toMatch(/value="start" checked/)

    const wrong = await owner.post(`${path}/refunds`, { until: 'days', days: '', answer: 'byHand', note: '' })
    expect([wrong.status, wrong.html.includes('id="field-days-error"')]).toEqual([422, true])
    const saved = await owner.post(`${path}/refunds`, { until: 'days', days: '5', answer: 'atOnce', note: 'Écrivez-nous.' })
    expect([saved.status, saved.location]).toEqual([303, `${path}?saved`])
    expect((await owner.get(saved.location)).text).toContain('C’est enregistré')

    const sentence = 'Remboursement possible jusqu’au 15 mars 2027 à 20:00. Il est accordé tout de suite, en entier. Écrivez-nous.'
    const visitor = browse(app)
    expect(narrow((await visitor.get(`/events/${event.slug}`)).text)).toContain(sentence)
    expect(narrow((await visitor.get(`/events/${event.slug}/checkout?q-${type.id}=1`)).text)).toContain(sentence)

    const order = (await findOrder(app.db, (await buyAndPay(app, event, type)).id))!
    const { event: shown, tickets } = await loadOrderPapers(app, order)
    expect(narrow(ticketsMail(order, shown, tickets, 'https://guichet.test/t/x', 'fr').text)).toContain(sentence)
    const worse = await owner.post(`${path}/refunds`, { until: 'never', answer: 'byHand', note: '' })
    expect([worse.status, worse.html.includes('id="field-until-error"')]).toEqual([409, true])
  })

  it('says nothing where there is nothing to pay', async () => {
    const event = await buildEvent(app)
    await buildTicketType(app, event, { price: 0 })
    expect((await browse(app).get(`/events/${event.slug}`)).text).not.toContain('emboursement')
  })
})

describe('settings', () => {
  it('are for those who lead, while the event can be changed', async () => {
    const event = await buildEvent(app)
    const path = `/organizer/events/${event.slug}/settings`
    for (const role of ['cashier', 'agent'] as const) {
      const member = browse(app, await buildMember(app, event.organizer.id, role))
      expect((await member.get(path)).status).toBe(403)
      expect((await member.post(`${path}/refunds`, { until: 'never', answer: 'byHand' })).status).toBe(403)
    }
    expect((await browse(app, (await buildOrganizer(app)).owner).get(path)).status).toBe(404)
    const over = await buildEvent(app, { organizer: event.organizer, status: 'ended' })
    expect((await browse(app, event.organizer.owner).get(`/organizer/events/${over.slug}/settings`)).status).toBe(303)
  })
})
