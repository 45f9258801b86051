// The stage of browser journeys: one app and one browser for a file, a seat for whoever plays, and a look at each page on the way.
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { AccountActor, Locale } from '#src/kernel/actor.ts'
import { LOCALES, messages, type Catalog } from '#src/locales/locale.ts'
import type { TestApp } from '../app.ts'
import { findOverflow, findViolations } from '../axe.ts'
import { launchBrowser, type BrowserOptions } from '../browser.ts'
import { cookieOf } from '../sign-in.ts'
import { isStrange } from './words.ts'

/** Journeys are long, and axe is slow on a small or busy machine. */
export const PATIENCE = { timeout: 240_000 } as const

/** How somebody sits before the screen. */
export type Seat = { locale: Locale; scripts: boolean; width: 360 | 1280 }

/** All eight: both languages, with and without JavaScript, on a small phone and a wide screen. */
export const EVERY_SEAT: readonly Seat[] = LOCALES.flatMap((locale) =>
  [true, false].flatMap((scripts) => ([360, 1280] as const).map((width) => ({ locale, scripts, width }))),
)

/** Both languages with and without JavaScript, once each; the widths alternate. */
export const FOUR_SEATS: readonly Seat[] = [
  { locale: 'fr', scripts: false, width: 360 },
  { locale: 'en', scripts: false, width: 1280 },
  { locale: 'fr', scripts: true, width: 1280 },
  { locale: 'en', scripts: true, width: 360 },
]

/** `fr, scripts, 360 px`, for a test's name. */
export const seatName = ({ locale, scripts, width }: Seat) => `${locale}, ${scripts ? 'with' : 'without'} JavaScript, ${width} px`

/** Each seat with its name, for `test.each`. */
export const named = (seats: readonly Seat[]) => seats.map((seat) => [seatName(seat), seat] as const)

/** Somebody before a screen. */
export type Visit = {
  page: Page
  context: BrowserContext
  seat: Seat
  /** What this reader reads. */
  t: Catalog
  go(path: string): Promise<void>
  /** Looks at the page as it is now: words, language, width, axe. `name` names the state: axe sees each once per width. */
  look(name: string): Promise<void>
  /** Ends the visit; nothing may have gone wrong unseen. */
  leave(): Promise<void>
}

export type Stage = { address: string; visit(seat: Seat, as?: AccountActor): Promise<Visit>; close(): Promise<void> }

/** Lets the app listen, and starts a browser. The caller closes it. */
export async function openStage(app: TestApp, options: BrowserOptions = {}): Promise<Stage> {
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  const address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
  app.setPublicUrl(address)
  const browser = await launchBrowser(options)
  const seen = new Set<string>()
  const twin = await openTwin(browser, address)
  const stage: Stage = {
    address,
    async visit(seat, as) {
      const context = await browser.newContext({
        viewport: { width: seat.width, height: seat.width === 360 ? 740 : 800 },
        locale: seat.locale === 'fr' ? 'fr-FR' : 'en-GB',
        reducedMotion: 'reduce',
        javaScriptEnabled: seat.scripts,
      })
      if (as) {
        await app.db.updateTable('account').set({ locale: seat.locale }).where('id', '=', as.accountId).execute()
        const [name, value] = (await cookieOf(app, as)).cookie.split('=') as [string, string]
        await context.addCookies([{ name, value, url: address }])
      }
      const troubles = watch(context, address)
      const page = await context.newPage()
      return {
        page,
        context,
        seat,
        t: messages(seat.locale),
        go: async (path) => {
          const response = await page.goto(path.startsWith('http') ? path : address + path)
          expect([path, response?.status()]).toEqual([path, 200])
        },
        look: async (name) => {
          expect(await readPage(page), name).toEqual({ ...GOOD, lang: seat.locale })
          expect(await strangeWords(page, seat.locale), `${name}: words of another language`).toEqual([])
          const key = `${name} ${seat.width}`
          if (seen.has(key)) return
          seen.add(key)
          expect(await (seat.scripts ? findViolations(page) : twin(page)), name).toEqual([])
        },
        leave: async () => {
          await context.close()
          expect(troubles).toEqual([])
        },
      }
    },
    close: () => browser.close(),
  }
  return stage
}

// What the browser says by itself: of an answer that is seen above, and of a service worker that it could not look after without a network.
const QUIET = /^Failed to load resource|unknown error occurred when fetching the script/

/** What must never happen, whatever a page is about. */
function watch(context: BrowserContext, address: string): string[] {
  const troubles: string[] = []
  context.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(blob|data):/.test(request.url())) troubles.push(`asked another host: ${request.url()}`)
  })
  context.on('response', (response) => {
    // A form that is refused answers 4xx, on purpose; nothing that a page brings along may.
    const isPage = response.request().resourceType() === 'document' || response.request().method() === 'POST'
    if (response.status() >= (isPage ? 500 : 400)) troubles.push(`${response.status()} ${response.url()}`)
  })
  context.on('weberror', (error) => troubles.push(`error: ${error.error().message}`))
  context.on('console', (message) => {
    if (message.type() === 'error' && !QUIET.test(message.text())) troubles.push(`console: ${message.text()}`)
  })
  return troubles
}

const GOOD = { title: true, headings: 1, wider: [] }

/** What every page must have. `wider`: what reaches beyond the screen. */
export async function readPage(page: Page): Promise<{ title: boolean; lang: string; headings: number; wider: string[] }> {
  const read = await page.evaluate(() => ({
    title: document.title.trim().length > 3,
    lang: document.documentElement.lang,
    headings: document.querySelectorAll('h1').length,
  }))
  return { ...read, wider: await findOverflow(page) }
}

/** Texts on the page that are in another language. */
export async function strangeWords(page: Page, locale: Locale): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement?.closest('script, style')) found.push(node.textContent?.trim() ?? '')
    return found
  })
  return texts.filter((text) => isStrange(text, locale))
}

/** axe needs scripts: a page without them is shown again, as it is, to a browser that has them. */
async function openTwin(browser: Browser, address: string): Promise<(page: Page) => Promise<string[]>> {
  const twin = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage()
  await twin.goto(`${address}/login`)
  return async (page) => {
    await twin.setViewportSize(page.viewportSize()!)
    await twin.setContent((await page.content()).replaceAll(/<script[^]*?<\/script>|<meta http-equiv[^>]*>/g, ''))
    return findViolations(twin)
  }
}
