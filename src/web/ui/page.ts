// From a page's components to bytes: what every page knows about its request, rendering, compression, headers.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Actor, Locale } from '#src/kernel/actor.ts'
import type { Support } from '#src/platform/settings.ts'
import { messages, type Catalog } from '#src/locales/locale.ts'

/** What every page knows about who asks and for what. */
export type PageContext = Readonly<{
  locale: Locale
  t: Catalog
  actor: Actor
  /** The path without its query. */
  path: string
  /** The query without `?lang=`, as it was sent; starts with `?` unless empty. */
  query: string
  /** On an event's pages: how many buyers wait for an answer that this reader may give to their refund request. */
  openRefunds?: number
  /** Whom people may write to. */
  support?: Support
}>

declare module 'fastify' {
  interface FastifyRequest {
    openRefunds?: number
    support?: Support | undefined
  }
}

/** @param at where the page lies for a GET, if that isn't where the request went: a form that is shown again */
export function pageOf(request: FastifyRequest, at?: string): PageContext {
  const { locale } = request.actor
  const url = at ?? request.raw.url ?? '/'
  const mark = url.indexOf('?')
  const query =
    mark < 0
      ? ''
      : url
          .slice(mark)
          .replaceAll(/([?&])lang=[^&]*(?:&|$)/g, '$1')
          .replace(/[?&]$/, '')
  return {
    locale,
    t: messages(locale),
    actor: request.actor,
    path: mark < 0 ? url : url.slice(0, mark),
    query,
    ...(request.openRefunds ? { openRefunds: request.openRefunds } : {}),
    ...(request.support ? { support: request.support } : {}),
  }
}

/** The `lang` of a text that people wrote, where it isn't the page's own. */
export function langOf(page: PageContext, language: Locale): Locale | undefined {
  return language === page.locale ? undefined : language
}

export type SendOptions = {
  status?: number
  /** The address itself opens the page (a magic link): it must not reach search engines, nor other sites as a referrer. */
  secret?: boolean
}

export function renderPage(page: VNode): string {
  return `<!doctype html>${renderToString(page)}`
}

/** Answers a page made for this reader only: never stored by anybody. Public pages go through page-cache.ts instead. */
export function sendPage(reply: FastifyReply, page: VNode, options: SendOptions = {}): FastifyReply {
  reply
    .status(options.status ?? 200)
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-language', reply.request.actor.locale)
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding')
  if (options.secret) reply.header('referrer-policy', 'no-referrer').header('x-robots-tag', 'noindex')
  const bytes = Buffer.from(renderPage(page))
  const encoding = bytes.length > 1000 ? chooseEncoding(reply.request.headers['accept-encoding']) : 'identity'
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.send(compress(bytes, encoding))
}

/** Answers a part of a page to the page's own script, which puts it in the place of the former one. */
export function sendFragment(reply: FastifyReply, part: VNode, options: { status?: number } = {}): FastifyReply {
  reply
    .status(options.status ?? 200)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding')
  const bytes = Buffer.from(renderToString(part))
  const encoding = bytes.length > 1000 ? chooseEncoding(reply.request.headers['accept-encoding']) : 'identity'
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.send(compress(bytes, encoding))
}

export type Encoding = 'br' | 'gzip' | 'identity'

export function chooseEncoding(accepted: string | string[] | undefined): Encoding {
  if (typeof accepted !== 'string') return 'identity'
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : 'identity'
}

/** `best`: for what is compressed once and served for a year; otherwise fast (tens of microseconds for a page). */
export function compress(bytes: Buffer, encoding: Encoding, best = false): Buffer {
  switch (encoding) {
    case 'br':
      return brotliCompressSync(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: best ? 11 : 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
      })
    case 'gzip':
      return gzipSync(bytes, { level: best ? 9 : 5 })
    case 'identity':
      return bytes
  }
}
