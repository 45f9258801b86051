// The steps of creating an event, as they are seen. Each asks one group of questions and says where one is.
import type { ComponentChildren } from 'preact'
import { MAX_DESCRIPTION, MAX_TITLE, type Event } from '#src/modules/events/event.ts'
import type { Category } from '#src/modules/events/find-events.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import { textIn } from '#src/locales/locale.ts'
import { Button, LinkButton, Notice, PostButton, Price, Ticket, Trail } from '../ui/components.tsx'
import { Cover } from '../ui/cover.tsx'
import { ErrorSummary, FileField, RadioField, SelectField, TextArea, TextField, type Option } from '../ui/fields.tsx'
import { freshForm, hasErrors, type FormState } from '../ui/form.ts'
import { formatNumber, formatSpan } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'
import { citySuggestions, countryOptions, zoneOptions } from './choices.ts'
import { eventPath } from './event-frame.tsx'
import { GUIDE_STEPS, guidePath, type GuideStep } from './guide-steps.ts'
import { Checklist, isReady, type ChecklistPart } from './publish-checklist.tsx'
import { majorUnits } from './ticket-types.tsx'

type FrameProps = {
  page: PageContext
  step: GuideStep
  /** The draft; none before the first step is saved. */
  event?: Event | undefined
  form?: FormState
  labels?: Record<string, string>
  children: ComponentChildren
}

function GuideFrame({ page, step, event, form, labels, children }: FrameProps) {
  const t = page.t.organizer.guide
  const position = GUIDE_STEPS.indexOf(step)
  const progress = t.progress(position + 1, GUIDE_STEPS.length)
  const failed = form !== undefined && hasErrors(form)
  return (
    <Layout page={page} title={`${t.questions[step]} · ${progress}`} narrow noindex failed={failed}>
      <Trail
        label={page.t.common.back}
        steps={
          event
            ? [
                ['/organizer', page.t.organizer.myEvents],
                [eventPath(event), event.title],
              ]
            : [['/organizer', page.t.organizer.myEvents]]
        }
      />
      <nav class="guide" aria-label={t.title}>
        <p class="small soft">{progress}</p>
        <ol class="guide-steps">
          {GUIDE_STEPS.map((name, index) => {
            const kind = index === position ? 'here' : index < position ? 'before' : undefined
            return (
              <li key={name} class={kind}>
                {event ? (
                  <a href={guidePath(event, name)} aria-current={index === position ? 'step' : undefined}>
                    <span>{t.steps[name]}</span>
                  </a>
                ) : (
                  <span aria-current={index === position ? 'step' : undefined}>
                    <span>{t.steps[name]}</span>
                  </span>
                )}
              </li>
            )
          })}
        </ol>
      </nav>
      <h1>{t.questions[step]}</h1>
      {form && <ErrorSummary page={page} form={form} {...(labels ? { labels } : {})} />}
      {children}
    </Layout>
  )
}

type WhatProps = { page: PageContext; form: FormState; categories: Category[]; event?: Event; organizers?: readonly Option[] }

export function WhatStep({ page, form, categories, event, organizers = [] }: WhatProps) {
  const t = page.t.organizer
  const labels = { title: t.title, category: page.t.public.category, visibility: t.visibility }
  return (
    <GuideFrame page={page} step="what" event={event} form={form} labels={labels}>
      {!event && <p class="lead">{t.guide.lead}</p>}
      <form class="form" method="post" action={event ? guidePath(event, 'what') : '/organizer/events/new'} novalidate>
        {organizers.length > 1 && <SelectField form={form} name="organizer" label={t.organizer} options={organizers} />}
        <TextField form={form} name="title" label={t.title} hint={t.guide.titleHint} required maxlength={MAX_TITLE} />
        <SelectField
          form={form}
          name="category"
          label={page.t.public.category}
          required
          size="medium"
          options={[['', t.choose], ...categories.map(({ slug, names }) => [slug, textIn(names, page.locale)] as const)]}
        />
        <RadioField
          form={form}
          name="visibility"
          label={t.visibility}
          options={(['public', 'unlisted', 'private'] as const).map((value) => ({
            value,
            label: t.visibilities[value],
            hint: t.visibilityHints[value],
          }))}
        />
        <Button>{t.guide.saveAndGoOn}</Button>
        <p class="hint">{t.guide.savedHint}</p>
      </form>
    </GuideFrame>
  )
}

