// An organizer: registers, creates and publishes an event, sells at the desk, gathers a team, answers refunds, takes lists along.
import { expect } from 'vitest'
import { formatMoney } from '#src/kernel/money.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import type { Visit } from './stage.ts'

const PASSWORD = 'une phrase facile à retenir'
const ZONE = 'Africa/Porto-Novo'

export function organizerAt({ page, context, t, seat, go, look }: Visit) {
  const words = t.organizer
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const follow = (name: string) => page.getByRole('link', { name, exact: true }).first().click()
  const field = (name: string) => page.locator(`[name="${name}"]`)
  const heading = () => page.getByRole('heading', { level: 1 }).textContent()
  const francs = (amount: number) => formatMoney({ amount, currency: 'XOF' }, seat.locale)

  return {
    heading,

    async registers(name: string, email: string, organization: string) {
      await go('/')
      await page.getByRole('link', { name: t.public.sell }).click()
      await look('register')
      await page.getByLabel(t.account.register.name, { exact: true }).fill(name)
      await page.getByLabel(t.account.register.email, { exact: true }).fill(email)
      await field('password').fill(PASSWORD)
      await field('organizerName').fill(organization)
      await press(t.account.register.createOrganizer)
      await page.waitForURL(/\/organizer\/events\/new/)
    },

    /** The five steps of the guide. @returns the event's slug */
    async creates(event: { title: string; city: string; type: string; price: number; places: number }): Promise<string> {
      const next = () => press(words.guide.saveAndGoOn)
      await look('guide, what')
      await next()
      await look('guide, what is missing')
      await field('title').fill(event.title)
      await field('category').selectOption({ index: 1 })
      await next()
      await page.waitForURL(/\/setup\/when/)
      await look('guide, when')
      const start = new Date(Date.now() + 5 * 86_400_000)
      await page.getByLabel(words.starts).fill(toLocalTime(start, ZONE))
      await field('city').fill(event.city)
      await field('venue').fill('Place Chacha')
      await next()
      await page.waitForURL(/\/setup\/tickets/)
      await look('guide, tickets')
      await field('name').fill(event.type)
      await field('price').fill(String(event.price))
      await field('quantity').fill(String(event.places))
      await next()
      await page.waitForURL(/\/setup\/look/)
      await look('guide, look')
      await field('description').fill('Des contes, **toute la nuit**.')
      await next()
      await page.waitForURL(/\/setup\/check/)
      await look('guide, check')
      return /\/events\/([^/]+)\/setup/.exec(page.url())![1]!
    },

    async publishes() {
      await press(words.publish)
      await page.getByText(words.online).waitFor()
      await look('event, online')
    },

    async opens(slug: string, tab: string, name: string) {
      await go(`/organizer/events/${slug}${tab}`)
      await look(name)
    },

    async sellsAtTheDesk(type: string, count: number, price: number) {
      await page.getByLabel(t.public.quantity(type)).selectOption(String(count))
      await page.locator('.desk .button--primary').click()
      await page.waitForURL(/\/desk\/sale/)
      await look('desk, the amount')
      await press(t.desk.confirm(francs(count * price)))
      await page.waitForURL(/\/desk\/sales\//)
      expect(await heading()).toBe(t.desk.sold(count))
      await look('desk, tickets')
    },

    async invites(email: string, role: 'cashier' | 'agent') {
      await go('/organizer/team')
      await field('email').fill(email)
      await page.locator(`[name=role][value=${role}]`).check()
      await press(t.team.inviteButton)
      await page.getByText(email).first().waitFor()
      await look('team')
    },

    async opensGate(slug: string, name: string, agent: string) {
      await go(`/organizer/events/${slug}/gates`)
      await field('name').fill(name)
      await press(words.addGate)
      await page.locator('input[name^="email-"]').fill(agent)
      await press(words.addAgent)
      await page.getByText(agent).first().waitFor()
      await look('gates')
    },

    /** Where a mailed link leads: somebody new chooses a name and a password. */
    async joins(link: string, name: string) {
      await go(new URL(link).pathname)
      await look('join the team')
      await field('name').fill(name)
      await field('password').fill(PASSWORD)
      await page.locator('main form button[type=submit]').click()
      await page.waitForURL((url) => !url.pathname.startsWith('/join-team/'))
    },

    async findsRefundRequest(slug: string, code: string, why: string) {
      await go(`/organizer/events/${slug}/orders/${code}`)
      expect(await page.getByText(words.refundAskedBy).count()).toBe(1)
      expect(await page.getByText(why).count()).toBeGreaterThan(0)
      await look('order, refund asked')
    },

    async refunds(amount: number) {
      await follow(words.refund)
      await page.waitForURL(/\/refund/)
      await look('refund, in numbers')
      await press(words.refundAmount(francs(amount)))
      await page.getByText(words.done.refund).waitFor()
      await look('order, refunded')
    },

    async declines(answer: string) {
      await page.getByText(t.lists.declineTitle).click()
      await field('answer').fill(answer)
      await press(words.declineRefund)
      await page.waitForURL(/\?done=|\/orders\//)
      expect(await page.getByText(words.refundAskedBy).count()).toBe(0)
      await look('order, refund declined')
    },

    /** The file behind a link. */
    async takes(label: string): Promise<Buffer> {
      const href = await page.getByRole('link', { name: label, exact: true }).first().getAttribute('href')
      const answer = await context.request.get(new URL(href!, page.url()).href)
      expect([label, answer.status()]).toEqual([label, 200])
      return answer.body()
    },
  }
}
