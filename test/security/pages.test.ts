// Pages under attack: odd addresses and forms, hostile texts in everything that people may name, and addresses that lead away.
import { beforeAll, describe, expect, test } from 'vitest'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { testApp } from '#test/app.ts'
import { buildAccount } from '#test/factories.ts'
import { cookieOf } from '#test/sign-in.ts'
import { listRoutes } from './operations.ts'
import { buildScene, type Scene } from './scene.ts'

const app = testApp()
let scene: Scene
let owner: Record<string, string>
let staff: Record<string, string>
let token: string

beforeAll(async () => {
  scene = await buildScene(app)
  owner = await cookieOf(app, scene.people.owner)
  staff = await cookieOf(app, await buildAccount(app, { role: 'superadmin' }))
  token = await mintMagicLink(app.db, { id: scene.paid.id, eventId: scene.published.id })
})

/** Who reaches what lies behind a page. */
const whoFor = (path: string) => (path.startsWith('/admin') ? staff : owner)

/** What the back office's addresses name. The organizer is the other one: what staff does to it spares the rest. */
const goodForStaff = (name: string, path: string): string | undefined => {
  if (name === 'id')
    return path.includes('/users/')
      ? scene.people.stranger.publicId
      : path.includes('/payments/')
        ? scene.waiting.payment!.id
        : path.includes('/refunds/')
          ? scene.refundId
          : '1'
  if (name === 'slug') return path.includes('/organizers/') ? scene.rivals.slug : path.includes('/categories/') ? 'concert' : undefined
  return undefined
}

const good = (name: string, path: string) =>
  (path.startsWith('/admin') ? goodForStaff(name, path) : undefined) ??
  {
    slug: scene.published.slug,
    code: scene.paid.code,
    gateId: String(scene.gate.id),
    id: path.includes('/errands/') ? scene.errandId : path.includes('/gates/') ? String(scene.gate.id) : String(scene.type.id),
    file: 'billets.csv',
    ticketId: scene.ticketId,
    account: scene.people.agent.publicId,
    token,
    payment: scene.waiting.payment!.id,
  }[name] ??
  '1'

const isPage = ([, path]: [string, string]) => !/^\/(api|webhooks|assets|healthz|readyz|metrics|_)/.test(path) && !path.includes('*')

/** What the page's forms would send as they stand. */
function valuesOf(html: string): Map<string, string> {
  const fields = [...html.matchAll(/<(?:input|select|textarea)\b[^>]*?\bname="([^"]+)"[^>]*?>/g)].map(([tag, name]): [string, string] => [
    name!,
    /\bvalue="([^"]*)"/.exec(tag)?.[1] ?? 'x',
  ])
  return new Map(fields)
}

