// An organizer with a crowd: finds one among many, serves them, gives out tickets by the dozen and watches them being made.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import { startWorker, type Worker } from '#src/worker/runner.ts'
import { testApp } from '../app.ts'
import { buildGate } from '../door.ts'
import { buildEvent, buildTicketType, type BuiltEvent } from '../factories.ts'
import { buyAndPay, expectSound, holderOf } from '../sale.ts'
import { FOUR_SEATS, named, openStage, type Seat, type Stage } from './stage.ts'

const app = testApp({ PUBLIC_URL: '' })

describe('lists of many', () => {
  let stage: Stage
  let worker: Worker

  beforeAll(async () => {
    stage = await openStage(app)
    worker = await startWorker(app)
  })
  afterAll(async () => {
    await stage?.close()
    await worker?.stop()
  })

  async function crowd(): Promise<{ event: BuiltEvent; path: string }> {
    const event = await buildEvent(app, {
      title: 'Vaudou 2027',
      startsAt: new Date(Date.now() + 3_600_000),
      doorsOpenAt: new Date(Date.now() - 60_000),
    })
    const type = await buildTicketType(app, event, { name: 'VIP', price: 5000, quantity: 400 })
    await buildGate(app, event, { name: 'Nord' })
    for (const name of ['Zinsou', 'Adjovi', 'Quenum'])
      await buyAndPay(app, event, type, 1, { buyer: { name, email: `${name.toLowerCase()}@example.test` } })
    return { event, path: `/organizer/events/${event.slug}` }
  }

  test.each(named(FOUR_SEATS))('%s', async (_, seat: Seat) => {
    const { event, path } = await crowd()
    const { page, t, go, look, leave } = await stage.visit(seat, event.organizer.owner)
    const people = async () => page.locator('.table tbody th a').allTextContents()
    const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click()

    // One among many: by words, by a filter, in order.
    await go(`${path}/participants`)
    expect(await people()).toEqual(['Quenum', 'Adjovi', 'Zinsou'])
    await look('participants')
    await page.locator('summary').click()
    await page.selectOption('[name=sort]', 'name')
    await page.selectOption('[name=entered]', 'no')
    await press(t.lists.show)
    await page.waitForURL(/sort=name/)
    expect(await people()).toEqual(['Adjovi', 'Quenum', 'Zinsou'])
    await look('participants, filtered')
    if (seat.width === 1280) {
      // By the keyboard alone: a header turns the order around.
      await page.locator('thead a', { hasText: t.organizer.name }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL(/sort=-name/)
      expect(await page.locator('th[aria-sort=descending]').count()).toBe(1)
      expect(await people()).toEqual(['Zinsou', 'Quenum', 'Adjovi'])
    }
    await page.fill('[name=q]', 'adjovi')
    await page.locator('.filters button').first().click()
    await page.waitForURL(/q=adjovi/)
    expect(await people()).toEqual(['Adjovi'])

    // Their ticket: corrected, let in by hand, replaced; all of it in the history.
    await page.locator('.table tbody th a').first().click()
    await look('participant')
    await page.fill('[name=name]', 'Reine Adjovi')
    await press(t.lists.save)
    await page.getByText(t.lists.done.saved).waitFor()
    await page.getByRole('link', { name: t.lists.reissue }).click()
    await look('participant, to be replaced')
    await press(t.lists.reissue)
    await page.getByText(t.lists.done.reissued).waitFor()
    await press(t.lists.checkIn)
    await page.getByText(t.lists.done.in).waitFor()
    await look('participant, inside')
    for (const words of [t.lists.facts['ticket.holder_changed'], t.lists.facts['ticket.reissued'], t.lists.atGate(t.lists.scans.in, 'Nord')])
      expect(await page.getByText(words, { exact: true }).count()).toBe(1)

    // Tickets by the dozen: a list with a mistake, corrected, confirmed, watched, fetched.
    await go(`${path}/issues/new`)
    await look('issue')
    await page.check('[name=who][value=list]')
    const list = Array.from({ length: 30 }, (_, i) => `Kossi;kossi${i}@example.test`)
    await page.fill('[name=people]', [...list, ';personne@example.test'].join('\n'))
    await press(t.issues.check)
    await page.getByText(t.issues.lineProblems.name).waitFor()
    await look('issue, to be corrected')
    await page.fill('[name=people]', list.join('\n'))
    await press(t.issues.check)
    await page.getByText(t.issues.confirmTitle).waitFor()
    await look('issue, in numbers')
    await press(t.issues.issue(30))
    await page.waitForURL(/\/errands\//)
    // With a script it comes by itself; without, by the page's own refresh.
    await page.getByText(t.errands.done).first().waitFor({ timeout: 30_000 })
    await look('issue, done')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: t.errands.types.pdf }).click()])
    expect(download.suggestedFilename()).toMatch(/\.pdf$/)
    await go(`${path}/issues`)
    await look('issues')

    // Somebody would like their money back: the tab says so.
    const order = await buyAndPay(app, event, {
      id: (await app.db.selectFrom('ticketType').select('id').where('eventId', '=', event.id).executeTakeFirstOrThrow()).id,
    })
    await requestOrderRefund(app, holderOf(order), { code: order.code, reason: '' })
    await go(`${path}/orders`)
    expect(await page.locator('nav a', { hasText: t.lists.ordersAsked(1) }).count()).toBe(1)
    await look('orders, one asked')
    await page.getByRole('link', { name: t.lists.seeRefunds }).click()
    await page.locator('.table tbody th a').first().click()
    await page.locator('details summary', { hasText: t.lists.declineTitle }).click()
    await page.fill('[name=answer]', '2027')
    await look('order, to be declined')
    await press(t.organizer.declineRefund)
    await page.getByText(t.organizer.done.declined).waitFor()
    expect(await page.getByText(t.lists.facts['order.refund_declined'], { exact: true }).count()).toBe(1)
    await leave()
    await expectSound(app)
  })
})
