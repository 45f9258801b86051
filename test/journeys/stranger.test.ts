// A stranger's story in a real browser, in both languages, with and without JavaScript, on a phone and a wide screen: finds an event, buys two tickets
// by Mobile Money, shows and keeps them, asks for the money back, reads the answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { declineOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildOrganizer, buildTicketType, type BuiltEvent } from '../factories.ts'
import { EVERY_SEAT, named, openStage, PATIENCE, type Seat, type Stage } from './stage.ts'
import { strangerAt } from './stranger.ts'

const app = testApp({ PUBLIC_URL: '' })

describe('a stranger', PATIENCE, () => {
  let stage: Stage
  let paid: BuiltEvent
  let free: BuiltEvent

  beforeAll(async () => {
    const organizer = await buildOrganizer(app, { name: 'Les Conteurs' })
    const inTenDays = new Date(Date.now() + 10 * 86_400_000)
    paid = await buildEvent(app, { title: 'Nuit afrobeat', city: 'Lomé', organizer, startsAt: inTenDays })
    await buildTicketType(app, paid, { name: 'Standard', price: 5000, quantity: 500 })
    await buildTicketType(app, paid, { name: 'VIP', price: 20_000, quantity: 4 })
    free = await buildEvent(app, { title: 'Lecture à la plage', askHolderNames: true, organizer, startsAt: inTenDays })
    await buildTicketType(app, free, { name: 'Entrée libre', price: 0, quantity: 500 })
    // Through the verb, so that the search knows them.
    await updateEvent(app, organizer.owner, paid.slug, { description: 'Cuivres, guitares et tambours **jusqu’à l’aube**.' })
    await updateEvent(app, organizer.owner, free.slug, { description: 'Des contes, les pieds dans le sable.' })
    stage = await openStage(app)
  })
  afterAll(async () => {
    await stage?.close()
  })

  const arrives = async (seat: Seat) => {
    const visit = await stage.visit(seat)
    return { visit, stranger: strangerAt(visit) }
  }

  test.each(named(EVERY_SEAT))('finds, buys, shows and gives back: %s', async (_, seat) => {
    const { visit, stranger } = await arrives(seat)
    await stranger.comesHome()
    await stranger.searches('afrobeat')
    expect(await stranger.titles()).toEqual(['Nuit afrobeat'])
    await stranger.filters({ city: 'Lomé', price: 'paid' })
    expect(await stranger.titles()).toEqual(['Nuit afrobeat'])
    await stranger.opens('Nuit afrobeat')
    await stranger.chooses('Standard', 2)
    await stranger.isCalled({ name: 'Koffi Mensah', email: 'koffi@', phone: '01 97 12 34 56' })
    await stranger.pays(10_000)
    await stranger.isCorrected('email')
    await stranger.isCalled({ email: 'koffi@example.test' })
    await stranger.pays(10_000)
    await stranger.mustApprove()
    const order = visit.page.url()
    await stranger.answersPhone('approve')

    expect(await stranger.codes()).toBe(2)
    await stranger.seesOneFullScreen()
    expect(await stranger.downloads(visit.t.order.pdf)).toMatchObject({ type: 'application/pdf', start: expect.stringContaining('%PDF') as unknown })
    expect(await stranger.downloads(visit.t.order.calendar)).toMatchObject({
      type: expect.stringContaining('text/calendar') as unknown,
      start: 'BEGIN:VCALENDAR',
    })

    await stranger.asksForTheMoney('Je ne peux plus venir.')
    // Answered in turn: the half of the seats with scripts is refused, the other half gets its money.
    const code = await stranger.number()
    const { owner } = paid.organizer
    if (seat.scripts) {
      await declineOrderRefund(app, owner, code, 'Les places sont déjà remises en vente.')
      await stranger.comesBack(order)
      await stranger.reads(visit.t.order.refundDeclined, 'refund declined')
      expect(await stranger.codes()).toBe(2)
    } else {
      await refundOrder(app, owner, { code, reason: 'requested' })
      await stranger.comesBack(order)
      expect(await stranger.heading()).toBe(visit.t.order.refundedTitle)
      await visit.look('refunded')
      expect(await stranger.codes()).toBe(0)
    }
    await visit.leave()
  })

  test.each(named(EVERY_SEAT.filter(({ scripts, width }) => scripts === (width === 1280))))('takes free tickets for friends: %s', async (_, seat) => {
    const { visit, stranger } = await arrives(seat)
    await visit.go(`/events/${free.slug}`)
    await stranger.chooses('Entrée libre', 2)
    await stranger.isCalled({ name: 'Ada Dossou', email: 'ada@example.test', holders: ['Ada Dossou'] })
    await stranger.pays(0)
    await stranger.isCorrected('holder-1')
    await stranger.isCalled({ holders: ['Ada Dossou', 'Bio Adjovi'] })
    await stranger.pays(0)
    await visit.page.waitForURL(/\/t\//)
    expect(await stranger.heading()).toBe(visit.t.order.paidTitle(2))
    await visit.look('free tickets')
    await visit.go(`/organizers/${free.organizer.slug}`)
    await visit.look('organizer’s page')
    await visit.leave()
  })

  test.each(named(EVERY_SEAT.filter(({ locale, scripts, width }) => scripts && (locale === 'fr') === (width === 360))))(
    'is refused by the phone, and tries again: %s',
    async (_, seat) => {
      const { visit, stranger } = await arrives(seat)
      await visit.go(`/events/${paid.slug}`)
      await stranger.chooses('Standard', 2)
      await stranger.isCalled({ name: 'Afi Lawson', email: 'afi@example.test', payerPhone: '01 97 00 00 00' })
      await stranger.pays(10_000)
      await stranger.mustApprove()
      await stranger.answersPhone('refuse')
      await stranger.triesAgain('01 97 00 00 00')
      await stranger.answersPhone('approve')
      await visit.leave()
    },
  )

  test('sees results follow the typing, and an address that can be shared', async () => {
    const { visit, stranger } = await arrives({ locale: 'fr', scripts: true, width: 360 })
    await visit.go('/events')
    expect(await stranger.titles()).toContain('Nuit afrobeat')
    await visit.page.getByLabel(visit.t.public.searchLabel).pressSequentially('plage')
    await expect.poll(stranger.titles).toEqual(['Lecture à la plage'])
    expect(new URL(visit.page.url()).search).toBe('?q=plage')
    expect(await visit.page.getByRole('status').textContent()).toBe(visit.t.public.found(1, false))
    await visit.look('list, as typed')
    await visit.page.reload()
    expect(await stranger.titles()).toEqual(['Lecture à la plage'])
    await visit.leave()
  })
})
