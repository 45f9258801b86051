// What keeps somebody from using a page, as axe finds it, and what makes a page wider than its screen.
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** The rules broken, with the elements that break them: everything in light, what depends on colours in dark as well. The page must run scripts. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await new AxeBuilder({ page }).setLegacyMode().analyze()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await new AxeBuilder({ page }).setLegacyMode().withRules(['color-contrast', 'link-in-text-block']).analyze()
  await page.emulateMedia({ colorScheme: null })
  return [...light.violations.map((found) => ({ scheme: 'light', ...found })), ...dark.violations.map((found) => ({ scheme: 'dark', ...found }))].map(
    ({ scheme, id, nodes }) => `${scheme} ${id}: ${nodes.map((node) => node.html).join(' ')}`,
  )
}

/** What makes the page scroll sideways: the elements that reach beyond the screen's right edge, outermost first; none where it fits. */
export async function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    // What scrolls by itself (tabs, code) may hold more than it shows.
    const scrolls = (element: Element): boolean => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX)
    const found: Element[] = []
    for (const element of document.body.querySelectorAll('*')) {
      if (element.getBoundingClientRect().right <= clientWidth + 0.5) continue
      if (found.some((outer) => outer.contains(element))) continue
      let parent = element.parentElement
      while (parent && parent !== document.body && !scrolls(parent)) parent = parent.parentElement
      if (!parent || parent === document.body) found.push(element)
    }
    return [`${scrollWidth} px on a screen of ${clientWidth} px`, ...found.map((element) => (element.cloneNode(false) as Element).outerHTML)]
  })
}
