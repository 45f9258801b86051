// /organizer/events/{slug}/copy: the same event on another day.
import type { FastifyInstance } from 'fastify'
import { toLocalTime } from '#src/kernel/zone.ts'
import { MAX_TITLE, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { COPY_PARTS, duplicateEvent, type CopyPart } from '#src/modules/access/duplicate-event.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, LinkButton } from '../ui/components.tsx'
import { CheckField, ErrorSummary, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

const WEEK_MS = 7 * 86_400_000

export async function eventCopyPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/copy', async (request, reply) => {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const startsAt = toLocalTime(nextWeek(event.startsAt, app.clock.now()), event.timezone)
    const form = freshForm({ title: event.title, startsAt, ...Object.fromEntries(partsOf(event).map((part) => [part, 'on'])) })
    return sendPage(reply, <Copy page={pageOf(request)} event={event} form={form} />)
  })

  server.post<SlugRequest>('/organizer/events/:slug/copy', async (request, reply) => {
    const page = pageOf(request)
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const title = form.required('title', MAX_TITLE)
    const startsAt = form.moment('startsAt', event.timezone, { required: true })
    const again = (state: FormState, status: number) => sendPage(reply, <Copy page={page} event={event} form={state} />, { status })
    if (!title || !startsAt) return again(form.state(), 422)
    const parts = partsOf(event).filter((part) => form.checked(part))
    try {
      return reply.redirect(eventPath(await duplicateEvent(app, request.actor, event.slug, { title, startsAt, parts })), 303)
    } catch (error) {
      return again(refusedForm(page, form, error), statusOf(error))
    }
  })
}

/** What of this event can be taken along. */
function partsOf(event: Event): CopyPart[] {
  return COPY_PARTS.filter((part) => (part === 'cover' ? event.cover !== null : part === 'guests' ? event.visibility === 'private' : true))
}

/** The same weekday and hour, the first time that lies ahead. */
function nextWeek(date: Date, now: Date): Date {
  const weeks = Math.max(1, Math.ceil((now.getTime() - date.getTime()) / WEEK_MS))
  return new Date(date.getTime() + weeks * WEEK_MS)
}

function Copy({ page, event, form }: { page: PageContext; event: Event; form: FormState }) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={t.copyEvent} failed={hasErrors(form)} under={[eventPath(event), t.overview]}>
      <p class="lead">{t.copyHint}</p>
      <ErrorSummary page={page} form={form} labels={{ title: t.title, startsAt: t.starts }} />
      <form class="form" method="post" action={eventPath(event, 'copy')} novalidate>
        <TextField form={form} name="title" label={t.title} required maxlength={MAX_TITLE} />
        <TextField form={form} name="startsAt" label={t.starts} type="datetime-local" required size="medium" />
        <fieldset class="field">
          <legend>{t.copyParts}</legend>
          {partsOf(event).map((part) => (
            <CheckField key={part} form={form} name={part} label={t.copyPart[part]} hint={t.copyPartHints[part]} />
          ))}
        </fieldset>
        <div class="actions">
          <Button>{t.makeCopy}</Button>
          <LinkButton kind="quiet" href={eventPath(event)}>
            {page.t.common.cancel}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}
