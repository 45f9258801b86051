// /events/{slug}/invitations: who may see a private event.
import { Type, type Static } from 'typebox'
import { listInvitations } from '#src/modules/events/find-events.ts'
import { inviteGuest, revokeInvitation, type Invitation } from '#src/modules/events/invite-guest.ts'
import type { App } from '#src/platform/app.ts'
import { SlugParams } from './event-json.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { IdSchema, isoTime, nullable, orNull, pageOf, PageQuery, refusals, TimeSchema } from './schemas.ts'

const tags = ['Events']

const InvitationSchema = Type.Object(
  {
    id: Type.Integer(),
    email: Type.String(),
    name: Type.String(),
    maxTickets: nullable(Type.Integer({ description: 'How many tickets it is good for, in all; null: as many as the ticket types allow.' })),
    createdAt: TimeSchema,
    announcedAt: nullable(Type.String({ format: 'date-time', description: 'When its mail was asked for; null until the event is published.' })),
  },
  { additionalProperties: false },
)

function invitationJson({ id, email, name, maxTickets, createdAt, announcedAt }: Invitation): Static<typeof InvitationSchema> {
  return { id, email, name, maxTickets, createdAt: isoTime(createdAt), announcedAt: isoTime(announcedAt) }
}

export async function invitationsApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/invitations',
    {
      schema: {
        operationId: 'listInvitations',
        tags,
        summary: 'Who is invited',
        params: SlugParams,
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: { 200: pageOf(InvitationSchema), ...refusals },
      },
    },
    async (request) => {
      const page = await listInvitations(app, request.actor, request.params.slug, request.query)
      return { data: page.data.map(invitationJson), nextCursor: page.nextCursor }
    },
  )

  server.post(
    '/events/:slug/invitations',
    {
      schema: {
        operationId: 'inviteGuest',
        tags,
        summary: 'Invite a person to a private event',
        description: 'The personal link is mailed at once, or when the event is published. Inviting the same address again sends the mail again.',
        params: SlugParams,
        body: Type.Object(
          {
            email: Type.String({ format: 'email', maxLength: 254 }),
            name: Type.Optional(Type.String({ maxLength: 120 })),
            maxTickets: Type.Optional(orNull(Type.Integer({ minimum: 1, maximum: 100 }))),
          },
          { additionalProperties: false },
        ),
        response: { 201: InvitationSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const body = await idempotent(app, request, reply, async () => {
        reply.status(201)
        return invitationJson(await inviteGuest(app, request.actor, request.params.slug, request.body))
      })
      return reply.send(body)
    },
  )

  server.delete(
    '/events/:slug/invitations/:id',
    {
      schema: {
        operationId: 'revokeInvitation',
        tags,
        summary: 'Withdraw an invitation',
        params: Type.Object({ ...SlugParams.properties, id: IdSchema }),
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await revokeInvitation(app, request.actor, request.params.slug, request.params.id)
      return reply.status(204).send(null)
    },
  )
}
