// Whatever is sent, the API answers with a refusal or with what it declared: never an accident, never its insides.
// FUZZ_RUNS=500 FUZZ_SEED=7 looks longer, elsewhere.
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { addressOf, listOperations, type JsonSchema, type Operation } from './operations.ts'
import { BODIES, paramsOf } from './requests.ts'
import { buildScene, type Scene } from './scene.ts'

const app = testApp()
const RUNS = { numRuns: Number(process.env.FUZZ_RUNS ?? 25), seed: Number(process.env.FUZZ_SEED ?? 20_261_120) }
// What only our insides say: a stack, a path, a driver, SQL.
const INSIDES =
  /\bat [\w.<>]+ \(|node_modules|\.tsx?\b|duplicate key|violates|syntax error at|invalid input syntax|relation "|out of range for type|ECONN|kysely/i

let scene: Scene
let operations: Operation[]
beforeAll(async () => {
  scene = await buildScene(app)
  operations = await listOperations(app)
})

type Sent = { method: Operation['method']; url: string; payload?: string | undefined; headers?: Record<string, string> }
let requests = 0

async function send({ method, url, payload, headers = {} }: Sent) {
  const response = await app.server.inject({
    method,
    url,
    remoteAddress: `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests++ & 255}`,
    ...(payload === undefined ? {} : { payload }),
    headers: { ...scene.headers.owner, ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  })
  return { status: response.statusCode, type: String(response.headers['content-type'] ?? ''), text: response.body }
}

/** A declared success, or a refusal as problem details that tells nothing of us. */
async function expectManners(operation: Operation, sent: Sent) {
  const { status, type, text } = await send(sent)
  const what = `${sent.method} ${sent.url.slice(0, 300)} ${(sent.payload ?? '').slice(0, 600)} → ${status} ${text.slice(0, 300)}`
  if (status < 300) expect(operation.successes, what).toContain(status)
  else {
    expect(status, what).toBeGreaterThanOrEqual(400)
    expect(status, what).toBeLessThan(500)
    expect(type, what).toContain('application/problem+json')
    expect(text, what).not.toMatch(INSIDES)
  }
}

// Texts that have broken software before.
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202egnp.exe',
  '\ufeff',
  '😀'.repeat(60),
  'x'.repeat(70_000),
  "'; DROP TABLE event; --",
  '%00',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  '=cmd()',
  'NaN',
  'Infinity',
  '1e400',
  '-1',
  '9007199254740993',
  '99999999999999999999',
  '0x10',
  'null',
  'undefined',
  '[object Object]',
  '2026-13-45T99:99:99Z',
  '2016-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-11-20T10:00:00+23:59',
  '2026-11-20',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  `${'a'.repeat(64)}@${'b'.repeat(60)}.test`,
  'Europe/Nowhere',
  'Africa/Porto-Novo',
  'XOF',
  'TK1',
  'TK1' + 'A'.repeat(119),
  'javascript:alert(1)',
  'http://169.254.169.254/',
  '+22996000100',
]
const NUMBERS = [0, -0, -1, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 63, 1e21, 1e308, -1e308]
const THINGS: unknown[] = [null, true, false, [], {}, [null], [[[]]], { length: 1 }, { toString: 'x' }]

/** What a careless or hostile caller may put where `schema` is expected. */
function odd(schema: JsonSchema): fc.Arbitrary<unknown> {
  const near = [
    ...(schema.minimum === undefined ? [] : [schema.minimum, schema.minimum - 1]),
    ...(schema.maximum === undefined ? [] : [schema.maximum, schema.maximum + 1]),
    ...(schema.maxLength === undefined ? [] : ['é'.repeat(schema.maxLength), 'é'.repeat(schema.maxLength + 1)]),
    ...(schema.enum ?? []),
  ]
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<unknown>(...TEXTS) },
    { weight: 3, arbitrary: fc.constantFrom<unknown>(...NUMBERS) },
    { weight: 2, arbitrary: fc.constantFrom(...THINGS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    ...(near.length > 0 ? [{ weight: 4, arbitrary: fc.constantFrom<unknown>(...near) }] : []),
  )
}

/** A good body with one thing in it made odd, at any depth; also fields that the good one leaves out. */
function spoiled(schema: JsonSchema, good: unknown): fc.Arbitrary<unknown> {
  const properties = schema.properties ?? schema.anyOf?.find((one) => one.properties)?.properties
  const items = schema.items ?? schema.anyOf?.find((one) => one.items)?.items
  if (properties) {
    const kept = good !== null && typeof good === 'object' ? (good as Record<string, unknown>) : {}
    const inside = Object.entries(properties).map(([name, inner]) => spoiled(inner, kept[name]).map((value) => ({ ...kept, [name]: value })))
    return inside.length > 0 ? fc.oneof({ weight: 1, arbitrary: odd(schema) }, { weight: 12, arbitrary: fc.oneof(...inside) }) : odd(schema)
  }
  if (items && Array.isArray(good) && good.length > 0)
    return fc.oneof(
      odd(schema),
      spoiled(items, good[0]).map((value) => [value]),
    )
  if (items)
    return fc.oneof(
      odd(schema),
      odd(items).map((value) => [value]),
    )
  return odd(schema)
}

const raw = (text: string) => encodeURIComponent(text.toWellFormed())
const SEGMENTS = [
  ...TEXTS.filter((text) => text.length > 0 && text.length < 300).map(raw),
  '%ED%A0%80',
  '%FF',
  '%2e%2e',
  '%252e',
  'a%2Fb',
  'x'.repeat(300),
  ';x=1',
  '.',
]

/** Where the scene has something for this operation. */
const objectOf = ({ path, id }: Operation) =>
  id.includes('nvitation') || id === 'inviteGuest'
    ? 'private'
    : path.includes('/errands/{id}')
      ? 'errand'
      : path.includes('/events/{slug}')
        ? 'published'
        : path.includes('/orders/{code}')
          ? 'paid'
          : path.includes('/gates/{id}')
            ? 'gate'
            : path.includes('/ticket-types/{id}')
              ? 'hidden'
              : path.includes('/organizers/{slug}')
                ? 'team'
                : path.includes('/payments/{id}')
                  ? 'waiting'
                  : path.includes('/refunds/')
                    ? 'refund'
                    : path.includes('/scan/{scanId}')
                      ? 'scan'
                      : '-'

const goodParams = (operation: Operation) => ({ id: scene.scanId, ...paramsOf(scene, operation.id, objectOf(operation)) })

/** Odd values in the address, the query, the body and the headers of one operation. */
function oddRequest(operation: Operation): fc.Arbitrary<Sent> {
  const { method } = operation
  const params = goodParams(operation)
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const query = operation.parameters.filter((parameter) => parameter.in === 'query')
  const body = operation.body && BODIES[operation.id]!(scene, objectOf(operation))
  const good = { method, url: addressOf(operation, params), payload: body && JSON.stringify(body) }
  const kinds: fc.Arbitrary<Sent>[] = []
  if (operation.body) {
    kinds.push(
      spoiled(operation.body, body).map((value) => ({ ...good, payload: JSON.stringify(value) })),
      spoiled(operation.body, body).map((value) => ({ ...good, payload: JSON.stringify(value) })),
    )
  }
  if (names.length > 0) {
    kinds.push(
      fc.tuple(fc.constantFrom(...names), fc.constantFrom(...SEGMENTS)).map(([name, segment]) => ({
        ...good,
        url: operation.path.replaceAll(/\{(\w+)\}/g, (_, at: string) => (at === name ? segment : raw(String(params[at as keyof typeof params])))),
      })),
    )
  }
  if (query.length > 0) {
    kinds.push(
      fc.oneof(
        ...query.map(({ name, schema }) =>
          odd(schema).map((value) => ({ ...good, url: `${good.url}?${name}=${raw(typeof value === 'string' ? value : JSON.stringify(value))}` })),
        ),
      ),
    )
    kinds.push(
      fc
        .constantFrom(...query.flatMap(({ name }) => [`${name}=a&${name}=b`, `${name}[]=1`, `${name}[x]=1`, name, `${name}=%ff`]))
        .map((text) => ({ ...good, url: `${good.url}?${text}` })),
    )
  }
  // What would be done with a good request is tried by other tests; here it would only wear out the scene.
  if (method === 'GET' || names.length === 0) {
    kinds.push(
      fc
        .constantFrom('?__proto__=1', '?constructor[prototype][x]=1', '?unknown=1', '?%00=1', '?limit=1&limit=2', '?'.padEnd(8000, 'a'))
        .map((text) => ({ ...good, url: good.url + text })),
    )
    kinds.push(
      fc
        .constantFrom<Record<string, string>>(
          { authorization: 'Bearer' },
          { authorization: 'Bearer a.b.c' },
          { authorization: `Bearer ${'x'.repeat(6000)}` },
          { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' },
          { authorization: 'Basic YTpi' },
          { 'accept-language': 'x'.repeat(3000) },
          { 'accept-language': 'fr;q=1e400,*;q=NaN' },
          { 'idempotency-key': '' },
          { 'idempotency-key': 'k'.repeat(300) },
          { accept: 'text/html' },
          { 'x-forwarded-for': "'; --" },
          { cookie: 'guichet_session=%00' },
          { host: 'evil.example' },
        )
        .map((headers) => ({ ...good, headers })),
    )
  }
  return fc.oneof(...kinds)
}

/** From what looks to what changes to what ends: so that later operations still meet living things. */
const wear = ({ method, id }: Operation) =>
  ['GET', 'PATCH', 'PUT', 'POST', 'DELETE'].indexOf(method) + (/cancel|unpublish|archive|refund|reissue/i.test(id) ? 10 : 0)

describe('requests that are no good at all', () => {
  const problem = (status: number, code: string) => ({
    status,
    type: expect.stringContaining('application/problem+json'),
    text: expect.stringContaining(`"code":"${code}"`),
  })
  const post = (payload: string, headers: Record<string, string> = {}) => send({ method: 'POST', url: '/api/v1/orders', payload, headers })

  test.each([
    ['no JSON', '{"event":', 400, 'malformed_body'],
    ['a prototype', '{"__proto__":{"isAdmin":true},"event":"x","lines":[],"buyer":{}}', 400, 'malformed_body'],
    ['a constructor', '{"constructor":{"prototype":{"isAdmin":true}}}', 400, 'malformed_body'],
    ['text instead of an object', '"event"', 422, 'invalid_input'],
    ['nothing', '', 422, 'invalid_input'],
    ['a hundred thousand lists in each other', '['.repeat(100_000) + ']'.repeat(100_000), 422, 'invalid_input'],
    ['objects in each other', '{"event":'.repeat(20_000) + '1' + '}'.repeat(20_000), 422, 'invalid_input'],
    ['more than a megabyte', `{"event":"${'x'.repeat(1_100_000)}"}`, 413, 'payload_too_large'],
  ])('%s', async (_, payload, status, code) => {
    expect(await post(payload)).toEqual(problem(status, code))
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test.each([
    ['text/plain', 'event=x'],
    ['application/x-www-form-urlencoded', 'event=x'],
    ['application/xml', '<event/>'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['image/png', 'x'],
  ])('a body of type %s', async (type, payload) => {
    expect(await post(payload, { 'content-type': type })).toEqual(problem(415, 'unsupported_media_type'))
  })

  test('numbers that JSON can write and nobody can count', async () => {
    const url = `/api/v1/events/${scene.published.slug}/quotas`
    for (const size of ['1e400', '-1e400', '1e19', 'null', '"5"', 'true', '[5]']) {
      expect(await send({ method: 'POST', url, payload: `{"name":"Gradin","size":${size}}` }), size).toEqual(problem(422, 'invalid_input'))
    }
  })

  test('a price of null, which is no price of nothing', async () => {
    const url = `/api/v1/events/${scene.published.slug}/ticket-types`
    for (const amount of ['null', '""', 'false']) {
      expect(
        await send({ method: 'POST', url, payload: `{"name":"Offert ?","quantity":5,"price":{"amount":${amount},"currency":"XOF"}}` }),
        amount,
      ).toEqual(problem(422, 'invalid_input'))
    }
  })

  test.each([
    '/api/v1/events/%ED%A0%80',
    '/api/v1/events/%',
    '/api/v1/events/%E0%A4%A/gates',
    '/api/v1/events?q=%ff',
    '/api/v1/%00',
    '/api/v1/nowhere',
  ])('an address of the API that leads nowhere: %s', async (url) => {
    const answer = await send({ method: 'GET', url })
    expect(answer.type).toContain(url.includes('?') ? 'json' : 'application/problem+json')
    expect([200, 400, 404, 422]).toContain(answer.status)
    expect(answer.text).not.toMatch(INSIDES)
  })

  test.each([
    '/events/%ED%A0%80',
    '/%',
    '/t/%ff',
    `/t/${'x'.repeat(400)}`,
    '/nowhere',
    '/files/..%2f..%2fetc/passwd',
    '/events/a%00b',
    '/api',
    '/orders/%ZZ',
  ])('an address of a page that leads nowhere: %s', async (url) => {
    const response = await app.server.inject({ url, headers: { 'accept-language': 'en' } })
    expect([400, 404, 422]).toContain(response.statusCode)
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(response.headers['content-security-policy']).toContain("default-src 'self'")
    expect(response.body).toMatch(/<html lang="en"/)
    expect(response.body).not.toMatch(INSIDES)
  })

  test('methods that nothing answers', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
      const response = await app.server.inject({ method, url: '/api/v1/categories', headers: scene.headers.owner })
      expect(response.statusCode).toBe(404)
      expect(response.headers['content-type']).toContain('application/problem+json')
    }
  })
})

describe('cursors that we never gave', () => {
  const KEYS: unknown[] = [
    'x',
    '',
    'a\0b',
    '\ud800',
    1e300,
    -1,
    1.5,
    2 ** 53,
    null,
    true,
    [],
    {},
    '1',
    '2026',
    'infinity',
    '2026-02-30T00:00:00Z',
    '2026-11-20 10:00:00+00',
    '0',
    '-infinity',
    '00000000-0000-0000-0000-000000000000',
    'NaN',
  ]

  test('are refused by every list', async () => {
    const lists = operations.filter((operation) => operation.parameters.some((parameter) => parameter.name === 'cursor'))
    expect(lists.length).toBeGreaterThan(4)
    const accidents: string[] = []
    for (const list of lists) {
      const url = addressOf(list, goodParams(list))
      for (const key of KEYS) {
        for (const keys of [
          [key],
          [key, 1],
          [1, key],
          [key, '00000000-0000-0000-0000-000000000000'],
          ['2026-11-20 10:00:00+00', key],
          [key, key, key],
          key,
          { 0: key, length: 1 },
        ]) {
          const cursor = Buffer.from(JSON.stringify(keys)).toString('base64url')
          for (const more of list.id === 'listEvents' ? ['', '&sort=popular', '&q=nuit&sort=relevance', '&mine=true'] : ['']) {
            const { status, text } = await send({ method: 'GET', url: `${url}?cursor=${cursor}${more}` })
            // A time or a number that could have been ours leads somewhere.
            if (![200, 400, 422].includes(status) || INSIDES.test(text)) accidents.push(`${list.id}${more} ${JSON.stringify(keys)} → ${status}`)
          }
        }
      }
    }
    expect(accidents).toEqual([])
  })
})

describe('odd input', () => {
  test('is refused by every operation, or taken as declared', async () => {
    const failures: string[] = []
    // Signing out would close the door to all that follows.
    const last = operations.filter(({ id }) => id === 'logOut')
    for (const operation of [...operations.filter(({ id }) => id !== 'setCover' && id !== 'logOut').toSorted((a, b) => wear(a) - wear(b)), ...last]) {
      const run = fc.asyncProperty(oddRequest(operation), (sent) => expectManners(operation, sent))
      const { failed, errorInstance, seed } = await fc.check(run, RUNS)
      if (failed) failures.push(`${operation.id} (seed ${seed}): ${String(errorInstance).split('\n')[0]!.slice(0, 1200)}`)
    }
    expect(failures).toEqual([])
  }, 240_000)
})
