// /organizer/events/{slug}/gates: the entrances, and who works at each.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assignAgent, releaseAgent } from '#src/modules/access/assign-agent.ts'
import { archiveGate } from '#src/modules/access/change-gate.ts'
import { createGate } from '#src/modules/access/create-gate.ts'
import { listGateAgents, listGates } from '#src/modules/access/find-gates.ts'
import type { Gate, GateAgent } from '#src/modules/access/gate.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { getEventStats, type EventStats } from '#src/reads/event-stats.ts'
import { statusOf } from '../error-page.tsx'
import { Button, EmptyState, KeyFigures, LinkButton, PostButton, Ticket } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { requireId } from '../ui/params.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type GatesRequest = { Params: { slug: string } }
type GateRequest = { Params: { slug: string; id: string } }
type AgentRequest = { Params: { slug: string; id: string; account: string } }

export async function eventGatePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<GatesRequest>('/organizer/events/:slug/gates', async (request, reply) => show(request, reply, emptyForm, 200))

  server.post<GatesRequest>('/organizer/events/:slug/gates', async (request, reply) =>
    change(
      request,
      reply,
      async (form, event) => {
        const directions = form.choice('directions', ['both', 'in', 'out'] as const) ?? 'both'
        await createGate(app, request.actor, event.slug, { name: form.text('name'), directions, ticketTypeIds: form.list('types').map(requireId) })
      },
      { gate_name_taken: 'name' },
    ),
  )

  server.post<GateRequest>('/organizer/events/:slug/gates/:id/agents', async (request, reply) =>
    change(
      request,
      reply,
      async (form) => {
        const field = `email-${request.params.id}`
        await assignAgent(app, request.actor, requireId(request.params.id), { email: form.text(field) })
      },
      { '/body/email': `email-${request.params.id}` },
    ),
  )

  server.post<AgentRequest>('/organizer/events/:slug/gates/:id/agents/:account/release', async (request, reply) =>
    change(request, reply, async () => {
      await releaseAgent(app, request.actor, requireId(request.params.id), request.params.account)
    }),
  )

  server.post<GateRequest>('/organizer/events/:slug/gates/:id/close', async (request, reply) =>
    change(request, reply, async () => {
      await archiveGate(app, request.actor, requireId(request.params.id))
    }),
  )

  async function show(request: FastifyRequest<GatesRequest>, reply: FastifyReply, form: FormState, status: number) {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const [gates, types, stats] = await Promise.all([
      listGates(app, request.actor, event.slug),
      listTicketTypes(app, event.id, { hidden: true }),
      getEventStats(app, request.actor, event.slug),
    ])
    const agents = await Promise.all(gates.map((gate) => listGateAgents(app, request.actor, gate.id)))
    const page = pageOf(request, eventPath(event, 'gates'))
    return sendPage(
      reply,
      <Gates page={page} event={event} gates={gates.map((gate, i) => ({ ...gate, agents: agents[i]! }))} types={types} stats={stats} form={form} />,
      { status },
    )
  }

  async function change(
    request: FastifyRequest<GatesRequest>,
    reply: FastifyReply,
    work: (form: FormReader, event: Event) => Promise<void>,
    fieldOf: Record<string, string> = {},
  ) {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const form = readForm(pageOf(request), request.body)
    try {
      await work(form, event)
      return reply.redirect(eventPath(event, 'gates'), 303)
    } catch (error) {
      return show(request, reply, refusedForm(pageOf(request), form, error, fieldOf), statusOf(error))
    }
  }
}

type GatesProps = {
  page: PageContext
  event: Event
  gates: (Gate & { agents: GateAgent[] })[]
  types: TicketType[]
  stats: EventStats
  form: FormState
}

