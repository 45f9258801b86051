// The shop's wire: statuses, names, keys, who may see and do what.
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'

const app = testApp()
let keys = 0

type Json = Record<string, any> // eslint-disable-line -- answers are checked by what each test expects of them
type Answer = { status: number; body: Json; headers: Record<string, unknown> }

async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  options: { body?: unknown; as?: AccountActor; bearer?: string; key?: string } = {},
): Promise<Answer> {
  const response = await app.server.inject({
    method,
    url: `/api/v1${url}`,
    ...(options.body === undefined ? {} : { payload: options.body as object }),
    headers: {
      ...(options.as ? await bearerOf(app, options.as) : {}),
      ...(options.bearer ? { authorization: `Bearer ${options.bearer}` } : {}),
      ...(options.key ? { 'idempotency-key': options.key } : {}),
    },
  })
  return { status: response.statusCode, body: response.body ? (response.json() as Json) : {}, headers: response.headers }
}
const wish = (event: BuiltEvent, ticketTypeId: number, quantity = 1, more: object = {}) => ({
  event: event.slug,
  lines: [{ ticketTypeId, quantity }],
  buyer: { name: 'Afi Mensah', email: 'afi@example.test' },
  ...more,
})
const order = (body: unknown, options: { as?: AccountActor; key?: string } = {}) =>
  call('POST', '/orders', { body, key: `wire-${++keys}`, ...options })

describe('POST /orders', () => {
  test('answers 201 with code, token, total, expiry and tickets; the QR only once it is paid or free', async () => {
    const event = await buildEvent(app)
    const [paid, free] = [await buildTicketType(app, event, { price: 5000 }), await buildTicketType(app, event, { price: 0 })]
    const waiting = await order(wish(event, paid.id, 2))
    expect(waiting).toMatchObject({
      status: 201,
      body: {
        status: 'awaitingPayment',
        total: { amount: 10_000, currency: 'XOF' },
        payment: null,
        event: event.slug,
        tickets: [{ status: 'reserved', qr: null }, { qr: null }],
      },
      headers: { location: `/api/v1/orders/${waiting.body.code}`, 'cache-control': 'no-store' },
    })
    expect(new Date(waiting.body.expiresAt as string).getTime()).toBeGreaterThan(Date.now())
    const given = await order(wish(event, free.id))
    expect(given).toMatchObject({ status: 201, body: { status: 'paid', expiresAt: null, total: { amount: 0 } } })
    expect(given.body.tickets[0]).toMatchObject({
      status: 'paid',
      ticketType: expect.any(String),
      code: expect.stringMatching(/^.{4}-.{4}-.{4}-.{2}$/),
    })
    expect(given.body.tickets[0].qr).toMatch(/^TK1.{119}$/)
  })
  test('with a payment answers what the payer must do next', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event)
    const { body } = await order(wish(event, type.id, 1, { buyer: { name: 'Afi', phone: '96000100' }, payment: { provider: 'simulator' } }))
    expect(body).toMatchObject({
      status: 'awaitingPayment',
      buyer: { phone: '+2290196000100' },
      payment: { provider: 'simulator', status: 'pending', nextAction: { type: 'await_phone_prompt' } },
    })
    expect((await call('GET', `/payments/${body.payment.id}`, { bearer: body.accessToken })).status).toBe(200)
    expect((await call('GET', `/payments/${body.payment.id}`)).status).toBe(404)
  })
  test('repeats its answer for the same key and body, 422 for another body', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const first = await order(wish(event, type.id), { key: 'same' })
    const again = await order(wish(event, type.id), { key: 'same' })
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(await order(wish(event, type.id, 2), { key: 'same' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })
  test('refuses in the caller’s language, with a stable code and what to change', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { quantity: 1 })
    expect(await order(wish(event, type.id, 2))).toMatchObject({
      status: 409,
      body: { code: 'sold_out', ticketTypeId: type.id, title: 'Il ne reste plus assez de places.' },
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
    })
    const english = await app.server.inject({
      method: 'POST',
      url: '/api/v1/orders',
      headers: { 'accept-language': 'en-GB' },
      payload: wish(event, type.id, 2),
    })
    expect(english.json()).toMatchObject({ title: 'There are not enough places left.' })
    expect(await order({ ...wish(event, type.id), price: 1 })).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    expect(await order(wish(event, type.id, -1))).toMatchObject({ status: 422 })
    expect(await order(wish(event, type.id, 1.5))).toMatchObject({ status: 422 })
    expect(await order({ ...wish(event, type.id), lines: [] })).toMatchObject({ status: 422 })
    expect(await order({ ...wish(event, type.id), event: 'nowhere' })).toMatchObject({ status: 404 })
    const broken = await app.server.inject({
      method: 'POST',
      url: '/api/v1/orders',
      headers: { 'content-type': 'application/json' },
      payload: '{"event":',
    })
    expect([broken.statusCode, broken.json()]).toMatchObject([400, { code: 'malformed_body' }])
  })
  test.each([
    ['\u0000Afi', 422],
    ['Ɛfɔ Ŋlá ẹ 🎟', 201],
    ['x'.repeat(201), 422],
    ['‮live', 201],
  ])('takes names as people have them, never an accident: %j', async (name, status) => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    expect((await order({ ...wish(event, type.id), buyer: { name, email: 'a@example.test' } })).status).toBe(status)
  })
})

