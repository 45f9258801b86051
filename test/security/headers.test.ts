// What every answer tells browsers, what cookies are bound to, who may post a form, and what the log never says.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogger } from '#src/app.ts'
import { readConfig } from '#src/config.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { startTestApp, testApp, type TestApp } from '#test/app.ts'
import { workOff } from '#test/jobs.ts'
import { cookieOf } from '#test/sign-in.ts'
import { addressOf, listOperations, listRoutes } from './operations.ts'
import { paramsOf } from './requests.ts'
import { buildScene, type Scene } from './scene.ts'

const app = testApp()
let scene: Scene
let link: string
let signedIn: Record<string, string>

beforeAll(async () => {
  scene = await buildScene(app)
  link = `/t/${await mintMagicLink(app.db, { id: scene.paid.id, eventId: scene.published.id })}`
  signedIn = await cookieOf(app, scene.people.owner)
})

const PUBLIC_PAGES = () => [
  '/',
  '/events',
  `/events/${scene.published.slug}`,
  `/events/${scene.published.slug}/checkout?q-${scene.type.id}=1`,
  '/login',
  '/register',
  '/forgot-password',
  '/nowhere',
  link,
]
const OWN_PAGES = () => [
  '/organizer',
  ...['', '/edit', '/tickets', '/orders', '/participants', '/gates', `/orders/${scene.paid.code}`].map(
    (path) => `/organizer/events/${scene.published.slug}${path}`,
  ),
  '/organizer/events/new',
  '/account',
  '/account/profile',
  '/account/security',
  '/gate',
  `/gate/${scene.gate.id}`,
]

describe('every answer', () => {
  test('tells browsers what pages of ours may do, whatever door it leaves by', async () => {
    const urls = [
      ...PUBLIC_PAGES(),
      '/api/v1/events',
      '/api/v1/me',
      '/api/v1/nowhere',
      '/api/docs',
      '/api/v1/events/%ff',
      '/%ff',
      '/healthz',
      '/files/x/y',
    ]
    for (const url of urls) {
      const { headers } = await app.server.inject(url)
      const policy = String(headers['content-security-policy'])
      expect(policy, url).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*|http:/)
      for (const directive of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"])
        expect(policy, url).toContain(directive)
      expect(headers, url).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': expect.stringMatching(/^(strict-origin-when-cross-origin|no-referrer|same-origin)$/),
      })
      expect(headers, url).not.toHaveProperty('strict-transport-security')
    }
  })

  test('names no software, and opens no other origin', async () => {
    for (const url of [...PUBLIC_PAGES(), '/api/v1/events', '/api/v1/me']) {
      for (const method of ['GET', 'OPTIONS'] as const) {
        const { headers } = await app.server.inject({
          method,
          url,
          headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
        })
        expect(
          Object.keys(headers).filter((name) => /^(server|x-powered-by|via|access-control-.*)$/.test(name)),
          url,
        ).toEqual([])
      }
    }
  })

  test('contains nothing that the policy forbids: no script or style in the page, no handler in an attribute', async () => {
    for (const url of [...PUBLIC_PAGES(), ...OWN_PAGES(), '/api/docs']) {
      const { body, statusCode } = await app.server.inject({ url, headers: OWN_PAGES().includes(url) ? signedIn : {} })
      expect([200, 404], `${url} ${statusCode}`).toContain(statusCode)
      const found = body
        .match(/<script(?![^>]*\bsrc=)[^>]*>|<style[\s>]|<[a-z][^>]*\s(?:style|on[a-z]+)=[^>]*>|href="javascript:/gi)
        ?.filter((tag) => !/type="application\/(ld\+)?json"/.test(tag))
      expect(found ?? [], url).toEqual([])
    }
  })
})

