// The native REST API, /api/v1: camelCase JSON, problem+json, cursor pages. One file per resource.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginAsync,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { authApi } from './auth.ts'
import { knowCallers } from './callers.ts'
import { categoriesApi } from './categories.ts'
import { checkInput } from './check-input.ts'
import { coversApi } from './covers.ts'
import { describeApi, descriptionApi } from './description.ts'
import { issuesApi } from './issues.ts'
import { meApi } from './me.ts'
import { eventsApi } from './events.ts'
import { gatesApi } from './gates.ts'
import { invitationsApi } from './invitations.ts'
import { ordersApi } from './orders.ts'
import { organizersApi } from './organizers.ts'
import { paymentsApi } from './payments.ts'
import { participantsApi } from './participants.ts'
import { participantsExportApi } from './participants-export.ts'
import { ProblemSchema, sendProblem } from './problem.ts'
import { refundRequestsApi } from './refund-requests.ts'
import { scanApi } from './scan.ts'
import { simulatorApi } from './simulator.ts'
import { sessionsApi } from './sessions.ts'
import { statsApi } from './stats.ts'
import { eventSettingsApi } from './event-settings.ts'
import { ticketTypesApi } from './ticket-types.ts'

export type ApiServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** The plugin that serves the API. Its errors, its 404 and its way of knowing callers stay inside. */
export function nativeApi(app: App): FastifyPluginAsync {
  return async (instance) => {
    const server = instance.withTypeProvider<TypeBoxTypeProvider>()
    await describeApi(server, app)
    server.addSchema(ProblemSchema)
    server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
    server.setNotFoundHandler((request, reply) => sendProblem(kernelError('not_found'), request, reply))
    checkInput(server)
    takeOnlyJson(server)
    await knowCallers(server, app)

    await authApi(server, app)
    await meApi(server, app)
    await organizersApi(server, app)
    await categoriesApi(server, app)
    await eventsApi(server, app)
    await sessionsApi(server, app)
    await coversApi(server, app)
    await invitationsApi(server, app)
    await ordersApi(server, app)
    await refundRequestsApi(server, app)
    await participantsApi(server, app)
    await participantsExportApi(server, app)
    await ticketTypesApi(server, app)
    await issuesApi(server, app)
    await eventSettingsApi(server, app)
    await paymentsApi(server, app)
    await simulatorApi(server, app)
    await gatesApi(server, app)
    await scanApi(server, app)
    await statsApi(server, app)

    await descriptionApi(server)
  }
}

/** No forms, no plain text. Many clients declare JSON on every request, with a body or without: nothing sent is nothing, not malformed JSON. */
function takeOnlyJson(server: ApiServer): void {
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parseJson(request, body as string, done)
  })
}
