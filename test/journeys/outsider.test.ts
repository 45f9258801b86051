// An integrator's day with nothing but the API's documentation and an HTTP client: sign up, sell, be paid, let in, count.
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'

const app = testApp({ PUBLIC_URL: '' })

type Json = Record<string, any> // eslint-disable-line -- answers are checked by what each test expects of them
type Answer = { status: number; type: string; headers: Headers; body: Json; text: string }
type Call = { body?: unknown; as?: string; key?: string; headers?: Record<string, string> }

let address: string

beforeAll(async () => {
  await app.server.listen({ host: '127.0.0.1', port: 0 })
  address = `http://127.0.0.1:${(app.server.server.address() as AddressInfo).port}`
  app.setPublicUrl(address)
})

async function call(request: string, { body, as, key, headers = {} }: Call = {}): Promise<Answer> {
  const [method, path] = request.split(' ') as [string, string]
  const response = await fetch(`${address}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as ? { authorization: `Bearer ${as}` } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
      ...headers,
    },
  })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return { status: response.status, type, headers: response.headers, body: type.includes('json') ? (JSON.parse(text) as Json) : {}, text }
}

const hence = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
const money = (amount: number) => ({ amount, currency: 'XOF' })
const PASSWORD = 'une-longue-phrase-42'
const uuid = () => crypto.randomUUID()

// One long day: each chapter stands on what the ones before it left.
let organizer: Json
let slug: string
let paidType: Json
let freeType: Json
let gate: Json
let agent: string
let order: Json
let ticket: Json

describe('an account', () => {
  test('is registered, and signs in with {accessToken, refreshToken, expiresIn, user}', async () => {
    const registered = await call('POST /auth/register', {
      body: { email: 'dohi@example.test', password: PASSWORD, name: 'Dohi', role: 'organizer', organizerName: 'Maison Dohi', country: 'BJ' },
    })
    expect(registered.status).toBe(201)
    const signedIn = await call('POST /auth/login', { body: { email: 'dohi@example.test', password: PASSWORD } })
    expect(signedIn.status).toBe(200)
    expect(Object.keys(signedIn.body).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'user'])
    expect(signedIn.body.expiresIn).toBe(900)
    expect(signedIn.body.user).toMatchObject({
      email: 'dohi@example.test',
      role: 'organizer',
      organizers: [{ id: 'maison-dohi', name: 'Maison Dohi', role: 'owner' }],
    })
    expect(await call('POST /auth/login', { body: { email: 'dohi@example.test', password: 'autre chose' } })).toMatchObject({
      status: 401,
      type: 'application/problem+json',
    })
    organizer = signedIn.body
  })

  test('stays signed in by refreshing; a refresh token that was stolen and used again ends the session', async () => {
    const first = await call('POST /auth/refresh', { body: { refreshToken: organizer.refreshToken } })
    expect(first.status).toBe(200)
    const second = await call('POST /auth/refresh', { body: { refreshToken: first.body.refreshToken } })
    expect(second.status).toBe(200)
    expect((await call('POST /auth/refresh', { body: { refreshToken: organizer.refreshToken } })).status).toBe(401)
    expect((await call('POST /auth/refresh', { body: { refreshToken: second.body.refreshToken } })).status).toBe(401)
    organizer = (await call('POST /auth/login', { body: { email: 'dohi@example.test', password: PASSWORD } })).body
  })

  test('is shown and changed at /me; signing out ends it at once', async () => {
    expect(await call('GET /me', { as: organizer.accessToken })).toMatchObject({ status: 200, body: { name: 'Dohi', locale: 'fr' } })
    expect(await call('PATCH /me', { as: organizer.accessToken, body: { name: 'Dohi A.' } })).toMatchObject({
      status: 200,
      body: { name: 'Dohi A.' },
    })
    expect(await call('PATCH /me', { as: organizer.accessToken, body: { role: 'superadmin' } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/body/role', code: 'additionalProperties' }] },
    })
    const other = (await call('POST /auth/login', { body: { email: 'dohi@example.test', password: PASSWORD } })).body
    expect((await call('POST /auth/logout', { as: other.accessToken })).status).toBe(204)
    expect((await call('GET /me', { as: other.accessToken })).status).toBe(401)
    expect((await call('GET /me')).status).toBe(401)
  })

  test('asks for a new password without anybody learning whether it exists', async () => {
    const known = await call('POST /auth/password-reset', { body: { email: 'dohi@example.test' } })
    const unknown = await call('POST /auth/password-reset', { body: { email: 'personne@example.test' } })
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    expect(await call('POST /auth/password-reset/confirm', { body: { token: 'inventé', password: PASSWORD } })).toMatchObject({
      status: 422,
      type: 'application/problem+json',
    })
  })
})

describe('an event', () => {
  test('is made as a draft: 201 with its slug, seen by its team only', async () => {
    const categories = await call('GET /categories')
    expect(categories.body.data).toContainEqual({ slug: 'concert', name: 'Concerts', names: { fr: 'Concerts', en: 'Concerts' } })
    const made = await call('POST /events', {
      as: organizer.accessToken,
      key: 'soiree-1',
      body: {
        title: 'Soirée Zouk',
        description: '**Belle** soirée',
        category: 'concert',
        startsAt: hence(-1),
        endsAt: hence(5),
        timezone: 'Africa/Porto-Novo',
        venue: 'Palais',
        address: 'Rue 12',
        city: 'Cotonou',
        country: 'BJ',
        capacity: 100,
        visibility: 'public',
      },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { slug: 'soiree-zouk', title: 'Soirée Zouk', status: 'draft', category: 'concert', capacity: 100, visibility: 'public' },
    })
    slug = made.body.slug
    expect(made.headers.get('location')).toBe(`/api/v1/events/${slug}`)
    expect(made.body.url).toBe(`${address}/events/${slug}`)
    expect((await call(`GET /events/${slug}`)).status).toBe(404)
    expect((await call(`GET /events/${slug}`, { as: organizer.accessToken })).status).toBe(200)
  })

  test('is made once per Idempotency-Key: the same answers the same, another body 422', async () => {
    const body = { title: 'Atelier', category: 'workshop', startsAt: hence(100), endsAt: hence(101), timezone: 'Africa/Porto-Novo' }
    const first = await call('POST /events', { as: organizer.accessToken, key: 'atelier', body })
    const again = await call('POST /events', { as: organizer.accessToken, key: 'atelier', body })
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(await call('POST /events', { as: organizer.accessToken, key: 'atelier', body: { ...body, title: 'Autre' } })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
    expect((await call('GET /events?mine=true', { as: organizer.accessToken })).body.data).toHaveLength(2)
    expect((await call(`DELETE /events/${first.body.slug}`, { as: organizer.accessToken })).status).toBe(204)
    expect((await call(`GET /events/${first.body.slug}`, { as: organizer.accessToken })).status).toBe(404)
  })

  test('is changed, published, and found by everybody', async () => {
    expect(await call(`PATCH /events/${slug}`, { as: organizer.accessToken, body: { reentry: true, dressCode: 'Tenue blanche' } })).toMatchObject({
      status: 200,
      body: { reentry: true, dressCode: 'Tenue blanche', venue: 'Palais' },
    })
    expect((await call(`PUT /events/${slug}/publication`, { as: organizer.accessToken })).body).toMatchObject({ status: 'published' })
    const list = await call('GET /events?q=soiree')
    expect(list.status).toBe(200)
    expect(Object.keys(list.body)).toEqual(['data', 'nextCursor'])
    expect(list.body).toMatchObject({ data: [{ slug, title: 'Soirée Zouk', organizer: { slug: 'maison-dohi' } }], nextCursor: null })
    expect((await call(`DELETE /events/${slug}/publication`, { as: organizer.accessToken })).status).toBe(204)
    expect((await call(`GET /events/${slug}`)).status).toBe(404)
    expect((await call(`PUT /events/${slug}/publication`, { as: organizer.accessToken })).status).toBe(200)
  })

  test('has a programme, quotas and ticket types under its address', async () => {
    expect(
      (await call(`POST /events/${slug}/sessions`, { as: organizer.accessToken, body: { title: 'Ouverture', startsAt: hence(0), endsAt: hence(1) } }))
        .status,
    ).toBe(201)
    expect((await call(`GET /events/${slug}/sessions`)).body).toMatchObject({ data: [{ title: 'Ouverture' }], nextCursor: null })
    const quota = await call(`POST /events/${slug}/quotas`, { as: organizer.accessToken, body: { name: 'Carré', size: 5 } })
    expect(quota).toMatchObject({ status: 201, body: { name: 'Carré', size: 5, held: 0, sold: 0, available: 5 } })
    const types = await Promise.all(
      [
        { name: 'Standard', price: money(5000), quantity: 10 },
        { name: 'Offert', price: money(0), quantity: 3 },
        { name: 'Carré', price: money(15_000), quotaId: quota.body.id },
      ].map((body) => call(`POST /events/${slug}/ticket-types`, { as: organizer.accessToken, body })),
    )
    expect(types.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(types[0]!.body).toMatchObject({
      id: expect.any(Number),
      name: 'Standard',
      price: money(5000),
      remaining: 10,
      quota: { size: 10, held: 0, sold: 0 },
    })
    expect(types[2]!.body).toMatchObject({ quotaId: quota.body.id, remaining: 5 })
    ;[paidType, freeType] = [types[0]!.body, types[1]!.body]
    const shown = await call(`GET /events/${slug}/ticket-types`)
    expect(shown.body.data).toHaveLength(3)
    expect(shown.body.data[0], 'how many are sold is the team’s business').not.toHaveProperty('quota')
    expect(await call(`PATCH /ticket-types/${freeType.id}`, { as: organizer.accessToken, body: { maxPerOrder: 2 } })).toMatchObject({
      status: 200,
      body: { maxPerOrder: 2 },
    })
    expect((await call(`DELETE /ticket-types/${types[2]!.body.id}`, { as: organizer.accessToken })).status).toBe(204)
    expect((await call(`GET /events/${slug}/quotas`, { as: organizer.accessToken })).body.data.map((one: Json) => one.kind).sort()).toEqual([
      'capacity',
      'own',
      'own',
      'shared',
    ])
  })

  test('has gates, with agents who are invited by e-mail address', async () => {
    const made = await call(`POST /events/${slug}/gates`, { as: organizer.accessToken, body: { name: 'Entrée A', directions: 'both' } })
    expect(made).toMatchObject({ status: 201, body: { id: expect.any(Number), name: 'Entrée A', directions: 'both' } })
    gate = made.body
    expect((await call(`GET /events/${slug}/gates`, { as: organizer.accessToken })).body).toMatchObject({ data: [{ id: gate.id }], nextCursor: null })
    expect((await call('POST /auth/register', { body: { email: 'landry@example.test', password: PASSWORD, name: 'Landry' } })).status).toBe(201)
    expect(await call(`POST /gates/${gate.id}/agents`, { as: organizer.accessToken, body: { email: 'landry@example.test' } })).toMatchObject({
      status: 201,
      body: { email: 'landry@example.test', name: 'Landry' },
    })
    agent = (await call('POST /auth/login', { body: { email: 'landry@example.test', password: PASSWORD } })).body.accessToken
    expect((await call('GET /scan/gates', { as: agent })).body).toMatchObject({
      data: [{ id: gate.id, name: 'Entrée A', event: { slug } }],
      nextCursor: null,
    })
  })
})

describe('an order', () => {
  const wish = (type: Json, quantity: number, more: object = {}) => ({
    event: slug,
    lines: [{ ticketTypeId: type.id, quantity }],
    buyer: { name: 'Afi', email: 'afi@example.test', phone: '0196000100' },
    ...more,
  })

  test('of free tickets is paid at once, each ticket with its QR text', async () => {
    const { status, body } = await call('POST /orders', { body: wish(freeType, 1) })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      code: expect.stringMatching(/^[0-9A-Z]{10}$/),
      accessToken: expect.any(String),
      status: 'paid',
      total: money(0),
      payment: null,
    })
    expect(body.tickets).toEqual([
      {
        id: expect.any(String),
        code: expect.any(String),
        ticketType: 'Offert',
        ticketTypeId: freeType.id,
        status: 'paid',
        holderName: null,
        qr: expect.stringMatching(/^TK1/),
      },
    ])
  })

  test('that costs something waits for its payment and holds its places for 15 minutes', async () => {
    const body = wish(paidType, 2, { payment: { provider: 'simulator' } })
    const placed = await call('POST /orders', { body, key: 'commande-1' })
    expect(placed).toMatchObject({
      status: 201,
      body: {
        status: 'awaitingPayment',
        total: money(10_000),
        payment: { id: expect.any(String), status: 'pending', nextAction: { type: 'await_phone_prompt' } },
        tickets: [{ qr: null }, { qr: null }],
      },
    })
    expect(new URL(placed.body.payment.nextAction.url).origin).toBe(address)
    const left = new Date(placed.body.expiresAt).getTime() - Date.now()
    expect(left).toBeGreaterThan(13 * 60_000)
    expect(left).toBeLessThanOrEqual(15 * 60_000)
    order = placed.body
    expect((await call(`GET /events/${slug}/ticket-types`)).body.data[0].remaining).toBe(8)
  })

  test('is placed once per Idempotency-Key: the same answers the same, also at the same moment; another body 422', async () => {
    const body = wish(paidType, 2, { payment: { provider: 'simulator' } })
    const again = await call('POST /orders', { body, key: 'commande-1' })
    expect([again.status, again.body.code, again.body.accessToken, again.body.payment.id]).toEqual([
      201,
      order.code,
      order.accessToken,
      order.payment.id,
    ])
    expect(await call('POST /orders', { body: wish(paidType, 1), key: 'commande-1' })).toMatchObject({
      status: 422,
      type: 'application/problem+json',
      body: { code: 'idempotency_key_reused' },
    })
    const both = await Promise.all(
      Array.from({ length: 6 }, () =>
        call('POST /orders', { body: wish(freeType, 1, { buyer: { name: 'Koffi', phone: '0196000101' } }), key: 'ensemble' }),
      ),
    )
    for (const { status, body: answer } of both) if (status !== 201) expect([status, answer.code]).toEqual([409, 'request_in_progress'])
    expect(new Set(both.filter(({ status }) => status === 201).map(({ body: answer }) => answer.code)).size).toBe(1)
  })

  test('is opened by its own token, by its organizer, and by nobody else', async () => {
    expect(await call(`GET /orders/${order.code}`, { as: order.accessToken })).toMatchObject({ status: 200, body: { status: 'awaitingPayment' } })
    expect(await call(`GET /orders/${order.code.toLowerCase()}`, { as: organizer.accessToken })).toMatchObject({ status: 200 })
    expect((await call(`GET /orders/${order.code}`)).status).toBe(401)
    expect((await call(`GET /orders/${order.code}`, { as: 'un-autre-jeton' })).status).toBe(401)
    expect((await call(`GET /orders/${order.code}`, { as: agent })).status).toBe(404)
  })

  test('is paid when the payer approves; the payment is found by its id', async () => {
    const { id } = order.payment
    expect(await call(`GET /payments/${id}`, { as: order.accessToken })).toMatchObject({
      status: 200,
      body: { status: 'pending', amount: money(10_000), provider: 'simulator' },
    })
    expect((await call(`GET /payments/${id}`)).status).toBe(404)
    expect(await call(`POST /simulator/payments/${id}/approve`)).toMatchObject({ status: 200, body: { status: 'succeeded' } })
    expect(await call(`POST /simulator/payments/${id}/refuse`)).toMatchObject({ status: 409, body: { code: 'payment_already_answered' } })
    const paid = await call(`GET /orders/${order.code}`, { as: order.accessToken })
    expect(paid.body).toMatchObject({ status: 'paid', payment: { status: 'succeeded' } })
    expect(paid.body.tickets.every((one: Json) => one.qr.startsWith('TK1'))).toBe(true)
    order = { ...order, tickets: paid.body.tickets }
    ticket = order.tickets[0]
  })

  test('may be refused or left to expire by the payer, and paid again', async () => {
    const placed = (await call('POST /orders', { body: wish(paidType, 1, { payment: { provider: 'simulator' } }) })).body
    expect(await call(`POST /simulator/payments/${placed.payment.id}/refuse`)).toMatchObject({
      status: 200,
      body: { status: 'failed', failure: 'declined_by_payer' },
    })
    const second = await call(`POST /orders/${placed.code}/payments`, { as: placed.accessToken, body: { provider: 'simulator' } })
    expect(second).toMatchObject({ status: 201, body: { payment: { status: 'pending' } } })
    expect(await call(`POST /simulator/payments/${second.body.payment.id}/expire`)).toMatchObject({ status: 200, body: { status: 'expired' } })
    expect(await call(`POST /orders/${placed.code}/cancellation`, { as: placed.accessToken })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect((await call(`GET /events/${slug}/ticket-types`)).body.data[0].remaining).toBe(8)
  })

  test('is refused honestly: sold out, too many, unknown, nobody to tell', async () => {
    expect(await call('POST /orders', { body: wish(freeType, 3) })).toMatchObject({ status: 422, body: { code: 'too_many_tickets' } })
    expect(await call('POST /orders', { body: wish(freeType, 2) })).toMatchObject({
      status: 409,
      body: { code: 'sold_out', ticketTypeId: freeType.id },
    })
    expect(await call('POST /orders', { body: wish({ id: 999_999 }, 1) })).toMatchObject({
      status: 422,
      body: { code: 'unknown_ticket_type', ticketTypeId: 999_999 },
    })
    expect(await call('POST /orders', { body: { ...wish(freeType, 1), buyer: { name: 'Sans adresse' } } })).toMatchObject({
      status: 422,
      body: { code: 'buyer_contact_required' },
    })
    expect(await call('POST /orders', { body: { ...wish(freeType, 1), event: 'nulle-part' } })).toMatchObject({ status: 404 })
    expect(await call('POST /orders', { body: {} })).toMatchObject({ status: 422, body: { errors: [{ pointer: '/body/event', code: 'required' }] } })
  })

  test('is sent again on request', async () => {
    expect(await call(`POST /orders/${order.code}/messages`, { as: order.accessToken, body: {} })).toMatchObject({
      status: 202,
      body: { queued: true },
    })
    expect((await call(`POST /orders/${order.code}/messages`)).status).toBe(401)
  })
})

describe('the door', () => {
  test('judges a ticket, then lets in; the same scan again is a replay, another one is refused', async () => {
    const seen = await call('POST /scan/request', { as: agent, body: { qr: ticket.qr } })
    expect(seen.body).toMatchObject({
      decision: 'ELIGIBLE',
      code: 'OK',
      in: 'OK',
      out: 'OUT_WITHOUT_IN',
      suggestedDirection: 'in',
      ticket: { type: 'Standard', entriesUsed: 0, last: null },
      flags: [],
      gate: { id: gate.id },
      scanSessionToken: expect.stringMatching(/^[\w-]{22}$/),
    })
    expect(new Date(seen.body.expiresAt).getTime() - new Date(seen.body.serverTime).getTime()).toBeLessThanOrEqual(20_100)
    const body = { scanSessionToken: seen.body.scanSessionToken, direction: 'in', scanId: uuid() }
    const admitted = await call('POST /scan/confirm', { as: agent, body })
    expect(admitted).toMatchObject({
      status: 200,
      body: { decision: 'ADMITTED', code: 'OK', scanId: body.scanId, replayed: false, occupancy: { inside: 1, capacity: 100 } },
    })
    expect(await call('POST /scan/confirm', { as: agent, body })).toMatchObject({ status: 200, body: { decision: 'ADMITTED', replayed: true } })
    expect(await call('POST /scan/confirm', { as: agent, body: { ...body, scanId: uuid() } })).toMatchObject({
      status: 409,
      body: { code: 'SESSION_ALREADY_USED' },
    })
    expect(await call('POST /scan/confirm', { as: agent, body: { ...body, direction: 'out' } })).toMatchObject({
      status: 409,
      body: { code: 'SCAN_ID_REUSED' },
    })
    expect(await call('POST /scan/confirm', { as: agent, body: { ...body, scanSessionToken: 'jamais-donne', scanId: uuid() } })).toMatchObject({
      status: 404,
      body: { code: 'SESSION_UNKNOWN' },
    })
    expect(await call(`GET /scan/${body.scanId}`, { as: agent })).toMatchObject({
      status: 200,
      body: { id: body.scanId, code: 'OK', direction: 'in', ticketId: ticket.id },
    })
  })

  test('lets nobody in twice, and everybody out', async () => {
    const again = await call('POST /scan/request', { as: agent, body: { qr: ticket.qr } })
    expect(again.body).toMatchObject({ decision: 'ELIGIBLE', in: 'ALREADY_INSIDE', out: 'OK', suggestedDirection: 'out' })
    expect(
      await call('POST /scan/confirm', { as: agent, body: { scanSessionToken: again.body.scanSessionToken, direction: 'out', scanId: uuid() } }),
    ).toMatchObject({ body: { decision: 'EXITED', occupancy: { inside: 0 } } })
  })

  test('answers 200 to what is no ticket, and names no other gate’s secrets', async () => {
    expect(await call('POST /scan/request', { as: agent, body: { qr: 'https://example.com' } })).toMatchObject({
      status: 200,
      body: { decision: 'DENIED', code: 'MALFORMED_QR', ticket: null },
    })
    const forged = `${ticket.qr.slice(0, -6)}AAAAAA`
    expect((await call('POST /scan/request', { as: agent, body: { qr: forged } })).body.decision).toBe('DENIED')
    expect(await call('POST /scan/request', { body: { qr: ticket.qr } })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
    expect(await call('POST /scan/request', { as: agent, body: { qr: ticket.qr, gateId: gate.id + 1000 } })).toMatchObject({
      status: 403,
      body: { code: 'AGENT_NOT_ASSIGNED' },
    })
    expect((await call('POST /scan/request', { as: agent, body: { scan_session_token: 'x' } })).status).toBe(422)
  })

  test('is logged, every attempt', async () => {
    const { body } = await call(`GET /events/${slug}/scans?limit=2`, { as: organizer.accessToken })
    expect(body.data).toHaveLength(2)
    const next = await call(`GET /events/${slug}/scans?cursor=${body.nextCursor}`, { as: organizer.accessToken })
    expect(next.body.data.map((scan: Json) => [scan.direction, scan.code])).toEqual([
      ['out', 'OK'],
      ['in', 'OK'],
    ])
  })
})

describe('money back', () => {
  test('is sent for one ticket, once per Idempotency-Key; the ticket lets nobody in any more', async () => {
    const [, second] = order.tickets
    const body = { ticketIds: [second.id], reason: 'Empêchement' }
    const refunded = await call(`POST /orders/${order.code}/refunds`, { as: organizer.accessToken, body, key: 'retour-1' })
    expect(refunded).toMatchObject({ status: 201, body: { amount: money(5000), order: { status: 'partiallyRefunded' } } })
    const again = await call(`POST /orders/${order.code}/refunds`, { as: organizer.accessToken, body, key: 'retour-1' })
    expect([again.status, again.body]).toEqual([201, refunded.body])
    expect(
      await call(`POST /orders/${order.code}/refunds`, { as: organizer.accessToken, body: { ...body, reason: 'Autre' }, key: 'retour-1' }),
    ).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect((await call(`POST /orders/${order.code}/refunds`, { as: order.accessToken, body })).status).toBe(403)
    expect((await call('POST /scan/request', { as: agent, body: { qr: second.qr } })).body).toMatchObject({
      decision: 'DENIED',
      code: 'TICKET_REFUNDED',
    })
  })

  test('is sent for the rest when the organizer calls the order off', async () => {
    expect(await call(`POST /orders/${order.code}/cancellation`, { as: order.accessToken })).toMatchObject({ status: 403 })
    expect(await call(`POST /orders/${order.code}/cancellation`, { as: organizer.accessToken, body: { reason: 'Annulation' } })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect(await call(`POST /orders/${order.code}/cancellation`, { as: organizer.accessToken })).toMatchObject({
      status: 409,
      body: { code: 'order_not_cancellable' },
    })
  })
})

describe('numbers and lists', () => {
  test('tell who comes: as pages, as CSV and as a spreadsheet', async () => {
    const { body } = await call(`GET /events/${slug}/participants?limit=1`, { as: organizer.accessToken })
    expect(body).toMatchObject({
      data: [{ ticketType: expect.any(String), name: expect.any(String), price: { currency: 'XOF' } }],
      nextCursor: expect.any(String),
    })
    const csv = await call(`GET /events/${slug}/participants.csv`, { as: organizer.accessToken })
    expect([csv.status, csv.type]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(csv.headers.get('content-disposition')).toBe(`attachment; filename="participants-${slug}.csv"`)
    expect(csv.text).toContain('Koffi')
    const xlsx = await fetch(`${address}/api/v1/events/${slug}/participants.xlsx`, { headers: { authorization: `Bearer ${organizer.accessToken}` } })
    expect(xlsx.headers.get('content-type')).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    expect(
      Buffer.from(await xlsx.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
    expect((await call(`GET /events/${slug}/participants`, { as: agent })).status).toBe(403)
  })

  test('tell what was sold, earned and let in', async () => {
    const { body } = await call(`GET /events/${slug}/stats`, { as: organizer.accessToken })
    expect(body).toMatchObject({
      event: { slug },
      sales: { sold: 2, held: 0 },
      revenue: { gross: money(10_000), refunded: money(10_000) },
      admissions: { admitted: 1, exits: 1, inside: 0 },
      byGate: [{ id: gate.id, entries: 1, exits: 1 }],
    })
    expect(body.byType.map((type: Json) => [type.name, type.sold])).toEqual([
      ['Standard', 0],
      ['Offert', 2],
    ])
    expect((await call(`GET /events/${slug}/stats`, { as: agent })).body.revenue).toBeNull()
    expect((await call('GET /organizer/dashboard', { as: organizer.accessToken })).body).toMatchObject({
      events: { total: 1 },
      sales: { sold: 2 },
      eventList: [{ slug }],
    })
    expect((await call('GET /admin/dashboard', { as: organizer.accessToken })).status).toBe(403)
    await app.db.updateTable('account').set({ role: 'admin' }).where('email', '=', 'landry@example.test').execute()
    expect((await call('GET /admin/dashboard', { as: agent })).body).toMatchObject({
      organizers: 1,
      users: { total: 2 },
      payments: { open: 0 },
      queue: { dead: 0 },
    })
  })
})

describe('the documentation', () => {
  test('describes all that, for machines and for people', async () => {
    const description = await call('GET /openapi.json')
    expect(description.body).toMatchObject({ openapi: '3.1.0', info: { title: 'Guichet' } })
    const paths = Object.keys(description.body.paths)
    for (const path of [
      '/auth/register',
      '/auth/login',
      '/auth/refresh',
      '/auth/logout',
      '/auth/password-reset',
      '/auth/password-reset/confirm',
      '/me',
      '/categories',
      '/events',
      '/events/{slug}',
      '/events/{slug}/publication',
      '/events/{slug}/ticket-types',
      '/ticket-types/{id}',
      '/events/{slug}/sessions',
      '/events/{slug}/quotas',
      '/events/{slug}/gates',
      '/gates/{id}/agents',
      '/orders',
      '/orders/{code}',
      '/orders/{code}/cancellation',
      '/orders/{code}/refunds',
      '/orders/{code}/messages',
      '/payments/{id}',
      '/simulator/payments/{id}/approve',
      '/simulator/payments/{id}/refuse',
      '/simulator/payments/{id}/expire',
      '/scan/request',
      '/scan/confirm',
      '/events/{slug}/participants',
      '/events/{slug}/participants.csv',
      '/events/{slug}/participants.xlsx',
      '/events/{slug}/stats',
      '/events/{slug}/scans',
      '/organizer/dashboard',
      '/admin/dashboard',
    ])
      expect(paths).toContain(`/api/v1${path}`)
    const page = await fetch(`${address}/api/docs`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('/api/v1/orders')
  })

  test('every refusal is a problem with a stable code, in the caller’s language', async () => {
    const refused = await call('GET /orders/AAAAAAAAAA', { headers: { 'accept-language': 'en' } })
    expect(refused).toMatchObject({
      status: 401,
      type: 'application/problem+json',
      body: { type: 'about:blank', status: 401, code: 'unauthenticated', title: 'Sign in to continue.' },
    })
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect(await call('GET /nulle-part')).toMatchObject({ status: 404, type: 'application/problem+json', body: { code: 'not_found' } })
  })
})
