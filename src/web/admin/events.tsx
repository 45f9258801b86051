// /admin/reviews and /admin/events: what waits for a word, every event, and one with what staff may do about it.
import type { FastifyInstance } from 'fastify'
import { formatMoney } from '#src/kernel/money.ts'
import type { Event, EventStatus } from '#src/modules/events/event.ts'
import { eventStates } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { reviewEvent } from '#src/modules/events/review-event.ts'
import { unpublishEvent } from '#src/modules/events/unpublish-event.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { listAdminEvents, listWaitingEvents, type AdminEvent } from '#src/reads/admin-events.ts'
import { listFacts, type AdminFact } from '#src/reads/admin-lists.ts'
import { readRevenue, readSales, type Revenue, type Sales } from '#src/reads/numbers.ts'
import { countryName } from '../organizer/choices.ts'
import { Badge, Button, DataTable, EmptyState, Facts, KeyFigures, LinkButton, Notice, Price, type Tone } from '../ui/components.tsx'
import { ErrorSummary, TextArea } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { formatMoment, formatNumber, formatSpan, formatUntil } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, askedOne, Filters, History, When, type ListRequest, type Query } from './admin-list.tsx'
import { act } from './staff-action.tsx'

type EventRequest = { Params: { slug: string }; Querystring: Query }

const STATUSES = Object.keys(eventStates) as EventStatus[]
const TONES: Record<EventStatus, Tone | 'plain'> = { draft: 'plain', pending_review: 'warn', published: 'good', cancelled: 'bad', ended: 'plain' }
const MAX_REASON = 500

type OneEventProps = {
  page: PageContext
  event: Event
  organizer: Organizer
  types: TicketType[]
  sales: Sales
  revenue: Revenue[]
  facts: AdminFact[]
  now: Date
  form: FormState
  done?: string | undefined
}

export async function adminEventPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/reviews', async (request, reply) => {
    const waiting = await listWaitingEvents(app.db)
    return sendPage(reply, <Reviews page={pageOf(request)} events={waiting} now={app.clock.now()} done={asked(request.query, 'done')} />)
  })

  server.get<ListRequest>('/admin/events', async (request, reply) => {
    const page = pageOf(request)
    const { query } = request
    const search = { q: asked(query, 'q'), status: askedOne(query, 'status', STATUSES), cursor: asked(query, 'cursor'), limit: 50 }
    const events = await listAdminEvents(app.db, search)
    const t = page.t.admin
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.events}
        rows={events.data}
        nextCursor={events.nextCursor}
        empty={t.noEventsFound}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.searchEvents}
            selects={[{ name: 'status', label: t.status, options: STATUSES.map((status) => [status, page.t.organizer.statuses[status]] as const) }]}
          />
        }
        columns={eventColumns(page)}
      />,
    )
  })

  async function load(page: PageContext, slug: string): Promise<Omit<OneEventProps, 'form' | 'done'>> {
    const event = await getTeamEvent(app, page.actor, slug)
    const [organizer, types, sales, revenue, facts] = await Promise.all([
      getOrganizer(app.db, event.organizerId),
      listTicketTypes(app, event.id, { hidden: true }),
      readSales(app.db, { eventId: event.id }),
      readRevenue(app.db, { eventId: event.id }),
      listFacts(app.db, { about: [`event:${event.id}`], limit: 15 }),
    ])
    return { page, event, organizer, types, sales, revenue, facts: facts.data, now: app.clock.now() }
  }

  server.get<EventRequest>('/admin/events/:slug', async (request, reply) => {
    const page = pageOf(request)
    return sendPage(reply, <OneEvent {...await load(page, request.params.slug)} form={emptyForm} done={asked(request.query, 'done')} />)
  })
  const again = (slug: string) => async (page: PageContext, form: FormState) => <OneEvent {...await load(page, slug)} form={form} />

  server.post<EventRequest>('/admin/events/:slug/approve', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `/admin/events/${slug}`,
      to: '/admin/reviews',
      done: 'approved',
      work: (_form, actor) => reviewEvent(app, actor, slug, { decision: 'approve' }),
      again: again(slug),
    })
  })
  server.post<EventRequest>('/admin/events/:slug/send-back', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `/admin/events/${slug}`,
      to: '/admin/reviews',
      done: 'sentBack',
      work: async (form, actor) => {
        const reason = form.required('reason', MAX_REASON)
        if (reason) await reviewEvent(app, actor, slug, { decision: 'reject', reason })
      },
      again: again(slug),
    })
  })
  server.post<EventRequest>('/admin/events/:slug/unpublish', async (request, reply) => {
    const { slug } = request.params
    return act(app, request, reply, {
      back: `/admin/events/${slug}`,
      done: 'unpublished',
      work: async (form, actor) => {
        const reason = form.required('reason', MAX_REASON)
        if (reason) await unpublishEvent(app, actor, slug, { reason })
      },
      again: again(slug),
    })
  })
}

function EventBadge({ page, status }: { page: PageContext; status: string }) {
  return <Badge tone={TONES[status as EventStatus]}>{page.t.organizer.statuses[status as EventStatus]}</Badge>
}

