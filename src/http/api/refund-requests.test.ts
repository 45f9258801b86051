// Refund requests, issued tickets and long lists on the wire: who may, what comes back, what happens twice.
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { buyAndPay, expectSound, tally } from '#test/sale.ts'
import { bearerOf } from '#test/sign-in.ts'

const app = testApp()

type Json = Record<string, any> // eslint-disable-line -- answers are checked by what each test expects of them

async function call(
  method: 'GET' | 'POST',
  url: string,
  by: AccountActor | string,
  body?: object,
  key?: string,
): Promise<{ status: number; body: Json; text: string }> {
  const response = await app.server.inject({
    method,
    url: `/api/v1${url}`,
    ...(body === undefined ? {} : { payload: body }),
    headers: {
      ...(typeof by === 'string' ? { authorization: `Bearer ${by}` } : await bearerOf(app, by)),
      ...(key ? { 'idempotency-key': key } : {}),
    },
  })
  const json = String(response.headers['content-type']).includes('json')
  return { status: response.statusCode, body: json ? (response.json() as Json) : {}, text: response.body }
}

async function sold() {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 5000, quantity: 20 })
  const order = await buyAndPay(app, event, type, 2)
  const tickets = await app.db.selectFrom('ticket').select('id').where('orderId', '=', order.id).orderBy('id').execute()
  return { event, type, order, owner: event.organizer.owner, tickets: tickets.map((ticket) => ticket.id) }
}

describe('a refund request', () => {
  test('is asked by the order’s token, listed for the team, and granted for the tickets that it names', async () => {
    const { event, order, owner, tickets } = await sold()
    const path = `/orders/${order.code}/refund-request`
    expect(await call('POST', path, order.accessToken, { reason: 'Malade', ticketIds: [tickets[1]!] })).toMatchObject({
      status: 201,
      body: { order: order.code, state: 'open', reason: 'Malade', ticketIds: [tickets[1]], answer: '' },
    })
    expect((await call('POST', path, order.accessToken, { reason: 'Encore' })).body.code).toBe('refund_already_asked')
    expect((await call('GET', `/events/${event.slug}/refund-requests`, owner)).body.data).toMatchObject([{ order: order.code, state: 'open' }])
    expect((await call('GET', `/events/${event.slug}/orders?refund=open`, owner)).body).toMatchObject({ count: 1 })
    expect(await call('POST', `${path}/approval`, owner, {})).toMatchObject({
      status: 200,
      body: { request: { state: 'closed', orderStatus: 'partiallyRefunded' }, amount: { amount: 5000, currency: 'XOF' } },
    })
    expect((await call('GET', `/events/${event.slug}/refund-requests`, owner)).body.data).toEqual([])
    await workOff(app)
    await expectSound(app)
  })

  test('is answered once, however many answer it at the same time', async () => {
    const { order, owner } = await sold()
    const path = `/orders/${order.code}/refund-request`
    await call('POST', path, order.accessToken, {})
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', `${path}/approval`, owner, {})))
    expect(tally(answers.map((answer) => String(answer.status)))).toEqual({ 200: 1, 409: 2 })
    expect(await app.db.selectFrom('refund').select('amount').where('payableId', '=', order.id).execute()).toEqual([{ amount: 10_000 }])
    await workOff(app)
    await expectSound(app)
  })

  test('is declined with a sentence, and stays declined', async () => {
    const { event, order, owner } = await sold()
    const path = `/orders/${order.code}/refund-request`
    await call('POST', path, order.accessToken, {})
    const cashier = await buildMember(app, event.organizer.id, 'cashier')
    expect((await call('POST', `${path}/refusal`, cashier, { answer: 'Non' })).status).toBe(403)
    expect((await call('POST', `${path}/refusal`, (await buildOrganizer(app)).owner, { answer: 'Non' })).status).toBe(404)
    expect(await call('POST', `${path}/refusal`, owner, { answer: 'Trop tard' })).toMatchObject({
      status: 200,
      body: { state: 'declined', answer: 'Trop tard' },
    })
    expect((await call('POST', `${path}/approval`, owner, {})).body.code).toBe('no_refund_request')
    expect((await call('GET', `/events/${event.slug}/refund-requests?state=declined`, owner)).body.data).toHaveLength(1)
  })
})

describe('issued tickets', () => {
  test('are asked for once per key, watched, and fetched; refused as a whole with what is left', async () => {
    const { event, type, owner } = await sold()
    const path = `/events/${event.slug}/issues`
    const body = { ticketTypeId: type.id, terms: 'outside', quantity: 5 }
    const asked = await call('POST', path, owner, body, 'print-1')
    expect(asked).toMatchObject({ status: 202, body: { kind: 'tickets', state: 'waiting', step: 'issue', done: 0, total: 5, files: [] } })
    expect((await call('POST', path, owner, body, 'print-1')).body.id).toBe(asked.body.id)
    expect((await call('POST', path, owner, { ...body, quantity: 14 })).body).toMatchObject({ code: 'too_many_places', left: 13 })
    expect((await call('POST', path, owner, { ...body, people: [{ name: 'Ada' }] })).status).toBe(422)
    await workOff(app)
    const errand = `/events/${event.slug}/errands/${asked.body.id}`
    const done = await call('GET', errand, owner)
    expect(done.body).toMatchObject({ state: 'done', step: 'print', done: 5 })
    expect(done.body.files.map((file: Json) => file.name as string)).toContain('billets.csv')
    expect((await call('GET', `${errand}/files/billets.csv`, owner)).text.split('\r\n')).toHaveLength(7)
    expect((await call('POST', `${errand}/activation`, owner)).body).toEqual({ activated: 5 })
    expect((await call('GET', `/events/${event.slug}/errands`, owner)).body.data).toHaveLength(1)
    await expectSound(app)
  })
})

describe('the list of participants', () => {
  test('is sorted, filtered, counted and paged', async () => {
    const { event, owner } = await sold()
    const path = `/events/${event.slug}/participants`
    const first = await call('GET', `${path}?sort=name&limit=1&entered=false&paid=true`, owner)
    expect(first.body).toMatchObject({ count: 2, data: [{ name: 'Afi' }] })
    const second = await call('GET', `${path}?sort=name&limit=1&cursor=${first.body.nextCursor}`, owner)
    expect(second.body.nextCursor).toBeNull()
    expect(second.body.data[0].ticketId).not.toBe(first.body.data[0].ticketId)
    expect((await call('GET', `${path}?sort=price`, owner)).status).toBe(422)
    expect((await call('GET', `${path}?cursor=WyJ4Il0`, owner)).status).toBe(400)
  })
})
