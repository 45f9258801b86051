import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { sendSecurityHeaders } from './security-headers.ts'

const app = testApp()

const POLICY =
  "default-src 'self';script-src 'self' 'wasm-unsafe-eval';style-src 'self';img-src 'self' data: blob:;connect-src 'self';worker-src 'self' blob:;" +
  "object-src 'none';base-uri 'none';frame-ancestors 'none';form-action 'self'"

test.each([
  ['a page', '/events'],
  ['a page that does not exist', '/nowhere'],
  ['an answer of the API', '/api/v1/events'],
  ['a refusal of the API', '/api/v1/me'],
  ['a file', '/assets/site.css'],
  ['a probe', '/healthz'],
])('%s tells browsers what it may do', async (_, path) => {
  const { headers } = await app.server.inject({ url: path })
  expect(headers).toMatchObject({
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
  })
  expect(headers).not.toHaveProperty('strict-transport-security')
})

test('an answer may say otherwise; over HTTPS, browsers are told to stay with it', async () => {
  const server = Fastify()
  sendSecurityHeaders(server, { https: true })
  server.get('/secret', (_, reply) => reply.header('referrer-policy', 'no-referrer').send('…'))
  expect((await server.inject('/secret')).headers).toMatchObject({
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
  })
})
