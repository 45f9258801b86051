// /events/{slug}/participants and /events/{slug}/orders: who comes, and who bought.
import { Type } from 'typebox'
import { listEventOrders, listParticipants } from '#src/modules/ticketing/find-participants.ts'
import { ORDER_STATUSES, type OrderStatus } from '#src/modules/ticketing/order.ts'
import { TICKET_STATUSES } from '#src/modules/ticketing/ticket.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'
import type { ApiServer } from './native-api.ts'
import { orderStatusJson, OrderStatusSchema } from './order-json.ts'
import { IdSchema, isoTime, MoneySchema, nullable, pageOf, PageQuery, refusals, TimeSchema } from './schemas.ts'

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })
const Search = Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name, an e-mail address, a phone number or an order’s code.' }))

const ParticipantSchema = Type.Object(
  {
    ticketId: Type.String({ format: 'uuid' }),
    ticketCode: Type.String(),
    orderCode: Type.String(),
    ticketTypeId: Type.Integer(),
    ticketType: Type.String(),
    status: Type.String(),
    name: Type.String(),
    email: nullable(Type.String()),
    phone: nullable(Type.String()),
    price: MoneySchema,
    createdAt: TimeSchema,
    usedCount: Type.Integer(),
    lastScanAt: nullable(TimeSchema),
  },
  { additionalProperties: false },
)

const OrderRowSchema = Type.Object(
  {
    code: Type.String(),
    status: OrderStatusSchema,
    channel: Type.String(),
    buyer: Type.Object({ name: Type.String(), email: nullable(Type.String()), phone: nullable(Type.String()) }),
    quantity: Type.Integer(),
    total: MoneySchema,
    createdAt: TimeSchema,
    paidAt: nullable(TimeSchema),
    expiresAt: nullable(TimeSchema),
    late: Type.Boolean(),
  },
  { additionalProperties: false },
)

const STATUS_OF_JSON = new Map(ORDER_STATUSES.map((status): [string, OrderStatus] => [orderStatusJson(status), status]))

export async function participantsApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/participants',
    {
      schema: {
        operationId: 'listParticipants',
        tags: ['Participants'],
        summary: 'Who has a ticket',
        params: Slug,
        querystring: Type.Object(
          { ...PageQuery, q: Search, status: Type.Optional(Type.Enum([...TICKET_STATUSES])), ticketTypeId: Type.Optional(IdSchema) },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(ParticipantSchema), ...refusals },
      },
    },
    async (request) => {
      const { currency } = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
      const page = await listParticipants(app, request.actor, request.params.slug, request.query)
      return {
        ...page,
        data: page.data.map((p) => ({
          ...p,
          price: { amount: p.price, currency },
          createdAt: isoTime(p.createdAt),
          lastScanAt: isoTime(p.lastScanAt),
        })),
      }
    },
  )

  server.get(
    '/events/:slug/orders',
    {
      schema: {
        operationId: 'listEventOrders',
        tags: ['Orders'],
        summary: 'The event’s orders',
        params: Slug,
        querystring: Type.Object({ ...PageQuery, q: Search, status: Type.Optional(OrderStatusSchema) }, { additionalProperties: false }),
        response: { 200: pageOf(OrderRowSchema), ...refusals },
      },
    },
    async (request) => {
      const { status, ...rest } = request.query
      const page = await listEventOrders(app, request.actor, request.params.slug, { ...rest, status: status && STATUS_OF_JSON.get(status) })
      return {
        ...page,
        data: page.data.map(({ code, status: state, channel, buyer, quantity, total, createdAt, paidAt, expiresAt, late }) => ({
          code,
          status: orderStatusJson(state),
          channel,
          buyer,
          quantity,
          total,
          createdAt: isoTime(createdAt),
          paidAt: isoTime(paidAt),
          expiresAt: isoTime(expiresAt),
          late,
        })),
      }
    },
  )
}
