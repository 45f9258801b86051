// /organizers: tenants and their teams.
import { Type } from 'typebox'
import { addMember } from '#src/modules/identity/add-member.ts'
import { changeMemberRole, removeMember } from '#src/modules/identity/change-team.ts'
import { presentOrganizer } from '#src/modules/events/present-organizer.ts'
import { createOrganizer } from '#src/modules/identity/create-organizer.ts'
import { identityError } from '#src/modules/identity/errors.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { getOwnOrganizer, listMembers, listOwnOrganizers } from '#src/modules/identity/find-organizers.ts'
import type { App } from '#src/platform/app.ts'
import {
  memberJson,
  MemberSchema,
  organizerJson,
  OrganizerSchema,
  ProfileChangesSchema,
  profileJson,
  ProfileSchema,
  TeamRoleSchema,
} from './account-json.ts'
import { getPublicOrganizer } from '#src/reads/public-organizer.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { pageOf, refusals } from './schemas.ts'

const tags = ['Organizers']
const Slug = Type.String({ minLength: 1, maxLength: 100 })
const headers = Type.Object({ 'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) })

export async function organizersApi(server: ApiServer, app: App): Promise<void> {
  server.post(
    '/organizers',
    {
      schema: {
        operationId: 'createOrganizer',
        tags,
        summary: 'Make an organizer that the caller owns',
        headers,
        body: Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 120 }),
            country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', default: 'BJ', description: 'ISO 3166; decides the currency.' })),
          },
          { additionalProperties: false },
        ),
        response: { 201: OrganizerSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = requireAccount(request.actor)
      return idempotent(app, request, reply, async () => {
        const organizer = await createOrganizer(app, actor, request.body)
        reply.status(201)
        return organizerJson({ ...organizer, role: 'owner' })
      })
    },
  )

  server.get(
    '/organizers/mine',
    {
      schema: {
        operationId: 'listOwnOrganizers',
        tags,
        summary: 'List the organizers that the caller works for',
        response: { 200: pageOf(OrganizerSchema), ...refusals },
      },
    },
    async (request) => ({ data: (await listOwnOrganizers(app, requireAccount(request.actor))).map(organizerJson), nextCursor: null }),
  )

  server.get(
    '/organizers/:slug',
    {
      schema: {
        operationId: 'getOrganizer',
        tags,
        summary: 'How an organizer presents itself',
        description: 'Found by everybody once it has shown something in public; by its team always.',
        params: Type.Object({ slug: Slug }),
        response: { 200: ProfileSchema, ...refusals },
      },
    },
    async (request) => profileJson(app, await getPublicOrganizer(app, request.actor, request.params.slug)),
  )

  server.patch(
    '/organizers/:slug',
    {
      schema: {
        operationId: 'updateOrganizer',
        tags,
        summary: 'Change how an organizer presents itself',
        description: 'What is left out stays as it is; null empties what may be empty. The slug never changes.',
        params: Type.Object({ slug: Slug }),
        body: ProfileChangesSchema,
        response: { 200: ProfileSchema, ...refusals },
      },
    },
    async (request) => profileJson(app, await presentOrganizer(app, request.actor, request.params.slug, request.body)),
  )

  server.get(
    '/organizers/:slug/members',
    {
      schema: {
        operationId: 'listMembers',
        tags,
        summary: 'List a team',
        params: Type.Object({ slug: Slug }),
        response: { 200: pageOf(MemberSchema), ...refusals },
      },
    },
    async (request) => {
      return { data: (await listMembers(app, requireAccount(request.actor), request.params.slug)).map(memberJson), nextCursor: null }
    },
  )

  server.post(
    '/organizers/:slug/members',
    {
      schema: {
        operationId: 'addMember',
        tags,
        summary: 'Put somebody in a team, by e-mail address',
        headers,
        description: 'Owners give every role, managers `cashier` and `agent`. An unknown address gets an account; the mailed link sets its password.',
        params: Type.Object({ slug: Slug }),
        body: Type.Object(
          {
            email: Type.String({ minLength: 3, maxLength: 320 }),
            role: TeamRoleSchema,
            name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
          },
          { additionalProperties: false },
        ),
        response: { 201: MemberSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = requireAccount(request.actor)
      const organizer = await getOwnOrganizer(app, actor, request.params.slug)
      return idempotent(app, request, reply, async () => {
        const member = await addMember(app, actor, { organizerId: organizer.id, ...request.body })
        if (!member.added && member.role !== request.body.role) throw identityError('already_member', { role: member.role })
        reply.status(201)
        return memberJson(member)
      })
    },
  )

  server.patch(
    '/organizers/:slug/members/:id',
    {
      schema: {
        operationId: 'changeMemberRole',
        tags,
        summary: 'Change somebody’s role in a team',
        params: Type.Object({ slug: Slug, id: Type.String({ maxLength: 100 }) }),
        body: Type.Object({ role: TeamRoleSchema }, { additionalProperties: false }),
        response: { 200: MemberSchema, ...refusals },
      },
    },
    async (request) => {
      const actor = requireAccount(request.actor)
      const organizer = await getOwnOrganizer(app, actor, request.params.slug)
      return memberJson(await changeMemberRole(app, actor, { organizerId: organizer.id, memberId: request.params.id, role: request.body.role }))
    },
  )

  server.delete(
    '/organizers/:slug/members/:id',
    {
      schema: {
        operationId: 'removeMember',
        tags,
        summary: 'Take somebody out of a team, or leave it',
        params: Type.Object({ slug: Slug, id: Type.String({ maxLength: 100 }) }),
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      const actor = requireAccount(request.actor)
      // Cashiers and agents may leave, too: the verb decides who may put whom out.
      const organizer = await getOwnOrganizer(app, actor, request.params.slug, 'cashier', 'agent')
      await removeMember(app, actor, { organizerId: organizer.id, memberId: request.params.id })
      return reply.status(204).send(null)
    },
  )
}
