// Staff reviews an event in a real browser, on a phone, with and without JavaScript; every page of the back office fits and passes axe.
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { testApp } from '../app.ts'
import { findViolations } from '../axe.ts'
import { launchBrowser } from '../browser.ts'
import { buildAccount, buildEvent, buildOrganizer, buildTicketType, type BuiltOrganizer } from '../factories.ts'
import { workOff } from '../jobs.ts'
import { approveSilently, buy, buyAndPay } from '../sale.ts'
import { cookieOf } from '../sign-in.ts'

const app = testApp({ PUBLIC_URL: '' })

describe('staff', () => {
  let browser: Browser
  let address: string
  let admin: AccountActor
  let organizer: BuiltOrganizer

  beforeAll(async () => {
    admin = await buildAccount(app, { role: 'superadmin', name: 'Rodrigue Adjovi' })
    organizer = await buildOrganizer(app, { name: 'Les Conteurs' })
    await app.server.listen({ host: '127.0.0.1', port: 0 })
    address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
    app.setPublicUrl(address)
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })

  async function phone(actor: AccountActor, javaScriptEnabled: boolean): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', reducedMotion: 'reduce', javaScriptEnabled })
    const [name, value] = (await cookieOf(app, actor)).cookie.split('=') as [string, string]
    await context.addCookies([{ name, value, url: address }])
    return context
  }

  test.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('sends an event back with a sentence, then publishes it, %s', async (_, javaScriptEnabled) => {
    const title = javaScriptEnabled ? 'Nuit du conte' : 'Veillée au village'
    const event = await buildEvent(app, { organizer, status: 'draft', title })
    await buildTicketType(app, event)
    const settings = await phone(admin, javaScriptEnabled)
    const page = await settings.newPage()
    await page.goto(`${address}/admin/settings`)
    await page.getByLabel('Toujours').check()
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    expect(await page.getByText('Les réglages sont enregistrés.').count()).toBe(1)

    const team = await phone(organizer.owner, javaScriptEnabled)
    const own = await team.newPage()
    await own.request.post(`${address}/organizer/events/${event.slug}/publish`, { headers: { 'sec-fetch-site': 'same-origin' } })

    await page.goto(`${address}/admin`)
    await page.getByRole('link', { name: /événements? à relire/ }).click()
    await page.getByRole('link', { name: title }).click()
    await page.getByRole('button', { name: 'Renvoyer à l’équipe' }).click()
    expect(await page.getByRole('alert').count()).toBe(1)
    await page.getByLabel('Ce qu’il faut corriger, en une phrase').fill('Précisez l’heure de fin.')
    await page.getByRole('button', { name: 'Renvoyer à l’équipe' }).click()
    expect(await page.getByText('Son équipe reçoit votre phrase.').count()).toBe(1)

    await own.goto(`${address}/organizer/events/${event.slug}`)
    expect(await own.getByText('Précisez l’heure de fin.').count()).toBe(1)
    await own.request.post(`${address}/organizer/events/${event.slug}/publish`, { headers: { 'sec-fetch-site': 'same-origin' } })

    await page.goto(`${address}/admin/reviews`)
    await page.getByRole('link', { name: title }).click()
    await page.getByRole('button', { name: 'Publier' }).click()
    expect(await page.getByText('L’événement est en ligne.').count()).toBe(1)
    expect(await app.db.selectFrom('event').select('status').where('id', '=', event.id).executeTakeFirst()).toEqual({ status: 'published' })
    await workOff(app)
    const mails = await app.db
      .selectFrom('mail')
      .select('subject')
      .where('recipient', '=', organizer.owner.email)
      .where('eventId', '=', event.id)
      .orderBy('id')
      .execute()
    expect(mails.map((mail) => mail.subject)).toEqual([`À corriger avant la mise en ligne : ${title}`, `En ligne : ${title}`])
    await Promise.all([settings.close(), team.close()])
  })

  test('sees pages that fit the phone and that everybody can use', async () => {
    const event = await buildEvent(app, { organizer })
    const waiting = await buildEvent(app, { organizer, status: 'pending_review' })
    const type = await buildTicketType(app, event, { price: 5000 })
    const order = await buyAndPay(app, event, type, 2, { payment: { provider: 'simulator', phone: '+2290197000012' } })
    await refundOrder(app, organizer.owner, { code: order.code, reason: 'geste' })
    const odd = await buy(app, event, type, 1, { payment: { provider: 'simulator', phone: '+2290197000009' } })
    await approveSilently(app, odd.payment!.id)
    await settlePayments(app, [odd.payment!.id])
    await workOff(app)
    const refund = await app.db.selectFrom('refund').select('id').executeTakeFirstOrThrow()
    const mail = await app.db.selectFrom('mail').select('id').executeTakeFirstOrThrow()
    const paths = [
      '',
      '/reviews',
      `/events/${waiting.slug}`,
      '/events',
      `/events/${event.slug}`,
      '/orders',
      `/orders/${order.code}`,
      '/payments',
      `/payments/${odd.payment!.id}`,
      '/refunds',
      `/refunds/${refund.id}`,
      '/ledger',
      '/users',
      `/users/${organizer.owner.publicId}`,
      '/organizers',
      `/organizers/${organizer.slug}`,
      '/categories',
      '/categories/concert',
      '/mails',
      `/mails/${mail.id}`,
      '/jobs',
      '/checks',
      '/facts',
      '/settings',
    ].map((path) => `/admin${path}`)
    const context = await phone(admin, true)
    const page = await context.newPage()
    const wrong: Record<string, string[]> = {}
    for (const path of paths) {
      await page.setViewportSize({ width: 360, height: 740 })
      const answer = await page.goto(address + path)
      const found = answer?.status() === 200 ? await findViolations(page) : [`status ${answer?.status()}`]
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 740 })
        if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth))
          found.push(`wider than ${width} px`)
      }
      if (found.length > 0) wrong[path] = found
    }
    expect(wrong).toEqual({})
    await context.close()
  }, 240_000)
})
