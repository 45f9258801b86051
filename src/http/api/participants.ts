// /events/{slug}/participants and /events/{slug}/orders: who comes, and who bought.
import { Type, type TSchema } from 'typebox'
import { listEventOrders, ORDER_SORTS } from '#src/modules/ticketing/find-event-orders.ts'
import { ORDER_STATUSES, SALES_CHANNELS, type OrderStatus } from '#src/modules/ticketing/order.ts'
import { TICKET_STATUSES } from '#src/modules/ticketing/ticket.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'
import { listParticipants, PARTICIPANT_SORTS } from '#src/reads/list-participants.ts'
import type { ApiServer } from './native-api.ts'
import { orderStatusJson, OrderStatusSchema } from './order-json.ts'
import { IdSchema, isoTime, MoneySchema, nullable, pageOf, PageQuery, refusals, TimeSchema } from './schemas.ts'

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })
const Search = (also = '') =>
  Type.Optional(Type.String({ maxLength: 100, description: `Part of a name, an e-mail address, a phone number or an order’s code${also}.` }))
const Descending = Type.Optional(Type.Boolean({ description: 'The reverse of the order asked for; the newest first where none is asked for.' }))
const Counted = <Row extends TSchema>(row: Row) =>
  Type.Object({ ...pageOf(row).properties, count: Type.Integer({ description: 'How many match in all.' }) }, { additionalProperties: false })

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
          {
            ...PageQuery,
            q: Search('; or the whole code of a ticket'),
            status: Type.Optional(Type.Enum([...TICKET_STATUSES])),
            ticketTypeId: Type.Optional(IdSchema),
            entered: Type.Optional(Type.Boolean({ description: 'Whether the ticket has let somebody in yet.' })),
            paid: Type.Optional(Type.Boolean({ description: 'Whether it cost something.' })),
            gateId: Type.Optional(IdSchema),
            sort: Type.Optional(Type.Enum([...PARTICIPANT_SORTS])),
            descending: Descending,
          },
          { additionalProperties: false },
        ),
        response: { 200: Counted(ParticipantSchema), ...refusals },
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
        querystring: Type.Object(
          {
            ...PageQuery,
            q: Search(),
            status: Type.Optional(OrderStatusSchema),
            channel: Type.Optional(Type.Enum([...SALES_CHANNELS])),
            refund: Type.Optional(Type.Enum(['open', 'declined', 'none'], { description: '`open`: the buyer waits for an answer.' })),
            from: Type.Optional(TimeSchema),
            to: Type.Optional(TimeSchema),
            sort: Type.Optional(Type.Enum([...ORDER_SORTS])),
            descending: Descending,
          },
          { additionalProperties: false },
        ),
        response: { 200: Counted(OrderRowSchema), ...refusals },
      },
    },
    async (request) => {
      const { status, from, to, ...rest } = request.query
      const page = await listEventOrders(app, request.actor, request.params.slug, {
        ...rest,
        status: status && STATUS_OF_JSON.get(status),
        from: from === undefined ? undefined : new Date(from),
        to: to === undefined ? undefined : new Date(to),
      })
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
