// The native REST API, /api/v1: camelCase JSON, problem+json, cursor pages. One file per resource.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { knowCallers } from './callers.ts'
import { describeApi, descriptionApi } from './description.ts'
import { ordersApi } from './orders.ts'
import { ProblemSchema, sendProblem } from './problem.ts'
import { ticketTypesApi } from './ticket-types.ts'

export type ApiServer = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, TypeBoxTypeProvider>

/** The plugin that serves the API. Its errors, its 404 and its way of knowing callers stay inside. */
export function nativeApi(app: App): FastifyPluginAsync {
  return async (instance) => {
    const server = instance.withTypeProvider<TypeBoxTypeProvider>()
    await describeApi(server, app)
    server.addSchema(ProblemSchema)
    server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
    server.setNotFoundHandler((request, reply) => sendProblem(kernelError('not_found'), request, reply))
    await knowCallers(server, app)

    await ordersApi(server, app)
    await ticketTypesApi(server, app)
    await descriptionApi(server)
  }
}
