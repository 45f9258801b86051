// Who calls the native API: `Authorization: Bearer` becomes `request.actor`.
import type { FastifyInstance } from 'fastify'
import { negotiateLocale } from '#src/locales/locale.ts'
import { resolveAccessToken } from '#src/modules/identity/resolve-actor.ts'
import type { App } from '#src/platform/app.ts'
import type { ApiServer } from './native-api.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** A bearer that is not an account's: an order's own access token, which only the orders' routes can judge. */
    bearer: string | null
  }
  interface FastifyContextConfig {
    /** The route serves people whose access token is dead (login, refresh, logout): a bad one makes a visitor, not a 401. */
    toleratesDeadToken?: boolean
  }
}

const JWT = /^[\w-]+\.[\w-]*\.[\w-]*$/

/**
 * Two dots make an access token: the account behind it, or 401. Any other bearer stays with the request, its caller a visitor.
 * Without Accept-Language, an account reads its own language. What somebody is told with credentials, or for something done, nobody may keep.
 */
export async function knowCallers(server: ApiServer, app: App): Promise<void> {
  if (!server.hasRequestDecorator('bearer')) (server as FastifyInstance).decorateRequest('bearer', null)
  server.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || request.headers.authorization !== undefined) reply.header('cache-control', 'no-store')
    const wished = request.headers['accept-language']
    const locale = wished ? negotiateLocale(wished) : null
    request.actor = { kind: 'visitor', locale: locale ?? 'fr', ip: request.ip }
    const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    if (!bearer) return
    if (!JWT.test(bearer)) {
      request.bearer = bearer
      return
    }
    try {
      request.actor = await resolveAccessToken(app, bearer, { locale, ip: request.ip })
    } catch (error) {
      if (!request.routeOptions.config.toleratesDeadToken) throw error
    }
  })
}
