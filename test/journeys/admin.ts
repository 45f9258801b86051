// Staff of the platform: looks after what waits for a word.
import { expect } from 'vitest'
import type { Visit } from './stage.ts'

export function adminAt({ page, t, go, look }: Visit) {
  const words = t.admin
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  return {
    async opens(tab: keyof Pick<typeof words, 'reviews' | 'events' | 'orders' | 'payments' | 'refunds' | 'users' | 'organizers' | 'facts'>) {
      await page.getByRole('navigation', { name: words.title }).getByRole('link', { name: words[tab], exact: true }).click()
      await page.waitForURL(/\/admin\//)
      await look(`admin, ${tab}`)
    },

    async comesToWork() {
      await go('/admin')
      await look('admin')
    },

    async reads(title: string) {
      await page.getByRole('link', { name: title }).click()
      await page.waitForURL(/\/admin\/events\//)
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
      await look('admin, an event to review')
    },

    /** How buyers will see it. */
    async previews(title: string) {
      const here = page.url()
      await page.getByRole('link', { name: t.organizer.previewAsBuyer }).click()
      await page.waitForURL(/\/events\//)
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
      await go(new URL(here).pathname)
    },

    async approves() {
      await press(words.approve)
      await page.getByText(words.done.approved).waitFor()
      await look('admin, approved')
    },

    async sendsBack(reason: string) {
      await press(words.sendBack)
      expect(await page.title()).toContain(t.common.errorTitle(''))
      await look('admin, a reason is missing')
      await page.locator('[name=reason]').fill(reason)
      await press(words.sendBack)
      await page.getByText(words.done.sentBack).waitFor()
    },

    waiting: () => page.locator('.table tbody th a').allTextContents(),
  }
}
