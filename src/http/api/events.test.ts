import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { mintInvitationToken } from '#src/modules/events/invite-guest.ts'
import { beginEvent } from '#src/modules/events/begin-event.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildMember, buildOrganizer, type BuiltOrganizer } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'

const app = testApp()
let organizer: BuiltOrganizer
let other: BuiltOrganizer
let admin: AccountActor

beforeAll(async () => {
  organizer = await buildOrganizer(app, { name: 'Kora Productions' })
  other = await buildOrganizer(app)
  admin = await buildAccount(app, { role: 'admin' })
})

// oxlint-disable-next-line typescript/no-explicit-any -- answers are looked into, key by key
type Answer = { status: number; body: any; headers: Record<string, unknown> }

async function call(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  caller: AccountActor | null,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await app.server.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...(caller ? await bearerOf(app, caller) : {}), ...headers },
    ...(body ? { payload: body } : {}),
  })
  return { status: response.statusCode, body: response.body && response.json(), headers: response.headers }
}

const DRAFT = {
  title: 'Nuit du balafon',
  description: '**Deux** scènes',
  category: 'concert',
  startsAt: '2031-03-07T19:00:00Z',
  endsAt: '2031-03-08T02:00:00+01:00',
  timezone: 'Africa/Porto-Novo',
  venue: 'Place du souvenir',
  address: 'Boulevard de France',
  city: 'Cotonou',
  country: 'BJ',
  latitude: 0,
  longitude: 2.43,
  capacity: 500,
  visibility: 'public',
}
const make = async (changes: object = {}) => (await call('POST', '/events', organizer.owner, { ...DRAFT, ...changes })).body
const publish = async (changes: object = {}) => (await call('PUT', `/events/${(await make(changes)).slug}/publication`, organizer.owner)).body

