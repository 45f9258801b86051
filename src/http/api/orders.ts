// /orders: buying, and what follows.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { findLatestPayment } from '#src/modules/payments/find-payments.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { checkOut, payOrder } from '#src/modules/ticketing/check-out.ts'
import { getOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { orderHolder } from '#src/modules/ticketing/magic-link.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { reissueTicket, renameHolder, resendOrder } from '#src/modules/ticketing/serve-order.ts'
import type { App } from '#src/platform/app.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { checkedOutJson, orderJson, OrderSchema } from './order-json.ts'
import { IdSchema, MoneySchema, orNull, refusals } from './schemas.ts'

const Params = Type.Object({ code: Type.String({ minLength: 1, maxLength: 20 }) })
const tags = ['Orders']

const PlaceBody = Type.Object(
  {
    event: Type.String({ minLength: 1, maxLength: 100, description: 'The event’s slug.' }),
    lines: Type.Array(
      Type.Object({ ticketTypeId: IdSchema, quantity: Type.Integer({ minimum: 0, maximum: 100 }) }, { additionalProperties: false }),
      { minItems: 1, maxItems: 50 },
    ),
    buyer: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 200 }),
        email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
        phone: Type.Optional(Type.String({ maxLength: 30 })),
      },
      { additionalProperties: false, description: 'At least one of email and phone.' },
    ),
    holders: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 200 }),
            email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
          },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'One per ticket, in the order of the lines; needed where the event asks for names.' },
      ),
    ),
    payment: Type.Optional(
      Type.Object(
        { provider: Type.String({ maxLength: 40 }), phone: Type.Optional(Type.String({ maxLength: 30 })) },
        { additionalProperties: false },
      ),
    ),
    expectedTotal: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'The sum that the buyer was shown, in minor units. Another one is refused: `price_changed`, with the new `total`.',
      }),
    ),
    channel: Type.Optional(Type.Enum(['api', 'cashier'], { default: 'api', description: '`cashier`: sold at the desk by the organizer’s team.' })),
    invitation: Type.Optional(Type.String({ maxLength: 100, description: 'Token of a private event’s invitation.' })),
  },
  { additionalProperties: false },
)

/** Who asks about this order: its own access token makes its holder of whoever bears it. */
export function actorFor(app: App, request: FastifyRequest, code: string): Actor {
  if (request.bearer === null) return request.actor
  const holder = orderHolder(app, request.actor, code.toUpperCase(), request.bearer)
  if (!holder) throw kernelError('unauthenticated')
  return holder
}

/** An order is found by whoever may see it; everybody else must say who they are first. */
export function requireCredentials(actor: Actor): Actor {
  if (actor.kind === 'visitor') throw kernelError('unauthenticated')
  return actor
}

