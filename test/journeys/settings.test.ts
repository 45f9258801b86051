// What an organizer decides, and what a buyer then reads: refunds, the fee on top, another language, a colour. In a browser, in every kind of seat.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatMoney } from '#src/kernel/money.ts'
import { testApp } from '../app.ts'
import { buildEvent, buildOrganizer, buildTicketType } from '../factories.ts'
import { FOUR_SEATS, named, openStage, type Stage } from './stage.ts'

const app = testApp()
let stage: Stage

beforeAll(async () => {
  stage = await openStage(app)
})
afterAll(() => stage.close())

describe('settings are made and met', () => {
  test.each(named(FOUR_SEATS))('%s', async (_, seat) => {
    const organizer = await buildOrganizer(app, { name: 'Lagune Productions', commissionBps: 300 })
    const event = await buildEvent(app, { organizer, title: 'Bal de la lagune', startsAt: new Date(Date.now() + 20 * 86_400_000) })
    const type = await buildTicketType(app, event, { name: 'Entrée', price: 5000 })
    const francs = (amount: number) => formatMoney({ amount, currency: 'XOF' }, seat.locale)

    const owner = await stage.visit(seat, organizer.owner)
    const { page, t } = owner
    const path = `/organizer/events/${event.slug}/settings`
    await owner.go(path)
    await owner.look('settings')
    await page.check('[name=until][value=days]')
    await page.locator('form[action$="/refunds"] button').click()
    await owner.look('settings, days missing')
    await page.fill('[name=days]', '2')
    await page.check('[name=answer][value=atOnce]')
    await page.locator('form[action$="/refunds"] button').click()
    await page.getByText(t.settings.saved).waitFor()
    await page.check('[name=fees][value=passedOn]')
    await page.locator('form[action$="/fees"] button').click()
    await page.getByText(t.settings.saved).waitFor()

    await owner.go(`${path}/languages`)
    await owner.look('languages')
    await page.fill('[name=translations-en-title]', 'Lagoon ball')
    await page.fill(`[name=types-${type.id}-en-name]`, 'Admission')
    await page.locator('main form .button--primary').click()
    await page.getByText(t.settings.saved).waitFor()

    await owner.go('/organizer/settings')
    await owner.look('profile')
    await page.fill('[name=whatsapp]', '01 97 00 00 01')
    await page.check('[name=colours][value=own]')
    await page.locator('[name=accent]').fill('#ffff00')
    await page.locator('main form.form .button--primary').click()
    await page.getByText(t.settings.saved).waitFor()
    await owner.look('profile, saved')
    await owner.leave()

    const buyer = await stage.visit(seat)
    const title = seat.locale === 'en' ? 'Lagoon ball' : 'Bal de la lagune'
    await buyer.go(`/organizers/${organizer.slug}`)
    await buyer.look('organizer with a colour')
    await buyer.page.getByRole('link', { name: title }).click()
    await buyer.page.getByRole('heading', { level: 1, name: title }).waitFor()
    await buyer.look('event with a fee and a colour')
    expect(await buyer.page.locator('.offer').innerText()).toContain(francs(5150))
    await buyer.page.locator('select[name^="q-"]').selectOption('2')
    await buyer.page.locator('.event-tickets button[type=submit]').click()
    await buyer.page.getByText(buyer.t.fees.included(francs(300))).waitFor()
    await buyer.page.getByText(buyer.t.refundPolicy.atOnce).waitFor()
    await buyer.look('checkout with a fee and a colour')
    expect(await buyer.page.locator('main form button[type=submit]').innerText()).toContain(francs(10_300))
    await buyer.leave()
  })
})
