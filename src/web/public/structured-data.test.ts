// What search engines read of public pages.
import { beforeAll, describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '#test/factories.ts'

const app = testApp()
const HOSTILE = '</script><script>alert(1)</script>'

async function open(url: string, language = 'fr'): Promise<string> {
  const answer = await app.server.inject({ url, headers: { 'accept-language': language } })
  expect(answer.statusCode, url).toBe(200)
  return answer.body
}

const dataOf = (html: string) => JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/.exec(html)![1]!) as Record<string, unknown>

describe('an event’s page', () => {
  let event: BuiltEvent
  beforeAll(async () => {
    event = await buildEvent(app, { title: `Nuit ${HOSTILE}`, city: 'Cotonou' })
    await buildTicketType(app, event, { name: 'Standard', price: 5000 })
    await buildTicketType(app, event, { name: 'Complet', price: 0, quantity: 0 })
  })

  test('tells what, when, where, and at which price tickets can be had', async () => {
    const data = dataOf(await open(`/events/${event.slug}`))
    const url = `http://guichet.test/events/${event.slug}`
    expect(data).toMatchObject({
      '@type': 'Event',
      name: `Nuit ${HOSTILE}`,
      startDate: event.startsAt.toISOString(),
      eventStatus: 'https://schema.org/EventScheduled',
      url,
      location: { '@type': 'Place', address: { addressLocality: 'Cotonou' } },
      organizer: { url: `http://guichet.test/organizers/${event.organizer.slug}` },
    })
    expect(data.offers).toEqual([
      expect.objectContaining({ name: 'Standard', price: '5000', priceCurrency: 'XOF', availability: 'https://schema.org/InStock', url }),
      expect.objectContaining({ name: 'Complet', price: '0', availability: 'https://schema.org/SoldOut' }),
    ])
  })

  test('ends no element by its title', async () => {
    expect(await open(`/events/${event.slug}`)).not.toContain(HOSTILE)
  })

  test('tells nothing where it isn’t for everybody', async () => {
    const unlisted = await buildEvent(app, { visibility: 'unlisted' })
    const html = await open(`/events/${unlisted.slug}`)
    expect(html).not.toContain('ld+json')
    expect(html).not.toContain('rel="alternate"')
    expect(html).toContain('<meta name="robots" content="noindex"')
  })
})

describe('public pages', () => {
  test.each(['/', '/events'])('%s has one address in each language, and names the others', async (path) => {
    const url = `http://guichet.test${path}`
    const french = await open(path)
    expect(french).toContain(`<link rel="canonical" href="${url}"`)
    for (const link of [`hreflang="fr" href="${url}"`, `hreflang="en" href="${url}?lang=en"`, `hreflang="x-default" href="${url}"`])
      expect(french).toContain(`<link rel="alternate" ${link}`)
    expect(french).toMatch(/<meta name="description" content="[^"]{20,}"/)
    expect(await open(`${path}?lang=en`)).toContain(`<link rel="canonical" href="${url}?lang=en"`)
  })

  test('a search has no place among them', async () => {
    const html = await open('/events?city=Lom%C3%A9')
    expect(html).toContain('<meta name="robots" content="noindex"')
    expect(html).not.toContain('rel="alternate"')
  })
})
