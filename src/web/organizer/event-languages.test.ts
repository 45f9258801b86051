// An event in several languages: told once, read by everybody in their own.
import { beforeAll, describe, expect, it } from 'vitest'
import { eventIn, tidyTranslations } from '#src/modules/events/event-languages.ts'
import { findOrder } from '#src/modules/ticketing/find-orders.ts'
import { typeIn } from '#src/modules/ticketing/ticket-type.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { translateEvent } from '#src/modules/ticketing/translate-event.ts'
import { loadOrderPapers } from '#src/modules/notifications/ticket-paper.ts'
import { orderCalendar } from '#src/modules/notifications/order-calendar.ts'
import { duplicateEvent } from '#src/modules/access/duplicate-event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { publishEvent } from '#src/modules/events/publish-event.ts'
import { listOrdersOfAccount, listTicketsOfAccount } from '#src/reads/orders-of-account.ts'
import { listPublicEvents } from '#src/reads/list-events.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { browse } from '#test/pages.ts'
import { buyAndPay } from '#test/sale.ts'

const app = testApp()

describe('a text', () => {
  const event = { title: 'Nuit', description: 'Longue', language: 'fr' as const, translations: { en: { title: 'Night', description: '' } } }

  it('is the reader’s where it was translated, else the original, and says which', () => {
    expect(eventIn(event, 'en')).toMatchObject({ title: 'Night', description: 'Longue', spoken: { title: 'en', description: 'fr' } })
    expect(eventIn(event, 'fr')).toMatchObject({ title: 'Nuit', spoken: { title: 'fr', description: 'fr' } })
    // What was said in its reader's words stays so.
    expect(eventIn(eventIn(event, 'en'), 'en').title).toBe('Night')
    const type = { name: 'Debout', description: '', translations: { en: { name: 'Standing', description: '' } } }
    expect(typeIn(type, 'fr', 'en')).toMatchObject({ name: 'Standing', spoken: { name: 'en', description: 'fr' } })
    expect(typeIn(type, 'en', 'en').name).toBe('Debout')
  })

  it('is kept tidy: nothing empty, nothing in the original’s own language', () => {
    expect(
      tidyTranslations({
        language: 'fr',
        translations: { fr: { title: 'Nuit', description: '' }, en: { title: '  Night \n of ', description: ' ' } },
      }),
    ).toEqual({
      en: { title: 'Night of', description: '' },
    })
    expect(tidyTranslations({ language: 'fr', translations: { en: { title: ' ', description: '' } } })).toEqual({})
  })
})

