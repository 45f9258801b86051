// /orders/{code}/refund-request and /events/{slug}/refund-requests: a buyer asks for the money back, the organizer answers.
import { Type, type Static } from 'typebox'
import { approveOrderRefund } from '#src/modules/ticketing/approve-order-refund.ts'
import { listEventOrders } from '#src/modules/ticketing/find-event-orders.ts'
import { awaitsRefundAnswer, type Order } from '#src/modules/ticketing/order.ts'
import { declineOrderRefund, requestOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import type { App } from '#src/platform/app.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { orderStatusJson, OrderStatusSchema } from './order-json.ts'
import { actorFor, requireCredentials } from './orders.ts'
import { isoTime, MoneySchema, nullable, pageOf, PageQuery, refusals, TimeSchema } from './schemas.ts'

const tags = ['Refund requests']
const Params = Type.Object({ code: Type.String({ minLength: 1, maxLength: 20 }) })
const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })

const RequestSchema = Type.Object(
  {
    order: Type.String(),
    orderStatus: OrderStatusSchema,
    buyer: Type.String(),
    total: MoneySchema,
    state: Type.Enum(['open', 'declined', 'closed'], { description: '`closed`: the money is on its way, or there is nothing left to answer.' }),
    reason: Type.String({ description: 'In the buyer’s words; may be empty.' }),
    ticketIds: nullable(Type.Array(Type.String({ format: 'uuid' }), { description: 'Null: all that still let in.' })),
    askedAt: nullable(TimeSchema),
    declinedAt: nullable(TimeSchema),
    answer: Type.String({ description: 'Why not, in the organizer’s words; may be empty.' }),
  },
  { additionalProperties: false },
)

function requestJson(order: Order): Static<typeof RequestSchema> {
  const asked = order.refundRequest
  return {
    order: order.code,
    orderStatus: orderStatusJson(order.status),
    buyer: order.buyer.name,
    total: order.total,
    state: awaitsRefundAnswer(order) ? 'open' : asked?.declinedAt ? 'declined' : 'closed',
    reason: asked?.reason ?? '',
    ticketIds: asked?.ticketIds ?? null,
    askedAt: isoTime(asked?.askedAt ?? null),
    declinedAt: isoTime(asked?.declinedAt ?? null),
    answer: asked?.answer ?? '',
  }
}

const optionalBody = <Properties extends Parameters<typeof Type.Object>[0]>(properties: Properties) =>
  Type.Optional(Type.Union([Type.Object(properties, { additionalProperties: false }), Type.Null()]))

export async function refundRequestsApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/refund-requests',
    {
      schema: {
        operationId: 'listRefundRequests',
        tags,
        summary: 'Who asks for their money back',
        params: Slug,
        querystring: Type.Object(
          { ...PageQuery, state: Type.Optional(Type.Enum(['open', 'declined'], { default: 'open' })) },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(RequestSchema), ...refusals },
      },
    },
    async (request) => {
      const { state = 'open', ...page } = request.query
      const { data, nextCursor } = await listEventOrders(app, request.actor, request.params.slug, { ...page, refund: state })
      return { data: data.map(requestJson), nextCursor }
    },
  )

  server.post(
    '/orders/:code/refund-request',
    {
      schema: {
        operationId: 'requestRefund',
        tags,
        summary: 'Ask for the money back, by the order’s own token or its buyer’s account',
        description: 'Where the event’s refund policy grants it at once, the money is on its way already and the state is `closed`.',
        params: Params,
        body: optionalBody({
          reason: Type.Optional(Type.String({ maxLength: 500 })),
          ticketIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 100 })),
        }),
        response: { 201: RequestSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        const { reason = '', ticketIds } = request.body ?? {}
        return requestJson(await requestOrderRefund(app, actor, { code: request.params.code, reason, ticketIds }))
      })
      return reply.send(body)
    },
  )

  server.post(
    '/orders/:code/refund-request/approval',
    {
      schema: {
        operationId: 'approveRefundRequest',
        tags,
        summary: 'Give back what the buyer asked for',
        params: Params,
        body: optionalBody({
          reason: Type.Optional(Type.String({ maxLength: 500 })),
          force: Type.Optional(Type.Boolean({ description: 'Also tickets whose holder is inside.' })),
        }),
        response: { 200: Type.Object({ request: RequestSchema, amount: MoneySchema }, { additionalProperties: false }), ...refusals },
      },
    },
    async (request) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      const { order, amount } = await approveOrderRefund(app, actor, { code: request.params.code, ...request.body })
      return { request: requestJson(order), amount: { amount, currency: order.total.currency } }
    },
  )

  server.post(
    '/orders/:code/refund-request/refusal',
    {
      schema: {
        operationId: 'declineRefundRequest',
        tags,
        summary: 'Say no; the tickets stay valid',
        description: 'Nothing happens where nobody waits for an answer.',
        params: Params,
        body: optionalBody({ answer: Type.Optional(Type.String({ maxLength: 500, description: 'A sentence that the buyer reads.' })) }),
        response: { 200: RequestSchema, ...refusals },
      },
    },
    async (request) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      return requestJson(await declineOrderRefund(app, actor, request.params.code, request.body?.answer))
    },
  )
}
