// /events/{slug}/sessions: an event's programme.
import { Type, type Static } from 'typebox'
import { addSession, listSessions, removeSession } from '#src/modules/events/change-sessions.ts'
import { getVisibleEvent } from '#src/modules/events/find-events.ts'
import type { Session } from '#src/modules/events/session.ts'
import type { App } from '#src/platform/app.ts'
import { SlugParams } from './event-json.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { IdSchema, isoTime, refusals, TimeSchema, wholeListOf } from './schemas.ts'

const tags = ['Events']

const SessionSchema = Type.Object(
  {
    id: Type.Integer(),
    title: Type.String(),
    description: Type.String(),
    speaker: Type.String(),
    place: Type.String(),
    startsAt: TimeSchema,
    endsAt: TimeSchema,
  },
  { additionalProperties: false },
)

const NewSessionSchema = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    startsAt: TimeSchema,
    endsAt: TimeSchema,
    description: Type.Optional(Type.String({ maxLength: 5000 })),
    speaker: Type.Optional(Type.String({ maxLength: 200 })),
    place: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
)

function sessionJson(session: Session): Static<typeof SessionSchema> {
  return { ...session, startsAt: isoTime(session.startsAt), endsAt: isoTime(session.endsAt) }
}

export async function sessionsApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags,
        summary: 'The programme, by time',
        params: SlugParams,
        querystring: Type.Object({ invitation: Type.Optional(Type.String({ maxLength: 100 })) }, { additionalProperties: false }),
        response: { 200: wholeListOf(SessionSchema), ...refusals },
      },
    },
    async (request) => {
      const event = await getVisibleEvent(app, request.actor, request.params.slug, request.query)
      return { data: (await listSessions(app.db, event.id)).map(sessionJson), nextCursor: null }
    },
  )

  server.post(
    '/events/:slug/sessions',
    {
      schema: {
        operationId: 'addSession',
        tags,
        summary: 'Add a programme item',
        description: 'It lies between the event’s opening and its end.',
        params: SlugParams,
        body: NewSessionSchema,
        response: { 201: SessionSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { startsAt, endsAt, ...rest } = request.body
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        return sessionJson(
          await addSession(app, request.actor, request.params.slug, { ...rest, startsAt: new Date(startsAt), endsAt: new Date(endsAt) }),
        )
      })
      return reply.send(body)
    },
  )

  server.delete(
    '/events/:slug/sessions/:id',
    {
      schema: {
        operationId: 'removeSession',
        tags,
        summary: 'Take an item from the programme',
        params: Type.Object({ ...SlugParams.properties, id: IdSchema }),
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await removeSession(app, request.actor, request.params.slug, request.params.id)
      return reply.status(204).send(null)
    },
  )
}
