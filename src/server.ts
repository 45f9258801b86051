// Every door of the building on one screen.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { Actor } from './kernel/actor.ts'
import { kernelError } from './kernel/domain-error.ts'
import type { App } from './platform/app.ts'
import { docsPages } from './http/api/docs.ts'
import { nativeApi } from './http/api/native-api.ts'
import { sendProblem } from './http/api/problem.ts'
import { webhooks } from './http/webhooks/webhooks.ts'
import { sendErrorPage } from './web/error-page.tsx'
import { web } from './web/web.ts'
import { healthEndpoints } from './http/health.ts'
import { securityHeaders, sendSecurityHeaders } from './http/security-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by each door's own hook. */
    actor: Actor
  }
}

/** Builds the server with all its doors; the caller listens and closes. */
export async function buildServer(app: App): Promise<FastifyInstance> {
  const https = app.config.environment === 'production'
  const server = Fastify({
    loggerInstance: app.log as FastifyBaseLogger,
    trustProxy: app.config.trustProxy,
    bodyLimit: 1_048_576,
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => refuseAddress(error, request, reply.headers(securityHeaders({ https }))),
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: true, allErrors: false } },
  })
  server.decorateRequest('actor', null as never)
  observe(server, app)
  sendSecurityHeaders(server, { https })
  await server.register(cookie)
  await server.register(formbody)

  await healthEndpoints(server, app)
  await server.register(nativeApi(app), { prefix: '/api/v1' })
  await server.register(webhooks(app))
  await server.register(web(app))
  await docsPages(server)
  return server
}

/** An address that the router can't read is refused in the manner of the door that it seems meant for. No hook sees such a request. */
function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = kernelError(error.code === 'FST_ERR_BAD_URL' ? 'malformed_address' : 'not_found')
  if (request.raw.url?.startsWith('/api/')) sendProblem(refusal, request, reply)
  else sendErrorPage(refusal, request, reply)
}

/** One log line and one metric per request: route, status, duration, actor; never a query, a token or an address. */
function observe(server: FastifyInstance, app: App): void {
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    app.metrics.httpSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    if (app.log.isLevelEnabled('info')) {
      const actor = request.actor as Actor | null
      request.log.info(
        {
          method: request.method,
          route,
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          actor: actor?.kind === 'account' ? `account:${actor.accountId}` : (actor?.kind ?? 'none'),
        },
        'request',
      )
    }
    done()
  })
}
