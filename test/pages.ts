// Pages as a browser without JavaScript meets them: follow links, fill in forms, read what is shown.
import { hashToken, newToken } from '#src/kernel/id.ts'
import type { AccountActor } from '#src/kernel/actor.ts'
import type { TestApp } from './app.ts'

export type ReadPage = {
  status: number
  html: string
  /** What people read: no markup, single spaces. */
  text: string
  headers: Record<string, string | string[] | number | undefined>
  /** Where a redirect leads. */
  location: string
}

export type Fields = Record<string, string | number | readonly string[]>

/** Somebody's browser: `as` signs in, nobody is a visitor. */
export function browse(app: TestApp, as?: AccountActor) {
  let cookie: string | undefined
  const headers = async () => {
    if (as && !cookie) cookie = await signIn(app, as)
    return { ...(cookie ? { cookie } : {}), 'accept-language': 'fr' }
  }
  return {
    async get(url: string, more: Record<string, string> = {}): Promise<ReadPage> {
      return read(await app.server.inject({ url, headers: { ...(await headers()), ...more } }))
    },
    async postRaw(url: string, payload: Buffer, contentType: string): Promise<ReadPage> {
      return read(
        await app.server.inject({
          method: 'POST',
          url,
          payload,
          headers: { ...(await headers()), 'content-type': contentType, 'sec-fetch-site': 'same-origin' },
        }),
      )
    },
    async post(url: string, fields: Fields = {}): Promise<ReadPage> {
      const body = new URLSearchParams()
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, String(one))
      return read(
        await app.server.inject({
          method: 'POST',
          url,
          payload: body.toString(),
          headers: { ...(await headers()), 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
        }),
      )
    },
  }
}

/** The hidden fields of a page: what a browser sends back with whatever is typed. */
export function hiddenFields(html: string): Record<string, string> {
  return Object.fromEntries([...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]))
}

async function signIn(app: TestApp, account: AccountActor): Promise<string> {
  const token = newToken()
  await app.db
    .insertInto('loginSession')
    .values({ accountId: account.accountId, kind: 'web', tokenHash: hashToken(token), expiresAt: new Date(Date.now() + 86_400_000) })
    .execute()
  return `guichet_session=${token}`
}

function read(response: Awaited<ReturnType<TestApp['server']['inject']>> & { body: string }): ReadPage {
  const text = response.body
    .replaceAll(/<(script|style)[^]*?<\/\1>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll(/\s+/g, ' ')
  return { status: response.statusCode, html: response.body, text, headers: response.headers, location: String(response.headers.location ?? '') }
}
