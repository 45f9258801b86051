// /events/{slug}/ticket-types, /ticket-types/{id} and /events/{slug}/quotas: what is sold, and how many places there are.
import { Type, type Static, type TSchema } from 'typebox'
import { worksFor } from '#src/kernel/actor.ts'
import { getSaleEvent } from '#src/modules/ticketing/place-order.ts'
import { createTicketType } from '#src/modules/ticketing/create-ticket-type.ts'
import { deleteTicketType } from '#src/modules/ticketing/delete-ticket-type.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { createQuota, listQuotas, resizeQuota } from '#src/modules/ticketing/resize-quota.ts'
import { ticketTypeState, type TicketType } from '#src/modules/ticketing/ticket-type.ts'
import { updateTicketType } from '#src/modules/ticketing/update-ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { byLanguage, camelCase, IdSchema, isoTime, MoneySchema, nullable, orNull, PriceSchema, refusals, TimeSchema, wholeListOf } from './schemas.ts'

const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })
const Id = Type.Object({ id: IdSchema })
const tags = ['Ticket types']

const Fields = {
  name: Type.String({ minLength: 1, maxLength: 120 }),
  description: Type.String({ maxLength: 2000 }),
  price: Type.Unsafe<Static<typeof PriceSchema>>({
    ...PriceSchema,
    description: 'The face price. Where the event passes its fee on, the buyer pays it on top.',
  }),
  minPerOrder: Type.Integer({ minimum: 1, maximum: 100 }),
  maxPerOrder: Type.Integer({ minimum: 1, maximum: 100 }),
  saleStartsAt: orNull(TimeSchema),
  saleEndsAt: orNull(TimeSchema),
  validFrom: orNull(TimeSchema),
  validTo: orNull(TimeSchema),
  usageLimit: orNull(Type.Integer({ minimum: 1, maximum: 10_000 })),
  usagePeriod: Type.Enum(['event', 'day']),
  reentry: Type.Boolean(),
  admitIssued: Type.Boolean(),
  hidden: Type.Boolean(),
  position: Type.Integer({ minimum: 0, maximum: 10_000 }),
  quantity: Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Places of a quota of its own.' }),
}
const optional = <T extends Record<string, TSchema>>(fields: T) => Type.Partial(Type.Object(fields))
const { name, price, ...others } = Fields

export const TypeTranslationsSchema = byLanguage(
  Type.Object({ name: Type.String({ maxLength: 120 }), description: Type.String({ maxLength: 2000 }) }, { additionalProperties: false }),
)

const TicketTypeSchema = Type.Object(
  {
    id: Type.Integer(),
    event: Type.String(),
    name: Type.String(),
    description: Type.String(),
    price: Type.Unsafe<Static<typeof MoneySchema>>({ ...MoneySchema, description: 'What the buyer pays, all in: `facePrice` and `fee`.' }),
    facePrice: Type.Unsafe<Static<typeof MoneySchema>>({ ...MoneySchema, description: 'What the organizer asks for.' }),
    fee: Type.Unsafe<Static<typeof MoneySchema>>({ ...MoneySchema, description: 'The platform’s fee, where the event passes it on; else zero.' }),
    state: Type.Enum(['onSale', 'notStarted', 'ended', 'soldOut']),
    remaining: Type.Integer(),
    minPerOrder: Type.Integer(),
    maxPerOrder: Type.Integer(),
    saleStartsAt: nullable(TimeSchema),
    saleEndsAt: nullable(TimeSchema),
    validFrom: nullable(TimeSchema),
    validTo: nullable(TimeSchema),
    usageLimit: nullable(Type.Integer()),
    usagePeriod: Type.String(),
    reentry: Type.Boolean(),
    admitIssued: Type.Boolean(),
    hidden: Type.Boolean(),
    position: Type.Integer(),
    translations: TypeTranslationsSchema,
    quotaId: Type.Integer(),
    quota: Type.Optional(Type.Object({ size: Type.Integer(), held: Type.Integer(), sold: Type.Integer() }, { description: 'For the event’s team.' })),
  },
  { additionalProperties: false },
)

const QuotaSchema = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    kind: Type.Enum(['own', 'shared', 'capacity']),
    size: Type.Integer(),
    held: Type.Integer(),
    sold: Type.Integer(),
    available: Type.Integer(),
  },
  { additionalProperties: false },
)

type Times = 'saleStartsAt' | 'saleEndsAt' | 'validFrom' | 'validTo'

/** Times come as text; left out stays left out. */
function withDates<T extends Partial<Record<Times, string | null>>>(body: T): Omit<T, Times> & Partial<Record<Times, Date | null>> {
  const { saleStartsAt, saleEndsAt, validFrom, validTo, ...rest } = body
  const times = Object.entries({ saleStartsAt, saleEndsAt, validFrom, validTo }).filter(([, value]) => value !== undefined)
  return { ...rest, ...Object.fromEntries(times.map(([key, value]) => [key, value === null ? null : new Date(value as string)])) } as never
}

