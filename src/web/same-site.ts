// Who may change something: pages of ours only. Browsers say where a request comes from; nobody else carries our cookie.
import type { FastifyRequest } from 'fastify'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * False for a request that changes something and was not sent by one of our own pages. `Sec-Fetch-Site` where the browser
 * knows it, `Origin` where it is older; neither means no.
 */
export function isFromOurPages(request: FastifyRequest): boolean {
  if (SAFE.has(request.method)) return true
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = request.headers.origin
  if (!origin || !URL.canParse(origin)) return false
  return new URL(origin).host === request.host
}
