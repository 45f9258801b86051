// An organizer's first evening in a real browser, without JavaScript: sign in, create, price, publish; every page fits a phone and passes axe.
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toLocalTime } from '#src/kernel/zone.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '../app.ts'
import { findViolations } from '../axe.ts'
import { launchBrowser } from '../browser.ts'
import { buildOrganizer, type BuiltOrganizer } from '../factories.ts'
import { cookieOf } from '../sign-in.ts'

const app = testApp({ PUBLIC_URL: '' })

describe('an organizer', () => {
  let browser: Browser
  let address: string
  let organizer: BuiltOrganizer

  beforeAll(async () => {
    organizer = await buildOrganizer(app, { name: 'Les Conteurs' })
    await app.server.listen({ host: '127.0.0.1', port: 0 })
    address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
    app.setPublicUrl(address)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })

  async function phone(javaScriptEnabled: boolean): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', reducedMotion: 'reduce', javaScriptEnabled })
    const [name, value] = (await cookieOf(app, organizer.owner)).cookie.split('=') as [string, string]
    await context.addCookies([{ name, value, url: address }])
    return context
  }

  test('creates an event, prices it and publishes it without JavaScript', async () => {
    const context = await phone(false)
    const page = await context.newPage()
    await page.goto(`${address}/organizer`)
    await page.getByRole('link', { name: 'Nouvel événement' }).click()
    await page.getByLabel('Titre').fill('Nuit du conte')
    await page.getByLabel('Catégorie').selectOption({ label: 'Festivals' })
    await page.getByLabel('Début').fill(toLocalTime(new Date(Date.now() + 5 * 86_400_000), 'Africa/Porto-Novo'))
    await page.getByLabel('Fin').fill(toLocalTime(new Date(Date.now() + 5.2 * 86_400_000), 'Africa/Porto-Novo'))
    await page.getByLabel('Ville').fill('Ouidah')
    await page.getByRole('button', { name: 'Continuer vers les billets' }).click()
    await page.getByLabel('Nom', { exact: true }).fill('Place assise')
    await page.getByLabel('Prix en francs CFA').fill('0')
    await page.getByLabel('Nombre de places').fill('120')
    await page.getByRole('button', { name: 'Ajouter un type de billet' }).click()
    await page.getByRole('link', { name: 'Aperçu' }).click()
    await page.getByRole('button', { name: 'Publier' }).click()
    expect(await page.getByText('Votre événement est en ligne').count()).toBe(1)
    await context.close()
    expect(await app.db.selectFrom('event').select('status').where('organizerId', '=', organizer.id).executeTakeFirst()).toEqual({
      status: 'published',
    })
  })

  test('sees pages that fit the phone and that everybody can use', async () => {
    const event = await app.db.selectFrom('event').select(['id', 'slug']).where('organizerId', '=', organizer.id).executeTakeFirstOrThrow()
    const type = await app.db.selectFrom('ticketType').select('id').where('eventId', '=', event.id).executeTakeFirstOrThrow()
    const order = await placeOrder(app, organizer.owner, {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: type.id, quantity: 2 }],
      buyer: { name: 'Ada Dossou', email: 'ada@example.test' },
      idempotencyKey: 'x',
      channel: 'web',
    })
    const context = await phone(true)
    const page = await context.newPage()
    const own = `/organizer/events/${event.slug}`
    const paths = [
      '/dev/components',
      '/organizer',
      '/organizer/events/new',
      own,
      `${own}/edit`,
      `${own}/tickets`,
      `${own}/tickets/${type.id}`,
      `${own}/orders`,
      `${own}/orders/${order.code}`,
      `${own}/orders/${order.code}/cancel`,
      `${own}/participants`,
      `${own}/programme`,
      `${own}/gates`,
      `${own}/cancel`,
      `${own}/copy`,
      `${own}/quotas`,
      `${own}/desk`,
      `${own}/desk/sale?q-${type.id}=2`,
      `${own}/desk/sales/${order.code}`,
      `/organizer/team/${organizer.slug}`,
      `/organizer/team/${organizer.slug}/members/${organizer.owner.publicId}`,
    ]
    for (const path of paths) {
      const response = await page.goto(address + path)
      expect([path, response?.status()]).toEqual([path, 200])
      expect(await findViolations(page), path).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} is wider than the phone`).toBeLessThanOrEqual(360)
    }
    await context.close()
  })
})
