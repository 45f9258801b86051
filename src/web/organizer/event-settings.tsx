// /organizer/events/{slug}/settings: what buyers are promised about refunds.
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { changeRefundPolicy } from '#src/modules/events/change-refund-policy.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { MAX_REFUND_DAYS, MAX_REFUND_NOTE, type RefundPolicy } from '#src/modules/events/refund-policy.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, Notice } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

export async function eventSettingsPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/settings', async (request, reply) => {
    const page = pageOf(request)
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    if (!isEditable(event)) return reply.redirect(eventPath(event), 303)
    return sendPage(
      reply,
      <Settings page={page} event={event} refunds={formOf(event.refundPolicy)} saved={new URLSearchParams(page.query).has('saved')} />,
    )
  })

  server.post<SlugRequest>('/organizer/events/:slug/settings/refunds', async (request, reply) => {
    const page = pageOf(request, eventPath(request.params, 'settings'))
    const event = await getTeamEvent(app, request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const policy = readPolicy(form)
    const again = (state: FormState, status: number) => sendPage(reply, <Settings page={page} event={event} refunds={state} />, { status })
    if (!policy) return again(form.state(), 422)
    try {
      await changeRefundPolicy(app, request.actor, event.slug, policy)
      return reply.redirect(`${eventPath(event, 'settings')}?saved`, 303)
    } catch (error) {
      return again(refusedForm(page, form, error, { refund_policy_promised: 'until' }), isDomainError(error) ? statusOf(error) : 422)
    }
  })
}

const UNTIL = ['never', 'days', 'start'] as const

function formOf({ days, atOnce, note }: RefundPolicy): FormState {
  return freshForm({ until: days === null ? 'never' : days === 0 ? 'start' : 'days', days: days || null, answer: atOnce ? 'atOnce' : 'byHand', note })
}

/** What was chosen; undefined after noting what is wrong. */
function readPolicy(form: FormReader): RefundPolicy | undefined {
  const until = form.choice('until', UNTIL)
  const days = until === 'days' ? form.integer('days', { min: 1, max: MAX_REFUND_DAYS, required: true }) : until === 'start' ? 0 : null
  const answer = form.choice('answer', ['byHand', 'atOnce'] as const)
  const note = form.text('note')
  if (note.length > MAX_REFUND_NOTE) form.fail('note', 'too_long')
  return form.failed() || days === undefined ? undefined : { days, atOnce: answer === 'atOnce', note }
}

function Settings({ page, event, refunds, saved }: { page: PageContext; event: Event; refunds: FormState; saved?: boolean }) {
  const t = page.t.settings
  const labels = { until: t.refundUntil, days: t.refundDays, answer: t.refundAnswer, note: t.refundNote }
  return (
    <EventFrame page={page} event={event} title={t.title} failed={hasErrors(refunds)}>
      {saved && <Notice tone="good" title={t.saved} />}
      <ErrorSummary page={page} form={refunds} labels={labels} />
      <section class="stack" aria-labelledby="refunds">
        <h2 id="refunds">{t.refunds}</h2>
        <p class="soft">{t.refundsHint}</p>
        <form class="form" method="post" action={eventPath(event, 'settings', 'refunds')} novalidate>
          <RadioField form={refunds} name="until" label={t.refundUntil} options={UNTIL.map((value) => ({ value, label: t.refundUntils[value] }))} />
          <TextField form={refunds} name="days" label={t.refundDays} hint={t.refundDaysHint} inputmode="numeric" size="short" />
          <RadioField
            form={refunds}
            name="answer"
            label={t.refundAnswer}
            options={(['byHand', 'atOnce'] as const).map((value) => ({ value, label: t.refundAnswers[value], hint: t.refundAnswerHints[value] }))}
          />
          <TextArea
            form={refunds}
            name="note"
            label={t.refundNote}
            hint={t.refundNoteHint}
            optional={page.t.common.optional}
            rows={2}
            maxlength={MAX_REFUND_NOTE}
          />
          <Button>{page.t.common.save}</Button>
        </form>
      </section>
    </EventFrame>
  )
}
