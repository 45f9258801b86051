// A stranger who has never been here: finds, buys, shows tickets, asks for the money back.
import { expect } from 'vitest'
import { formatMoney } from '#src/kernel/money.ts'
import type { Visit } from './stage.ts'

const francs = (amount: number) => ({ amount, currency: 'XOF' })

export function strangerAt({ page, context, t, seat, go, look }: Visit) {
  const heading = () => page.getByRole('heading', { level: 1 })
  const price = (amount: number) => formatMoney(francs(amount), seat.locale)
  const stranger = {
    heading: () => heading().textContent(),

    async comesHome() {
      await go('/')
      await look('home')
    },

    /** From the home page's field. */
    async searches(words: string) {
      await page.getByLabel(t.public.searchLabel).fill(words)
      await page.getByRole('button', { name: t.public.search }).click()
      await page.waitForURL(/\/events\?/)
      await look('list')
    },

    async filters(how: { city?: string; price?: 'free' | 'paid' }) {
      const filters = page.locator('details.search-filters')
      if (!(await filters.evaluate((details) => (details as HTMLDetailsElement).open))) await filters.locator('summary').click()
      if (how.city) await page.getByLabel(t.public.city, { exact: true }).fill(how.city)
      if (how.price) await page.getByLabel(t.public.price).selectOption({ label: how.price === 'free' ? t.public.freeOnly : t.public.paidOnly })
      await page.getByRole('button', { name: t.public.search }).click()
      await page.waitForURL(/price=|city=/)
      await look('list, filtered')
    },

    titles: () => page.locator('.cards h2').allTextContents(),

    async opens(title: string) {
      await page.getByRole('link', { name: title }).first().click()
      await look('event')
    },

    async chooses(type: string, count: number) {
      await page.getByLabel(t.public.quantity(type)).selectOption(String(count))
      await page.locator('.event-tickets button[type=submit]').click()
      await page.waitForURL(/\/checkout\?/)
      await look('checkout')
    },

    async isCalled(buyer: { name?: string; email?: string; phone?: string; payerPhone?: string; holders?: readonly string[] }) {
      if (buyer.name !== undefined) await page.getByLabel(t.checkout.name, { exact: true }).fill(buyer.name)
      if (buyer.email !== undefined) await page.getByLabel(t.checkout.email, { exact: true }).fill(buyer.email)
      if (buyer.phone !== undefined) await page.getByLabel(t.checkout.phone, { exact: true }).fill(buyer.phone)
      if (buyer.payerPhone !== undefined) await page.locator('[name=payerPhone]').fill(buyer.payerPhone)
      for (const [i, holder] of (buyer.holders ?? []).entries()) await page.locator(`[name="holder-${i}"]`).fill(holder)
    },

    async pays(amount: number) {
      await page.getByRole('button', { name: amount > 0 ? t.checkout.pay(price(amount)) : t.checkout.getFree(2), exact: true }).click()
    },

    /** The summary of errors leads to the field. */
    async isCorrected(name: string) {
      expect(await page.title()).toContain(t.common.errorTitle(''))
      await look('checkout, to correct')
      const link = page.locator(`a[href="#field-${name}"]`)
      await link.click()
      expect(await page.evaluate(() => document.activeElement?.id)).toBe(`field-${name}`)
    },

    async mustApprove() {
      await page.waitForURL(/\/t\//)
      expect(await heading().textContent()).toBe(t.order.awaitingPhone)
      await look('order, waiting')
    },

    /** On the fake phone, in a window of its own, as on a second phone. */
    async answersPhone(answer: 'approve' | 'refuse') {
      const order = page.url()
      const href = await page.getByRole('link', { name: t.order.simulatorPhone }).getAttribute('href')
      const phone = await context.newPage()
      await phone.goto(new URL(href!, order).href)
      await phone.getByRole('button', { name: t.simulator[answer], exact: true }).click()
      await phone.getByText(t.simulator.states[answer === 'approve' ? 'approved' : 'refused'], { exact: true }).waitFor()
      await phone.close()
      // With scripts the page finds out by itself; without, it is loaded again.
      if (!seat.scripts) await page.goto(order)
      const title = answer === 'approve' ? t.order.paidTitle(2) : t.order.refusedTitle
      await expect.poll(() => heading().textContent(), { timeout: 30_000 }).toBe(title)
      await look(answer === 'approve' ? 'tickets' : 'order, refused')
    },

    async triesAgain(phone: string) {
      await page.locator('[name=payerPhone]').fill(phone)
      await page.getByRole('button', { name: t.order.tryAgain }).click()
      await expect.poll(() => heading().textContent()).toBe(t.order.awaitingPhone)
    },

    /** The order's number, as it is read aloud. */
    async number(): Promise<string> {
      const line = await page
        .locator('main')
        .getByText(new RegExp(`^${t.order.number('')}`))
        .first()
        .textContent()
      return new RegExp(`${t.order.number('')}(\\w+)`).exec(line ?? '')![1]!
    },

    codes: () => page.getByRole('img', { name: new RegExp(`^${t.order.qr('')}`) }).count(),

    async seesOneFullScreen() {
      await page.getByRole('link', { name: t.order.fullScreen }).first().click()
      await page.waitForURL(/\/show\//)
      await look('ticket on the whole screen')
      expect(await stranger.codes()).toBe(1)
      await page.getByRole('link', { name: t.order.everyTicket }).click()
    },

    /** What a link gives, and as what. */
    async downloads(label: string): Promise<{ type: string | undefined; start: string }> {
      const href = await page.getByRole('link', { name: label, exact: true }).first().getAttribute('href')
      const answer = await context.request.get(new URL(href!, page.url()).href)
      expect([label, answer.status()]).toEqual([label, 200])
      return { type: answer.headers()['content-type'], start: (await answer.body()).subarray(0, 15).toString('latin1') }
    },

    async asksForTheMoney(why: string) {
      await page.getByText(t.order.askRefund, { exact: true }).click()
      await look('refund form')
      await page.getByLabel(t.order.askRefundReason).fill(why)
      await page.getByRole('button', { name: t.order.askRefundSend }).click()
      await page.getByText(t.order.refundAsked).waitFor()
      await look('refund asked')
    },

    async comesBack(address: string) {
      await go(address)
    },

    async reads(words: string, name: string) {
      expect(await page.getByText(words).count(), words).toBeGreaterThan(0)
      await look(name)
    },
  }
  return stranger
}
