// /events/{slug}/gates, /gates/{id} and who works there.
import { Type, type Static } from 'typebox'
import { assignAgent, releaseAgent } from '#src/modules/access/assign-agent.ts'
import { archiveGate, updateGate } from '#src/modules/access/change-gate.ts'
import { createGate } from '#src/modules/access/create-gate.ts'
import { listGateAgents, listGates } from '#src/modules/access/find-gates.ts'
import type { Gate, GateAgent } from '#src/modules/access/gate.ts'
import type { App } from '#src/platform/app.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { IdSchema, isoTime, nullable, refusals, TimeSchema, wholeListOf } from './schemas.ts'

const tags = ['Gates']
const Slug = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })
const Id = Type.Object({ id: IdSchema })

const Rules = {
  directions: Type.Enum(['in', 'out', 'both'], { description: 'Which way people pass.' }),
  openFrom: nullable(TimeSchema),
  openTo: nullable(TimeSchema),
  ticketTypeIds: Type.Array(IdSchema, { maxItems: 200, description: 'Types that may enter; empty: all.' }),
  strictCapacity: Type.Boolean({ description: 'No entry beyond the event’s capacity.' }),
  apbSeconds: Type.Integer({ minimum: 0, maximum: 3600, description: 'Seconds that must pass between an exit and the next entry.' }),
  apbMode: Type.Enum(['hard', 'soft'], { description: 'Whether such an entry is refused or only remarked.' }),
  sessionSeconds: Type.Integer({ minimum: 5, maximum: 60, description: 'How long an answer to a scan may be confirmed.' }),
}
const Name = Type.String({ minLength: 1, maxLength: 80 })
const GateSchema = Type.Object({ id: Type.Integer(), name: Name, ...Rules }, { additionalProperties: false })
const NewGateSchema = Type.Object({ name: Name, ...Type.Partial(Type.Object(Rules)).properties }, { additionalProperties: false })
const GateChangesSchema = Type.Partial(Type.Object({ name: Name, ...Rules }), { additionalProperties: false })

const AgentSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    email: Type.String(),
    name: Type.String(),
    validFrom: nullable(TimeSchema),
    validTo: nullable(TimeSchema),
  },
  { additionalProperties: false },
)
const NewAgentSchema = Type.Object(
  {
    email: Type.String({ format: 'email', maxLength: 254 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    validFrom: Type.Optional(nullable(TimeSchema)),
    validTo: Type.Optional(nullable(TimeSchema)),
  },
  { additionalProperties: false },
)

function gateJson(gate: Gate): Static<typeof GateSchema> {
  const { id, name, directions, ticketTypeIds, strictCapacity, apbSeconds, apbMode, sessionSeconds } = gate
  return {
    id,
    name,
    directions,
    openFrom: isoTime(gate.openFrom),
    openTo: isoTime(gate.openTo),
    ticketTypeIds,
    strictCapacity,
    apbSeconds,
    apbMode,
    sessionSeconds,
  }
}

const agentJson = (agent: GateAgent): Static<typeof AgentSchema> => ({
  id: agent.accountId,
  email: agent.email,
  name: agent.name,
  validFrom: isoTime(agent.validFrom),
  validTo: isoTime(agent.validTo),
})

const dateOf = (text: string | null) => (text === null ? null : new Date(text))

/** Times come as text; left out stays left out. */
function rulesFrom<T extends Static<typeof GateChangesSchema>>({ openFrom, openTo, ...rest }: T) {
  return { ...rest, ...(openFrom !== undefined && { openFrom: dateOf(openFrom) }), ...(openTo !== undefined && { openTo: dateOf(openTo) }) }
}

export async function gatesApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/gates',
    {
      schema: {
        operationId: 'listGates',
        tags,
        summary: 'The gates of an event',
        description: 'For its team; an agent is shown the gates of its own shifts.',
        params: Slug,
        response: { 200: wholeListOf(GateSchema), ...refusals },
      },
    },
    async (request) => ({ data: (await listGates(app, request.actor, request.params.slug)).map(gateJson), nextCursor: null }),
  )

  server.post(
    '/events/:slug/gates',
    {
      schema: {
        operationId: 'createGate',
        tags,
        summary: 'Add a gate',
        params: Slug,
        body: NewGateSchema,
        response: { 201: GateSchema, ...refusals },
      },
    },
    async (request, reply) =>
      reply.send(
        await idempotent(app, request, reply, async () => {
          const { name, ...rules } = request.body
          const gate = await createGate(app, request.actor, request.params.slug, { name, ...rulesFrom(rules) })
          reply.status(201)
          return gateJson(gate)
        }),
      ),
  )

  server.patch(
    '/gates/:id',
    {
      schema: {
        operationId: 'updateGate',
        tags,
        summary: 'Change a gate’s rules',
        params: Id,
        body: GateChangesSchema,
        response: { 200: GateSchema, ...refusals },
      },
    },
    async (request) => gateJson(await updateGate(app, request.actor, request.params.id, rulesFrom(request.body))),
  )

  server.delete(
    '/gates/:id',
    {
      schema: {
        operationId: 'archiveGate',
        tags,
        summary: 'Take a gate out of use',
        description: 'Ends the shifts at it; its scans stay in the log.',
        params: Id,
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await archiveGate(app, request.actor, request.params.id)
      return reply.status(204).send(null)
    },
  )

  server.get(
    '/gates/:id/agents',
    {
      schema: {
        operationId: 'listGateAgents',
        tags,
        summary: 'Who has shifts at a gate',
        params: Id,
        response: { 200: wholeListOf(AgentSchema), ...refusals },
      },
    },
    async (request) => ({ data: (await listGateAgents(app, request.actor, request.params.id)).map(agentJson), nextCursor: null }),
  )

  server.post(
    '/gates/:id/agents',
    {
      schema: {
        operationId: 'assignAgent',
        tags,
        summary: 'Give somebody a shift at a gate',
        description: 'Who isn’t in the team is invited to it as an agent. Again for the same person: the new times hold.',
        params: Id,
        body: NewAgentSchema,
        response: { 201: AgentSchema, ...refusals },
      },
    },
    async (request, reply) =>
      reply.send(
        await idempotent(app, request, reply, async () => {
          const { email, name, validFrom, validTo } = request.body
          const agent = await assignAgent(app, request.actor, request.params.id, {
            email,
            name,
            validFrom: dateOf(validFrom ?? null),
            validTo: dateOf(validTo ?? null),
          })
          reply.status(201)
          return agentJson(agent)
        }),
      ),
  )

  server.delete(
    '/gates/:id/agents/:agentId',
    {
      schema: {
        operationId: 'releaseAgent',
        tags,
        summary: 'End somebody’s shift at a gate',
        params: Type.Object({ id: IdSchema, agentId: Type.String({ format: 'uuid' }) }),
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async (request, reply) => {
      await releaseAgent(app, request.actor, request.params.id, request.params.agentId)
      return reply.status(204).send(null)
    },
  )
}
