// /organizer/events/{slug}/settings: what buyers are promised about refunds, who bears the commission, and which languages there are.
import type { FastifyInstance } from 'fastify'
import { formatMoney, shareOf, type Money } from '#src/kernel/money.ts'
import { LOCALES } from '#src/locales/locale.ts'
import { changeFees } from '#src/modules/events/change-fees.ts'
import { changeRefundPolicy } from '#src/modules/events/change-refund-policy.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { commissionRate } from '#src/modules/events/fee-rate.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { MAX_REFUND_DAYS, MAX_REFUND_NOTE, type RefundPolicy } from '#src/modules/events/refund-policy.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, Facts, LinkButton, Notice } from '../ui/components.tsx'
import { ErrorSummary, RadioField, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatShare } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'
import { nameOf } from './event-languages.tsx'

type SlugRequest = { Params: { slug: string } }

export async function eventSettingsPages(server: FastifyInstance, app: App): Promise<void> {
  async function load(actor: PageContext['actor'], slug: string) {
    const event = await getTeamEvent(app, actor, slug)
    const [rate, types] = await Promise.all([commissionRate(app, app.db, event.organizerId), listTicketTypes(app, event.id, { hidden: true })])
    // What the fee means is said of the first ticket that costs something.
    return { event, rate, example: types.find((type) => type.facePrice.amount > 0)?.facePrice ?? null }
  }

  server.get<SlugRequest>('/organizer/events/:slug/settings', async (request, reply) => {
    const page = pageOf(request)
    const scene = await load(request.actor, request.params.slug)
    if (!isEditable(scene.event)) return reply.redirect(eventPath(scene.event), 303)
    const saved = new URLSearchParams(page.query).has('saved')
    return sendPage(reply, <Settings page={page} {...scene} refunds={formOf(scene.event.refundPolicy)} saved={saved} />)
  })

  server.post<SlugRequest>('/organizer/events/:slug/settings/refunds', async (request, reply) => {
    const page = pageOf(request, eventPath(request.params, 'settings'))
    const scene = await load(request.actor, request.params.slug)
    const { event } = scene
    const form = readForm(page, request.body)
    const policy = readPolicy(form)
    const again = (state: FormState, status: number) => sendPage(reply, <Settings page={page} {...scene} refunds={state} />, { status })
    if (!policy) return again(form.state(), 422)
    try {
      await changeRefundPolicy(app, request.actor, event.slug, policy)
      return reply.redirect(`${eventPath(event, 'settings')}?saved`, 303)
    } catch (error) {
      return again(refusedForm(page, form, error, { refund_policy_promised: 'until' }), statusOf(error))
    }
  })

  server.post<SlugRequest>('/organizer/events/:slug/settings/fees', async (request, reply) => {
    const page = pageOf(request, eventPath(request.params, 'settings'))
    const scene = await load(request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const mode = form.choice('fees', FEE_MODES)
    const again = (state: FormState, status: number) =>
      sendPage(reply, <Settings page={page} {...scene} refunds={formOf(scene.event.refundPolicy)} fees={state} />, { status })
    if (!mode) return again(form.state(), 422)
    try {
      await changeFees(app, request.actor, scene.event.slug, { passedOn: mode === 'passedOn' })
      return reply.redirect(`${eventPath(scene.event, 'settings')}?saved`, 303)
    } catch (error) {
      return again(refusedForm(page, form, error), statusOf(error))
    }
  })
}

const FEE_MODES = ['absorbed', 'passedOn'] as const
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

type SettingsProps = {
  page: PageContext
  event: Event
  /** Basis points that the platform takes. */ rate: number
  example: Money | null
  refunds: FormState
  fees?: FormState
  saved?: boolean
}

function Settings({ page, event, rate, example, refunds, fees, saved }: SettingsProps) {
  const t = page.t.settings
  const labels = { until: t.refundUntil, days: t.refundDays, answer: t.refundAnswer, note: t.refundNote }
  return (
    <EventFrame page={page} event={event} title={t.title} failed={hasErrors(refunds) || (fees !== undefined && hasErrors(fees))}>
      {saved && <Notice tone="good" title={t.saved} />}
      <ErrorSummary page={page} form={refunds} labels={labels} />
      {fees && <ErrorSummary page={page} form={fees} labels={{ fees: t.feesMode }} />}
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
      <section class="group" aria-labelledby="fees">
        <h2 id="fees">{t.fees}</h2>
        <Fees
          page={page}
          event={event}
          rate={rate}
          example={example}
          form={fees ?? freshForm({ fees: event.feeBps === null ? 'absorbed' : 'passedOn' })}
        />
      </section>
      <section class="group" aria-labelledby="languages">
        <h2 id="languages">{t.languages}</h2>
        <p class="soft">{t.languagesHint}</p>
        <Facts
          rows={[
            [t.mainLanguage, nameOf(event.language)],
            ...LOCALES.filter((locale) => event.translations[locale]).map((locale) => [t.translated, nameOf(locale)] as const),
          ]}
        />
        <p>
          <LinkButton kind="secondary" href={eventPath(event, 'settings', 'languages')}>
            {t.translate}
          </LinkButton>
        </p>
      </section>
    </EventFrame>
  )
}

function Fees({ page, event, rate, example, form }: Pick<SettingsProps, 'page' | 'event' | 'rate' | 'example'> & { form: FormState }) {
  const t = page.t.settings
  if (rate === 0 && event.feeBps === null) return <p class="soft">{t.feesFree}</p>
  const text = (amount: number) => formatMoney({ amount, currency: event.currency }, page.locale)
  const fee = example ? shareOf(example.amount, rate) : 0
  const hintOf = (mode: (typeof FEE_MODES)[number]) =>
    example &&
    (mode === 'absorbed'
      ? t.feesExample(text(example.amount), text(example.amount), text(example.amount - fee))
      : t.feesExample(text(example.amount), text(example.amount + fee), text(example.amount)))
  return (
    <>
      <p class="soft">{t.feesHint(formatShare(rate, 10_000, page.locale)!)}</p>
      <form class="form" method="post" action={eventPath(event, 'settings', 'fees')} novalidate>
        <RadioField
          form={form}
          name="fees"
          label={t.feesMode}
          options={FEE_MODES.map((value) => ({ value, label: t.feesModes[value], hint: hintOf(value) }))}
        />
        <p class="hint">{t.feesKept}</p>
        <Button kind="secondary">{page.t.common.save}</Button>
      </form>
    </>
  )
}
