// The headers that tell browsers what pages of ours may do. Made once and set on every answer, whatever door it leaves by.
import type { FastifyInstance } from 'fastify'

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join(';')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  // The filter of old browsers could itself be abused.
  'x-xss-protection': '0',
}

/** @param https true where browsers must never come back without TLS */
export function securityHeaders({ https }: { https: boolean }): Readonly<Record<string, string>> {
  return https ? { ...HEADERS, 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : HEADERS
}

/** A handler may say otherwise for its own answer. */
export function sendSecurityHeaders(server: FastifyInstance, options: { https: boolean }): void {
  const headers = securityHeaders(options)
  server.addHook('onRequest', (_, reply, done) => {
    reply.headers(headers)
    done()
  })
}
