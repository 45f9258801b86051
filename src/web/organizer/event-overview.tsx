// /organizer/events/{slug}: how it stands, and the decisions about it: publish, take back, cancel.
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { deleteEvent } from '#src/modules/events/delete-event.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { publishEvent } from '#src/modules/events/publish-event.ts'
import { unpublishEvent } from '#src/modules/events/unpublish-event.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { readEventNumbers, type EventNumbers } from '#src/reads/organizer-events.ts'
import { readPulse } from '#src/reads/pulse.ts'
import { statusOf } from '../error-page.tsx'
import { Button, LinkButton, Notice, PostButton } from '../ui/components.tsx'
import { TextArea } from '../ui/fields.tsx'
import { emptyForm, readForm } from '../ui/form.ts'
import { formatMoment, formatSpan } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { countEvent, EventFigures, isLive, type EventFiguresData } from './event-figures.tsx'
import { EventFrame, eventPath } from './event-frame.tsx'
import { GUIDE_STEPS, guidePath, stepOf } from './guide-steps.ts'
import { createLiveAnswers, liveScripts } from './live.tsx'
import { Checklist } from './publish-checklist.tsx'

const HOUR_MS = 3_600_000

type SlugRequest = { Params: { slug: string } }

export async function eventOverviewPages(server: FastifyInstance, app: App): Promise<void> {
  async function load(actor: PageContext['actor'], slug: string) {
    const event = await getTeamEvent(app, actor, slug, 'cashier')
    // The pulse first: whatever happens while the figures are counted makes them old.
    const pulse = await readPulse(app.db, { eventId: event.id })
    return {
      event,
      pulse,
      figures: await countEvent(app, actor, event),
      now: app.clock.now(),
      address: `${app.publicUrl()}/events/${event.slug}`,
      reviewHours: app.config.reviewHours,
    }
  }

  server.get<SlugRequest>('/organizer/events/:slug', async (request, reply) =>
    sendPage(reply, <Overview page={pageOf(request)} {...await load(request.actor, request.params.slug)} />),
  )

  const answerLive = createLiveAnswers<EventFiguresData>()
  server.get<SlugRequest>('/organizer/events/:slug/live', async (request, reply) => {
    const page = pageOf(request, eventPath(request.params))
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    return answerLive(request, reply, {
      key: `${event.id} ${mayAct(request.actor, event) ? 'money' : ''}`,
      pulse: () => readPulse(app.db, { eventId: event.id }),
      count: () => countEvent(app, request.actor, event),
      show: ({ pulse, figures }) => <EventFigures page={page} event={event} figures={figures} pulse={pulse} now={app.clock.now()} />,
    })
  })

  for (const [name, verb] of [
    ['publish', publishEvent],
    ['unpublish', unpublishEvent],
  ] as const) {
    server.post<SlugRequest>(`/organizer/events/:slug/${name}`, async (request, reply) => {
      const { slug } = request.params
      try {
        await verb(app, request.actor, slug)
        return reply.redirect(eventPath({ slug }), 303)
      } catch (error) {
        if (!isDomainError(error) || error.kind !== 'conflict') throw error
        const page = pageOf(request, eventPath({ slug }))
        return sendPage(reply, <Overview page={page} {...await load(request.actor, slug)} refusal={errorMessage(page.locale, error.code)} />, {
          status: statusOf(error),
        })
      }
    })
  }

  // Cancelling asks once, in numbers.
  server.get<SlugRequest>('/organizer/events/:slug/cancel', async (request, reply) => {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    if (!isEditable(event)) return reply.redirect(eventPath(event), 303)
    return sendPage(reply, <Cancel page={pageOf(request)} event={event} numbers={await readEventNumbers(app.db, event.id)} />)
  })
  // What nobody has seen needn't be called off: it goes.
  server.get<SlugRequest>('/organizer/events/:slug/delete', async (request, reply) => {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    if (!isUnseen(event)) return reply.redirect(eventPath(event), 303)
    return sendPage(reply, <Delete page={pageOf(request)} event={event} />)
  })
  server.post<SlugRequest>('/organizer/events/:slug/delete', async (request, reply) => {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    if (!isUnseen(event)) return reply.redirect(eventPath(event), 303)
    await deleteEvent(app, request.actor, event.slug)
    return reply.redirect('/organizer', 303)
  })

  server.post<SlugRequest>('/organizer/events/:slug/cancel', async (request, reply) => {
    const form = readForm(pageOf(request), request.body)
    const event = await cancelEvent(app, request.actor, request.params.slug, { reason: form.text('reason') || undefined })
    return reply.redirect(eventPath(event), 303)
  })
}

/** True for what was never shown: nobody can have ordered it. */
const isUnseen = (event: Event) => event.status === 'draft' && event.publishedAt === null

type OverviewProps = {
  page: PageContext
  event: Event
  figures: EventFiguresData
  pulse: string
  now: Date
  address: string
  reviewHours: number
  refusal?: string
}