describe('GET /orders/{code}', () => {
  test('is for its holder, its buyer, its organizer and staff; for everybody else it does not exist', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const buyer = await buildAccount(app, { email: `buyer-${Date.now()}@example.test` })
    const { body } = await order({ ...wish(event, type.id), buyer: { name: 'B', email: buyer.email } })
    const path = `/orders/${body.code}`
    const seen = async (options: Parameters<typeof call>[2]) => (await call('GET', path, options)).status
    expect(await seen({ bearer: body.accessToken as string })).toBe(200)
    expect(await seen({ as: buyer })).toBe(200)
    expect(await seen({ as: event.organizer.owner })).toBe(200)
    expect(await seen({ as: await buildMember(app, event.organizer.id, 'cashier') })).toBe(200)
    expect(await seen({ as: await buildAccount(app, { role: 'admin' }) })).toBe(200)
    expect(await seen({})).toBe(401)
    expect(await seen({ bearer: 'x'.repeat(43) })).toBe(401)
    const other = (await order(wish(event, type.id))).body
    expect(await seen({ bearer: other.accessToken as string })).toBe(401)
    expect(await seen({ as: await buildAccount(app) })).toBe(404)
    expect(await seen({ as: (await buildEvent(app)).organizer.owner })).toBe(404)
    expect(await seen({ as: await buildMember(app, event.organizer.id, 'agent') })).toBe(404)
  })
  test('an address that was never verified opens nothing', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const pretender = await buildAccount(app, { email: `pretender-${Date.now()}@example.test` })
    await app.db.updateTable('account').set({ emailVerifiedAt: null }).where('id', '=', pretender.accountId).execute()
    const { body } = await order({ ...wish(event, type.id), buyer: { name: 'B', email: pretender.email } })
    expect((await call('GET', `/orders/${body.code}`, { as: pretender })).status).toBe(404)
  })
})

describe('what follows a sale', () => {
  test('cancellation, messages, a holder’s name, another code', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const { body } = await order(wish(event, type.id))
    const path = `/orders/${body.code}`
    const ticket = body.tickets[0]
    expect(await call('POST', `${path}/messages`, { bearer: body.accessToken, body: {} })).toMatchObject({ status: 202 })
    expect(await call('PATCH', `${path}/tickets/${ticket.id}`, { as: event.organizer.owner, body: { holderName: 'Kossi' } })).toMatchObject({
      status: 200,
      body: { tickets: [{ holderName: 'Kossi' }] },
    })
    expect((await call('PATCH', `${path}/tickets/${ticket.id}`, { as: await buildAccount(app), body: { holderName: 'X' } })).status).toBe(404)
    const reissued = await call('POST', `${path}/tickets/${ticket.id}/reissue`, { as: event.organizer.owner })
    expect(reissued.status).toBe(200)
    expect(reissued.body.tickets[0].qr).not.toBe(ticket.qr)
    expect(await call('POST', `${path}/cancellation`, { bearer: body.accessToken })).toMatchObject({
      status: 200,
      body: { status: 'cancelled', tickets: [{ status: 'invalid', qr: null }] },
    })
    expect(await call('POST', `${path}/cancellation`, { bearer: body.accessToken, body: {} })).toMatchObject({
      status: 409,
      body: { code: 'order_not_cancellable' },
    })
    expect(await call('POST', `${path}/refunds`, { as: event.organizer.owner, body: {} })).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_refund' },
    })
  })
})

