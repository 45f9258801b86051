// The demo world served by a process of its own, and the four pages by which strangers judge us.
import type { Browser } from 'playwright-core'
import { openStage, startServer } from './stage.ts'

export type PublicPage = { name: string; path: string }
export type PublicPages = { url: string; pages: PublicPage[]; close(): Promise<void> }

/** Starts the server on a free port and finds an event that is on sale, with a cover. */
export async function servePublicPages(browser: Browser): Promise<PublicPages> {
  const stage = await openStage()
  const server = await startServer(stage, { DEMO_WORLD: 'on', PUBLIC_URL: '' }).catch(async (error: unknown) => {
    await stage.close()
    throw error
  })
  const close = async () => {
    await server.stop()
    await stage.close()
  }
  try {
    const url = `http://localhost:${server.port}`
    const { event, choice } = await findSale(browser, url)
    return {
      url,
      pages: [
        { name: 'home', path: '/' },
        { name: 'list of events', path: '/events' },
        { name: 'event', path: event },
        { name: 'checkout', path: `${event}/checkout?${choice}=2` },
      ],
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** An event with a cover that has tickets left, as a stranger finds it. */
async function findSale(browser: Browser, url: string): Promise<{ event: string; choice: string }> {
  const page = await browser.newPage({ locale: 'fr-FR' })
  try {
    await page.goto(`${url}/events?price=paid`)
    const events = await page.locator('.cards li:has(img) h2 a').evaluateAll((links) => links.map((link) => link.getAttribute('href')!))
    for (const event of events) {
      await page.goto(url + event)
      const choices = await page.locator('select[name^="q-"]').evaluateAll((selects) => selects.map((select) => (select as HTMLSelectElement).name))
      if (choices[0]) return { event, choice: choices[0] }
    }
    throw new Error('the demo world sells nothing')
  } finally {
    await page.close()
  }
}
