// /organizer/events/{slug}/participants: who comes: searched, filtered, sorted; and the list to take along.
import type { FastifyInstance } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import { listGates } from '#src/modules/access/find-gates.ts'
import type { Gate } from '#src/modules/access/gate.ts'
import type { Event } from '#src/modules/events/event.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { EXPORT_FORMATS } from '#src/modules/ticketing/ask-export.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import { TICKET_STATUSES, type TicketStatus } from '#src/modules/ticketing/ticket.ts'
import type { App } from '#src/platform/app.ts'
import { listParticipants, PARTICIPANT_SORTS, type Participant, type ParticipantSort } from '#src/reads/list-participants.ts'
import { PARTICIPANT_FILTERS, readParticipantFilter } from '#src/reads/list-queries.ts'
import { openParticipantsExport, participantsCsv, participantsXlsx } from '#src/reads/participants-export.ts'
import { participantsPdf } from '#src/reads/participants-pdf.ts'
import { Badge, DataTable, EmptyState, Pager, type Tone } from '../ui/components.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { ExportActions, sendExport } from './event-exports.tsx'
import { EventFrame, eventPath } from './event-frame.tsx'
import { FirstSale } from './first-sale.tsx'
import { ListFilters, readSorting, sortLink, sortOptions, sortText, type Sorting } from './list-links.tsx'

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
      ...readParticipantFilter(new URLSearchParams(page.query)),
      cursor: query.text('cursor') || undefined,
      limit: 50,
    })
    const form = { ...query.state(), values: { ...query.values, sort: sortText(sorting) } }
    return sendPage(
      reply,
      <Participants
        page={page}
        event={event}
        origin={app.publicUrl()}
        types={types}
        gates={gates}
        participants={participants}
        form={form}
        sorting={sorting}
      />,
    )
  })

  for (const format of EXPORT_FORMATS.participants) {
    server.get<SlugRequest>(`/organizer/events/:slug/participants.${format}`, async (request, reply) => {
      const filter = readParticipantFilter(new URLSearchParams(pageOf(request).query))
      const opened = await openParticipantsExport(app, request.actor, request.params.slug, { filter })
      const file = format === 'csv' ? participantsCsv(opened) : format === 'xlsx' ? participantsXlsx(opened) : participantsPdf(opened)
      return sendExport(reply, file, format, `participants-${opened.slug}`)
    })
  }
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
  origin: string
  types: TicketType[]
  gates: Gate[]
  participants: Page<Participant> & { count: number }
  form: FormState
  sorting: Sorting<ParticipantSort>
}

function Participants({ page, event, origin, types, gates, participants, form, sorting }: ParticipantsProps) {
  const t = page.t.organizer
  const words = page.t.lists
  const searched = [...PARTICIPANT_FILTERS, 'q'].some((name) => form.values[name])
  return (
    <EventFrame page={page} event={event} title={t.participants}>
      <ListFilters
        page={page}
        form={form}
        search={<TextField form={form} name="q" label={words.search} hint={words.searchHint} type="search" maxlength={100} />}
        names={PARTICIPANT_FILTERS}
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
      <div class="spread">
        <p role="status">{participants.count > 0 && (searched ? words.matches(participants.count) : words.people(participants.count))}</p>
        {mayAct(page.actor, event) && <a href={eventPath(event, 'issues')}>{page.t.issues.new}</a>}
      </div>
      <DataTable
        caption={t.participants}
        rows={participants.data}
        empty={
          <EmptyState
            title={searched ? t.noParticipantsFound : t.noParticipants}
            action={!searched && <FirstSale page={page} event={event} origin={origin} />}
          >
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
                <span class="hint block">{person.email ?? (person.phone && formatPhone(person.phone))}</span>
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
      {participants.count > 0 && (
        <ExportActions page={page} event={event} list="participants" formats={['pdf', 'csv', 'xlsx']} rows={participants.count} />
      )}
    </EventFrame>
  )
}