describe('ticket types and quotas', () => {
  test('are made, changed and deleted by the team; the public sees what is on sale', async () => {
    const event = await buildEvent(app)
    const as = event.organizer.owner
    const path = `/events/${event.slug}/ticket-types`
    const price = { amount: 5000, currency: 'XOF' }
    const made = await call('POST', path, { as, body: { name: 'Standard', price, quantity: 10, maxPerOrder: 4 } })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Standard', price, state: 'onSale', remaining: 10, quota: { size: 10, held: 0, sold: 0 } },
    })
    expect(await call('POST', path, { as, body: { name: 'STANDARD', price, quantity: 1 } })).toMatchObject({
      status: 409,
      body: { code: 'ticket_type_name_taken' },
    })
    expect(await call('POST', path, { as, body: { name: 'Both', price, quantity: 1, quotaId: 1 } })).toMatchObject({ status: 422 })
    expect(await call('POST', path, { as, body: { name: 'Euro', price: { amount: 5, currency: 'EUR' }, quantity: 1 } })).toMatchObject({
      status: 422,
    })
    const quota = await call('POST', `/events/${event.slug}/quotas`, { as, body: { name: 'Balcon', size: 5 } })
    await call('POST', path, { as, body: { name: 'Caché', price: { amount: 0, currency: 'XOF' }, quotaId: quota.body.id, hidden: true } })
    const seen = await call('GET', path)
    expect(seen.body.data).toHaveLength(1)
    expect(seen.body.data[0].quota).toBeUndefined()
    expect((await call('GET', path, { as })).body.data).toHaveLength(2)

    await order(wish(event, made.body.id as number, 3))
    expect(await call('PATCH', `/ticket-types/${made.body.id}`, { as, body: { quantity: 2 } })).toMatchObject({
      status: 409,
      body: { code: 'quota_below_sold', taken: 3 },
    })
    expect(
      await call('PATCH', `/ticket-types/${made.body.id}`, { as, body: { quantity: 3, price: { amount: 6000, currency: 'XOF' } } }),
    ).toMatchObject({ status: 200, body: { state: 'soldOut', remaining: 0, price: { amount: 6000 } } })
    expect(await call('DELETE', `/ticket-types/${made.body.id}`, { as })).toMatchObject({ status: 409, body: { code: 'ticket_type_has_sales' } })
    expect(await call('PATCH', `/events/${event.slug}/quotas/${quota.body.id}`, { as, body: { size: 50 } })).toMatchObject({
      status: 200,
      body: { available: 50 },
    })
    expect((await call('GET', `/events/${event.slug}/quotas`, { as })).body.data).toHaveLength(2)
  })
  test('belong to the event’s owner and managers', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event)
    const body = { name: 'X', price: { amount: 1, currency: 'XOF' }, quantity: 1 }
    const made = async (as?: AccountActor) => (await call('POST', `/events/${event.slug}/ticket-types`, { body, ...(as ? { as } : {}) })).status
    expect(await made()).toBe(401)
    expect(await made(await buildAccount(app))).toBe(404)
    expect(await made((await buildEvent(app)).organizer.owner)).toBe(404)
    expect(await made(await buildMember(app, event.organizer.id, 'cashier'))).toBe(403)
    expect(await made(await buildMember(app, event.organizer.id, 'manager'))).toBe(201)
    expect((await call('DELETE', `/ticket-types/${type.id}`, { as: (await buildEvent(app)).organizer.owner })).status).toBe(404)
    expect((await call('DELETE', `/ticket-types/${type.id}`, { as: event.organizer.owner })).status).toBe(204)
  })
})

describe('participants and orders of an event', () => {
  test('come page by page, found by parts of names, and never to strangers', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    for (const name of ['Élodie Adjovi', 'Kossi Ablo', 'Ama_100%'])
      await order({ ...wish(event, type.id), buyer: { name, email: `p${++keys}@example.test` } })
    const as = event.organizer.owner
    const path = `/events/${event.slug}/participants`
    const first = await call('GET', `${path}?limit=2`, { as })
    const second = await call('GET', `${path}?limit=2&cursor=${first.body.nextCursor}`, { as })
    expect([...first.body.data, ...second.body.data].map((p: Json) => p.name)).toEqual(['Ama_100%', 'Kossi Ablo', 'Élodie Adjovi'])
    expect(second.body.nextCursor).toBeNull()
    expect((await call('GET', `${path}?q=elodie`, { as })).body.data).toHaveLength(1)
    expect((await call('GET', `${path}?q=${encodeURIComponent('_100%')}`, { as })).body.data).toHaveLength(1)
    expect((await call('GET', `${path}?q=${encodeURIComponent('%')}`, { as })).body.data).toHaveLength(1)
    expect((await call('GET', `${path}?cursor=zzz`, { as })).status).toBe(400)
    expect((await call('GET', `/events/${event.slug}/orders?status=paid`, { as })).body.data).toHaveLength(3)
    expect((await call('GET', path)).status).toBe(401)
    expect((await call('GET', path, { as: await buildMember(app, event.organizer.id, 'agent') })).status).toBe(403)
    expect((await call('GET', path, { as: (await buildEvent(app)).organizer.owner })).status).toBe(404)
  })
})