export function WhenStep({ page, event, form }: { page: PageContext; event: Event; form: FormState }) {
  const t = page.t.organizer
  const { optional } = page.t.common
  const labels = { startsAt: t.starts, endsAt: t.ends, city: page.t.public.city, country: t.country, timezone: t.zone }
  const isSuggestion = event.unconfirmed.includes('schedule')
  const [countries, zones] = [countryOptions(page.locale, form.values.country), zoneOptions(form.values.timezone)]
  const nameIn = (options: readonly Option[], value: string | undefined) => options.find(([option]) => option === value)?.[1]
  const [country, zone] = [nameIn(countries, form.values.country), nameIn(zones, form.values.timezone)]
  return (
    <GuideFrame page={page} step="when" event={event} form={form} labels={labels}>
      <form class="form" method="post" action={guidePath(event, 'when')} novalidate>
        <TextField
          form={form}
          name="startsAt"
          label={t.starts}
          hint={isSuggestion ? t.guide.startHint : undefined}
          type="datetime-local"
          size="medium"
          required
        />
        <TextField form={form} name="endsAt" label={t.ends} hint={t.guide.endHint} optional={optional} type="datetime-local" size="medium" />
        <TextField
          form={form}
          name="city"
          label={page.t.public.city}
          suggestions={citySuggestions(event.country)}
          autocapitalize="words"
          required
          size="medium"
          maxlength={100}
        />
        <TextField form={form} name="venue" label={t.venue} hint={t.guide.venueHint} optional={optional} autocapitalize="words" maxlength={200} />
        <TextField form={form} name="address" label={t.address} optional={optional} maxlength={200} />
        <details open={Boolean(form.errors.country || form.errors.timezone)}>
          <summary>{t.guide.countryAndZone([country, zone].filter(Boolean).join(', '))}</summary>
          <div class="stack stack--form">
            <SelectField form={form} name="country" label={t.country} options={countries} size="medium" />
            <SelectField form={form} name="timezone" label={t.zone} hint={t.zoneHint} options={zones} size="medium" />
          </div>
        </details>
        <Button>{t.guide.saveAndGoOn}</Button>
      </form>
    </GuideFrame>
  )
}

type TicketsProps = { page: PageContext; event: Event; types: TicketType[]; form: FormState; /** The type whose form was refused. */ open?: number }

export function TicketsStep({ page, event, types, form, open }: TicketsProps) {
  const t = page.t.organizer
  const first = types.length === 0
  const words = { name: t.typeName, price: t.priceIn(event.currency), quantity: t.quantity }
  const labels = Object.fromEntries(
    ['', ...types.map(({ id }) => `-${id}`)].flatMap((suffix) => Object.entries(words).map(([name, label]) => [name + suffix, label])),
  )
  return (
    <GuideFrame page={page} step="tickets" event={event} form={form} labels={labels}>
      {first ? (
        <p class="lead">{t.guide.ticketsLead}</p>
      ) : (
        <ul class="plain-list">
          {types.map((type) => (
            <li key={type.id} class="holder">
              <TypeInList page={page} event={event} type={type} form={open === type.id ? form : undefined} />
            </li>
          ))}
        </ul>
      )}
      <section class="stack" id="more">
        {!first && <h2>{t.guide.anotherType}</h2>}
        <form class="form" method="post" action={guidePath(event, 'tickets')} novalidate>
          <TypeFields page={page} event={event} form={open === undefined ? form : freshForm({})} />
          <div class="actions">
            <Button name="next" value="go">
              {first ? t.guide.saveAndGoOn : t.guide.goOn}
            </Button>
            <Button kind="secondary" name="next" value="more">
              {first ? t.guide.saveAndAdd : t.guide.addThisType}
            </Button>
          </div>
        </form>
        {first && (
          <PostButton kind="quiet" action={guidePath(event, 'tickets')} fields={{ next: 'later' }}>
            {t.guide.ticketsLater}
          </PostButton>
        )}
      </section>
    </GuideFrame>
  )
}

function TypeFields({ page, event, form, type }: { page: PageContext; event: Event; form: FormState; type?: TicketType }) {
  const t = page.t.organizer
  const suffix = type ? `-${type.id}` : ''
  return (
    <>
      <TextField form={form} name={`name${suffix}`} label={t.typeName} hint={t.typeNameHint} required maxlength={120} />
      <div class="fields">
        <TextField
          form={form}
          name={`price${suffix}`}
          label={t.priceIn(event.currency)}
          hint={t.priceHint}
          inputmode="decimal"
          required
          size="medium"
        />
        {(!type || type.quota.kind === 'own') && (
          <TextField form={form} name={`quantity${suffix}`} label={t.quantity} hint={t.quantityHint} inputmode="numeric" required size="medium" />
        )}
      </div>
    </>
  )
}