describe('an organizer', () => {
  test('makes a draft, changes it, publishes it, takes it back', async () => {
    const created = await call('POST', '/events', organizer.owner, { ...DRAFT, title: 'Nuit de la kora' })
    expect(created).toMatchObject({
      status: 201,
      headers: { location: '/api/v1/events/nuit-de-la-kora' },
      body: {
        slug: 'nuit-de-la-kora',
        url: 'http://guichet.test/events/nuit-de-la-kora',
        status: 'draft',
        startsAt: '2031-03-07T19:00:00.000Z',
        endsAt: '2031-03-08T01:00:00.000Z',
        category: 'concert',
        latitude: 0,
        longitude: 2.43,
        capacity: 500,
        currency: 'XOF',
        organizer: { slug: organizer.slug, name: 'Kora Productions' },
        cover: null,
        priceFrom: null,
        soldOut: false,
        descriptionHtml: '<p><strong>Deux</strong> scènes</p>\n',
      },
    })
    const path = '/events/nuit-de-la-kora'
    const changed = await call('PATCH', path, organizer.owner, { title: 'Nuit de la grande kora', latitude: null, longitude: null, capacity: null })
    expect(changed).toMatchObject({
      status: 200,
      body: { slug: 'nuit-de-la-kora', title: 'Nuit de la grande kora', latitude: null, longitude: null, capacity: null, venue: DRAFT.venue },
    })
    expect(await call('GET', path, null)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await call('PUT', `${path}/publication`, organizer.owner)).toMatchObject({ status: 200, body: { status: 'published' } })
    expect(await call('GET', path, null)).toMatchObject({ status: 200, body: { title: 'Nuit de la grande kora' } })
    expect(await call('DELETE', `${path}/publication`, organizer.owner)).toMatchObject({ status: 204 })
    expect(await call('GET', path, null)).toMatchObject({ status: 404 })
    expect(await call('DELETE', path, organizer.owner)).toMatchObject({ status: 204 })
    expect(await call('GET', path, organizer.owner)).toMatchObject({ status: 404 })
  })

  test('makes a copy on another day with what was chosen, for those who lead', async () => {
    const { slug } = await make()
    const startsAt = '2031-04-04T19:00:00.000Z'
    const copy = await call('POST', `/events/${slug}/copies`, organizer.owner, { startsAt, title: 'Encore', parts: ['programme'] })
    expect(copy).toMatchObject({ status: 201, body: { title: 'Encore', status: 'draft', startsAt, endsAt: '2031-04-05T01:00:00.000Z' } })
    expect(copy.headers.location).toBe(`/api/v1/events/${copy.body.slug}`)
    expect(await call('POST', `/events/${slug}/copies`, organizer.owner, { startsAt, parts: ['orders'] })).toMatchObject({ status: 422 })
    expect(await call('POST', `/events/${slug}/copies`, null, { startsAt })).toMatchObject({ status: 401 })
  })

  test('says what of a draft nobody has said yet, and publishes it once its day is confirmed', async () => {
    const { slug } = await beginEvent(app, organizer.owner, { title: 'Bal', category: 'concert', visibility: 'public' })
    const seen = await call('GET', `/events/${slug}`, organizer.owner)
    expect(seen).toMatchObject({ status: 200, body: { unconfirmed: ['schedule', 'tickets', 'look'] } })
    expect(await call('PUT', `/events/${slug}/publication`, organizer.owner)).toMatchObject({ status: 409, body: { code: 'event_day_unconfirmed' } })
    const { startsAt, endsAt } = seen.body
    expect(await call('PATCH', `/events/${slug}`, organizer.owner, { startsAt, endsAt })).toMatchObject({
      status: 200,
      body: { unconfirmed: ['tickets', 'look'] },
    })
    expect(await call('PUT', `/events/${slug}/publication`, organizer.owner)).toMatchObject({ status: 200, body: { unconfirmed: [] } })
  })

  test('may declare JSON and send nothing', async () => {
    const { slug } = await make()
    const json = { 'content-type': 'application/json' }
    expect(await call('PUT', `/events/${slug}/publication`, organizer.owner, undefined, json)).toMatchObject({ status: 200 })
    expect(await call('DELETE', `/events/${slug}/publication`, organizer.owner, undefined, json)).toMatchObject({ status: 204 })
    expect(await call('PUT', `/events/${slug}/cancellation`, organizer.owner, undefined, json)).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect(await call('POST', '/events', organizer.owner, undefined, json)).toMatchObject({ status: 422 })
  })

  test('makes one event of a request that is sent twice', async () => {
    const key = { 'idempotency-key': 'once-and-only-once' }
    const first = await call('POST', '/events', organizer.owner, { ...DRAFT, title: 'Unique' }, key)
    const second = await call('POST', '/events', organizer.owner, { ...DRAFT, title: 'Unique' }, key)
    expect([first.status, second.status, second.body.slug, second.headers.location]).toEqual([201, 201, 'unique', '/api/v1/events/unique'])
    expect(await call('POST', '/events', organizer.owner, { ...DRAFT, title: 'Autre' }, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    })
  })

  test('sees all its events, and only its own', async () => {
    const { slug } = await make({ title: 'Mon brouillon' })
    const theirs = await call('POST', '/events', other.owner, { ...DRAFT, title: 'Leur brouillon' })
    const slugs = (answer: Answer) => answer.body.data.map((card: { slug: string }) => card.slug)
    const mine = slugs(await call('GET', '/events?mine=true&limit=100', organizer.owner))
    expect(mine).toContain(slug)
    expect(mine).not.toContain(theirs.body.slug)
    expect(slugs(await call('GET', '/events?all=true&limit=100&status=draft', admin))).toEqual(expect.arrayContaining([slug, theirs.body.slug]))
    expect(await call('GET', '/events?mine=true', null)).toMatchObject({ status: 401 })
    expect(await call('GET', '/events?all=true', organizer.owner)).toMatchObject({ status: 403 })
  })
})