describe('what was told to one person', () => {
  test('is kept by nobody: every answer of the API that needed credentials, or did something', async () => {
    const kept: string[] = []
    for (const operation of (await listOperations(app)).filter(({ method }) => method === 'GET')) {
      const on = operation.path.includes('/errands/')
        ? 'errand'
        : operation.path.includes('/events/')
          ? 'published'
          : operation.path.includes('/orders/') || operation.path.includes('/payments/')
            ? 'paid'
            : operation.path.includes('/gates/')
              ? 'gate'
              : operation.path.includes('/organizers/')
                ? 'team'
                : 'scan'
      const response = await app.server.inject({ url: addressOf(operation, paramsOf(scene, operation.id, on)), headers: scene.headers.owner })
      if (response.headers['cache-control'] !== 'no-store') kept.push(`${operation.id} ${response.statusCode}`)
    }
    expect(kept).toEqual([])
    for (const payload of [{ email: 'x@example.test' }, {}]) {
      const response = await app.server.inject({ method: 'POST', url: '/api/v1/auth/password-reset', payload })
      expect(response.headers['cache-control']).toBe('no-store')
    }
  })

  test('is kept by nobody: pages behind a sign-in, and the address that opens an order', async () => {
    for (const url of OWN_PAGES()) {
      const response = await app.server.inject({ url, headers: signedIn })
      expect([url, response.statusCode, response.headers['cache-control']]).toEqual([url, 200, 'no-store'])
    }
    for (const url of [link, `${link}/status`]) {
      const { headers } = await app.server.inject(url)
      expect(headers, url).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': expect.stringContaining('noindex'),
      })
    }
  })

  test('does not come out of the page cache of everybody', async () => {
    for (const url of ['/events', `/events/${scene.published.slug}`]) {
      const mine = await app.server.inject({ url, headers: signedIn })
      const theirs = await app.server.inject(url)
      expect(mine.headers['cache-control'], url).toBe('no-store')
      expect(theirs.body).not.toContain(scene.people.owner.email)
      expect(theirs.headers.vary, url).toMatch(/cookie/)
    }
  })
})

describe('forms', () => {
  const anyValue = (path: string) =>
    path.replaceAll(
      /:(\w+)/g,
      (_, name: string) => ({ slug: scene.published.slug, code: scene.paid.code, gateId: String(scene.gate.id), id: '1' })[name] ?? 'x',
    )

  test('from other sites are refused by every page that changes something', async () => {
    const posts = listRoutes(app).filter(([method, path]) => method === 'POST' && !path.startsWith('/api/') && !path.startsWith('/webhooks/'))
    expect(posts.length).toBeGreaterThan(25)
    const taken: string[] = []
    // The address of a link that was mailed is itself the secret: no other site knows it.
    for (const [, path] of posts.filter(([, route]) => !route.includes(':token'))) {
      for (const from of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example' },
        { origin: 'null' },
        {},
      ]) {
        const response = await app.server.inject({
          method: 'POST',
          url: anyValue(path),
          payload: 'a=b',
          headers: {
            cookie: signedIn.cookie!,
            'content-type': 'application/x-www-form-urlencoded',
            host: 'guichet.test',
            ...(from as Record<string, string>),
          },
        })
        if (response.statusCode !== 403) taken.push(`${path} ${JSON.stringify(from)} ${response.statusCode}`)
      }
    }
    expect(taken).toEqual([])
  })

  test('are not what a cookie opens at the API: it knows bearers only', async () => {
    expect((await app.server.inject({ url: '/api/v1/me', headers: signedIn })).statusCode).toBe(401)
    expect(
      (await app.server.inject({ method: 'POST', url: '/api/v1/organizers', headers: signedIn, payload: { name: 'Par surprise' } })).statusCode,
    ).toBe(401)
  })
})