function Overview({ page, event, figures, pulse, now, address, reviewHours, refusal }: OverviewProps) {
  const t = page.t.organizer
  const { types } = figures
  return (
    <EventFrame page={page} event={event} title={t.overview} failed={Boolean(refusal)} scripts={isLive(event, now) ? liveScripts() : []}>
      {refusal && <Notice tone="bad" title={refusal} />}
      <Decision page={page} event={event} types={types} address={address} reviewHours={reviewHours} now={now} />
      {event.status === 'draft' && event.unconfirmed.length === 0 && mayAct(page.actor, event) && (
        <Checklist page={page} event={event} types={types} now={now} />
      )}
      <EventFigures page={page} event={event} figures={figures} pulse={pulse} now={now} />
      <p class="soft small">
        {formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)} · {[event.venue, event.city].filter(Boolean).join(', ')}
        {event.visibility !== 'public' && ` · ${t.visibilities[event.visibility]}`}
      </p>
      {mayAct(page.actor, event) && (
        <div class="actions quiet-actions">
          <LinkButton kind="quiet" href={eventPath(event, 'copy')}>
            {t.copyEvent}
          </LinkButton>
          {event.status === 'published' && event.endsAt > now && (
            <PostButton kind="quiet" action={eventPath(event, 'unpublish')}>
              {t.unpublish}
            </PostButton>
          )}
          {isUnseen(event) ? (
            <LinkButton kind="quiet" href={eventPath(event, 'delete')}>
              {t.deleteDraft}
            </LinkButton>
          ) : (
            isEditable(event) &&
            event.endsAt > now && (
              <LinkButton kind="quiet" href={eventPath(event, 'cancel')}>
                {t.cancelEvent}
              </LinkButton>
            )
          )}
        </div>
      )}
    </EventFrame>
  )
}

type DecisionProps = Pick<OverviewProps, 'page' | 'event' | 'address' | 'reviewHours' | 'now'> & { types: TicketType[] }

/** The one thing to do next. */
function Decision({ page, event, types, address, reviewHours, now }: DecisionProps) {
  const t = page.t.organizer
  const reviewBy = new Date((event.reviewRequestedAt ?? now).getTime() + reviewHours * HOUR_MS)
  switch (event.status) {
    case 'draft':
      return <DraftDecision page={page} event={event} types={types} now={now} />
    case 'pending_review':
      return (
        <Notice tone="warn" title={t.inReview}>
          <p>{reviewBy > now ? t.inReviewUntil(formatMoment(reviewBy, event.timezone, page.locale)) : t.inReviewLate}</p>
          <div class="actions">
            <LinkButton kind="secondary" href={`/events/${event.slug}`}>
              {t.previewAsBuyer}
            </LinkButton>
          </div>
        </Notice>
      )
    case 'published':
      return event.endsAt > now ? (
        <Notice tone="good" title={t.online}>
          <p>
            <a href={`/events/${event.slug}`}>{address}</a>
          </p>
        </Notice>
      ) : (
        <Notice title={t.over} />
      )
    case 'cancelled':
      return (
        <Notice tone="bad" title={page.t.public.cancelled}>
          <p>{t.cancelledNote}</p>
        </Notice>
      )
    case 'ended':
      return <Notice title={t.over} />
  }
}

/** A draft is finished first, then published; what staff said of it comes before both. */
function DraftDecision({ page, event, types, now }: Omit<DecisionProps, 'address' | 'reviewHours'>) {
  const t = page.t.organizer
  const leads = mayAct(page.actor, event)
  const step = stepOf(event)
  const preview = (
    <LinkButton kind="secondary" href={`/events/${event.slug}`}>
      {t.previewAsBuyer}
    </LinkButton>
  )
  if (event.unconfirmed.length > 0) {
    return (
      <Notice title={t.guide.resumeTitle(GUIDE_STEPS.indexOf(step) + 1, GUIDE_STEPS.length)}>
        <div class="actions">
          {leads && <LinkButton href={guidePath(event, step)}>{t.guide.resume}</LinkButton>}
          {preview}
        </div>
      </Notice>
    )
  }
  return (
    <>
      {event.reviewNote && (
        <Notice tone="warn" title={t.sentBack}>
          <p>{event.reviewNote}</p>
          <p>{t.sentBackHint}</p>
        </Notice>
      )}
      {event.endsAt > now && (
        <Notice title={types.length === 0 && !event.paymentUrl ? t.draftUnsold : t.draftReady}>
          <div class="actions">
            {leads && (
              <PostButton action={eventPath(event, 'publish')} kind="primary">
                {t.publish}
              </PostButton>
            )}
            {preview}
          </div>
        </Notice>
      )}
    </>
  )
}

function Delete({ page, event }: { page: PageContext; event: Event }) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={t.deleteDraft} under={[eventPath(event), t.overview]}>
      <p>{t.deleteDraftHint}</p>
      <form method="post" action={eventPath(event, 'delete')}>
        <div class="actions">
          <Button kind="danger">{t.deleteDraft}</Button>
          <LinkButton kind="quiet" href={eventPath(event)}>
            {page.t.common.cancel}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}

function Cancel({ page, event, numbers }: { page: PageContext; event: Event; numbers: EventNumbers }) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={t.cancelEvent} under={[eventPath(event), t.overview]}>
      <Notice
        tone="bad"
        title={t.cancelFor(page.t.common.tickets(numbers.sold), formatMoney({ amount: numbers.gross, currency: event.currency }, page.locale))}
      >
        <p>{t.cancelForGood}</p>
      </Notice>
      <form class="form" method="post" action={eventPath(event, 'cancel')}>
        <TextArea form={emptyForm} name="reason" label={t.reason} hint={t.reasonHint} optional={page.t.common.optional} rows={3} maxlength={500} />
        <div class="actions">
          <Button kind="danger">{t.cancelEvent}</Button>
          <LinkButton kind="quiet" href={eventPath(event)}>
            {t.keepEvent}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}