export function eventColumns(page: PageContext) {
  const t = page.t.admin
  return [
    {
      label: t.event,
      cell: (event: AdminEvent) => (
        <>
          <a href={`/admin/events/${event.slug}`}>{event.title}</a> <EventBadge page={page} status={event.status} />
        </>
      ),
    },
    { label: t.organizer, cell: (event: AdminEvent) => <a href={`/admin/organizers/${event.organizerSlug}`}>{event.organizerName}</a> },
    {
      label: t.when,
      minor: true,
      cell: (event: AdminEvent) => [formatMoment(event.startsAt, event.timezone, page.locale), event.city].filter(Boolean).join(', '),
    },
    { label: t.sold, numeric: true, minor: true, cell: (event: AdminEvent) => formatNumber(event.sold, page.locale) },
  ]
}

function Reviews({ page, events, now, done }: { page: PageContext; events: AdminEvent[]; now: Date; done: string | undefined }) {
  const t = page.t.admin
  return (
    <AdminFrame page={page} title={t.reviews} done={done}>
      <DataTable
        caption={t.reviews}
        rows={events}
        empty={
          <EmptyState title={t.noReviews}>
            <p>{t.noReviewsHint}</p>
          </EmptyState>
        }
        columns={[
          { label: t.event, cell: (event) => <a href={`/admin/events/${event.slug}`}>{event.title}</a> },
          { label: t.organizer, cell: (event) => event.organizerName },
          {
            label: t.when,
            cell: (event) => (
              <span class="cell">
                {formatMoment(event.startsAt, event.timezone, page.locale)}
                <span class="hint block">{formatUntil(event.startsAt, now, event.timezone, page.locale)}</span>
              </span>
            ),
          },
          { label: t.asked, minor: true, cell: (event) => event.reviewRequestedAt && <When page={page} date={event.reviewRequestedAt} /> },
        ]}
      />
    </AdminFrame>
  )
}

function OneEvent(props: OneEventProps) {
  const { page, event, organizer, types, sales, revenue, facts, form, done } = props
  const t = page.t.admin
  const waits = event.status === 'pending_review'
  return (
    <AdminFrame
      page={page}
      title={event.title}
      under={waits ? ['/admin/reviews', t.reviews] : ['/admin/events', t.events]}
      done={done}
      failed={hasErrors(form)}
    >
      <ErrorSummary page={page} form={form} labels={{ reason: t.reasonForTeam }} />
      <p>
        <EventBadge page={page} status={event.status} />
      </p>
      <Facts
        rows={[
          [t.organizer, <a href={`/admin/organizers/${organizer.slug}`}>{organizer.name}</a>],
          [t.when, formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)],
          [t.where, [event.venue, event.address, event.city, countryName(event.country, page.locale)].filter(Boolean).join(', ')],
          [t.visibility, t.visibilities[event.visibility]],
          [t.asked, event.reviewRequestedAt && <When page={page} date={event.reviewRequestedAt} />],
          [t.lastWord, event.reviewNote],
          [page.t.organizer.description, event.description && <span class="prewrap">{event.description}</span>],
        ]}
      />
      <DataTable
        caption={page.t.public.tickets}
        rows={types}
        empty={<Notice tone="warn" title={t.noTypes} />}
        columns={[
          { label: page.t.public.tickets, cell: (type) => type.name },
          { label: t.amount, numeric: true, cell: (type) => <Price page={page} money={type.price} /> },
        ]}
      />
      <div class="actions">
        <LinkButton kind="secondary" href={`/events/${event.slug}`}>
          {page.t.organizer.previewAsBuyer}
        </LinkButton>
        <LinkButton kind="quiet" href={`/organizer/events/${event.slug}`}>
          {t.asTeam}
        </LinkButton>
      </div>
      {waits && <Review page={page} event={event} form={form} />}
      {!waits && (
        <KeyFigures
          figures={[
            { label: t.sold, value: formatNumber(sales.sold, page.locale) },
            { label: page.t.organizer.held, value: formatNumber(sales.held, page.locale) },
            ...revenue.map(({ currency, gross }) => ({ label: t.gross, value: formatMoney({ amount: gross, currency }, page.locale) })),
          ]}
        />
      )}
      {event.status === 'published' && <Unpublish {...props} />}
      <History page={page} facts={facts} about={`event:${event.id}`} />
    </AdminFrame>
  )
}

function Review({ page, event, form }: Pick<OneEventProps, 'page' | 'event' | 'form'>) {
  const t = page.t.admin
  return (
    <section class="stack">
      <h2>{t.decide}</h2>
      <form method="post" action={`/admin/events/${event.slug}/approve`} class="stack stack--tight">
        <p class="hint">{t.approveHint}</p>
        <div class="actions">
          <Button>{t.approve}</Button>
        </div>
      </form>
      <form method="post" action={`/admin/events/${event.slug}/send-back`} class="form group" novalidate>
        <TextArea form={form} name="reason" label={t.sendBackReason} hint={t.sendBackHint} rows={3} maxlength={MAX_REASON} />
        <Button kind="secondary">{t.sendBack}</Button>
      </form>
    </section>
  )
}

function Unpublish({ page, event, sales, form }: OneEventProps) {
  const t = page.t.admin
  return (
    <section class="stack">
      <h2>{t.unpublish}</h2>
      <form method="post" action={`/admin/events/${event.slug}/unpublish`} class="form" novalidate>
        <p>{t.unpublishHint(sales.sold, formatNumber(sales.sold, page.locale), formatNumber(sales.awaiting, page.locale))}</p>
        <TextArea form={form} name="reason" label={t.reasonForTeam} rows={3} maxlength={MAX_REASON} />
        <Button kind="danger">{t.unpublish}</Button>
      </form>
    </section>
  )
}
