// /organizer/events/{slug}/participants: who comes: searched, filtered, sorted; and the list to take along.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Readable } from 'node:stream'
import type { Page } from '#src/kernel/page.ts'
import { listGates } from '#src/modules/access/find-gates.ts'
import type { Gate } from '#src/modules/access/gate.ts'
import type { Event } from '#src/modules/events/event.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import { TICKET_STATUSES, type TicketStatus } from '#src/modules/ticketing/ticket.ts'
import type { App } from '#src/platform/app.ts'
import { listParticipants, PARTICIPANT_SORTS, type Participant, type ParticipantSort } from '#src/reads/list-participants.ts'
import { openParticipantsExport, participantsCsv, participantsXlsx } from '#src/reads/participants-export.ts'
import { participantsPdf } from '#src/reads/participants-pdf.ts'
import { Badge, DataTable, EmptyState, LinkButton, Pager, type Tone } from '../ui/components.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'
import { ListFilters, readSorting, readYesNo, sortLink, sortOptions, sortText, type Sorting } from './list-links.tsx'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const SORTS = ['name', 'type', 'state', 'date'] as const satisfies readonly ParticipantSort[]

type SlugRequest = { Params: { slug: string } }

export async function eventParticipantPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/participants', async (request, reply) => {
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const [types, gates] = await Promise.all([listTicketTypes(app, event.id, { hidden: true }), listGates(app, request.actor, event.slug)])
    const sorting = readSorting(query.text('sort'), PARTICIPANT_SORTS, { sort: 'date', descending: true })
    const participants = await listParticipants(app, request.actor, event.slug, {
      ...sorting,
      q: query.text('q').slice(0, 100) || undefined,
      status: TICKET_STATUSES.find((status) => status === query.text('state')),
      ticketTypeId: query.integer('type', { max: Number.MAX_SAFE_INTEGER }),
      entered: readYesNo(query.text('entered')),
      paid: readYesNo(query.text('paid')),
      gateId: query.integer('gate', { max: Number.MAX_SAFE_INTEGER }),
      cursor: query.text('cursor') || undefined,
      limit: 50,
    })
    const form = { ...query.state(), values: { ...query.values, sort: sortText(sorting) } }
    return sendPage(
      reply,
      <Participants page={page} event={event} types={types} gates={gates} participants={participants} form={form} sorting={sorting} />,
    )
  })

  server.get<SlugRequest>('/organizer/events/:slug/participants.csv', async (request, reply) =>
    sendFile(
      reply,
      participantsCsv(await openParticipantsExport(app, request.actor, request.params.slug)),
      'text/csv; charset=utf-8',
      `participants-${request.params.slug}.csv`,
    ),
  )
  server.get<SlugRequest>('/organizer/events/:slug/participants.xlsx', async (request, reply) =>
    sendFile(
      reply,
      participantsXlsx(await openParticipantsExport(app, request.actor, request.params.slug)),
      XLSX,
      `participants-${request.params.slug}.xlsx`,
    ),
  )
  server.get<SlugRequest>('/organizer/events/:slug/participants.pdf', async (request, reply) =>
    sendFile(
      reply,
      participantsPdf(await openParticipantsExport(app, request.actor, request.params.slug)),
      'application/pdf',
      `participants-${request.params.slug}.pdf`,
    ),
  )
}

function sendFile(reply: FastifyReply, file: Readable, type: string, name: string): FastifyReply {
  return reply.header('cache-control', 'no-store').header('content-disposition', `attachment; filename="${name}"`).type(type).send(file)
}

const TONES: Record<TicketStatus, Tone | 'plain'> = {
  reserved: 'warn',
  issued: 'plain',
  paid: 'info',
  inside: 'good',
  outside: 'plain',
  invalid: 'plain',
  refunded: 'plain',
}

export function TicketBadge({ page, status }: { page: PageContext; status: TicketStatus }) {
  return <Badge tone={TONES[status]}>{status === 'issued' ? page.t.lists.issued : page.t.order.statuses[status]}</Badge>
}

export function participantPath(event: { slug: string }, ticketId: string, ...rest: string[]): string {
  return eventPath(event, 'participants', ticketId, ...rest)
}

