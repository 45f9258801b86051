// An agent's evening in a real browser: the camera reads a real ticket, a tap lets in, the same ticket is refused the second time.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { qrSvg } from '#src/modules/notifications/ticket-qr.ts'
import { testApp } from '../app.ts'
import { launchBrowser } from '../browser.ts'
import { buildDoor, buildTicket, countDoor, qrOf, type BuiltTicket, type Door } from '../door.ts'
import { cookieOf } from '../sign-in.ts'

const app = testApp()

/** A film of someone holding the QR before a camera: not quite straight, not quite in the middle. */
async function film(qr: string): Promise<Buffer> {
  const code = await sharp(Buffer.from(qrSvg(qr, 'QR')), { density: 300 })
    .resize(420)
    .flatten({ background: '#fff' })
    .rotate(7, { background: '#777' })
    .png()
    .toBuffer()
  const frame = await sharp({ create: { width: 1280, height: 720, channels: 3, background: '#777' } })
    .composite([{ input: code, left: 380, top: 110 }])
    .jpeg({ quality: 80 })
    .toBuffer()
  return Buffer.concat(Array.from({ length: 4 }, () => frame))
}

describe('the scanner', () => {
  let browser: Browser
  let folder: string
  let address: string
  let door: Door
  let ticket: BuiltTicket

  beforeAll(async () => {
    door = await buildDoor(app, { gate: { directions: 'in', name: 'Entrée principale' }, event: { capacity: 1200, title: 'Nuit du Zangbéto' } })
    ticket = await buildTicket(app, door)
    folder = mkdtempSync(join(tmpdir(), 'guichet-scanner-'))
    writeFileSync(join(folder, 'camera.mjpeg'), await film(await qrOf(app, door.event, ticket)))
    await app.server.listen({ host: '127.0.0.1', port: 0 })
    address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
    browser = await launchBrowser({ fakeCamera: join(folder, 'camera.mjpeg') })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function open(options: { javaScriptEnabled?: boolean; colorScheme?: 'light' | 'dark' } = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'fr-FR', ...options })
    await context.grantPermissions(['camera'], { origin: address })
    const [name, value] = (await cookieOf(app, door.agent)).cookie.split('=') as [string, string]
    await context.addCookies([{ name, value, url: address }])
    const page = await context.newPage()
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith('blob:')) elsewhere.push(request.url())
    })
    page.on('close', () => expect(elsewhere).toEqual([]))
    await page.goto(`${address}/gate`)
    return page
  }
  const verdict = (page: Page) => page.locator('.verdict-word')

  test('reads the ticket from the camera, lets in at a tap, and refuses it the second time', async () => {
    const page = await open()
    await expect.poll(() => verdict(page).textContent(), { timeout: 30_000 }).toBe('Valable')
    await page.getByRole('button', { name: 'Faire entrer' }).click()
    await expect.poll(() => verdict(page).textContent()).toBe('Entrez')
    expect(await page.locator('[data-inside]').textContent()).toBe('1')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, ticketsInside: 1 })
    // The next look at the same ticket, after a while.
    await page.reload()
    await expect.poll(() => verdict(page).textContent(), { timeout: 30_000 }).toBe('Déjà entré')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1 })
    await page.close()
  })

  test.each(['light', 'dark'] as const)('can be used by everybody, %s', async (colorScheme) => {
    const page = await open({ colorScheme, javaScriptEnabled: true })
    const problems = await new AxeBuilder({ page }).analyze()
    expect(problems.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    await page.close()
  })

  test('works without JavaScript', async () => {
    const page = await open({ javaScriptEnabled: false })
    await page.fill('#code', await qrOf(app, door.event, await buildTicket(app, door)))
    await page.getByRole('button', { name: 'Vérifier' }).click()
    expect(await verdict(page).textContent()).toBe('Valable')
    await page.getByRole('button', { name: 'Faire entrer' }).click()
    expect(await verdict(page).textContent()).toBe('Entrez')
    await page.close()
  })
})
