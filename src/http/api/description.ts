// The API's description, OpenAPI 3.1, made from the routes themselves: what isn't declared isn't there.
import { readFileSync } from 'node:fs'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { App } from '#src/platform/app.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }

const TAGS = [
  ['Auth', 'Accounts: register, sign in, stay signed in, sign out, choose a new password.'],
  ['Me', 'The signed-in account.'],
  ['Organizers', 'Tenants and their teams.'],
  ['Events', 'What takes place, where and when; categories, programme, cover, publication, invitations.'],
  ['Ticket types', 'What is sold, at what price, when.'],
  ['Quotas', 'How much of it there is; a quota may be shared by several ticket types.'],
  ['Orders', 'Buying, cancelling, refunding, sending again. An order carries its own access token.'],
  ['Payments', 'Attempts to pay, and the simulator that stands in for a provider.'],
  ['Participants', 'Who holds a ticket; also as CSV and XLSX.'],
  ['Gates', 'The doors of an event, and who works at them.'],
  ['Scan', 'Letting people in and out, in two steps: request, then confirm.'],
  ['Numbers', 'Sales, money and admissions, per event, per organizer and for the whole platform.'],
] as const

const ABOUT = [
  'Event ticketing and access control. JSON in camelCase. Money is `{amount, currency}` with a whole number of the currency’s minor unit:',
  '5000 XOF is five thousand francs. Times are ISO 8601 in UTC. Lists answer `{data, nextCursor}`; give `nextCursor` back as `cursor`.',
  'Refusals are problem details (RFC 9457): rely on `code`, show `title`. POSTs that create or pay take an `Idempotency-Key`: repeating one',
  'with the same body answers the same; with another body it is refused.',
].join(' ')

type Operation = { operationId?: string; responses?: Record<string, unknown> }
type Described = {
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Record<string, unknown>> }
  tags?: { name: string }[]
}

/** Before the routes: remembers each of them as it is declared. */
export async function describeApi(server: FastifyInstance, app: App): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Guichet',
        version,
        summary: 'Event ticketing, Mobile Money and access control',
        description: ABOUT,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: app.config.publicUrl ?? '/' }],
      tags: TAGS.map(([name, description]) => ({ name, description })),
      // Optional unless an operation says otherwise: many may be asked without an account.
      security: [{}, { bearer: [] }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description:
              'The `accessToken` that `POST /api/v1/auth/login` answers (15 minutes), or the `accessToken` of one order, which opens that order only.',
          },
        },
      },
    } as never,
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `Schema${i}`) },
    transformObject: (document) => tidy((document as { openapiObject: object }).openapiObject as Described) as never,
  })
}

/** `GET /openapi.json` and `/openapi.yaml`: after the routes. */
export async function descriptionApi(server: FastifyInstance): Promise<void> {
  server.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send(server.swagger()),
  )
  server.get('/openapi.yaml', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=60')
      .type('application/yaml')
      .send(server.swagger({ yaml: true })),
  )
}

const REFUSAL = { description: 'Refused: see `code`.', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }

/** Every operation may be refused; parts stand in alphabetical order, so that a change of code order changes no line. */
function tidy(document: Described): Described {
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      const kept = Object.entries(operation.responses ?? {}).filter(([status]) => !/^[45]/.test(status) && status !== 'default')
      operation.responses = { ...Object.fromEntries(kept), '4XX': REFUSAL, '5XX': REFUSAL }
    }
  }
  const used = new Set(
    Object.values(document.paths ?? {})
      .flatMap((path) => Object.values(path))
      .flatMap((operation) => (operation as { tags?: string[] }).tags ?? []),
  )
  const tidied = {
    ...document,
    tags: (document.tags ?? []).filter((tag) => used.has(tag.name)),
    paths: sorted(document.paths ?? {}),
    components: { ...document.components, schemas: sorted(document.components?.schemas ?? {}) },
  }
  // As text and back: YAML would write an object that stands in several places as an alias, which few readers like.
  return JSON.parse(JSON.stringify(tidied)) as Described
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