type ParticipantsProps = {
  page: PageContext
  event: Event
  types: TicketType[]
  gates: Gate[]
  participants: Page<Participant> & { count: number }
  form: FormState
  sorting: Sorting<ParticipantSort>
}

const FILTERS = ['type', 'state', 'entered', 'paid', 'gate'] as const

function Participants({ page, event, types, gates, participants, form, sorting }: ParticipantsProps) {
  const t = page.t.organizer
  const words = page.t.lists
  const searched = [...FILTERS, 'q'].some((name) => form.values[name])
  return (
    <EventFrame page={page} event={event} title={t.participants}>
      {mayAct(page.actor, event) && (
        <p class="row">
          <LinkButton kind="secondary" href={eventPath(event, 'issues')}>
            {page.t.issues.new}
          </LinkButton>
        </p>
      )}
      <ListFilters
        page={page}
        form={form}
        search={<TextField form={form} name="q" label={words.search} hint={words.searchHint} type="search" maxlength={100} />}
        names={FILTERS}
        sorts={sortOptions(page, SORTS)}
      >
        <SelectField
          form={form}
          name="type"
          label={words.type}
          options={[['', words.all], ...types.map((type) => [String(type.id), type.name] as const)]}
        />
        <SelectField
          form={form}
          name="state"
          label={words.state}
          options={[
            ['', words.all],
            ...TICKET_STATUSES.map((status) => [status, status === 'issued' ? words.issued : page.t.order.statuses[status]] as const),
          ]}
        />
        <SelectField form={form} name="entered" label={words.entered} options={[['', words.all], ...Object.entries(words.enteredChoices)]} />
        <SelectField form={form} name="paid" label={words.paid} options={[['', words.all], ...Object.entries(words.paidChoices)]} />
        {gates.length > 0 && (
          <SelectField
            form={form}
            name="gate"
            label={words.gate}
            options={[['', words.allFem], ...gates.map((gate) => [String(gate.id), gate.name] as const)]}
          />
        )}
      </ListFilters>
      {participants.count > 0 && <p role="status">{searched ? words.matches(participants.count) : words.people(participants.count)}</p>}
      <DataTable
        caption={t.participants}
        rows={participants.data}
        empty={
          <EmptyState title={searched ? t.noParticipantsFound : t.noParticipants}>
            <p>{!searched && t.noParticipantsHint}</p>
          </EmptyState>
        }
        columns={[
          {
            label: t.name,
            sort: sortLink(page, 'name', sorting),
            cell: (person) => (
              <>
                <a href={participantPath(event, person.ticketId)}>{person.name}</a>
                <span class="hint block">{person.email ?? person.phone}</span>
              </>
            ),
          },
          { label: t.type, minor: true, sort: sortLink(page, 'type', sorting), cell: (person) => person.ticketType },
          { label: t.ticketCode, minor: true, cell: (person) => <span class="number">{person.ticketCode}</span> },
          { label: t.status, sort: sortLink(page, 'state', sorting), cell: (person) => <TicketBadge page={page} status={person.status} /> },
          {
            label: words.soldAt,
            minor: true,
            sort: sortLink(page, 'date', sorting, true),
            cell: (person) => <time dateTime={person.createdAt.toISOString()}>{formatMoment(person.createdAt, event.timezone, page.locale)}</time>,
          },
          { label: t.lastScan, minor: true, cell: (person) => person.lastScanAt && formatMoment(person.lastScanAt, event.timezone, page.locale) },
        ]}
      />
      <Pager page={page} nextCursor={participants.nextCursor} />
      {participants.data.length > 0 && (
        <div class="actions">
          <LinkButton kind="secondary" download href={eventPath(event, 'participants.pdf')}>
            {t.pdf}
          </LinkButton>
          <LinkButton kind="secondary" download href={eventPath(event, 'participants.csv')}>
            {t.csv}
          </LinkButton>
          <LinkButton kind="secondary" download href={eventPath(event, 'participants.xlsx')}>
            {t.xlsx}
          </LinkButton>
        </div>
      )}
    </EventFrame>
  )
}
