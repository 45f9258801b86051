// What phones and search engines fetch beside the pages.
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent } from '#test/factories.ts'
import { keepUntil } from './keep-on-phone.ts'

const app = testApp()
const get = (url: string, headers: Record<string, string> = {}) => app.server.inject({ url, headers })

describe('the manifest', () => {
  test.each(['fr', 'en'])('in %s names icons that are what it says', async (locale) => {
    const page = await get('/', { 'accept-language': locale })
    const address = /<link rel="manifest" href="([^"]+)"/.exec(page.body)![1]!
    const answer = await get(address)
    expect(answer.headers['content-type']).toContain('application/manifest+json')
    const manifest = answer.json<{ lang: string; start_url: string; icons: { src: string; sizes: string; purpose: string }[] }>()
    expect(manifest).toMatchObject({ lang: locale, id: '/', start_url: '/', scope: '/' })
    expect(manifest.icons.map((icon) => icon.purpose)).toContain('maskable')
    for (const icon of manifest.icons) {
      const picture = await get(icon.src)
      const { format, width, height, hasAlpha } = await sharp(picture.rawPayload).metadata()
      expect({ format, size: `${width}x${height}` }).toEqual({ format: 'png', size: icon.sizes })
      // Cut into any shape, no hole may show.
      if (icon.purpose === 'maskable') expect(hasAlpha && !(await sharp(picture.rawPayload).stats()).isOpaque).toBe(false)
    }
  })

  test('stands beside an icon for phones that read none', async () => {
    const icon = await get('/apple-touch-icon.png')
    expect(await sharp(icon.rawPayload).metadata()).toMatchObject({ format: 'png', width: 180, height: 180 })
  })
})

describe('search engines', () => {
  test('find public events to come, and nothing else, in the sitemap that robots.txt names', async () => {
    const shown = await buildEvent(app, { title: 'Fête du vodoun' })
    const hidden = await Promise.all([
      buildEvent(app, { title: 'Mariage', visibility: 'private' }),
      buildEvent(app, { title: 'Répétition', visibility: 'unlisted' }),
      buildEvent(app, { title: 'Passé', startsAt: new Date(Date.now() - 3 * 86_400_000), endsAt: new Date(Date.now() - 2 * 86_400_000) }),
    ])
    const robots = (await get('/robots.txt')).body
    expect(robots).toMatch(/^User-agent: \*$/m)
    expect(robots).toContain('Sitemap: http://guichet.test/sitemap.xml')
    // Where secrets lie is nobody's business.
    expect(robots).not.toContain('/t/')
    const sitemap = await get('/sitemap.xml')
    expect(sitemap.headers['content-type']).toContain('xml')
    expect(sitemap.body).toContain(`<loc>http://guichet.test/events/${shown.slug}</loc>`)
    expect(sitemap.body).toContain(`<loc>http://guichet.test/organizers/${shown.organizer.slug}</loc>`)
    for (const event of hidden) expect(sitemap.body).not.toContain(event.slug)
  })
})

describe('the service worker', () => {
  test('comes from the root, is asked for anew each time, and knows its release', async () => {
    const answer = await get('/service-worker.js')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/javascript; charset=utf-8' })
    expect(answer.body).toMatch(/"version":"[0-9a-f]{12}"/)
    expect(answer.body).not.toContain('GUICHET_SHELL')
    const files = /"files":(\[[^\]]+\])/.exec(answer.body)![1]!
    for (const file of JSON.parse(files) as string[]) expect((await get(file)).statusCode, file).toBe(200)
  })

  test.each(['fr', 'en'])('keeps an offline page in %s that is nobody’s', async (locale) => {
    const answer = await get(`/offline/${locale}`, { 'accept-language': locale === 'fr' ? 'en' : 'fr' })
    expect(answer.body).toContain(`<html lang="${locale}"`)
    expect(answer.headers['content-language']).toBe(locale)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })
})

describe('what a phone may keep', () => {
  const now = new Date('2026-11-20T12:00:00Z')
  const event = {
    title: 'Nuit',
    status: 'published' as const,
    timezone: 'Africa/Porto-Novo',
    startsAt: new Date('2026-11-28T19:00:00Z'),
    endsAt: new Date('2026-11-29T01:00:00Z'),
  }

  test('stays until the day after the event, but no longer than half a year', () => {
    expect(keepUntil({ event, valid: 1, now })).toEqual(new Date('2026-11-30T01:00:00Z'))
    expect(keepUntil({ event: { ...event, endsAt: new Date('2027-11-29T01:00:00Z') }, valid: 1, now })).toEqual(new Date('2027-05-19T12:00:00Z'))
  })

  test('is nothing where no ticket lets in, where the event is cancelled or long over', () => {
    expect(keepUntil({ event, valid: 0, now })).toBeNull()
    expect(keepUntil({ event: { ...event, status: 'cancelled' }, valid: 1, now })).toBeNull()
    expect(keepUntil({ event, valid: 1, now: new Date('2026-11-30T01:00:00Z') })).toBeNull()
  })
})