export async function ordersApi(server: ApiServer, app: App): Promise<void> {
  const show = async (actor: Actor, code: string) => {
    const order = await getOrder(app, actor, code)
    const event = (await findEventById(app.db, order.eventId))!
    const [tickets, payment] = await Promise.all([listOrderTickets(app, event, order), findLatestPayment(app.db, { kind: 'order', id: order.id })])
    return orderJson(app, order, event.slug, tickets, payment)
  }

  server.post(
    '/orders',
    {
      schema: {
        operationId: 'placeOrder',
        tags,
        summary: 'Place an order and start its payment',
        description: 'Holds the places for 15 minutes, or settles at once what is free. The same Idempotency-Key and body answer the same order.',
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) }),
        body: PlaceBody,
        response: { 201: OrderSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { event, ...rest } = request.body
      const idempotencyKey = request.headers['idempotency-key'] ?? request.id
      const placed = await checkOut(app, request.actor, { ...rest, eventSlug: event, idempotencyKey, channel: rest.channel ?? 'api' })
      return reply.status(201).header('location', `/api/v1/orders/${placed.code}`).send(checkedOutJson(app, placed))
    },
  )

  server.get(
    '/orders/:code',
    {
      schema: {
        operationId: 'getOrder',
        tags,
        summary: 'Show an order to its holder, its buyer or its organizer',
        params: Params,
        response: { 200: OrderSchema, ...refusals },
      },
    },
    async (request) => {
      return show(requireCredentials(actorFor(app, request, request.params.code)), request.params.code)
    },
  )

  server.post(
    '/orders/:code/payments',
    {
      schema: {
        operationId: 'payOrder',
        tags,
        summary: 'Start another payment for an order that still waits',
        params: Params,
        body: Type.Object(
          { provider: Type.String({ maxLength: 40 }), phone: Type.Optional(Type.String({ maxLength: 30 })) },
          { additionalProperties: false },
        ),
        response: { 201: OrderSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        const event = (await findEventById(app.db, (await getOrder(app, actor, request.params.code)).eventId))!
        await payOrder(app, actor, event, request.params.code, request.body)
        return show(actor, request.params.code)
      })
      return reply.send(body)
    },
  )

  server.post(
    '/orders/:code/cancellation',
    {
      schema: {
        operationId: 'cancelOrder',
        tags,
        summary: 'Cancel an order; what was paid goes back',
        params: Params,
        body: Type.Optional(
          Type.Union([
            Type.Object(
              { reason: Type.Optional(Type.String({ maxLength: 500 })), force: Type.Optional(Type.Boolean()) },
              { additionalProperties: false },
            ),
            Type.Null(),
          ]),
        ),
        response: { 200: OrderSchema, ...refusals },
      },
    },
    async (request) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      await cancelOrder(app, actor, { code: request.params.code, ...request.body })
      return show(actor, request.params.code)
    },
  )

  server.post(
    '/orders/:code/refunds',
    {
      schema: {
        operationId: 'refundOrder',
        tags,
        summary: 'Refund an order, whole or by ticket',
        params: Params,
        body: Type.Optional(
          Type.Union([
            Type.Object(
              {
                ticketIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 100 })),
                reason: Type.Optional(Type.String({ maxLength: 500 })),
                force: Type.Optional(Type.Boolean({ description: 'Also tickets whose holder is inside.' })),
              },
              { additionalProperties: false },
            ),
            Type.Null(),
          ]),
        ),
        response: { 201: Type.Object({ order: OrderSchema, amount: MoneySchema }, { additionalProperties: false }), ...refusals },
      },
    },
    async (request, reply) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        const { order, amount } = await refundOrder(app, actor, { code: request.params.code, ...request.body })
        return { order: await show(actor, order.code), amount: { amount, currency: order.total.currency } }
      })
      return reply.send(body)
    },
  )

  server.post(
    '/orders/:code/messages',
    {
      schema: {
        operationId: 'resendOrder',
        tags,
        summary: 'Send the tickets to the buyer again',
        params: Params,
        body: Type.Optional(
          Type.Union([Type.Object({ kind: Type.Optional(Type.Literal('tickets')) }, { additionalProperties: false }), Type.Null()]),
        ),
        response: { 202: Type.Object({ queued: Type.Boolean() }, { additionalProperties: false }), ...refusals },
      },
    },
    async (request, reply) => {
      await resendOrder(app, requireCredentials(actorFor(app, request, request.params.code)), request.params.code)
      return reply.status(202).send({ queued: true })
    },
  )

  const TicketParams = Type.Object({ code: Params.properties.code, ticketId: Type.String({ format: 'uuid' }) })

  server.patch(
    '/orders/:code/tickets/:ticketId',
    {
      schema: {
        operationId: 'renameHolder',
        tags,
        summary: 'Correct who holds a ticket',
        params: TicketParams,
        body: Type.Object(
          {
            holderName: Type.String({ minLength: 1, maxLength: 200 }),
            holderEmail: Type.Optional(orNull(Type.String({ format: 'email' }))),
          },
          { additionalProperties: false },
        ),
        response: { 200: OrderSchema, ...refusals },
      },
    },
    async (request) => {
      const { code, ticketId } = request.params
      const actor = requireCredentials(actorFor(app, request, code))
      await renameHolder(app, actor, { code, ticketId, name: request.body.holderName, email: request.body.holderEmail })
      return show(actor, code)
    },
  )

  server.post(
    '/orders/:code/tickets/:ticketId/reissue',
    {
      schema: {
        operationId: 'reissueTicket',
        tags,
        summary: 'Replace a ticket’s code: the old QR no longer lets in',
        params: TicketParams,
        response: { 200: OrderSchema, ...refusals },
      },
    },
    async (request) => {
      const actor = requireCredentials(actorFor(app, request, request.params.code))
      await reissueTicket(app, actor, request.params)
      return show(actor, request.params.code)
    },
  )
}