/** What is on sale so far; opened, it can be corrected or taken away. */
function TypeInList({ page, event, type, form }: { page: PageContext; event: Event; type: TicketType; form: FormState | undefined }) {
  const t = page.t.organizer
  const shown = freshForm({ [`name-${type.id}`]: type.name, [`price-${type.id}`]: majorUnits(type.price), [`quantity-${type.id}`]: type.quota.size })
  return (
    <>
      <p class="spread">
        <strong>{type.name}</strong>
        <span>
          <Price page={page} money={type.price} /> · {t.guide.places(formatNumber(type.quota.size, page.locale))}
        </span>
      </p>
      <details open={form !== undefined}>
        <summary class="small">{t.guide.change(type.name)}</summary>
        <div class="stack stack--form">
          <form class="form" method="post" action={guidePath(event, 'tickets', type.id)} novalidate>
            <TypeFields page={page} event={event} form={form ?? shown} type={type} />
            <Button kind="secondary">{page.t.common.save}</Button>
          </form>
          <PostButton kind="quiet" action={guidePath(event, 'tickets', type.id, 'delete')}>
            {t.deleteType}
          </PostButton>
        </div>
      </details>
    </>
  )
}

export function LookStep({ page, event, form }: { page: PageContext; event: Event; form: FormState }) {
  const t = page.t.organizer
  const { optional } = page.t.common
  return (
    <GuideFrame page={page} step="look" event={event} form={form} labels={{ cover: t.cover, description: t.description }}>
      <p class="lead">{t.guide.lookLead}</p>
      <form class="form" method="post" action={guidePath(event, 'look')} enctype="multipart/form-data" novalidate>
        <TextArea
          form={form}
          name="description"
          label={t.description}
          hint={t.descriptionHint}
          optional={optional}
          rows={6}
          maxlength={MAX_DESCRIPTION}
        />
        {event.cover && (
          <div class="cover-preview">
            <Cover cover={event.cover} sizes="24rem" />
          </div>
        )}
        <FileField
          form={form}
          name="cover"
          label={event.cover ? t.replaceCover : t.cover}
          hint={t.coverHint}
          optional={optional}
          accept="image/jpeg,image/png,image/webp,image/avif"
        />
        <Button>{t.guide.saveAndGoOn}</Button>
      </form>
    </GuideFrame>
  )
}

type CheckProps = {
  page: PageContext
  event: Event
  types: TicketType[]
  /** Within how many hours staff answers; null where nobody reviews. */
  review: number | null
  now: Date
}

export function CheckStep({ page, event, types, review, now }: CheckProps) {
  const t = page.t.organizer
  const ready = isReady(event, now)
  const preview = (
    <LinkButton kind="secondary" href={`/events/${event.slug}`}>
      {t.previewAsBuyer}
    </LinkButton>
  )
  return (
    <GuideFrame page={page} step="check" event={event}>
      <Ticket
        stub={
          types.length === 0 ? (
            <p class="soft">{t.noTypes}</p>
          ) : (
            <ul class="lines">
              {types.map((type) => (
                <li key={type.id}>
                  <span>
                    {type.name} · {t.guide.places(formatNumber(type.quota.size, page.locale))}
                  </span>
                  <Price page={page} money={type.price} />
                </li>
              ))}
            </ul>
          )
        }
      >
        <h2>{event.title}</h2>
        <p>
          {event.unconfirmed.includes('schedule') ? (
            <span class="soft">{t.guide.noDay}</span>
          ) : (
            formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)
          )}
        </p>
        <p class="soft">{[event.venue, event.city].filter(Boolean).join(', ')}</p>
      </Ticket>
      <Checklist page={page} event={event} types={types} now={now} hrefOf={(part) => guideHref(event, part)} />
      <Notice title={review === null ? t.guide.nextOnline : t.guide.nextReview}>
        <p>{review === null ? t.guide.nextOnlineHint : t.guide.nextReviewHint(review)}</p>
        {event.visibility === 'private' && <p>{t.guide.nextGuests}</p>}
      </Notice>
      <div class="actions">
        {ready && (
          <PostButton kind="primary" action={eventPath(event, 'publish')}>
            {review === null ? t.publish : t.guide.askReview}
          </PostButton>
        )}
        {preview}
      </div>
    </GuideFrame>
  )
}

/** Where in the guide a line of the check-list is done. */
function guideHref(event: Event, part: ChecklistPart): string {
  switch (part) {
    case 'schedule':
    case 'future':
      return `${guidePath(event, 'when')}#field-startsAt`
    case 'venue':
      return `${guidePath(event, 'when')}#field-venue`
    case 'tickets':
      return guidePath(event, 'tickets')
    case 'description':
    case 'cover':
      return `${guidePath(event, 'look')}#field-${part}`
  }
}
