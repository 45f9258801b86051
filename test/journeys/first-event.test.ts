// A first event in a real browser, on a phone: from a stranger to a published page, left and taken up again, with a picture and a preview, without
// JavaScript in French and with it in English; then figures that follow a sale. Every page fits the phone and passes axe.
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toLocalTime } from '#src/kernel/zone.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '../app.ts'
import { findViolations } from '../axe.ts'
import { launchBrowser } from '../browser.ts'
import { buildEvent, buildOrganizer, buildTicketType, type BuiltOrganizer } from '../factories.ts'
import { cookieOf } from '../sign-in.ts'

const app = testApp({ PUBLIC_URL: '' })

const picture = () =>
  sharp({ create: { width: 640, height: 360, channels: 3, background: '#a43' } })
    .png()
    .toBuffer()

async function looksRight(page: Page, name: string): Promise<void> {
  expect(await findViolations(page), name).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is wider than the phone`).toBeLessThanOrEqual(360)
}

describe('a first event', () => {
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

  test('is created step by step by a stranger who leaves, comes back and publishes, without JavaScript', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', javaScriptEnabled: false })
    const page = await context.newPage()
    const next = () => page.getByRole('button', { name: 'Enregistrer et continuer' }).click()
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
    await page.goto(address)
    await page.getByRole('link', { name: 'Vendre mes billets' }).click()
    await page.getByLabel('Votre nom').fill('Afi Mensah')
    await page.getByLabel('Adresse e-mail').fill('afi.first@example.test')
    await page.getByLabel('Mot de passe', { exact: true }).fill('une phrase que je retiens')
    await page.getByLabel('Nom de l’organisation').fill('Contes du golfe')
    await page.getByRole('button', { name: 'Commencer à vendre' }).click()

    await heading('Que préparez-vous ?')
    expect(await page.getByText('Étape 1 sur 5').count()).toBe(1)
    await next()
    expect(await page.getByRole('alert').count()).toBe(1)
    await page.getByLabel('Titre').fill('Nuit du conte')
    await page.getByLabel('Catégorie').selectOption({ label: 'Festivals' })
    await next()

    await heading('Quand et où ?')
    // Called away: everything is there again tomorrow.
    await page.goto(`${address}/organizer`)
    await page.getByRole('link', { name: 'Nuit du conte' }).click()
    await page.getByRole('link', { name: 'Continuer la création' }).click()
    await heading('Quand et où ?')
    await page.getByLabel('Début').fill(toLocalTime(new Date(Date.now() + 5 * 86_400_000), 'Africa/Porto-Novo'))
    await page.getByLabel('Ville').fill('Ouidah')
    await next()

    await heading('Quels billets ?')
    await page.getByLabel('Nom', { exact: true }).fill('Place assise')
    await page.getByLabel('Prix en francs CFA').fill('5 000')
    await page.getByLabel('Nombre de places').fill('120')
    await page.getByRole('button', { name: 'Enregistrer, puis en ajouter un autre' }).click()
    const another = page.locator('#more')
    await another.getByLabel('Nom', { exact: true }).fill('Enfant')
    await another.getByLabel('Prix en francs CFA').fill('0')
    await another.getByLabel('Nombre de places').fill('40')
    await another.getByRole('button', { name: 'Continuer' }).click()

    await heading('À quoi cela ressemble-t-il ?')
    await page.getByLabel('Description').fill('Des conteurs jusqu’à **minuit**.')
    await page.getByLabel('Image de couverture').setInputFiles({ name: 'affiche.png', mimeType: 'image/png', buffer: await picture() })
    await next()

    await heading('Tout est bon ?')
    await page.getByRole('link', { name: 'Voir comme un acheteur' }).click()
    await page.getByLabel(/Place assise/).selectOption('2')
    await page.getByRole('button', { name: 'Continuer' }).click()
    await heading('Votre commande')
    expect(await page.getByRole('button', { name: /Payer/ }).isDisabled()).toBe(true)
    await page.getByRole('link', { name: 'Quitter l’aperçu' }).click()
    await page.getByRole('button', { name: 'Publier' }).click()
    expect(await page.getByText('Votre événement est en ligne').count()).toBe(1)
    await context.close()

    const event = await app.db
      .selectFrom('event')
      .innerJoin('organizer', 'organizer.id', 'event.organizerId')
      .select(['event.id', 'event.status', 'event.city', 'event.coverId', 'event.startsAt', 'event.endsAt'])
      .where('organizer.name', '=', 'Contes du golfe')
      .executeTakeFirstOrThrow()
    expect(event).toMatchObject({ status: 'published', city: 'Ouidah', coverId: expect.any(String) })
    expect(event.endsAt.getTime() - event.startsAt.getTime()).toBe(4 * 3_600_000)
    expect((await listTicketTypes(app, event.id)).map(({ name, price, quota }) => [name, price.amount, quota.size])).toEqual([
      ['Place assise', 5000, 120],
      ['Enfant', 0, 40],
    ])
  })

  test('is created in English with JavaScript; every step fits the phone and everybody can use it', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en-GB', reducedMotion: 'reduce' })
    const page = await context.newPage()
    const next = () => page.getByRole('button', { name: 'Save and continue' }).click()
    const step = async (name: string) => {
      await page.getByRole('heading', { level: 1, name }).waitFor()
      await looksRight(page, name)
    }
    await page.goto(`${address}/register?as=organizer`)
    await looksRight(page, 'registration')
    await page.getByLabel('Your name').fill('Kofi Asante')
    await page.getByLabel('E-mail address').fill('kofi.first@example.test')
    await page.getByLabel('Password', { exact: true }).fill('a sentence that I remember')
    await page.getByLabel('Name of the organization').fill('Gulf Tales')
    await page.getByLabel('Country').selectOption('GH')
    await page.getByRole('button', { name: 'Start selling' }).click()
    await step('What are you planning?')
    await page.getByLabel('Title').fill('Night of tales')
    await page.getByLabel('Category').selectOption({ label: 'Festivals' })
    await next()
    await step('When and where?')
    await page.getByLabel('City').fill('Accra')
    await next()
    await step('Which tickets?')
    await next()
    await page.getByRole('alert').waitFor()
    await looksRight(page, 'tickets refused')
    await page.getByLabel('Name', { exact: true }).fill('Seat')
    await page.getByLabel('Price in GHS').fill('12.50')
    await page.getByLabel('Number of places').fill('80')
    await page.getByRole('button', { name: 'Save, then add another' }).click()
    await page.getByRole('heading', { name: 'Another ticket?' }).waitFor()
    await page.getByText('Change “Seat”').click()
    await looksRight(page, 'tickets with one')
    await page.getByRole('button', { name: 'Continue' }).click()
    await step('What does it look like?')
    await next()
    await step('All good?')
    await page.getByRole('link', { name: 'See it as a buyer' }).click()
    await page.getByText('Preview: this is what buyers will see').waitFor()
    await looksRight(page, 'preview')
    await page.getByRole('link', { name: 'Leave the preview' }).click()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('Your event is online').waitFor()
    await looksRight(page, 'published')
    const event = await app.db
      .selectFrom('event')
      .select(['status', 'timezone', 'country', 'currency'])
      .where('title', '=', 'Night of tales')
      .executeTakeFirstOrThrow()
    expect(event).toEqual({ status: 'published', timezone: 'Africa/Accra', country: 'GH', currency: 'GHS' })
    await context.close()
  })

  test('shows a sale without a reload, and nothing moves under a finger', async () => {
    const event = await buildEvent(app, { organizer, title: 'Bal du port' })
    const type = await buildTicketType(app, event, { price: 0 })
    const context = await phone(true)
    const page = await context.newPage()
    await page.clock.install()
    await page.goto(`${address}/organizer/events/${event.slug}`)
    const sold = page.locator('[data-live="figures"]')
    await sold.getByText('0', { exact: true }).first().waitFor()
    await placeOrder(app, organizer.owner, {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: type.id, quantity: 3 }],
      buyer: { name: 'Ada Dossou', email: 'ada@example.test' },
      idempotencyKey: 'live',
      channel: 'web',
    })
    await page.mouse.move(100, 300)
    await page.mouse.down()
    const answered = page.waitForResponse((response) => response.url().endsWith('/live'))
    await page.clock.runFor(16_000)
    await answered
    await page.clock.runFor(2000)
    expect(await sold.getByText('3', { exact: true }).count()).toBe(0)
    await page.mouse.up()
    await page.clock.runFor(4000)
    await sold.getByText('3', { exact: true }).first().waitFor()
    expect(await page.locator('[data-live-said]').textContent()).toBe('3 billets vendus en tout')
    await looksRight(page, 'dashboard')
    await context.setOffline(true)
    await page.clock.runFor(20_000)
    await page.getByText(/Pas de connexion/).waitFor()
    await context.setOffline(false)
    await page.getByText(/^À jour à/).waitFor()
    await context.close()
  })
})