describe('pages of a team', () => {
  const teamRoutes = () => listRoutes(app).filter(([method, path]) => ['GET', 'POST'].includes(method) && /^\/(organizer|gate|admin)\b/.test(path))
  const fill = (path: string) =>
    path.replaceAll(
      /:(\w+)/g,
      (_, name: string) =>
        ({
          slug: scene.published.slug,
          code: scene.paid.code,
          gateId: String(scene.gate.id),
          id: path.includes('/gates/') ? String(scene.gate.id) : String(scene.type.id),
          ticketId: scene.ticketId,
          account: scene.people.agent.publicId,
        })[name] ?? '1',
    )

  test('send visitors to sign in, and tell owners of other organizers that there is nothing', async () => {
    const rival = await cookieOf(app, scene.people.rival)
    const told: string[] = []
    expect(teamRoutes().length).toBeGreaterThan(20)
    for (const [method, path] of teamRoutes()) {
      const url = fill(path)
      const form =
        method === 'POST' ? { payload: '', headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' } } : {}
      const visitor = await app.server.inject({ method: method as 'GET', url, ...form })
      if (method === 'GET' ? visitor.statusCode !== 303 || !visitor.headers.location?.startsWith('/login?next=') : visitor.statusCode !== 401)
        told.push(`visitor ${method} ${path} ${visitor.statusCode}`)
      const other = await app.server.inject({ method: method as 'GET', url, ...form, headers: { ...form.headers, ...rival } })
      if (path.includes(':') ? ![403, 404].includes(other.statusCode) : other.statusCode >= 500)
        told.push(`rival ${method} ${path} ${other.statusCode}`)
      for (const answer of [visitor, other])
        told.push(
          ...scene.secrets
            .filter((secret) => !url.includes(secret) && answer.body.includes(secret))
            .map((secret) => `${method} ${path} tells ${secret}`),
        )
    }
    expect(told).toEqual([])
  })
})

describe('served over HTTPS in production', () => {
  let secure: { app: TestApp; stop(): Promise<void> }
  beforeAll(async () => {
    secure = await startTestApp({
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://billets.example',
      GUICHET_SECRET: 'q8Zk2vT5xW1nB7mL4pR9sD3fG6hJ0cYa',
      SMTP_URL: 'smtp://127.0.0.1:9',
      DATABASE_URL: 'postgres://given.elsewhere/x',
      LOG_LEVEL: 'silent',
    })
  })
  afterAll(async () => {
    await secure?.stop()
  })

  test('browsers are told never to come back without it', async () => {
    for (const url of ['/', '/api/v1/events', '/%ff']) {
      expect((await secure.app.server.inject(url)).headers['strict-transport-security'], url).toMatch(/^max-age=(\d{8,})/)
    }
  })

  test('the session’s cookie is bound to this host, unreadable to scripts, and not sent by other sites’ forms', async () => {
    const signUp = new URLSearchParams({ name: 'Afi', email: 'afi@example.test', password: 'une-longue-phrase-42' })
    const response = await secure.app.server.inject({
      method: 'POST',
      url: '/register',
      payload: signUp.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    })
    expect(response.statusCode).toBe(303)
    const cookie = response.cookies.find(({ name }) => name.includes('session'))
    expect(cookie).toMatchObject({ name: '__Host-guichet_session', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
    expect(cookie).not.toHaveProperty('domain')
    // Without the prefix it could have been planted by a neighbouring host.
    const planted = await secure.app.server.inject({ url: '/account', headers: { cookie: `guichet_session=${cookie!.value}` } })
    expect([planted.statusCode, planted.headers.location]).toEqual([303, '/login?next=%2Faccount'])
    expect((await secure.app.server.inject({ url: '/account', headers: { cookie: `__Host-guichet_session=${cookie!.value}` } })).statusCode).toBe(200)
  })

  test('nothing of the demo or of development is served', async () => {
    for (const url of ['/dev/mail', '/simulator/01a1f89e-ca1a-7734-9bac-ffd7f774901c'])
      expect((await secure.app.server.inject(url)).statusCode, url).toBe(404)
    const approve = await secure.app.server.inject({ method: 'POST', url: '/api/v1/simulator/payments/01a1f89e-ca1a-7734-9bac-ffd7f774901c/approve' })
    expect(approve.statusCode).toBe(404)
  })
})

describe('the log', () => {
  test('never says a secret, an address, a whole phone number or what is in a QR code, at any level', async () => {
    const lines: string[] = []
    const { app: logged, stop } = await startTestApp(
      { LOG_LEVEL: 'trace' },
      {
        logTo: {
          write: (line) => {
            lines.push(line)
          },
        },
      },
    )
    try {
      const secrets = await liveALittle(logged)
      await workOff(logged)
      expect(lines.length).toBeGreaterThan(20)
      const all = lines.join('')
      expect(all).toContain('"route":"/api/v1/orders"')
      expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
      expect(all).not.toMatch(/TK1[A-Z0-9]{20}|Bearer \S|guichet_session=|eyJ[\w-]+\.|\+229\d{8}|"\/t\/[\w-]{20}/)
    } finally {
      await stop()
    }
  })

  test('masks what is logged by mistake', () => {
    const lines: string[] = []
    const log = createLogger(readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'info' }), {
      write: (line) => {
        lines.push(line)
      },
    })
    log.info(
      { body: { password: 'cachot-1', token: 'cachot-2', accessToken: 'cachot-3', refreshToken: 'cachot-4', qr: 'cachot-5', secret: 'cachot-6' } },
      'oops',
    )
    log.info({ req: { headers: { authorization: 'cachot-7', cookie: 'cachot-8' } } }, 'oops')
    log.error({ err: Object.assign(new Error('duplicate key'), { detail: 'Key (email)=(cachot-9) already exists.', where: 'cachot-10' }) }, 'oops')
    expect(lines).toHaveLength(3)
    expect(lines.join('')).not.toContain('cachot')
  })
})

/** Signs up, signs in, buys, pays, is mailed, scans, and makes every kind of mistake on the way. @returns what must not be in the log */
async function liveALittle(logged: TestApp): Promise<string[]> {
  const at = await buildScene(logged)
  const email = 'tres-discrete@example.test'
  const password = 'une-phrase-que-personne-ne-lit'
  const post = (url: string, payload: object | string, headers: Record<string, string> = {}) =>
    logged.server.inject({ method: 'POST', url, payload, headers })
  const registered = (await post('/api/v1/auth/register', { email, password, name: 'Très Discrète', phone: '0196000199' })).json<{
    accessToken: string
    refreshToken: string
  }>()
  await post('/api/v1/auth/register', { email, password, name: 'Très Discrète' })
  await post('/api/v1/auth/login', { email, password: `${password}-faux` })
  await post('/api/v1/auth/login', `{"email":"${email}","password":"${password}"`, { 'content-type': 'application/json' })
  const refreshed = (await post('/api/v1/auth/refresh', { refreshToken: registered.refreshToken })).json<{
    accessToken: string
    refreshToken: string
  }>()
  await post('/api/v1/auth/refresh', { refreshToken: 'refresh-jamais-vu-ailleurs' })
  await post('/api/v1/auth/password-reset', { email })
  await post('/api/v1/auth/password-reset/confirm', { token: 'lien-jamais-envoye', password })
  await logged.server.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${registered.accessToken}` } })
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
  const signIn = await post('/login', new URLSearchParams({ email, password }).toString(), form)
  const session = signIn.cookies.find(({ name }) => name.includes('session'))!.value
  await logged.server.inject({ url: '/account', headers: { cookie: `guichet_session=${session}` } })
  const order = (
    await post(
      '/api/v1/orders',
      {
        event: at.published.slug,
        lines: [{ ticketTypeId: at.type.id, quantity: 1 }],
        buyer: { name: 'Très Discrète', email, phone: '0196000199' },
        payment: { provider: 'simulator' },
      },
      { 'idempotency-key': 'cle-tres-personnelle' },
    )
  ).json<{ code: string; accessToken: string; payment: { id: string } }>()
  await post(`/api/v1/simulator/payments/${order.payment.id}/approve`, {})
  const bearer = { authorization: `Bearer ${order.accessToken}` }
  const { tickets } = (await logged.server.inject({ url: `/api/v1/orders/${order.code}`, headers: bearer })).json<{
    tickets: { qr: string; code: string }[]
  }>()
  await post(`/api/v1/orders/${order.code}/messages`, {}, bearer)
  const token = await mintMagicLink(logged.db, { id: at.paid.id, eventId: at.published.id })
  for (const path of ['', '/status', '/nowhere', '/%ff']) await logged.server.inject(`/t/${token}${path}`)
  await logged.server.inject(`/t/${token}?x=${email}`)
  await post('/api/v1/scan/request', { qr: tickets[0]!.qr, gateId: at.gate.id }, at.headers.agent)
  await post('/api/v1/scan/request', { qr: `${tickets[0]!.qr}X`, gateId: at.gate.id }, at.headers.agent)
  await post('/api/v1/scan/request', { manualCode: tickets[0]!.code, gateId: at.gate.id }, at.headers.agent)
  await logged.server.inject({ url: `/api/v1/events/${at.published.slug}/participants?q=${email}`, headers: at.headers.owner })
  await post(`/webhooks/simulator/jeton-de-fournisseur`, { phone: '+2290196000199', email })
  const mails = await logged.db.selectFrom('mail').selectAll().execute()
  return [
    email,
    password,
    `${password}-faux`,
    registered.accessToken,
    registered.refreshToken,
    refreshed.accessToken,
    refreshed.refreshToken,
    'refresh-jamais-vu-ailleurs',
    'lien-jamais-envoye',
    session,
    order.accessToken,
    tickets[0]!.qr,
    tickets[0]!.code,
    token,
    '0196000199',
    '2290196000199',
    'Très Discrète',
    'cle-tres-personnelle',
    'jeton-de-fournisseur',
    at.headers.agent.authorization!,
    ...at.secrets.filter((secret) => secret.includes('@') || secret === at.paid.accessToken),
    ...mails.map((mail) => mail.recipient),
  ]
}
