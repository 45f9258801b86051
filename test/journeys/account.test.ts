// Somebody with an account in a real browser: registers, proves the address, finds what was bought before, shows a ticket, asks for the money of one,
// gets a photo and another address, takes the data along and leaves. And a guest who follows a personal link to a private event.
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inviteGuest, mintInvitationToken } from '#src/modules/events/invite-guest.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '../factories.ts'
import { workOff } from '../jobs.ts'
import { buyAndPay } from '../sale.ts'
import { FOUR_SEATS, named, openStage, type Stage } from './stage.ts'

const app = testApp({ PUBLIC_URL: '' })
const PASSWORD = 'une-longue-phrase-42'

describe('somebody with an account', () => {
  let stage: Stage
  let event: BuiltEvent
  let type: { id: number }
  let people = 0

  beforeAll(async () => {
    event = await buildEvent(app, { title: 'Nuit afrobeat', startsAt: new Date(Date.now() + 10 * 86_400_000) })
    type = await buildTicketType(app, event, { name: 'Standard', price: 5000, quantity: 500 })
    stage = await openStage(app)
  })
  afterAll(async () => {
    await stage?.close()
  })

  /** The newest such link in a mail to this address. */
  async function mailedLink(recipient: string, pattern: RegExp): Promise<string> {
    await workOff(app)
    const mails = await app.db.selectFrom('mail').select('body').where('recipient', '=', recipient).orderBy('id', 'desc').execute()
    return mails.flatMap((mail) => pattern.exec(mail.body) ?? [])[0]!
  }

  test.each(named(FOUR_SEATS))('registers, finds and shows what was bought, and leaves: %s', async (_, seat) => {
    const email = `sena.${++people}@example.test`
    await buyAndPay(app, event, type, 2, { buyer: { name: 'Sena', email } })
    const visit = await stage.visit(seat)
    const { page, t, go, look } = visit
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

    await go('/register')
    await look('register')
    const password = page.locator('input[name=password]')
    await password.fill(PASSWORD)
    if (seat.scripts) {
      await press(t.account.showPassword)
      expect(await password.getAttribute('type')).toBe('text')
      await press(t.account.hidePassword)
    }
    expect(await password.getAttribute('type')).toBe('password')
    await page.locator('[name=name]').fill('Sena Ahouansou')
    await page.locator('[name=email]').fill(email)
    await press(t.account.register.button)
    await page.waitForURL(/\/account$/)
    await look('account, address not proven')
    expect(await page.content()).not.toContain('Nuit afrobeat')

    await go(await mailedLink(email, /http\S+\/verify-email\/\S+/))
    await look('prove the address')
    await press(t.account.verify.button)
    await page.getByRole('link', { name: t.account.verify.continue }).click()
    await page.waitForURL(/\/account$/)
    await look('account, with tickets')
    expect(await page.locator('.next-title').textContent()).toBe('Nuit afrobeat')
    await page.getByRole('link', { name: t.order.fullScreen }).click()
    expect(await page.getByRole('img', { name: new RegExp(`^${t.order.qr('')}`) }).count()).toBe(1)
    await page.getByRole('link', { name: t.order.everyTicket }).click()

    await page.getByText(t.order.askRefund, { exact: true }).click()
    await look('order, asking for the money of some tickets')
    await page.locator('input[name=ticket]').last().uncheck()
    await press(t.order.askRefundSend)
    await page.getByText(t.order.refundAsked, { exact: true }).waitFor()
    expect(await page.content()).toContain(t.common.tickets(1))

    await go('/account/profile')
    await look('profile')
    const picture = await sharp({ create: { width: 600, height: 300, channels: 3, background: '#a8452a' } })
      .png()
      .toBuffer()
    await page.locator('[name=photo]').setInputFiles({ name: 'moi.png', mimeType: 'image/png', buffer: picture })
    await press(t.account.profile.sendPhoto)
    await page.getByText(t.account.profile.saved, { exact: true }).waitFor()
    expect(await page.locator('img.portrait').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(256)

    await go('/account/security')
    await look('address and password')
    const other = `sena.autre.${people}@example.test`
    await page.locator('[name=email]').fill(other)
    await page.locator('[name=addressPassword]').fill(PASSWORD)
    await press(t.account.security.changeAddress)
    await page.getByText(t.account.security.addressWaits(other), { exact: true }).waitFor()
    await look('another address waits')
    await go(await mailedLink(other, /http\S+\/verify-email\/\S+/))
    await press(t.account.verify.button)

    await go('/account/data')
    await look('my data')
    await page.locator('[name=currentPassword]').fill(PASSWORD)
    await press(t.account.data.eraseButton)
    await look('my data, to correct')
    await page.locator('[name=currentPassword]').fill(PASSWORD)
    await page.locator('[name=sure]').check()
    await press(t.account.data.eraseButton)
    await page.getByRole('heading', { name: t.account.data.gone }).waitFor()
    await look('gone')
    await page.goto(`${stage.address}/account`)
    expect(page.url()).toContain('/login?next=')
    await look('sign in')
    await visit.leave()
  })

  test.each(named(FOUR_SEATS))('a guest takes what the personal link is good for: %s', async (_, seat) => {
    const secret = await buildEvent(app, { title: 'Mariage de Fifamè', visibility: 'private' })
    const place = await buildTicketType(app, secret, { name: 'Chaise', price: 0 })
    const invitation = await inviteGuest(app, secret.organizer.owner, secret.slug, { email: 'tante@example.test', maxTickets: 2 })
    const { token } = await mintInvitationToken(app, invitation.id)
    const link = `/events/${secret.slug}?invitation=${token}`
    const visit = await stage.visit(seat)
    const { page, t, go, look } = visit
    await go(link)
    await look('private event, invited')
    await page.locator(`[name="q-${place.id}"]`).selectOption('2')
    await page.locator('.event-tickets button[type=submit]').click()
    await page.locator('[name=name]').fill('Tante Adjoua')
    await page.locator('[name=email]').fill('tante@example.test')
    await page.getByRole('button', { name: t.checkout.getFree(2), exact: true }).click()
    await page.waitForURL(/\/t\//)
    expect(await page.getByRole('img', { name: new RegExp(`^${t.order.qr('')}`) }).count()).toBe(2)
    await go(link)
    await look('private event, invitation used up')
    expect(await page.locator('select[name^="q-"]').count()).toBe(0)
    await visit.leave()
  })

  test.each(named(FOUR_SEATS))('a payer takes the request back, and whoever goes back lands on the same order: %s', async (_, seat) => {
    const visit = await stage.visit(seat)
    const { page, t, go, look } = visit
    await go(`/events/${event.slug}`)
    await page.locator(`[name="q-${type.id}"]`).selectOption('1')
    await page.locator('.event-tickets button[type=submit]').click()
    await page.locator('[name=name]').fill('Koffi Mensah')
    await page.locator('[name=email]').fill('koffi@example.test')
    await page.locator('[name=phone]').fill('01 97 12 34 56')
    await page.locator('main form .button--primary').click()
    await page.waitForURL(/\/t\//)
    const number = async () => /[A-Z0-9]{10}/.exec((await page.locator('main').textContent())!)![0]
    const order = await number()
    await page.goBack()
    await page.waitForURL(/\/t\//)
    expect(await number()).toBe(order)
    expect(await page.locator('main').textContent()).toMatch(/\+229\s01\s97\s12\s34\s56/)
    await page.getByRole('button', { name: t.order.payOtherwise }).click()
    await page.getByText(t.order.withdrawn, { exact: true }).waitFor()
    await look('order, request taken back')
    await visit.leave()
  })
})
