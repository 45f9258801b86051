// /events: found by everybody, made and led by their teams, reviewed by staff.
import { Type } from 'typebox'
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { COPY_PARTS, duplicateEvent } from '#src/modules/access/duplicate-event.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { countView } from '#src/modules/events/count-views.ts'
import { createEvent } from '#src/modules/events/create-event.ts'
import { deleteEvent } from '#src/modules/events/delete-event.ts'
import { MAX_TITLE, type Event } from '#src/modules/events/event.ts'
import { getVisibleEvent } from '#src/modules/events/find-events.ts'
import { isInTeam } from '#src/modules/events/policy.ts'
import { publishEvent } from '#src/modules/events/publish-event.ts'
import { reviewEvent } from '#src/modules/events/review-event.ts'
import { unpublishEvent } from '#src/modules/events/unpublish-event.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import type { App } from '#src/platform/app.ts'
import { getEventCard, listAllEvents, listPublicEvents, listTeamEvents } from '#src/reads/list-events.ts'
import { detailsFrom, EventCardSchema, EventChangesSchema, eventCardJson, eventJson, EventSchema, NewEventSchema, SlugParams } from './event-json.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { pageOf, PageQuery, refusals, TimeSchema } from './schemas.ts'

const tags = ['Events']

const Day = Type.String({
  maxLength: 40,
  pattern: '^\\d{4}-\\d{2}-\\d{2}(T.+)?$',
  description: 'A date (the whole day where the event is) or a time (ISO 8601).',
})

const ListQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200, description: 'Words: French, accents ignored, typos forgiven; `"exact words"`, `-without`.' })),
    from: Type.Optional(Day),
    to: Type.Optional(Day),
    city: Type.Optional(Type.String({ maxLength: 100 })),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    category: Type.Optional(Type.String({ maxLength: 60 })),
    organizer: Type.Optional(Type.String({ maxLength: 100, description: 'A slug.' })),
    status: Type.Optional(
      Type.Enum(['upcoming', 'ongoing', 'past', 'draft', 'pendingReview', 'published', 'cancelled', 'ended'], {
        description: 'By default what is not over yet, or any time where `from` or `to` is given.',
      }),
    ),
    price: Type.Optional(Type.Enum(['free', 'paid'])),
    maxPrice: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, description: 'In minor units.' })),
    sort: Type.Optional(Type.Enum(['date', 'popular', 'relevance'], { description: 'By default by relevance with `q`, else by date.' })),
    mine: Type.Optional(Type.Boolean({ description: 'The events of the caller’s organizers, in every status, latest first.' })),
    all: Type.Optional(Type.Boolean({ description: 'Every event, for staff.' })),
    ...PageQuery,
  },
  { additionalProperties: false },
)

const InvitationQuery = Type.Object(
  { invitation: Type.Optional(Type.String({ maxLength: 100, description: 'The token of an invitation’s link.' })) },
  { additionalProperties: false },
)

const CopySchema = Type.Object(
  {
    startsAt: TimeSchema,
    title: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_TITLE, description: 'By default the same.' })),
    parts: Type.Optional(
      Type.Array(Type.Enum([...COPY_PARTS]), {
        maxItems: COPY_PARTS.length,
        description: 'What is taken along besides details and settings; by default everything. Ticket types come with their quotas.',
      }),
    ),
  },
  { additionalProperties: false },
)

