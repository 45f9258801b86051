// Which language a page is in: what the reader chose (?lang=, kept in a cookie), else the account's, else the browser's.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Locale } from '#src/kernel/actor.ts'
import { isLocale, negotiateLocale } from '#src/locales/locale.ts'

const COOKIE = 'guichet_lang'
const YEAR_SECONDS = 31_536_000
const ASKED = /[?&]lang=([a-z]{2,3})\b/

/** The language that the reader chose, now or earlier; undefined where the account or the browser decides. */
export function chosenLocale(request: FastifyRequest, reply: FastifyReply): Locale | undefined {
  const asked = known(ASKED.exec(request.raw.url ?? '')?.[1])
  if (asked) {
    reply.setCookie(COOKIE, asked, { path: '/', sameSite: 'lax', maxAge: YEAR_SECONDS, httpOnly: true })
    return asked
  }
  return request.headers.cookie?.includes(COOKIE) ? known(request.cookies[COOKIE]) : undefined
}

// Browsers send the same few headers all day long; reading one costs more than looking it up.
const remembered = new Map<string, Locale>()

/** The browser's language. */
export function browserLocale(request: FastifyRequest): Locale {
  const header = request.headers['accept-language']
  if (!header) return 'fr'
  let locale = remembered.get(header)
  if (!locale) {
    locale = negotiateLocale(header)
    if (remembered.size > 500) remembered.clear()
    remembered.set(header, locale)
  }
  return locale
}

function known(language: string | undefined): Locale | undefined {
  return isLocale(language) ? language : undefined
}
