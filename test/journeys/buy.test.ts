// Buying in a real browser: a free ticket and a paid one without JavaScript; with it, the waiting page updates itself. Every page on the way
// fits a small phone and passes axe, in light and dark.
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { testApp } from '../app.ts'
import { findViolations } from '../axe.ts'
import { launchBrowser } from '../browser.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '../factories.ts'

const app = testApp({ PUBLIC_URL: '' })

describe('a buyer', () => {
  let browser: Browser
  let address: string
  let free: BuiltEvent
  let paid: BuiltEvent

  beforeAll(async () => {
    free = await buildEvent(app, { title: 'Lecture à la plage', askHolderNames: true })
    await buildTicketType(app, free, { name: 'Entrée libre', price: 0 })
    // Through the verb, so that the search knows it.
    await updateEvent(app, free.organizer.owner, free.slug, { description: 'Des contes, les pieds dans le sable.' })
    paid = await buildEvent(app, { title: 'Nuit afrobeat', city: 'Lomé' })
    await buildTicketType(app, paid, { name: 'Standard', price: 5000 })
    await buildTicketType(app, paid, { name: 'VIP', price: 20_000, quantity: 4 })
    await app.server.listen({ host: '127.0.0.1', port: 0 })
    address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
    app.setPublicUrl(address)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** A small phone. axe needs scripts of its own, so pages are checked in a twin context that runs them. */
  async function phone(javaScriptEnabled: boolean): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', reducedMotion: 'reduce', javaScriptEnabled })
    return { page: await context.newPage(), context }
  }

  async function expectGoodPage(url: string): Promise<void> {
    const { page, context } = await phone(true)
    await page.goto(url)
    expect(await findViolations(page), url).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${url} is wider than the phone`).toBeLessThanOrEqual(360)
    await context.close()
  }

  test('gets a free ticket without JavaScript', async () => {
    const { page, context } = await phone(false)
    await page.goto(address)
    await expectGoodPage(page.url())
    await page.getByLabel('Que cherchez-vous').fill('lecture plage')
    await page.getByRole('button', { name: 'Rechercher' }).click()
    await expectGoodPage(page.url())
    await page.getByRole('link', { name: 'Lecture à la plage' }).click()
    await expectGoodPage(page.url())
    await page.getByLabel('Nombre de billets Entrée libre').selectOption('2')
    await page.getByRole('button', { name: 'Continuer' }).click()
    await expectGoodPage(page.url())

    // Forgotten names are asked for, what was typed stays.
    await page.getByLabel('Nom et prénom').fill('Ada Dossou')
    await page.getByLabel('Adresse e-mail').fill('ada@example.test')
    await page.getByRole('button', { name: 'Recevoir mes billets' }).click()
    expect(await page.title()).toMatch(/^Erreur/)
    expect(await page.getByLabel('Nom et prénom').inputValue()).toBe('Ada Dossou')
    await page.getByRole('link', { name: /Participant 2/ }).click()
    await page.getByLabel('Participant 1').fill('Ada Dossou')
    await page.getByLabel('Participant 2').fill('Bio Adjovi')
    await page.getByRole('button', { name: 'Recevoir mes billets' }).click()

    expect(new URL(page.url()).pathname).toMatch(/^\/t\//)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Voici vos 2 billets')
    expect(await page.getByRole('img', { name: /Code QR du billet/ }).count()).toBe(2)
    await expectGoodPage(page.url())
    await page.getByRole('link', { name: 'Plein écran' }).first().click()
    expect(await page.getByRole('img', { name: /Code QR du billet/ }).count()).toBe(1)
    await expectGoodPage(page.url())
    await context.close()
  })

  test('pays for a ticket without JavaScript, through the phone’s page', async () => {
    const { page, context } = await phone(false)
    await page.goto(`${address}/events/${paid.slug}`)
    await expectGoodPage(page.url())
    await page.getByLabel('Nombre de billets VIP').selectOption('1')
    await page.getByRole('button', { name: 'Continuer' }).click()
    await page.getByLabel('Nom et prénom').fill('Koffi Mensah')
    await page.getByLabel('Téléphone', { exact: true }).fill('01 97 12 34 56')
    await page.getByRole('button', { name: /Payer 20\s000/ }).click()

    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Validez sur votre téléphone')
    const order = page.url()
    await expectGoodPage(order)
    await page.getByRole('link', { name: 'Ouvrir le téléphone factice' }).click()
    await expectGoodPage(page.url())
    await page.getByRole('button', { name: 'Approuver', exact: true }).click()
    await page.goto(order)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Voici votre billet')

    await page.getByText('Demander un remboursement').click()
    await page.getByLabel('Pourquoi').fill('Je ne peux plus venir.')
    await page.getByRole('button', { name: 'Envoyer la demande' }).click()
    expect(await page.getByText('Votre demande de remboursement est chez l’organisateur').count()).toBe(1)
    await expectGoodPage(order)
    await page.goto(`${address}/organizers/${paid.organizer.slug}`)
    await expectGoodPage(page.url())
    await context.close()
  })

  test('sees results follow the typing, and an address that can be shared', async () => {
    const { page, context } = await phone(true)
    await page.goto(`${address}/events`)
    const titles = () => page.locator('.cards h2').allTextContents()
    expect(await titles()).toContain('Nuit afrobeat')
    await page.getByLabel('Que cherchez-vous').pressSequentially('plage')
    await expect.poll(titles).toEqual(['Lecture à la plage'])
    expect(new URL(page.url()).search).toBe('?q=plage')
    expect(await page.getByRole('status').textContent()).toBe('1 événement')
    expect(await findViolations(page)).toEqual([])
    await page.reload()
    expect(await titles()).toEqual(['Lecture à la plage'])
    await context.close()
  })

  test('watches the page update itself where scripts run, and tries again after a refusal', async () => {
    const { page, context } = await phone(true)
    await page.goto(`${address}/events/${paid.slug}`)
    await page.getByLabel('Nombre de billets Standard').selectOption('2')
    await expect.poll(() => page.locator('.event-tickets button').textContent()).toMatch(/10\s000/)
    await page.locator('.event-tickets button').click()
    await page.getByLabel('Nom et prénom').fill('Afi Lawson')
    await page.getByLabel('Adresse e-mail').fill('afi@example.test')
    // This number has too little money on it.
    await page.getByLabel('Numéro Mobile Money').fill('01 90 00 00 02')
    await page.getByRole('button', { name: /Payer/ }).click()
    await page.waitForURL(/\/t\//)
    const heading = page.getByRole('heading', { level: 1 })
    await expect.poll(() => heading.textContent(), { timeout: 30_000 }).toBe('Le paiement n’a pas abouti')
    await expectGoodPage(page.url())
    await page.getByLabel('Numéro Mobile Money').fill('01 97 00 00 00')
    await page.getByRole('button', { name: 'Réessayer le paiement' }).click()
    await expect.poll(() => heading.textContent()).toBe('Validez sur votre téléphone')

    const simulator = await page.getByRole('link', { name: 'Ouvrir le téléphone factice' }).getAttribute('href')
    await page.request.post(`${address}/api/v1${simulator!.replace(/\?.*/, '').replace('/simulator/', '/simulator/payments/')}/approve`)
    // Nobody touches the page.
    await expect.poll(() => heading.textContent(), { timeout: 30_000 }).toBe('Voici vos 2 billets')
    expect(await page.getByRole('img', { name: /Code QR du billet/ }).count()).toBe(2)
    await context.close()
  })
})
