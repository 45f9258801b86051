// Public pages for people who aren't signed in, kept for a second as the very bytes to send. A rush then costs one rendering per second.
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import type { Locale } from '#src/kernel/actor.ts'
import type { Clock } from '#src/kernel/clock.ts'
import { browserLocale } from '../choose-locale.ts'
import { chooseEncoding, compress, renderPage, sendPage, type Encoding } from './page.ts'

/** A page that is the same for everybody who reads its language and isn't signed in. */
export type PublicPage = {
  page: VNode
  /** Called each time the page is sent, also from memory. */
  onServe?: () => void
}

export type PageCache = {
  /**
   * Answers with the page kept for this address and language, or makes it: once, however many ask meanwhile. People who are signed in
   * always get a page of their own.
   */
  send(request: FastifyRequest, reply: FastifyReply, make: () => Promise<PublicPage>): FastifyReply | Promise<FastifyReply>
  /**
   * The short way, before anything else is looked at: where the page is kept and the request carries no cookie, its bytes go straight to the
   * socket. @returns false where the long way must be gone
   */
  answerAtOnce(request: FastifyRequest, reply: FastifyReply): boolean
}

const KEPT_MS = 1000
const MAX_PAGES = 500

type Variant = {
  body: Buffer
  headers: Record<string, string>
  /** Everything that was sent with it the first time, for the short way. */ wire?: string[]
}
type Kept = { until: number; locale: Locale; etag: string; bytes: Buffer; variants: Map<Encoding, Variant>; onServe: (() => void) | undefined }

export function createPageCache(clock: Clock): PageCache {
  const pages = new Map<string, Kept>()
  const making = new Map<string, Promise<Kept>>()

  async function render(key: string, locale: Locale, make: () => Promise<PublicPage>): Promise<Kept> {
    const { page, onServe } = await make()
    const bytes = Buffer.from(renderPage(page))
    const kept: Kept = {
      until: clock.now().getTime() + KEPT_MS,
      locale,
      etag: `W/"${createHash('sha1').update(bytes).digest('base64url')}"`,
      bytes,
      variants: new Map(),
      onServe,
    }
    // Oldest first: a map remembers the order in which keys came. Searches are endless, memory is not.
    if (pages.size >= MAX_PAGES) pages.delete(pages.keys().next().value!)
    pages.delete(key)
    pages.set(key, kept)
    return kept
  }

  const find = (locale: Locale, url: string | undefined) => {
    const kept = pages.get(`${locale} ${url}`)
    return kept && clock.now().getTime() < kept.until ? kept : undefined
  }

  return {
    send(request, reply, make) {
      if (request.actor.kind !== 'visitor') return make().then(({ page, onServe }) => (onServe?.(), sendPage(reply, page)))
      const kept = find(request.actor.locale, request.raw.url)
      if (kept) return answer(kept, request, reply)
      const key = `${request.actor.locale} ${request.raw.url}`
      let made = making.get(key)
      if (!made) {
        made = render(key, request.actor.locale, make).finally(() => making.delete(key))
        making.set(key, made)
      }
      return made.then((fresh) => answer(fresh, request, reply))
    },

    answerAtOnce(request, reply) {
      const { headers, method } = request.raw
      // A cookie may stand for a person or a language; a language in the address sets one.
      if (method !== 'GET' || headers.cookie !== undefined || request.raw.url!.includes('lang=')) return false
      const kept = find(browserLocale(request), request.raw.url)
      const variant = kept?.variants.get(chooseEncoding(headers['accept-encoding']))
      if (!kept || !variant?.wire || headers['if-none-match'] !== undefined) return false
      kept.onServe?.()
      reply.hijack()
      reply.raw.writeHead(200, variant.wire)
      reply.raw.end(variant.body)
      return true
    },
  }
}

function answer(kept: Kept, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  kept.onServe?.()
  const variant = variantOf(kept, chooseEncoding(request.headers['accept-encoding']))
  reply.headers(variant.headers)
  if (request.headers['if-none-match'] === kept.etag) return reply.status(304).send()
  variant.wire ??= Object.entries({ ...reply.getHeaders(), 'content-length': variant.body.length })
    .filter(([name]) => name !== 'set-cookie')
    .flatMap(([name, value]) => [name, String(value)])
  return reply.send(variant.body)
}

function variantOf(kept: Kept, encoding: Encoding): Variant {
  let variant = kept.variants.get(encoding)
  if (!variant) {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-language': kept.locale,
      'cache-control': 'no-cache',
      vary: 'accept-encoding, accept-language, cookie',
      etag: kept.etag,
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    }
    kept.variants.set(encoding, (variant = { body: compress(kept.bytes, encoding), headers }))
  }
  return variant
}