function Gates({ page, event, gates, types, stats, form }: GatesProps) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={t.gates} failed={hasErrors(form)}>
      <p class="lead">{t.gatesHint}</p>
      <ErrorSummary page={page} form={form} />
      {hasPassages(stats) && <Passages page={page} event={event} stats={stats} />}
      {gates.length === 0 ? (
        <EmptyState title={t.noGates}>
          <p>{t.noGatesHint}</p>
        </EmptyState>
      ) : (
        <ul class="cards">
          {gates.map((gate) => (
            <Ticket
              as="li"
              key={gate.id}
              stub={
                <form method="post" action={eventPath(event, 'gates', gate.id, 'agents')} class="stack" novalidate>
                  <TextField form={form} name={`email-${gate.id}`} label={t.agentEmail} type="email" autocomplete="off" required />
                  <Button kind="secondary">{t.addAgent}</Button>
                </form>
              }
            >
              <div class="spread">
                <h2>{gate.name}</h2>
                <PostButton kind="quiet" action={eventPath(event, 'gates', gate.id, 'close')}>
                  {t.closeGate}
                </PostButton>
              </div>
              <p class="soft">
                {t.directions[gate.directions]}
                {gate.ticketTypeIds.length > 0 &&
                  ` · ${types
                    .filter((type) => gate.ticketTypeIds.includes(type.id))
                    .map((type) => type.name)
                    .join(', ')}`}
              </p>
              <GateCounts page={page} event={event} gate={gate} stats={stats} />
              {gate.agents.length === 0 ? (
                <p class="soft">{t.noAgents}</p>
              ) : (
                <ul class="plain-list">
                  {gate.agents.map((agent) => (
                    <li key={agent.accountId} class="spread">
                      <span>
                        {agent.name}
                        <span class="hint block">{agent.email}</span>
                      </span>
                      <PostButton kind="quiet" action={eventPath(event, 'gates', gate.id, 'agents', agent.accountId, 'release')}>
                        {t.release}
                      </PostButton>
                    </li>
                  ))}
                </ul>
              )}
            </Ticket>
          ))}
        </ul>
      )}
      {isEditable(event) && (
        <section class="group">
          <h2>{t.addGate}</h2>
          <form class="form" method="post" action={eventPath(event, 'gates')} novalidate>
            <TextField form={form} name="name" label={t.gateName} hint={t.gateNameHint} required maxlength={80} />
            <RadioField
              form={form}
              name="directions"
              label={t.direction}
              options={[
                { value: 'both', label: t.directions.both },
                { value: 'in', label: t.directions.in },
                { value: 'out', label: t.directions.out },
              ]}
            />
            {types.length > 1 && (
              <fieldset class="field">
                <legend>{t.gateTypes}</legend>
                <p class="hint">{t.gateTypesHint}</p>
                {types.map((type) => (
                  <label key={type.id} class="check">
                    <input type="checkbox" name="types" value={type.id} />
                    <span>{type.name}</span>
                  </label>
                ))}
              </fieldset>
            )}
            <Button>{t.addGate}</Button>
          </form>
        </section>
      )}
    </EventFrame>
  )
}

const hasPassages = ({ admissions }: EventStats) => admissions.admitted + admissions.exits + admissions.refused > 0

/** What has happened at all doors, and where to read it line by line. */
function Passages({ page, event, stats: { admissions } }: { page: PageContext; event: Event; stats: EventStats }) {
  const t = page.t.gate
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <section class="stack">
      <KeyFigures
        figures={[
          {
            label: t.inside,
            value: count(admissions.inside),
            note: event.capacity !== null && t.ofCapacity(count(event.capacity)),
          },
          { label: t.outcomes.in, value: count(admissions.admitted) },
          { label: t.outcomes.out, value: count(admissions.exits) },
          { label: t.outcomes.refused, value: count(admissions.refused) },
        ]}
      />
      <div class="actions">
        <LinkButton kind="secondary" href={eventPath(event, 'gates', 'log')}>
          {t.logTitle}
        </LinkButton>
      </div>
    </section>
  )
}

function GateCounts({ page, event, gate, stats }: { page: PageContext; event: Event; gate: Gate; stats: EventStats }) {
  const counts = stats.byGate.find(({ id }) => id === gate.id)
  if (!counts || counts.entries + counts.exits + counts.refused === 0) return null
  return (
    <p>
      <a href={`${eventPath(event, 'gates', 'log')}?gate=${gate.id}`}>{page.t.gate.counts(counts.entries, counts.exits, counts.refused)}</a>
    </p>
  )
}