function ticketTypeJson(type: TicketType, event: { slug: string; endsAt: Date }, now: Date, team: boolean): Static<typeof TicketTypeSchema> {
  const { id, description, minPerOrder, maxPerOrder, usageLimit, usagePeriod, reentry, admitIssued, hidden, position, quota } = type
  return {
    id,
    event: event.slug,
    name: type.name,
    description,
    price: type.price,
    facePrice: type.facePrice,
    fee: type.fee,
    state: camelCase(ticketTypeState(type, event, now)),
    remaining: Math.max(0, type.remaining),
    minPerOrder,
    maxPerOrder,
    usageLimit,
    usagePeriod,
    reentry,
    admitIssued,
    hidden,
    position,
    translations: type.translations as Static<typeof TypeTranslationsSchema>,
    quotaId: quota.id,
    saleStartsAt: isoTime(type.saleStartsAt),
    saleEndsAt: isoTime(type.saleEndsAt),
    validFrom: isoTime(type.validFrom),
    validTo: isoTime(type.validTo),
    ...(team ? { quota: { size: quota.size, held: quota.held, sold: quota.sold } } : {}),
  }
}

export async function ticketTypesApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/ticket-types',
    {
      schema: {
        operationId: 'listTicketTypes',
        tags,
        summary: 'What an event sells',
        params: Slug,
        querystring: Type.Object({ invitation: Type.Optional(Type.String({ maxLength: 100 })) }, { additionalProperties: false }),
        response: { 200: wholeListOf(TicketTypeSchema), ...refusals },
      },
    },
    async (request) => {
      const event = await getSaleEvent(app, request.actor, request.params.slug, request.query.invitation)
      const team = worksFor(request.actor, event.organizerId, 'owner', 'manager', 'cashier')
      const types = await listTicketTypes(app, event.id, { hidden: team })
      return { data: types.map((type) => ticketTypeJson(type, event, app.clock.now(), team)), nextCursor: null }
    },
  )

  server.post(
    '/events/:slug/ticket-types',
    {
      schema: {
        operationId: 'createTicketType',
        tags,
        summary: 'Sell something new',
        params: Slug,
        body: Type.Object(
          {
            name,
            price,
            ...optional(others).properties,
            quotaId: Type.Optional(
              Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'One of the event’s shared quotas, instead of `quantity`.' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 201: TicketTypeSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        const { type, event } = await createTicketType(app, request.actor, request.params.slug, withDates(request.body))
        return ticketTypeJson(type, event, app.clock.now(), true)
      })
      return reply.send(body)
    },
  )

  server.patch(
    '/ticket-types/:id',
    {
      schema: {
        operationId: 'updateTicketType',
        tags,
        summary: 'Change what is sold; tickets already sold keep their price',
        params: Id,
        body: Type.Partial(Type.Object(Fields), { additionalProperties: false }),
        response: { 200: TicketTypeSchema, ...refusals },
      },
    },
    async (request) => {
      const { type, event } = await updateTicketType(app, request.actor, request.params.id, withDates(request.body))
      return ticketTypeJson(type, event, app.clock.now(), true)
    },
  )

  server.delete(
    '/ticket-types/:id',
    {
      schema: { operationId: 'deleteTicketType', tags, summary: 'Stop selling for good', params: Id, response: { 204: Type.Null(), ...refusals } },
    },
    async (request, reply) => {
      await deleteTicketType(app, request.actor, request.params.id)
      return reply.status(204).send(null)
    },
  )

  server.get(
    '/events/:slug/quotas',
    {
      schema: {
        operationId: 'listQuotas',
        tags: ['Quotas'],
        summary: 'The event’s quotas and what is taken of them',
        params: Slug,
        response: { 200: wholeListOf(QuotaSchema), ...refusals },
      },
    },
    async (request) => ({
      data: (await listQuotas(app, request.actor, request.params.slug)).map((quota) => ({
        ...quota,
        available: quota.size - quota.held - quota.sold,
      })),
      nextCursor: null,
    }),
  )

  server.post(
    '/events/:slug/quotas',
    {
      schema: {
        operationId: 'createQuota',
        tags: ['Quotas'],
        summary: 'A quota that several ticket types may share',
        params: Slug,
        body: Type.Object(
          { name: Type.String({ minLength: 1, maxLength: 120 }), size: Type.Integer({ minimum: 0, maximum: 10_000_000 }) },
          { additionalProperties: false },
        ),
        response: { 201: QuotaSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        const quota = await createQuota(app, request.actor, request.params.slug, request.body)
        return { ...quota, available: quota.size }
      })
      return reply.send(body)
    },
  )

  server.patch(
    '/events/:slug/quotas/:quotaId',
    {
      schema: {
        operationId: 'resizeQuota',
        tags: ['Quotas'],
        summary: 'Change how many places there are',
        params: Type.Object({ ...Slug.properties, quotaId: IdSchema }),
        body: Type.Object({ size: Type.Integer({ minimum: 0, maximum: 10_000_000 }) }, { additionalProperties: false }),
        response: { 200: QuotaSchema, ...refusals },
      },
    },
    async (request) => {
      const quota = await resizeQuota(app, request.actor, request.params.slug, request.params.quotaId, request.body.size)
      return { ...quota, available: quota.size - quota.held - quota.sold }
    },
  )
}
