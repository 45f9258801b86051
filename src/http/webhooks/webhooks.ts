// What payment providers send us: POST, PUT or GET /webhooks/{provider}/{token}. The body stays bytes, since signatures are over bytes.
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { receiveWebhook } from '#src/modules/payments/receive-webhook.ts'
import type { App } from '#src/platform/app.ts'
import { toDomainError } from '#src/platform/db.ts'

const MAX_BODY = 256 * 1024

type Params = { provider: string; token: string }

/** The plugin; its parser and its errors stay inside. Errors are one word: nobody reads them but machines, and strangers learn nothing. */
export function webhooks(app: App): FastifyPluginAsync {
  return async (server: FastifyInstance) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) => done(null, body))
    server.setErrorHandler((error, request, reply) => {
      const refusal = toDomainError(error)
      if (isDomainError(refusal, 'not_found')) return reply.status(404).type('text/plain').send('unknown')
      const status = (error as { statusCode?: number }).statusCode
      if (status !== undefined && status >= 400 && status < 500) return reply.status(status).type('text/plain').send('refused')
      request.log.error({ err: error }, 'a webhook could not be stored')
      // Whatever is wrong with us: the sender keeps it and tries again.
      return reply.status(503).header('retry-after', '5').type('text/plain').send('later')
    })
    server.route<{ Params: Params }>({
      method: ['POST', 'PUT', 'GET'],
      url: '/webhooks/:provider/:token',
      schema: { hide: true },
      bodyLimit: MAX_BODY,
      handler: async (request, reply) => {
        const answer = await receiveWebhook(app, { ...request.params, request: webhookOf(app, request) })
        return reply.status(answer.status).type('text/plain').send(answer.outcome)
      },
    })
  }
}

function webhookOf(app: App, request: FastifyRequest) {
  const mark = request.url.indexOf('?')
  return {
    method: request.method,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
    rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    query: new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1)),
    receivedAt: app.clock.now(),
  }
}