describe('refused with a clear code', () => {
  test.each([
    [{ title: '' }, '/body/title'],
    [{ startsAt: '2031-03-07' }, '/body/startsAt'],
    [{ endsAt: DRAFT.startsAt }, '/body/endsAt'],
    [{ timezone: 'Mars/Olympus' }, '/body/timezone'],
    [{ country: 'ZZ' }, '/body/country'],
    [{ category: 'unknown' }, '/body/category'],
    [{ latitude: 200 }, '/body/latitude'],
    [{ capacity: 0 }, '/body/capacity'],
    [{ paymentUrl: 'javascript:alert(1)' }, '/body/paymentUrl'],
    [{ visibility: 'secret' }, '/body/visibility'],
  ])('a draft with %o', async (change, pointer) => {
    const { status, body } = await call('POST', '/events', organizer.owner, { ...DRAFT, ...change })
    expect({ status, code: body.code, pointers: body.errors.map((e: { pointer: string }) => e.pointer) }).toEqual({
      status: 422,
      code: 'invalid_input',
      pointers: [pointer],
    })
  })

  test('unknown fields, missing fields, and characters that no text may hold', async () => {
    expect(await call('POST', '/events', organizer.owner, { ...DRAFT, organizerId: other.id })).toMatchObject({
      status: 422,
      body: { code: 'invalid_input' },
    })
    expect(await call('POST', '/events', organizer.owner, { title: 'x' })).toMatchObject({ status: 422, body: { errors: [{ code: 'required' }] } })
    expect(await call('POST', '/events', organizer.owner, { ...DRAFT, venue: 'a\0b' })).toMatchObject({
      status: 422,
      body: { code: 'invalid_input' },
    })
    expect(await call('GET', '/events?city=%00', null)).toMatchObject({ status: 422 })
    expect(await call('GET', '/events/%00', null)).toMatchObject({ status: 422 })
    const malformed = await app.server.inject({
      method: 'POST',
      url: '/api/v1/events',
      headers: { ...(await bearerOf(app, organizer.owner)), 'content-type': 'application/json' },
      payload: '{',
    })
    expect(malformed.statusCode).toBe(400)
  })

  test('strangers, and members with another role', async () => {
    expect(await call('POST', '/events', null, DRAFT)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(await call('POST', '/events', await buildAccount(app), DRAFT)).toMatchObject({ status: 403, body: { code: 'organizer_required' } })
    const { slug } = await make()
    const tries = [
      ['GET', ''],
      ['PATCH', '', { title: 'x' }],
      ['DELETE', ''],
      ['PUT', '/publication'],
      ['DELETE', '/publication'],
      ['PUT', '/cancellation', {}],
      ['POST', '/review', { decision: 'approve' }],
      ['GET', '/sessions'],
      ['POST', '/sessions', { title: 'x', startsAt: DRAFT.startsAt, endsAt: DRAFT.endsAt }],
      ['DELETE', '/sessions/1'],
      ['GET', '/invitations'],
      ['POST', '/invitations', { email: 'a@example.test' }],
      ['DELETE', '/invitations/1'],
      ['DELETE', '/cover'],
    ] as const
    for (const [method, path, body] of tries) {
      expect([method, path, (await call(method, `/events/${slug}${path}`, other.owner, body)).status]).toEqual([method, path, 404])
      expect([method, path, (await call(method, `/events/${slug}${path}`, null, body)).status]).toEqual([
        method,
        path,
        method === 'GET' && path !== '/invitations' ? 404 : 401,
      ])
    }
    const agent = await buildMember(app, organizer.id, 'agent')
    await app.db.updateTable('membership').set({ confirmedAt: new Date() }).where('accountId', '=', agent.accountId).execute()
    for (const [method, path, body] of tries.filter(([method, path]) => method !== 'GET' || path === '/invitations')) {
      expect([method, path, (await call(method, `/events/${slug}${path}`, agent, body)).status]).toEqual([method, path, 403])
    }
  })

  test('what the event’s status does not allow', async () => {
    const { slug } = await publish()
    await call('PUT', `/events/${slug}/cancellation`, organizer.owner, { reason: 'Pluie' })
    expect(await call('PUT', `/events/${slug}/publication`, organizer.owner)).toMatchObject({
      status: 409,
      body: { code: 'event_status_conflict', from: 'cancelled', to: 'published' },
    })
    expect(await call('PATCH', `/events/${slug}`, organizer.owner, { title: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'event_not_editable' },
    })
  })

  test('bad questions', async () => {
    for (const query of [
      'cursor=nonsense',
      'limit=0',
      'limit=101',
      'status=unknown',
      'from=2031-02-31',
      'from=2031-13-01T10:00',
      'to=yesterday',
      'maxPrice=-1',
      'country=BEN',
      'nope=1',
    ]) {
      expect([query, Math.floor((await call('GET', `/events?${query}`, null)).status / 100)]).toEqual([query, 4])
    }
  })
})

describe('everybody', () => {
  test('reads the categories in their language', async () => {
    const { status, body } = await call('GET', '/categories', null, undefined, { 'accept-language': 'en' })
    expect(status).toBe(200)
    expect(body.data[1]).toEqual({ slug: 'festival', name: 'Festivals', names: { fr: 'Festivals', en: 'Festivals' } })
    expect((await call('GET', '/categories', null)).body.data.map((c: { name: string }) => c.name)).toContain('Théâtre et humour')
  })

  test('finds a published event by words, day, place and category', async () => {
    const { slug } = await publish({
      title: 'Carnaval de Grand-Popo',
      city: 'Grand-Popo',
      category: 'festival',
      startsAt: '2033-08-05T10:00:00Z',
      endsAt: '2033-08-06T10:00:00Z',
    })
    for (const query of [
      'q=carnval',
      'city=grand-popo',
      'from=2033-08-01&to=2033-08-31',
      'from=2033-08-06&category=festival',
      'q=popo&sort=popular&country=bj',
    ]) {
      expect((await call('GET', `/events?${query}`, null)).body.data.map((card: { slug: string }) => card.slug)).toEqual([slug])
    }
    const {
      data: [card],
      nextCursor,
    } = (await call('GET', '/events?q=carnaval', null)).body
    expect(nextCursor).toBeNull()
    expect(Object.keys(card).sort()).toEqual([
      'category',
      'city',
      'country',
      'cover',
      'endsAt',
      'organizer',
      'priceFrom',
      'slug',
      'soldOut',
      'startsAt',
      'status',
      'timezone',
      'title',
      'url',
      'venue',
      'visibility',
    ])
  })

  test('pages through by cursor', async () => {
    for (let i = 0; i < 3; i++) await publish({ title: `Marché de nuit ${i}`, city: 'Savè' })
    const first = (await call('GET', '/events?city=save&limit=2', null)).body
    expect(first.data).toHaveLength(2)
    const second = (await call('GET', `/events?city=save&limit=2&cursor=${first.nextCursor}`, null)).body
    expect({ count: second.data.length, nextCursor: second.nextCursor }).toEqual({ count: 1, nextCursor: null })
  })

  test('opens a private event with the invitation’s token only', async () => {
    const { slug } = await publish({ visibility: 'private' })
    const invited = await call('POST', `/events/${slug}/invitations`, organizer.owner, { email: 'Guest@example.test', name: 'Afi' })
    expect(invited).toMatchObject({ status: 201, body: { email: 'guest@example.test', name: 'Afi', announcedAt: expect.any(String) } })
    const { token } = await mintInvitationToken(app, invited.body.id)
    expect(await call('GET', `/events/${slug}`, null)).toMatchObject({ status: 404 })
    expect(await call('GET', `/events/${slug}?invitation=${token}`, null)).toMatchObject({ status: 200 })
    expect(await call('GET', `/events/${slug}/sessions?invitation=${token}`, null)).toMatchObject({ status: 200 })
    expect((await call('GET', `/events/${slug}/invitations`, organizer.owner)).body).toMatchObject({
      data: [{ email: 'guest@example.test' }],
      nextCursor: null,
    })
    expect(JSON.stringify(invited.body)).not.toContain(token)
    expect(await call('DELETE', `/events/${slug}/invitations/${invited.body.id}`, organizer.owner)).toMatchObject({ status: 204 })
    expect(await call('GET', `/events/${slug}?invitation=${token}`, null)).toMatchObject({ status: 404 })
  })
})

test('staff approves and rejects', async () => {
  const { slug } = await make()
  await app.db.updateTable('event').set({ status: 'pending_review' }).where('slug', '=', slug).execute()
  expect(await call('POST', `/events/${slug}/review`, organizer.owner, { decision: 'approve' })).toMatchObject({ status: 403 })
  expect(await call('POST', `/events/${slug}/review`, admin, { decision: 'approve' })).toMatchObject({ status: 200, body: { status: 'published' } })
  expect(await call('POST', `/events/${slug}/review`, admin, { decision: 'reject' })).toMatchObject({ status: 409 })
})

test('the programme is added to, listed and taken from', async () => {
  const { slug } = await publish()
  const item = {
    title: 'Ouverture',
    speaker: 'Angélique K.',
    place: 'Grande scène',
    startsAt: '2031-03-07T20:00:00+01:00',
    endsAt: '2031-03-07T20:30:00Z',
  }
  const added = await call('POST', `/events/${slug}/sessions`, organizer.owner, item)
  expect(added).toMatchObject({ status: 201, body: { title: 'Ouverture', startsAt: '2031-03-07T19:00:00.000Z' } })
  expect((await call('GET', `/events/${slug}/sessions`, null)).body).toEqual({ data: [added.body], nextCursor: null })
  expect(await call('POST', `/events/${slug}/sessions`, organizer.owner, { ...item, endsAt: '2031-04-01T00:00:00Z' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/body/endsAt', code: 'outside_event' }] },
  })
  expect(await call('DELETE', `/events/${slug}/sessions/${added.body.id}`, organizer.owner)).toMatchObject({ status: 204 })
})

describe('a cover', () => {
  const send = async (slug: string, payload: Buffer, type: string) => {
    const response = await app.server.inject({
      method: 'PUT',
      url: `/api/v1/events/${slug}/cover`,
      headers: { ...(await bearerOf(app, organizer.owner)), 'content-type': type },
      payload,
    })
    return { status: response.statusCode, body: response.json() }
  }
  const image = () =>
    sharp({ create: { width: 640, height: 360, channels: 3, background: '#b33' } })
      .png()
      .toBuffer()

  test('is taken as the body or as a form’s file, whatever type it claims', async () => {
    const { slug } = await publish()
    const sent = await send(slug, await image(), 'image/png')
    expect(sent).toMatchObject({ status: 200, body: { cover: { width: 640, height: 360, sources: [{ width: 480 }] } } })
    const form = Buffer.concat([
      Buffer.from('--cut\r\nContent-Disposition: form-data; name="file"; filename="../a.svg"\r\nContent-Type: image/svg+xml\r\n\r\n'),
      await image(),
      Buffer.from('\r\n--cut--\r\n'),
    ])
    expect(await send(slug, form, 'multipart/form-data; boundary=cut')).toMatchObject({ status: 200, body: { cover: { width: 640 } } })
    expect(
      (await call('GET', '/events?q=balafon', null)).body.data.find((card: { slug: string }) => card.slug === slug).cover.sources[0].avif,
    ).toMatch(/^http:\/\/guichet\.test\/files\/[0-9a-f-]{36}\/480\.avif$/)
    expect(await call('DELETE', `/events/${slug}/cover`, organizer.owner)).toMatchObject({ status: 204 })
  })

  test('is refused when it is none', async () => {
    const { slug } = await make()
    expect(await send(slug, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml')).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    })
    expect(await send(slug, Buffer.from('{}'), 'application/json')).toMatchObject({ status: 415 })
    expect(await send(slug, Buffer.alloc(0), 'image/png')).toMatchObject({ status: 415 })
    expect(await send(slug, Buffer.alloc(10_600_000), 'image/png')).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    expect(await send(slug, (await image()).subarray(0, 60), 'image/png')).toMatchObject({ status: 422, body: { code: 'image_unreadable' } })
    expect(
      await send(
        slug,
        Buffer.from('--cut\r\nContent-Disposition: form-data; name="note"\r\n\r\nnothing\r\n--cut--\r\n'),
        'multipart/form-data; boundary=cut',
      ),
    ).toMatchObject({ status: 400 })
  })
})
