// How soon strangers see a page on a slow phone network: the largest paint and what moves, nothing cached, pictures included. Beside it, on the
// same network, a page of one line: what no page can beat. Usage: npm run bench:paint [runs]
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { launchBrowser } from '#test/browser.ts'
import { servePublicPages } from './public-pages.ts'
import { printTable } from './stage.ts'

const RUNS = Number(process.argv[2] ?? 5)
const BYTES_A_SECOND = 400_000 / 8
const LATENCY_MS = 400
const TARGET_MS = 2500
const TARGET_SHIFT = 0.01

type Paint = { largest: number; first: number; shift: number; bytes: number; requests: number; what: string }

/** One visit by somebody who has never been here. */
async function visit(browser: Browser, url: string): Promise<Paint> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    locale: 'fr-FR',
  })
  try {
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    let bytes = 0
    let requests = 0
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
      requests++
    })
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: LATENCY_MS,
      downloadThroughput: BYTES_A_SECOND,
      uploadThroughput: BYTES_A_SECOND,
    })
    await page.goto(url, { waitUntil: 'load' })
    // The last candidate is only known when nothing more can come.
    await page.waitForTimeout(500)
    const seen = await page.evaluate(() => {
      const entries = (type: string) => {
        const observer = new PerformanceObserver(() => {})
        observer.observe({ type, buffered: true })
        return observer.takeRecords() as (PerformanceEntry & { element?: Element; value?: number; hadRecentInput?: boolean })[]
      }
      const largest = entries('largest-contentful-paint').at(-1)
      const element = largest?.element
      return {
        largest: largest?.startTime ?? 0,
        first: entries('paint').find((entry) => entry.name === 'first-contentful-paint')?.startTime ?? 0,
        shift: entries('layout-shift').reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value!), 0),
        what: element ? element.tagName.toLowerCase() : '',
      }
    })
    return { ...seen, bytes, requests }
  } finally {
    await context.close()
  }
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!

await build()
const browser = await launchBrowser()
const product = await servePublicPages(browser).catch(async (error: unknown) => {
  await browser.close()
  throw error
})
const floor = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><html lang="fr"><title>.</title><p>Bonjour')
})
await new Promise<void>((done) => floor.listen(0, '127.0.0.1', done))
let missed = false
try {
  const subjects = [
    ...product.pages.map(({ name, path }) => ({ name, url: product.url + path })),
    { name: 'a page of one line', url: `http://127.0.0.1:${(floor.address() as AddressInfo).port}/` },
  ]
  const rows = []
  for (const { name, url } of subjects) {
    const runs: Paint[] = []
    for (let i = 0; i < RUNS; i++) runs.push(await visit(browser, url))
    const of = (value: (run: Paint) => number) => median(runs.map(value))
    const met = of((run) => run.largest) <= TARGET_MS && of((run) => run.shift) <= TARGET_SHIFT
    missed ||= !met
    rows.push([
      name,
      Math.round(of((run) => run.first)),
      Math.round(of((run) => run.largest)),
      Math.max(...runs.map((run) => Math.round(run.largest))),
      runs[0]!.what,
      of((run) => run.shift).toFixed(3),
      String(of((run) => run.requests)),
      String(of((run) => run.bytes)),
      met ? 'met' : 'missed',
    ])
  }
  printTable(
    `Largest paint at 400 kbit/s and 400 ms, ${RUNS} visits each`,
    ['page', 'first ms', 'largest ms', 'slowest ms', 'of', 'shift', 'requests', 'bytes', `≤ ${TARGET_MS} ms, no shift`],
    rows,
  )
} finally {
  await product.close()
  floor.close()
  await browser.close()
}
if (missed) process.exitCode = 1