describe('odd addresses and forms', () => {
  const SEGMENTS = ['0', '-1', '1e400', '99999999999999999999', 'x', '%00', '%20', '__proto__', "'%3B--", '00000000-0000-0000-0000-000000000000']
  const QUERIES = [
    '?cursor=WyJ4Il0',
    '?cursor=%00',
    '?q=%00',
    '?q=' + 'x'.repeat(5000),
    '?page=-1',
    '?status=x&status=y',
    '?from=2026-13-45',
    '?city[]=1',
    '?lang=%00',
    '?__proto__=1',
    '?next=//evil.example',
    '?q-1=1e400&q-2=-1',
  ]
  const VALUES = [
    '',
    '\0',
    '-1',
    '1e400',
    '99999999999999999999',
    '0.5',
    'NaN',
    '2026-13-45T99:99',
    '9999-12-31T23:59',
    '0001-01-01T00:00',
    'x'.repeat(70_000),
    '\u202eevil',
    '<script>alert(1)</script>',
    '__proto__',
  ]

  test('are refused by every page, in its manner: never with a 500', async () => {
    const accidents: string[] = []
    const visit = async (method: string, url: string, payload?: string) => {
      const response = await app.server
        .inject({
          method: method as 'GET',
          url,
          ...(payload === undefined ? {} : { payload }),
          headers: { ...whoFor(url), ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
        })
        .catch((error: Error) => ({ statusCode: 599, body: error.message }))
      if (response.statusCode >= 500 || /node_modules|\bat [\w.]+ \(|invalid input syntax/.test(response.body))
        accidents.push(`${method} ${url.slice(0, 120)} ${(payload ?? '').slice(0, 80)} → ${response.statusCode}`)
    }
    // Signing out and ending sessions comes last, so that the rest is tried signed in.
    const routes = listRoutes(app)
      .filter(isPage)
      .filter(([method]) => method !== 'HEAD')
      .toSorted(([, a], [, b]) => Number(/logout|sessions|password|security/.test(a)) - Number(/logout|sessions|password|security/.test(b)))
    expect(routes.length).toBeGreaterThan(60)
    for (const [method, path] of routes) {
      const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!)
      const fill = (odd?: string, value?: string) => path.replaceAll(/:(\w+)/g, (_, name: string) => (name === odd ? value! : good(name, path)))
      for (const name of names) for (const segment of SEGMENTS) await visit(method, fill(name, segment), method === 'POST' ? '' : undefined)
      if (method === 'GET') for (const query of QUERIES) await visit(method, fill() + query)
    }
    for (const [, path] of routes.filter(
      ([method, route]) => method === 'POST' && !/delete|archive|close|release|remove|cancel|unpublish|logout/.test(route),
    )) {
      const url = path.replaceAll(/:(\w+)/g, (_, name: string) => good(name, path))
      // A form of staff's stands on the page of what it decides about.
      const stands = path.startsWith('/admin')
        ? url.replace(/\/[a-z-]+$/, (last) => (path.endsWith(last) && /\/:\w+\//.test(path) ? '' : last))
        : url.replace(/\/(holder|resend|scan|confirm|passage|activate|stop|print|exports)$/, '')
      const page = await app.server.inject({ url: stands, headers: whoFor(url) })
      const filled = valuesOf(page.body)
      // One field at a time, each with its own three of the odd values: all at once, the first would hide the others.
      for (const [i, field] of [...filled.keys()].entries()) {
        for (const value of [0, 1, 2].map((turn) => VALUES[(i * 3 + turn) % VALUES.length]!))
          await visit('POST', url, new URLSearchParams([...new Map(filled).set(field, value)]).toString())
      }
      for (const value of VALUES) await visit('POST', url, new URLSearchParams([...filled.keys()].map((name) => [name, value])).toString())
      await visit('POST', url, 'a=1&a=2&__proto__=x&constructor[prototype]=y')
    }
    expect(accidents).toEqual([])
  }, 480_000)
})

describe('hostile texts', () => {
  const TEXT = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>`

  test('stay texts on every page that shows them', async () => {
    const name = `A${TEXT}`
    const { published, organizer, type, gate, paid } = scene
    await app.db
      .updateTable('event')
      .set({
        title: name,
        venue: name,
        address: name,
        city: TEXT,
        dressCode: name,
        description: `${name}\n\n[x](javascript:alert(1)) <b onclick=alert(1)>`,
      })
      .where('id', '=', published.id)
      .execute()
    await app.db.updateTable('organizer').set({ name }).where('id', '=', organizer.id).execute()
    await app.db
      .updateTable('ticketType')
      .set({ name: name.slice(0, 120), description: name })
      .where('id', '=', type.id)
      .execute()
    await app.db
      .updateTable('gate')
      .set({ name: name.slice(0, 80) })
      .where('id', '=', gate.id)
      .execute()
    await app.db
      .updateTable('ticketOrder')
      .set({ buyerName: name, buyerEmail: `"${TEXT}"@x.test` })
      .where('id', '=', paid.id)
      .execute()
    await app.db.updateTable('ticket').set({ holderName: name }).where('eventId', '=', published.id).execute()
    await app.db.updateTable('eventSession').set({ title: name, speaker: name, place: name }).where('eventId', '=', published.id).execute()
    await app.db.updateTable('account').set({ name }).where('id', '=', scene.people.owner.accountId).execute()
    const at = `/organizer/events/${published.slug}`
    const urls = [
      '/',
      '/events',
      `/events/${published.slug}`,
      `/events/${published.slug}/checkout?q-${type.id}=1`,
      `/t/${token}`,
      '/organizer',
      at,
      `${at}/edit`,
      `${at}/tickets`,
      `${at}/orders`,
      `${at}/orders/${paid.code}`,
      `${at}/participants`,
      `${at}/participants/${scene.ticketId}`,
      `${at}/participants/${scene.ticketId}/reissue`,
      `${at}/issues`,
      `${at}/issues/new`,
      `${at}/errands/${scene.errandId}`,
      `${at}/gates`,
      `${at}/cancel`,
      '/account',
      '/account/profile',
      '/gate',
      `/gate/${gate.id}`,
      `/events?q=${encodeURIComponent(TEXT)}&city=${encodeURIComponent(TEXT)}`,
      `/login?next=${encodeURIComponent(`/x"${TEXT}`)}`,
      '/admin',
      `/admin/events/${published.slug}`,
      `/admin/events?q=${encodeURIComponent(TEXT)}`,
      '/admin/orders',
      `/admin/orders/${paid.code}`,
      '/admin/payments',
      `/admin/payments/${paid.payment!.id}`,
      '/admin/organizers',
      `/admin/organizers/${organizer.slug}`,
      `/admin/users/${scene.people.owner.publicId}`,
      `/admin/facts?kind=${encodeURIComponent(TEXT)}`,
      `/nowhere/${encodeURIComponent(TEXT)}`,
    ]
    let shown = 0
    for (const url of urls) {
      const { body, statusCode } = await app.server.inject({ url, headers: whoFor(url) })
      expect(statusCode, url).toBeLessThan(500)
      expect(body, url).not.toMatch(/<script>alert|<img src=x|<b onclick|href="javascript:/i)
      if (body.includes('alert(1)')) shown++
    }
    expect(shown, 'the pages do show these texts').toBeGreaterThan(10)
  })
})

describe('after signing in', () => {
  test.each([
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%09/evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    'evil.example',
    '///evil.example',
    '/..//evil.example',
    '',
  ])('nobody is led away by next=%j', async (next) => {
    const signedIn = await app.server.inject({ url: `/login?next=${encodeURIComponent(next)}`, headers: owner })
    const { location } = signedIn.headers
    if (location !== undefined) expect(new URL(String(location), 'http://guichet.test').origin).toBe('http://guichet.test')
    const hidden = /name="next" value="([^"]*)"/.exec((await app.server.inject(`/login?next=${encodeURIComponent(next)}`)).body)?.[1]
    if (hidden) expect(new URL(hidden.replaceAll('&amp;', '&'), 'http://guichet.test').origin).toBe('http://guichet.test')
  })

  test('nor by the fake phone’s way back', async () => {
    for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const { body } = await app.server.inject(`/simulator/${scene.waiting.payment!.id}?back=${encodeURIComponent(back)}`)
      for (const [, href] of body.matchAll(/href="([^"]*)"/g))
        expect(new URL(href!.replaceAll('&amp;', '&'), 'http://guichet.test').host).toBe('guichet.test')
    }
  })
})
