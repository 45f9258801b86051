// What Lighthouse makes of the four pages that strangers see, on a phone: `npm run lighthouse`. Starts the demo world itself, prints a table,
// writes the reports into lighthouse/ (not kept in git), and fails below 95.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import lighthouse, { type Config, type Result } from 'lighthouse'
import { build } from 'vite'
import { launchBrowser } from '#test/browser.ts'
import { servePublicPages } from './public-pages.ts'
import { printTable } from './stage.ts'

const OUT = 'lighthouse'
const LOWEST = 95
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo']

/** Audits that ask for the opposite of what a page is for. */
const NOT_ASKED: Readonly<Record<string, { audit: string; why: string }>> = {
  checkout: { audit: 'is-crawlable', why: 'a checkout belongs to one buyer and says noindex; every other SEO audit counts' },
}

/** A port that was free a moment ago: Chromium wants to be told one, and says nothing where it takes its own. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

async function judge(url: string, port: number, skipped: string | undefined): Promise<{ result: Result; report: string }> {
  const config: Config = { extends: 'lighthouse:default', settings: { onlyCategories: CATEGORIES, ...(skipped ? { skipAudits: [skipped] } : {}) } }
  const answer = await lighthouse(url, { port, output: 'html', logLevel: 'error' }, config)
  if (!answer) throw new Error(`Lighthouse says nothing about ${url}`)
  if (answer.lhr.runtimeError) throw new Error(`${url}: ${answer.lhr.runtimeError.message}`)
  return { result: answer.lhr, report: String(answer.report) }
}

const port = await freePort()
await build()
const browser = await launchBrowser({ debuggingPort: port })
const product = await servePublicPages(browser).catch(async (error: unknown) => {
  await browser.close()
  throw error
})
const rows: string[][] = []
const low: string[] = []
try {
  mkdirSync(OUT, { recursive: true })
  for (const { name, path } of product.pages) {
    const skipped = NOT_ASKED[name]
    const { result, report } = await judge(product.url + path, port, skipped?.audit)
    writeFileSync(join(OUT, `${name.replaceAll(' ', '-')}.html`), report)
    const scores = CATEGORIES.map((category) => Math.round((result.categories[category]?.score ?? 0) * 100))
    const value = (audit: string) => result.audits[audit]?.numericValue ?? Number.NaN
    rows.push([
      name,
      ...scores.map(String),
      `${Math.round(value('largest-contentful-paint'))} ms`,
      value('cumulative-layout-shift').toFixed(3),
      `${Math.round(value('total-blocking-time'))} ms`,
      String(Math.round(value('total-byte-weight'))),
    ])
    for (const [i, score] of scores.entries()) if (score < LOWEST) low.push(`${name}, ${CATEGORIES[i]}: ${score}${faults(result, CATEGORIES[i]!)}`)
  }
} finally {
  await product.close()
  await browser.close()
}
printTable('Lighthouse, mobile', ['page', ...CATEGORIES, 'LCP', 'CLS', 'TBT', 'bytes'], rows)
for (const [page, { audit, why }] of Object.entries(NOT_ASKED)) console.log(`\n${page}: without ${audit}: ${why}.`)
console.log(`\nThe reports lie in ${OUT}/.`)
if (low.length > 0) {
  console.error(`\nBelow ${LOWEST}:\n${low.join('\n')}`)
  process.exitCode = 1
}

/** Which audits cost a category its points. */
function faults(result: Result, category: string): string {
  const failed = result.categories[category]!.auditRefs.filter(({ id, weight }) => weight > 0 && (result.audits[id]?.score ?? 1) < 0.9)
  return failed.length > 0 ? ` (${failed.map(({ id }) => id).join(', ')})` : ''
}
