// /organizer/events/{slug}/programme: what happens when, inside the event.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toLocalTime } from '#src/kernel/zone.ts'
import { addSession, listSessions, removeSession } from '#src/modules/events/change-sessions.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import type { Session } from '#src/modules/events/session.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, DataTable, EmptyState, PostButton } from '../ui/components.tsx'
import { ErrorSummary, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { formatMoment, formatTime } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { requireId } from '../ui/params.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

export async function eventProgrammePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/programme', async (request, reply) => show(request, reply, undefined, 200))

  server.post<SlugRequest>('/organizer/events/:slug/programme', async (request, reply) => {
    const page = pageOf(request)
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const startsAt = form.moment('startsAt', event.timezone, { required: true })
    const endsAt = form.moment('endsAt', event.timezone, { required: true })
    const title = form.required('title', 200)
    if (!startsAt || !endsAt || !title) return show(request, reply, form.state(), 422)
    try {
      await addSession(app, request.actor, event.slug, {
        title,
        startsAt,
        endsAt,
        speaker: form.text('speaker'),
        place: form.text('place'),
        description: form.text('description'),
      })
      return reply.redirect(eventPath(event, 'programme'), 303)
    } catch (error) {
      return show(request, reply, refusedForm(page, form, error), statusOf(error))
    }
  })

  server.post<{ Params: { slug: string; id: string } }>('/organizer/events/:slug/programme/:id/remove', async (request, reply) => {
    await removeSession(app, request.actor, request.params.slug, requireId(request.params.id))
    return reply.redirect(eventPath(request.params, 'programme'), 303)
  })

  async function show(request: FastifyRequest<SlugRequest>, reply: FastifyReply, form: FormState | undefined, status: number) {
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const sessions = await listSessions(app.db, event.id)
    // The next item begins where the last one ends.
    const next = toLocalTime(sessions.at(-1)?.endsAt ?? event.startsAt, event.timezone)
    return sendPage(reply, <Programme page={pageOf(request)} event={event} sessions={sessions} form={form ?? freshForm({ startsAt: next })} />, {
      status,
    })
  }
}

function Programme({ page, event, sessions, form }: { page: PageContext; event: Event; sessions: Session[]; form: FormState }) {
  const t = page.t.organizer
  const { optional } = page.t.common
  return (
    <EventFrame page={page} event={event} title={t.programme} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} labels={{ title: t.title, startsAt: t.starts, endsAt: t.ends }} />
      <DataTable
        caption={t.programme}
        rows={sessions}
        empty={
          <EmptyState title={t.noProgramme}>
            <p>{t.noProgrammeHint}</p>
          </EmptyState>
        }
        columns={[
          {
            label: t.title,
            cell: (item) => (
              <>
                {item.title}
                <span class="hint block">{[item.speaker, item.place].filter(Boolean).join(' · ')}</span>
              </>
            ),
          },
          {
            label: page.t.public.when,
            cell: (item) => `${formatMoment(item.startsAt, event.timezone, page.locale)} – ${formatTime(item.endsAt, event.timezone, page.locale)}`,
          },
          ...(isEditable(event)
            ? [
                {
                  label: page.t.common.actions,
                  cell: (item: Session) => (
                    <PostButton kind="quiet" action={eventPath(event, 'programme', item.id, 'remove')}>
                      {t.release}
                    </PostButton>
                  ),
                },
              ]
            : []),
        ]}
      />
      {isEditable(event) && (
        <section class="group">
          <h2>{t.addProgramme}</h2>
          <form class="form" method="post" action={eventPath(event, 'programme')} novalidate>
            <TextField form={form} name="title" label={t.title} required maxlength={200} />
            <div class="fields">
              <TextField form={form} name="startsAt" label={t.starts} type="datetime-local" required />
              <TextField form={form} name="endsAt" label={t.ends} type="datetime-local" required />
            </div>
            <TextField form={form} name="speaker" label={t.speaker} optional={optional} maxlength={200} />
            <TextField form={form} name="place" label={t.place} optional={optional} maxlength={200} />
            <TextArea form={form} name="description" label={t.description} optional={optional} rows={2} maxlength={2000} />
            <Button>{t.addProgramme}</Button>
          </form>
        </section>
      )}
    </EventFrame>
  )
}
