// /events/{slug}/issues and /events/{slug}/errands: tickets given out by the thousand, and long work watched while it goes on.
import { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { getEventErrand, listEventErrands } from '#src/modules/ticketing/find-issues.ts'
import { activateTickets, issueTickets, stopIssue } from '#src/modules/ticketing/issue-tickets.ts'
import { ISSUE_TERMS, MAX_ISSUE } from '#src/modules/ticketing/ticket-issue.ts'
import type { App } from '#src/platform/app.ts'
import { ERRAND_STATES, listErrandFiles, readErrandFile, stopErrand, type Errand, type ErrandFile } from '#src/platform/errands.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { IdSchema, isoTime, nullable, orNull, refusals, TimeSchema, wholeListOf } from './schemas.ts'

const tags = ['Long work']
const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })
const Params = Type.Object({ slug: Slug.properties.slug, id: Type.String({ format: 'uuid' }) })

const ErrandSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: Type.String({ description: '`tickets`: given out by the thousand; `export`: a long list as a file.' }),
    state: Type.Enum([...ERRAND_STATES]),
    step: Type.String({ description: '`issue`, `print` or `export`; done and total count within it.' }),
    done: Type.Integer(),
    total: Type.Integer(),
    error: nullable(Type.String({ description: 'The code of what stopped it.' })),
    files: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer() }, { additionalProperties: false }), {
      description: 'Once it is done, for a week.',
    }),
    createdAt: TimeSchema,
    endedAt: nullable(TimeSchema),
  },
  { additionalProperties: false },
)

function errandJson(errand: Errand, files: readonly ErrandFile[]): Static<typeof ErrandSchema> {
  const { id, kind, state, step, done, total, error } = errand
  return { id, kind, state, step, done, total, error, files: [...files], createdAt: isoTime(errand.createdAt), endedAt: isoTime(errand.endedAt) }
}

export async function issuesApi(server: ApiServer, app: App): Promise<void> {
  const show = async (errand: Errand) => errandJson(errand, errand.state === 'done' ? await listErrandFiles(app.db, errand.id) : [])

  server.post(
    '/events/:slug/issues',
    {
      schema: {
        operationId: 'issueTickets',
        tags,
        summary: 'Give out many tickets at once',
        description:
          'Holds all their places, or refuses as a whole with the number left (`too_many_places`). A job makes the tickets and their files.',
        params: Slug,
        body: Type.Object(
          {
            ticketTypeId: IdSchema,
            terms: Type.Enum([...ISSUE_TERMS], {
              description: '`complimentary`: lets in at once; `outside`: printed to be sold elsewhere, lets in once activated.',
            }),
            quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_ISSUE, description: 'Numbered tickets; or name the people.' })),
            people: Type.Optional(
              Type.Array(
                Type.Object(
                  {
                    name: Type.String({ minLength: 1, maxLength: 200 }),
                    email: Type.Optional(orNull(Type.String({ format: 'email', maxLength: 254 }))),
                  },
                  { additionalProperties: false },
                ),
                { minItems: 1, maxItems: MAX_ISSUE },
              ),
            ),
            perSheet: Type.Optional(Type.Integer({ enum: [4, 8], default: 4, description: 'Tickets on a sheet of A4.' })),
            sendMails: Type.Optional(Type.Boolean({ default: false })),
          },
          { additionalProperties: false },
        ),
        response: { 202: ErrandSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const body = await idempotent(app, request, reply, async () => {
        reply.status(202)
        const { ticketTypeId, terms, quantity, people, perSheet, sendMails } = request.body
        if ((quantity === undefined) === (people === undefined)) throw invalidInput({ pointer: '/body/quantity', code: 'quantity_or_people' })
        const id = await issueTickets(app, request.actor, {
          eventSlug: request.params.slug,
          ticketTypeId,
          terms,
          to: people ? people.map((person) => ({ name: person.name, email: person.email ?? null })) : quantity!,
          perSheet: perSheet === 8 ? 8 : 4,
          sendMails: sendMails ?? false,
        })
        return show((await getEventErrand(app, request.actor, request.params.slug, id)).errand)
      })
      return reply.send(body)
    },
  )

  server.get(
    '/events/:slug/errands',
    {
      schema: {
        operationId: 'listErrands',
        tags,
        summary: 'The event’s latest long work',
        params: Slug,
        response: { 200: wholeListOf(ErrandSchema), ...refusals },
      },
    },
    async (request) => {
      const errands = await listEventErrands(app, request.actor, request.params.slug, ['tickets', 'export'])
      return { data: await Promise.all(errands.map(show)), nextCursor: null }
    },
  )

  server.get(
    '/events/:slug/errands/:id',
    {
      schema: { operationId: 'getErrand', tags, summary: 'How far it is', params: Params, response: { 200: ErrandSchema, ...refusals } },
    },
    async (request) => show((await getEventErrand(app, request.actor, request.params.slug, request.params.id)).errand),
  )

  server.get(
    '/events/:slug/errands/:id/files/:file',
    {
      schema: {
        operationId: 'getErrandFile',
        tags,
        summary: 'What came of it',
        description: 'Whoever has the files of issued tickets can enter.',
        params: Type.Object({ ...Params.properties, file: Type.String({ minLength: 1, maxLength: 100 }) }),
        response: {
          200: {
            description: 'The file.',
            content: { 'application/octet-stream': { schema: Type.String({ contentMediaType: 'application/octet-stream' }) } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { slug, id, file } = request.params
      const { errand } = await getEventErrand(app, request.actor, slug, id)
      const known = errand.state === 'done' ? (await listErrandFiles(app.db, id)).find(({ name }) => name === file) : undefined
      if (!known) throw kernelError('not_found')
      return reply
        .header('content-length', known.bytes)
        .header('content-disposition', `attachment; filename="${slug}-${known.name}"`)
        .type('application/octet-stream')
        .send(Readable.from(readErrandFile(app, id, known.name), { objectMode: false }))
    },
  )

  server.post(
    '/events/:slug/errands/:id/cancellation',
    {
      schema: {
        operationId: 'stopErrand',
        tags,
        summary: 'Stop it: places that are no tickets yet go back on sale, tickets that were made stay',
        params: Params,
        response: { 200: ErrandSchema, ...refusals },
      },
    },
    async (request) => {
      const { slug, id } = request.params
      const { errand } = await getEventErrand(app, request.actor, slug, id)
      await (errand.kind === 'tickets' ? stopIssue(app, request.actor, slug, id) : stopErrand(app, id))
      return show((await getEventErrand(app, request.actor, slug, id)).errand)
    },
  )

  server.post(
    '/events/:slug/errands/:id/activation',
    {
      schema: {
        operationId: 'activateIssue',
        tags,
        summary: 'Say that all its tickets were sold: they let in from now on',
        params: Params,
        response: { 200: Type.Object({ activated: Type.Integer() }, { additionalProperties: false }), ...refusals },
      },
    },
    async (request) => {
      const { slug, id } = request.params
      await getEventErrand(app, request.actor, slug, id)
      return { activated: await activateTickets(app, request.actor, slug, { issueId: id }) }
    },
  )
}
