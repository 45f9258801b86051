// Every page that somebody can reach by links, for each kind of reader, in the demo world: it answers, has a title, one heading and its language, and
// nothing in it was left untranslated. Of each kind of page one is looked at on a small phone: axe, light and dark, and whether it fits.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Locale } from '#src/kernel/actor.ts'
import { LOCALES } from '#src/locales/locale.ts'
import { openWebSessionOf } from '#src/modules/identity/open-session.ts'
import { systemActor } from '#src/kernel/actor.ts'
import { seedDemoWorld } from '#seeds/demo-world.ts'
import { EVENTS } from '#seeds/events.ts'
import { testApp } from '../app.ts'
import { findOverflow, findViolations } from '../axe.ts'
import { launchBrowser } from '../browser.ts'
import { PATIENCE } from './stage.ts'
import { isStrange } from './words.ts'

const app = testApp({ PUBLIC_URL: '', DEMO_WORLD: 'on' })

/** Pages per reader, and of each kind: the links of a list lead to more of the same. */
const MOST = 150
const OF_A_KIND = 2

const READERS = ['visitor', 'participant', 'organizer', 'cashier', 'agent', 'admin'] as const
type Reader = (typeof READERS)[number]

type Found = { status: number; location: string; html: string }

describe('every page that links lead to', () => {
  let browser: Browser
  let address: string
  const cookies = new Map<Reader, string>()
  /** Kinds of pages that somebody has been shown already. */
  const shown = new Set<string>()

  beforeAll(async () => {
    address = await app.server.listen({ host: '127.0.0.1', port: 0 })
    app.setPublicUrl(address)
    await seedDemoWorld(app, () => {})
    for (const reader of READERS.filter((each) => each !== 'visitor')) {
      const { id } = await app.db.selectFrom('account').select('id').where('email', '=', `${reader}@demo.test`).executeTakeFirstOrThrow()
      cookies.set(reader, await openWebSessionOf(app, systemActor('test'), id))
    }
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })

  async function get(path: string, reader: Reader, locale: Locale): Promise<Found> {
    const session = cookies.get(reader)
    const answer = await app.server.inject({
      url: path,
      headers: { cookie: `guichet_lang=${locale}${session ? `; guichet_session=${session}` : ''}` },
    })
    return { status: answer.statusCode, location: String(answer.headers.location ?? ''), html: answer.body }
  }

  /** Follows links breadth first. @returns the pages, and what is wrong with them */
  async function crawl(reader: Reader): Promise<{ pages: string[]; problems: string[] }> {
    const queue = reader === 'visitor' ? ['/', '/dev/components', '/dev/mail'] : ['/']
    const known = new Set(queue)
    const kinds = new Map<string, number>()
    const pages: string[] = []
    const problems: string[] = []
    for (let path = queue.shift(); path && pages.length < MOST; path = queue.shift()) {
      const kind = kindOf(path)
      const seen = kinds.get(kind) ?? 0
      if (seen >= OF_A_KIND) continue
      kinds.set(kind, seen + 1)
      let main = ''
      for (const locale of LOCALES) {
        const page = await get(path, reader, locale)
        if (page.status === 303 && page.location.startsWith('/')) queue.push(...[page.location].filter((to) => !known.has(to) && known.add(to)))
        else problems.push(...problemsOf(page, locale, path).map((problem) => `${path} (${locale}): ${problem}`))
        if (page.status === 200) main ||= page.html
      }
      if (!main) continue
      pages.push(path)
      for (const to of linksOf(main, path).filter((each) => !known.has(each))) {
        known.add(to)
        queue.push(to)
      }
    }
    return { pages, problems }
  }

  async function seat(reader: Reader): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', reducedMotion: 'reduce' })
    const session = cookies.get(reader)
    await context.addCookies([
      { name: 'guichet_lang', value: 'fr', url: address },
      ...(session ? [{ name: 'guichet_session', value: session, url: address }] : []),
    ])
    return context
  }

  test.each(READERS)(
    'for the %s',
    async (reader) => {
      const { pages, problems } = await crawl(reader)
      expect(pages.length).toBeGreaterThan(8)
      const context = await seat(reader)
      const page = await context.newPage()
      page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`))
      for (const path of pages) {
        if (shown.has(kindOf(path))) continue
        shown.add(kindOf(path))
        await page.goto(address + path)
        problems.push(...(await findOverflow(page)).slice(0, 3).map((element) => `${path} is wider than the phone: ${element}`))
        problems.push(...(await violationsOf(page, path)).map((violation) => `${path}: ${violation}`))
      }
      await context.close()
      expect(problems).toEqual([])
    },
    PATIENCE.timeout,
  )
})

/** The page of components shows every piece twice, light beside dark: landmarks of one name are its point. */
async function violationsOf(page: Page, path: string): Promise<string[]> {
  const found = await findViolations(page)
  return path.startsWith('/dev/components') ? found.filter((violation) => !violation.includes('landmark-unique')) : found
}

/** What links on the page lead to, of our own pages: no files, no other language, no other host. */
function linksOf(html: string, from: string): string[] {
  return [...html.matchAll(/<a\s[^>]*>/g)].flatMap(([tag]) => {
    const href = /\shref="([^"]*)"/.exec(tag)?.[1]?.replaceAll('&amp;', '&')
    if (!href || /\sdownload\b|\shreflang=/.test(tag) || /^(https?|mailto|tel):/.test(href)) return []
    const url = new URL(href, `http://here${from}`)
    if (url.host !== 'here' || /^\/api\/|\.(csv|xlsx|pdf|ics|png|svg|txt|xml|json|yaml|webmanifest)$/.test(url.pathname)) return []
    return [url.pathname + url.search]
  })
}

/** `/events/nuit-du-conte-1f2e` and `/events/foire` are of a kind. */
function kindOf(path: string): string {
  return path
    .replace(/\?.*/, '')
    .replace(/^\/t\/[^/]+/, '/t/:token')
    .replace(
      /^\/((?:organizer\/|admin\/)?(?:events|organizers|orders|users|payments|refunds|mails)|organizer\/team)\/(?!new\b|organizer\b)[^/]+/,
      '/$1/:one',
    )
    .replaceAll(/\/[0-9a-f]{8}-[0-9a-f-]{27}/g, '/:id')
    .replaceAll(/\/\d+(?=\/|$)/g, '/:id')
    .replaceAll(/\/(orders|sales)\/(?!:)[0-9A-Z]{10}\b/gi, '/$1/:code')
}

// An organizer's own words are in whatever language it likes.
const ownWords = new Set(EVENTS.flatMap(({ gates = [], types }) => [...gates, ...types].map(({ name }) => name)))

function problemsOf({ status, html }: Found, locale: Locale, path: string): string[] {
  if (status !== 200) return [`answers ${status}`]
  const problems: string[] = []
  if (!html.includes(`<html lang="${locale}"`)) problems.push('is not said to be in its language')
  if (!/<title>[^<]{4,}<\/title>/.test(html)) problems.push('has no title')
  const headings = [...html.matchAll(/<h1[\s>]/g)].length
  if (headings !== 1) problems.push(`has ${headings} first headings`)
  // The page of components shows pieces with words of its own.
  if (path.startsWith('/dev/components')) return problems
  const texts = html
    .replaceAll(/<(script|style)[^]*?<\/\1>/g, '')
    .split(/<[^>]*>/)
    .map((text) => text.trim().replaceAll('&amp;', '&').replaceAll('&quot;', '"'))
  return [...problems, ...texts.filter((text) => isStrange(text, locale) && !ownWords.has(text)).map((text) => `says “${text}”`)]
}