export async function eventsApi(server: ApiServer, app: App): Promise<void> {
  const show = async (event: Event) => eventJson(app, event, await getEventCard(app.db, event.id))

  server.get(
    '/events',
    {
      schema: {
        operationId: 'listEvents',
        tags,
        summary: 'Find events',
        querystring: ListQuery,
        response: { 200: pageOf(EventCardSchema), ...refusals },
      },
    },
    async (request) => {
      const { mine, all, status, ...rest } = request.query
      const filters = { ...rest, status: status === 'pendingReview' ? ('pending_review' as const) : status }
      const page = await (mine
        ? listTeamEvents(app, request.actor, filters)
        : all
          ? listAllEvents(app, request.actor, filters)
          : listPublicEvents(app, filters))
      return { data: page.data.map((card) => eventCardJson(app, card)), nextCursor: page.nextCursor }
    },
  )

  server.post(
    '/events',
    {
      schema: { operationId: 'createEvent', tags, summary: 'Make a draft', body: NewEventSchema, response: { 201: EventSchema, ...refusals } },
    },
    async (request, reply) => {
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        return show(await createEvent(app, request.actor, detailsFrom(request.body)))
      })
      return reply.header('location', `/api/v1/events/${body.slug}`).send(body)
    },
  )

  server.get(
    '/events/:slug',
    {
      schema: {
        operationId: 'getEvent',
        tags,
        summary: 'One event',
        params: SlugParams,
        querystring: InvitationQuery,
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => {
      const event = await getVisibleEvent(app, request.actor, request.params.slug, request.query)
      if (!isInsider(request.actor, event)) countView(app, event.id)
      return show(event)
    },
  )

  server.patch(
    '/events/:slug',
    {
      schema: {
        operationId: 'updateEvent',
        tags,
        summary: 'Change an event',
        description: 'What is left out stays as it is; null empties what may be empty. The slug never changes.',
        params: SlugParams,
        body: EventChangesSchema,
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await updateEvent(app, request.actor, request.params.slug, detailsFrom(request.body))),
  )

  server.delete(
    '/events/:slug',
    {
      schema: {
        operationId: 'deleteEvent',
        tags,
        summary: 'Delete an event without orders',
        description: 'With orders it is refused (`event_has_orders`): cancel it instead.',
        params: SlugParams,
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await deleteEvent(app, request.actor, request.params.slug)
      return reply.status(204).send(null)
    },
  )

  server.post(
    '/events/:slug/copies',
    {
      schema: {
        operationId: 'copyEvent',
        tags,
        summary: 'Make a draft like an event',
        description:
          'Every other time (end, doors, programme, sales, gates) moves by as much as the start. Orders and shifts stay; guests are told once the copy is published.',
        params: SlugParams,
        body: CopySchema,
        response: { 201: EventSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { startsAt, title, parts } = request.body
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        return show(
          await duplicateEvent(app, request.actor, request.params.slug, {
            startsAt: new Date(startsAt),
            ...(title === undefined ? {} : { title }),
            ...(parts ? { parts } : {}),
          }),
        )
      })
      return reply.header('location', `/api/v1/events/${body.slug}`).send(body)
    },
  )

  server.put(
    '/events/:slug/publication',
    {
      schema: {
        operationId: 'publishEvent',
        tags,
        summary: 'Publish an event',
        description:
          'Answers `published`, or `pendingReview` where the platform reviews events first. Ticket types may follow later: an event can be announced before it is on sale.',
        params: SlugParams,
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await publishEvent(app, request.actor, request.params.slug)),
  )

  server.delete(
    '/events/:slug/publication',
    {
      schema: {
        operationId: 'unpublishEvent',
        tags,
        summary: 'Make an event a draft again',
        description: 'Nobody but its team sees it, nothing is sold; sold tickets stay valid. Staff must say why; the team is told.',
        params: SlugParams,
        querystring: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) }, { additionalProperties: false }),
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await unpublishEvent(app, request.actor, request.params.slug, request.query)
      return reply.status(204).send(null)
    },
  )

  server.put(
    '/events/:slug/cancellation',
    {
      schema: {
        operationId: 'cancelEvent',
        tags,
        summary: 'Call an event off, for good',
        params: SlugParams,
        body: Type.Unsafe<{ reason?: string } | null>({
          type: ['object', 'null'],
          properties: { reason: Type.String({ maxLength: 500, description: 'Told to the buyers.' }) },
          additionalProperties: false,
        }),
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await cancelEvent(app, request.actor, request.params.slug, request.body ?? {})),
  )

  server.post(
    '/events/:slug/review',
    {
      schema: {
        operationId: 'reviewEvent',
        tags,
        summary: 'Approve or reject an event, for staff',
        params: SlugParams,
        body: Type.Object(
          { decision: Type.Enum(['approve', 'reject']), reason: Type.Optional(Type.String({ maxLength: 500 })) },
          { additionalProperties: false },
        ),
        response: { 200: EventSchema, ...refusals },
      },
    },
    async (request) => show(await reviewEvent(app, request.actor, request.params.slug, request.body)),
  )
}

function isInsider(actor: Actor, event: Event): boolean {
  return isStaff(actor) || isInTeam(actor, event)
}
