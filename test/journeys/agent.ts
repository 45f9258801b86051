// An agent at a gate.
import { expect } from 'vitest'
import type { Visit } from './stage.ts'

export function agentAt({ page, t, go, look, seat }: Visit) {
  const verdict = page.locator('.verdict-word')
  const agent = {
    opensGate: () => go('/gate'),

    /** A verdict leaves by itself after some seconds; here it stays until somebody goes on, however slow the machine that looks at it. */
    keepsVerdicts: () =>
      page.addInitScript(() => {
        const start = globalThis.setTimeout
        const wait = (work: () => void, ms = 0) => (ms >= 3000 ? 0 : start(work, ms))
        Object.assign(globalThis, { setTimeout: wait })
      }),

    async reads(word: string, name: string) {
      await expect.poll(() => verdict.textContent(), { timeout: 30_000 }).toBe(word)
      await look(name)
      return agent
    },

    async types(code: string) {
      await page.getByLabel(t.gate.code).fill(code)
      await page.getByRole('button', { name: t.gate.check, exact: true }).click()
    },

    /** A hand-held reader types faster than anybody, wherever the focus is: here on nothing. */
    async readsWithReader(qr: string) {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await page.evaluate(
        (keys) => {
          for (const key of keys)
            (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
        },
        [...qr, 'Enter'],
      )
    },

    letsIn: () => page.getByRole('button', { name: t.gate.let.in }).click(),
    letsOut: () => page.getByRole('button', { name: t.gate.let.out }).click(),
    goesOn: () => page.getByRole('link', { name: t.gate.next }).click(),

    /** With scripts the answer is all there is on the screen. */
    async seesItAcrossTheScreen() {
      const box = await page.locator('.verdict').boundingBox()
      const { width, height } = page.viewportSize()!
      expect([box?.width, box?.height]).toEqual([width, height])
      // Nothing beneath it can be reached by mistake.
      expect(
        await page
          .locator('header')
          .first()
          .evaluate((header) => (header as HTMLElement).inert),
      ).toBe(true)
    },

    inside: () => page.locator('[data-inside]').textContent(),
    mine: () => page.locator('[data-mine]').textContent(),

    async opensLog() {
      await page.getByRole('link', { name: t.gate.log, exact: true }).click()
      await look('log')
    },

    /** The lines of the log, result by result. */
    results: () => page.locator('.table tbody .badge').allTextContents(),

    async filtersBy(outcome: 'in' | 'out' | 'refused') {
      await page.getByLabel(t.gate.outcome).selectOption({ label: t.gate.outcomes[outcome] })
      await page.getByRole('button', { name: t.gate.filter }).click()
      expect(new URL(page.url()).searchParams.get('result')).toBe(outcome)
    },

    word: (code: keyof typeof t.gate.codes) => t.gate.codes[code][0]!,
    isScripted: seat.scripts,
  }
  return agent
}
