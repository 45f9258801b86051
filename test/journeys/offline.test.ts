// Tickets without a network, in a real browser: what was opened stays and can be scanned, everything else says what happened.
import { createServer, request as ask, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { testApp } from '../app.ts'
import { findViolations } from '../axe.ts'
import { launchBrowser } from '../browser.ts'
import { buildEvent, buildTicketType, type BuiltEvent, type BuiltTicketType } from '../factories.ts'
import { readQrFile } from '../readers.ts'
import { buyAndPay } from '../sale.ts'
import { cookieOf } from '../sign-in.ts'

const app = testApp({ PUBLIC_URL: '' })

/** What stands between the phone and the server: a network that goes, stalls, and brings another release. */
type Network = {
  down: boolean
  /** Addresses whose answers don't come. */ stalled: RegExp | null
  release: string
  /** Milliseconds. */ until: number | null
}

// A busy machine may take its time.
const EVENTUALLY = { timeout: 20_000 }

describe('tickets on a phone', () => {
  const network: Network = { down: false, stalled: null, release: '', until: null }
  let front: Server
  let browser: Browser
  let address: string
  let event: BuiltEvent
  let type: BuiltTicketType

  beforeAll(async () => {
    event = await buildEvent(app, { title: 'Nuit “afrobeat” & <amis>', city: 'Lomé' })
    type = await buildTicketType(app, event, { name: 'Standard', price: 5000, quantity: 100 })
    await app.server.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.server.address() as AddressInfo
    front = createServer((incoming, outgoing) => {
      if (network.down) return void incoming.socket.destroy()
      if (network.stalled?.test(incoming.url!)) return
      const { url: path, method, headers } = incoming
      const plain = path === '/service-worker.js' ? { ...headers, 'accept-encoding': 'identity' } : headers
      const onward = ask({ host: '127.0.0.1', port, path, method, headers: plain }, (answer: IncomingMessage) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          let body = Buffer.concat(chunks)
          const sent = { ...answer.headers }
          if (path === '/service-worker.js') {
            body = Buffer.from(body.toString().replace(/"version":"/, `$&${network.release}`))
            delete sent['content-length']
          }
          if (network.until && sent['guichet-keep'])
            sent['guichet-keep'] = String(sent['guichet-keep']).replace(/(until%22%3A)\d+/, `$1${network.until}`)
          outgoing.writeHead(answer.statusCode!, sent).end(body)
        })
      })
      incoming.pipe(onward)
    })
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done))
    address = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
    app.setPublicUrl(address)
    browser = await launchBrowser()
  })
  afterEach(() => {
    Object.assign(network, { down: false, stalled: null, release: '', until: null })
  })
  afterAll(async () => {
    await browser?.close()
    front?.closeAllConnections()
    front?.close()
  })

  async function buyTickets(quantity = 1): Promise<{ code: string; path: string }> {
    const order = await buyAndPay(app, event, type, quantity)
    return { code: order.code, path: `/t/${await mintMagicLink(app.db, { eventId: event.id, id: order.id })}` }
  }

  async function phone(options: Parameters<Browser['newContext']>[0] = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', reducedMotion: 'reduce', ...options })
    return { context, page: await context.newPage() }
  }

  async function withoutNetwork(context: BrowserContext): Promise<void> {
    network.down = true
    front.closeAllConnections()
    await context.setOffline(true)
  }

  async function withNetwork(context: BrowserContext): Promise<void> {
    network.down = false
    await context.setOffline(false)
  }

  /** Addresses kept on the phone: tickets, or whatever the named caches hold. */
  const keptIn = (page: Page, prefix = 'guichet-tickets-') =>
    page.evaluate(async (begins) => {
      const paths: string[] = []
      for (const name of (await caches.keys()).filter((key) => key.startsWith(begins)))
        for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname)
      return paths.sort()
    }, prefix)

  /** Opens an order as from a mail, and waits until the phone has it. */
  async function open(page: Page, path: string): Promise<void> {
    await page.goto(address + path)
    await page.locator('[data-kept]').waitFor({ state: 'visible' })
    const screens = await page.locator('a[href*="/show/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')!))
    await expect.poll(() => keptIn(page), EVENTUALLY).toEqual(expect.arrayContaining([path, ...screens]))
  }

  async function shownCode(page: Page): Promise<string | null> {
    return readQrFile(await page.locator('.show-code svg').screenshot({ scale: 'device' }))
  }

  test('open without a network, down to a code that can be scanned', async () => {
    const order = await buyTickets(2)
    const { context, page } = await phone({ deviceScaleFactor: 2 })
    await open(page, order.path)
    expect(await findViolations(page)).toEqual([])
    expect(await page.locator('[data-copy]').count()).toBe(0)
    await page.goto(address + (await page.locator('a[href*="/show/"]').nth(1).getAttribute('href')))
    const online = await shownCode(page)
    expect(online).toMatch(/\S{20}/)

    await withoutNetwork(context)
    await page.goto(address + order.path)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Voici vos 2 billets')
    expect(await page.locator('[data-copy]').textContent()).toMatch(/copie gardée sur ce téléphone, du \d/)
    // With its style sheet, not as bare text.
    expect(await page.evaluate(() => getComputedStyle(document.body).display)).toBe('flex')
    await page.locator('a[href*="/show/"]').nth(1).click()
    expect(await shownCode(page)).toBe(online)
    await page.reload()
    expect(await shownCode(page)).toBe(online)
    expect(await page.locator('[data-copy]').count()).toBe(1)

    await withNetwork(context)
    await page.reload()
    expect(await page.locator('[data-copy]').count()).toBe(0)
    await context.close()
  })

  test('open in another language, with a question mark behind the address, as the copy that there is', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    await withoutNetwork(context)
    await page.goto(`${address}${order.path}?lang=en`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Voici votre billet')
    await context.close()
  })

  test('keep the PDF that was opened', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    const pdf = (path: string) => page.evaluate(async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer()).slice(0, 5)], path)
    const begins = [...Buffer.from('%PDF-')]
    expect(await pdf(`${order.path}/tickets.pdf`)).toEqual(begins)
    await expect.poll(() => keptIn(page), EVENTUALLY).toContain(`${order.path}/tickets.pdf`)
    await page.evaluate((url) => fetch(url).then((answer) => answer.text()), `${order.path}/receipt.pdf`)
    await withoutNetwork(context)
    expect(await pdf(`${order.path}/tickets.pdf`)).toEqual(begins)
    expect(await keptIn(page)).not.toContain(`${order.path}/receipt.pdf`)
    await context.close()
  })

  test('give way to a page that says what happened, with what is kept, for every other address', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    await withoutNetwork(context)
    const answer = await page.goto(`${address}/events?city=Lomé`)
    expect(answer?.status()).toBe(503)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Vous êtes hors ligne')
    expect(await findViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    expect(await page.locator('[data-kept-list] li').count()).toBe(1)
    // The title as it was written: nothing in it is markup.
    await page.getByRole('link', { name: 'Nuit “afrobeat” & <amis>' }).click()
    expect(new URL(page.url()).pathname).toBe(order.path)
    expect(await page.getByRole('img', { name: /Code QR/ }).count()).toBe(1)

    await page.goto(`${address}/events?lang=en`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('You are offline')
    await withNetwork(context)
    await page.getByRole('link', { name: 'Try again' }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Events')
    await withoutNetwork(context)
    // The language that the reader chose is remembered where no page can say it.
    await page.goto(`${address}/account`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('You are offline')
    await context.close()
  })

  test('are forgotten on demand, with and without a network', async () => {
    const [first, second] = [await buyTickets(), await buyTickets()]
    const { context, page } = await phone()
    await open(page, first.path)
    await open(page, second.path)
    await page.getByRole('button', { name: 'Oublier sur ce téléphone' }).click()
    expect(new URL(page.url()).pathname).toBe('/kept')
    expect(await page.locator('[data-kept-list] li').count()).toBe(1)
    expect(await findViolations(page)).toEqual([])
    await withoutNetwork(context)
    await page.goto(address + second.path)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Vous êtes hors ligne')
    await page.getByRole('button', { name: 'Oublier sur ce téléphone' }).click()
    expect(await page.locator('[data-kept-list]').count()).toBe(0)
    expect(await keptIn(page)).toEqual([])
    expect(await keptIn(page, 'guichet-files-')).toEqual([])
    await context.close()
  })

  test('say that they were refunded as soon as there is a network, and are kept no longer', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    await refundOrder(app, event.organizer.owner, { code: order.code })
    await page.reload()
    expect(await page.locator('[data-copy]').count()).toBe(0)
    expect(await page.getByRole('img', { name: /Code QR/ }).count()).toBe(0)
    await expect.poll(() => keptIn(page), EVENTUALLY).toEqual([])
    await context.close()
  })

  test('show their copy where the network doesn’t answer in time', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    network.stalled = /^\/t\//
    await page.goto(address + order.path)
    expect(await page.locator('[data-copy]').count()).toBe(1)
    expect(await page.getByRole('img', { name: /Code QR/ }).count()).toBe(1)
    await context.close()
  })

  test('go when their time is over, and the oldest when there are too many', async () => {
    const { context, page } = await phone()
    const orders: string[] = []
    for (let i = 0; i < 11; i++) orders.push((await buyTickets()).path)
    await open(page, orders[0]!)
    for (const path of orders.slice(1)) {
      await page.evaluate((url) => fetch(url).then((answer) => answer.text()), path)
      await expect.poll(() => keptIn(page), EVENTUALLY).toContain(path)
    }
    await expect.poll(async () => (await keptIn(page)).filter((path) => !path.includes('/show/')).length, EVENTUALLY).toBe(10)
    expect(await keptIn(page)).not.toContain(orders[0])

    const late = (await buyTickets()).path
    network.until = Date.now() + 1500
    await page.evaluate((url) => fetch(url).then((answer) => answer.text()), late)
    await expect.poll(() => keptIn(page), EVENTUALLY).toContain(late)
    await withoutNetwork(context)
    await expect.poll(async () => (await page.goto(address + late))?.status(), EVENTUALLY).toBe(503)
    await context.close()
  })

  test('leave nothing private behind: not a page of an account, and nothing at all after signing out', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    const [name, value] = (await cookieOf(app, event.organizer.owner)).cookie.split('=') as [string, string]
    await context.addCookies([{ name, value, url: address }])
    await open(page, order.path)
    for (const path of [
      '/account',
      '/organizer',
      `/organizer/events/${event.slug}`,
      `/events/${event.slug}/checkout?q-${type.id}=1`,
      `/orders/${order.code}`,
      '/',
    ])
      await page.goto(address + path)
    const everything = await keptIn(page, '')
    expect(everything.filter((path) => !/^\/(?:t\/|assets\/|offline\/(?:fr|en)$|icon\.svg$|$)/.test(path))).toEqual([])
    // What bears no name but `/` is the note of the reader's language.
    expect(await page.evaluate(async () => await (await caches.match('/'))?.text())).toBe('fr')

    // Somebody who only tried to delete the account still has the tickets.
    const wrong = () => fetch('/account/data/erase', { method: 'POST', body: new URLSearchParams({ password: 'faux' }) }).then(({ status }) => status)
    expect(await page.evaluate(wrong)).toBe(422)
    expect(await keptIn(page)).toContain(order.path)

    await page.goto(`${address}/account`)
    await page.getByRole('button', { name: 'Se déconnecter' }).click()
    await page.waitForURL(`${address}/events`)
    await expect.poll(() => keptIn(page), EVENTUALLY).toEqual([])
    await withoutNetwork(context)
    await page.goto(address + order.path)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Vous êtes hors ligne')
    expect(await page.getByRole('link', { name: 'Se connecter' }).count()).toBe(1)
    await context.close()
  })

  test('outlive a new release, which takes over at once', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    const shells = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('guichet-shell-')))
    const former = await shells()
    expect(former).toHaveLength(1)
    network.release = 'next-'
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update())
    await expect.poll(shells, EVENTUALLY).toEqual([former[0]!.replace('guichet-shell-', 'guichet-shell-next-')])
    await withoutNetwork(context)
    await page.goto(address + order.path)
    expect(await page.getByRole('img', { name: /Code QR/ }).count()).toBe(1)
    await page.goto(`${address}/events`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Vous êtes hors ligne')
    await context.close()
  })

  test('leave the gate to a worker of its own', async () => {
    const order = await buyTickets()
    const { context, page } = await phone()
    await open(page, order.path)
    await withoutNetwork(context)
    await expect(page.goto(`${address}/gate`)).rejects.toThrow(/net::ERR/)
    await context.close()
  })

  test('open as ever where no script runs', async () => {
    const order = await buyTickets()
    const { context, page } = await phone({ javaScriptEnabled: false })
    await page.goto(address + order.path)
    expect(await page.getByRole('img', { name: /Code QR/ }).count()).toBe(1)
    expect(await page.getByRole('button', { name: 'Oublier sur ce téléphone' }).count()).toBe(0)
    await page.goto(`${address}/kept`)
    expect(await page.getByText('Aucun pour l’instant').count()).toBe(1)
    await context.close()
  })
})
