// What keeps somebody from using a page, as axe finds it.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** The rules broken, with the elements that break them: everything in light, what depends on colours in dark as well. The page must run scripts. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await new AxeBuilder({ page }).analyze()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']).analyze()
  await page.emulateMedia({ colorScheme: null })
  return [...light.violations.map((found) => ({ scheme: 'light', ...found })), ...dark.violations.map((found) => ({ scheme: 'dark', ...found }))].map(
    ({ scheme, id, nodes }) => `${scheme} ${id}: ${nodes.map((node) => node.html).join(' ')}`,
  )
}
