// /organizer/events/{slug}/participants: who comes, and the list to take along.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Readable } from 'node:stream'
import type { Page } from '#src/kernel/page.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listParticipants, type Participant } from '#src/modules/ticketing/find-participants.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { openParticipantsExport, participantsCsv, participantsXlsx } from '#src/reads/participants-export.ts'
import { participantsPdf } from '#src/reads/participants-pdf.ts'
import { Badge, Button, DataTable, EmptyState, LinkButton, Pager } from '../ui/components.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

type SlugRequest = { Params: { slug: string } }

export async function eventParticipantPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/participants', async (request, reply) => {
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const types = await listTicketTypes(app, event.id, { hidden: true })
    const filter = { q: query.text('q') || undefined, ticketTypeId: query.integer('type'), cursor: query.text('cursor') || undefined, limit: 50 }
    const participants = await listParticipants(app, request.actor, event.slug, filter)
    return sendPage(reply, <Participants page={page} event={event} types={types} participants={participants} form={query.state()} />)
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

type ParticipantsProps = { page: PageContext; event: Event; types: TicketType[]; participants: Page<Participant>; form: FormState }

function Participants({ page, event, types, participants, form }: ParticipantsProps) {
  const t = page.t.organizer
  const searched = Boolean(form.values.q || form.values.type)
  return (
    <EventFrame page={page} event={event} title={t.participants}>
      <form method="get" class="filters" role="search">
        <TextField form={form} name="q" label={t.searchParticipants} type="search" />
        <SelectField
          form={form}
          name="type"
          label={t.type}
          options={[['', page.t.public.everyCategory], ...types.map((type) => [String(type.id), type.name] as const)]}
        />
        <Button kind="secondary">{page.t.public.search}</Button>
      </form>
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
            cell: (person) => (
              <>
                <a href={eventPath(event, 'orders', person.orderCode)}>{person.name}</a>
                <span class="hint block">{person.email ?? person.phone}</span>
              </>
            ),
          },
          { label: t.type, cell: (person) => person.ticketType },
          { label: t.ticketCode, minor: true, cell: (person) => <span class="number">{person.ticketCode}</span> },
          {
            label: t.status,
            cell: (person) => <Badge tone={person.status === 'inside' ? 'good' : 'plain'}>{page.t.order.statuses[person.status]}</Badge>,
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