describe('an event in two languages', () => {
  let event: BuiltEvent
  let type: { id: number }
  const english = { 'accept-language': 'en' }
  const read = async (url: string, language: 'fr' | 'en') => (await app.server.inject({ url, headers: { 'accept-language': language } })).payload

  beforeAll(async () => {
    event = await buildEvent(app, { title: 'La grande traversée', status: 'draft' })
    type = await buildTicketType(app, event, { name: 'Place debout' })
    await translateEvent(app, event.organizer.owner, event.slug, {
      language: 'fr',
      translations: { en: { title: 'The great xylophone crossing', description: 'With *hippopotamuses*.' } },
      types: [{ id: type.id, translations: { en: { name: 'Standing place', description: '' } } }],
    })
    await publishEvent(app, event.organizer.owner, event.slug)
  })

  it('is told on one form, a set of fields per language', async () => {
    const event = await buildEvent(app, { status: 'draft' })
    const type = await buildTicketType(app, event)
    const owner = browse(app, event.organizer.owner)
    const path = `/organizer/events/${event.slug}/settings/languages`
    expect((await owner.get(path)).html).toContain('name="translations-en-title"')
    const saved = await owner.post(path, {
      language: 'fr',
      'translations-en-title': 'Another night',
      'translations-en-description': 'Long.',
      [`types-${type.id}-en-name`]: 'Standing place',
    })
    expect(saved.status).toBe(303)
    expect((await owner.get(path)).html).toContain('value="Another night"')
    const [stored] = await listTicketTypes(app, event.id)
    expect(stored!.translations).toEqual({ en: { name: 'Standing place', description: '' } })
  })

  it('is read by everybody in their own, and marked where it isn’t', async () => {
    const other = await buildEvent(app, { title: 'Seulement en français', organizer: event.organizer })
    const page = await read(`/events/${event.slug}`, 'en')
    expect(page).toContain('<h1>The great xylophone crossing</h1>')
    expect(page).toContain('<em>hippopotamuses</em>')
    expect(page).toContain('Standing place')
    expect(await read(`/events/${event.slug}`, 'fr')).toMatch(/<h1>La grande traversée<\/h1>[^]*Place debout/)
    expect(await read(`/events/${other.slug}`, 'en')).toContain('<h1 lang="fr">Seulement en français</h1>')
    const organizer = await read(`/organizers/${event.organizer.slug}`, 'en')
    expect(organizer).toContain('The great xylophone crossing')
    expect(organizer).toMatch(/lang="fr"[^>]*>Seulement en français/)
  })

  it('is found by the words of each', async () => {
    for (const q of ['traversée', 'xylophone', 'xilophone', 'hippopotamuses']) {
      expect((await listPublicEvents(app, { q, locale: 'en' })).data.map((card) => [card.slug, card.title, card.language])).toEqual([
        [event.slug, 'The great xylophone crossing', 'en'],
      ])
    }
    expect((await listPublicEvents(app, { q: 'xylophone' })).data[0]).toMatchObject({ title: 'La grande traversée', language: 'fr' })
  })

  it('is written to each buyer in theirs: order page, papers, calendar', async () => {
    const order = await buyAndPay(app, event, type)
    const stored = (await findOrder(app.db, order.id))!
    const { papers } = await loadOrderPapers(app, { ...stored, locale: 'en' })
    expect([papers[0]!.event.title, papers[0]!.ticketType]).toEqual(['The great xylophone crossing', 'Standing place'])
    expect((await loadOrderPapers(app, stored)).papers[0]!.ticketType).toBe('Place debout')
    const full = await getTeamEvent(app, event.organizer.owner, event.slug)
    expect(orderCalendar(app, full, null, 'en')).toContain('SUMMARY:The great xylophone crossing')
    const ics = await app.server.inject({ url: `/events/${event.slug}/event.ics`, headers: english })
    expect(ics.payload).toContain('The great xylophone crossing')
    const buyer = { ...(await buildAccount(app, { email: stored.buyer.email! })), locale: 'en' as const }
    expect((await listOrdersOfAccount(app, buyer)).data[0]!.event.title).toBe('The great xylophone crossing')
    expect((await listTicketsOfAccount(app, { ...buyer, locale: 'fr' }, 'upcoming'))[0]!.event.title).toBe('La grande traversée')
  })

  it('keeps its languages in a copy of the same title', async () => {
    const startsAt = new Date(Date.now() + 20 * 86_400_000)
    const copy = await duplicateEvent(app, event.organizer.owner, event.slug, { startsAt })
    expect(copy).toMatchObject({ language: 'fr', translations: { en: { title: 'The great xylophone crossing' } } })
    expect((await duplicateEvent(app, event.organizer.owner, event.slug, { startsAt, title: 'Une autre' })).translations).toEqual({})
  })

  it('is refused what makes no sense, and by whom it doesn’t belong to', async () => {
    const path = `/organizer/events/${event.slug}/settings/languages`
    const owner = browse(app, event.organizer.owner)
    expect((await owner.post(path, { language: 'tlh' })).status).toBe(422)
    const untitled = await owner.post(path, { language: 'fr', 'translations-en-description': 'No title' })
    expect([untitled.status, untitled.html.includes('id="field-translations-en-title-error"')]).toEqual([422, true])
    const long = await owner.post(path, { language: 'fr', [`types-${type.id}-en-name`]: 'x'.repeat(121) })
    expect([long.status, long.html.includes(`id="field-types-${type.id}-en-name-error"`)]).toEqual([422, true])
    expect((await browse(app, await buildMember(app, event.organizer.id, 'cashier')).get(path)).status).toBe(403)
    expect((await browse(app, (await buildOrganizer(app)).owner).post(path, { language: 'fr' })).status).toBe(404)
    const api = await app.server.inject(`/api/v1/events/${event.slug}`)
    expect(api.json()).toMatchObject({
      title: 'La grande traversée',
      language: 'fr',
      translations: { en: { title: 'The great xylophone crossing' } },
    })
  })
})
