// What the pages that strangers open cost on a cheap phone's network: HTML, styles and scripts as sent, compressed; without images.
import { brotliDecompressSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { testApp } from './app.ts'
import { buildEvent, buildTicketType } from './factories.ts'

// `npm test` has built the scripts.
const app = testApp()

describe('pages stay light', () => {
  let slug: string
  let choice: string

  beforeAll(async () => {
    const words = 'Une soirée de musique et de danse, avec des artistes venus de tout le pays. Buvette et restauration sur place. '
    for (let i = 0; i < 30; i++)
      await buildEvent(app, { title: `Nuit ${i} des percussions de Ouidah`, city: ['Cotonou', 'Ouidah', 'Parakou'][i % 3]! })
    const event = await buildEvent(app, { title: 'Festival des lagunes' })
    await updateEvent(app, event.organizer.owner, event.slug, {
      description: Array.from({ length: 20 }, (_, i) => `Jour ${i} : ${words}`).join('\n\n'),
    })
    // A colour of its own is one more style sheet.
    await app.db.updateTable('organizer').set({ accent: '#ffcc00' }).where('id', '=', event.organizer.id).execute()
    const types: { id: number }[] = []
    for (const name of ['Standard', 'Étudiant', 'VIP', 'Carré or']) types.push(await buildTicketType(app, event, { name, price: 5000 }))
    slug = event.slug
    choice = types.map((type) => `q-${type.id}=2`).join('&')
  })

  /** Bytes of the page, its style sheets and its scripts with what they import. */
  async function weigh(url: string): Promise<number> {
    const get = async (address: string) => app.server.inject({ url: address, headers: { 'accept-encoding': 'br' } })
    const page = await get(url)
    expect(page.statusCode, url).toBe(200)
    expect(page.headers['content-encoding']).toBe('br')
    const html = brotliDecompressSync(page.rawPayload).toString()
    const files = [...html.matchAll(/<link rel="(?:stylesheet|modulepreload)" href="([^"]+)"|<script type="module" src="([^"]+)"/g)].map(
      (match) => match[1] ?? match[2]!,
    )
    expect(files.length).toBeGreaterThan(0)
    let bytes = page.rawPayload.length
    for (const file of files) {
      const answer = await get(file)
      expect(answer.statusCode, file).toBe(200)
      bytes += answer.rawPayload.length
    }
    return bytes
  }

  const PAGES: readonly (readonly [name: string, url: () => string, kilobytes: number])[] = [
    ['the home page', () => '/', 30],
    ['the list of events', () => '/events', 30],
    ['an event', () => `/events/${slug}`, 30],
    ['the checkout', () => `/events/${slug}/checkout?${choice}`, 40],
  ]

  it.each(PAGES)('%s', async (_, url, kilobytes) => {
    expect(await weigh(url())).toBeLessThanOrEqual(kilobytes * 1000)
  })

  // Fetched once, when the page stands: the service worker, the offline pages, and what they need.
  it('what is brought for the time without a network', async () => {
    const get = async (url: string) => app.server.inject({ url, headers: { 'accept-encoding': 'br' } })
    const worker = await get('/service-worker.js')
    const script = brotliDecompressSync(worker.rawPayload).toString()
    let bytes = worker.rawPayload.length
    for (const file of JSON.parse(/"files":(\[[^\]]+\])/.exec(script)![1]!) as string[]) bytes += (await get(file)).rawPayload.length
    expect(bytes).toBeLessThanOrEqual(20_000)
  })
})
