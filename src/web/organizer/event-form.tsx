// /organizer/events/{slug}/edit: what an organizer says about an event; and its cover. It was created step by step (guide.tsx).
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { isTimeZone, toLocalTime } from '#src/kernel/zone.ts'
import { errorMessage, textIn } from '#src/locales/locale.ts'
import { removeCover, setCover } from '#src/modules/events/change-cover.ts'
import { MAX_UPLOAD_BYTES } from '#src/modules/events/cover-image.ts'
import { isEditable, MAX_DESCRIPTION, MAX_TITLE, type Event, type EventDetails } from '#src/modules/events/event.ts'
import { getTeamEvent, listCategories, type Category } from '#src/modules/events/find-events.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, LinkButton, PostButton } from '../ui/components.tsx'
import { Cover } from '../ui/cover.tsx'
import { CheckField, ErrorSummary, FileField, RadioField, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { readUpload } from '../ui/upload.ts'
import { countryOptions, zoneOptions } from './choices.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

export async function eventFormPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<SlugRequest>('/organizer/events/:slug/edit', async (request, reply) => {
    const page = pageOf(request)
    const [event, categories] = await Promise.all([getTeamEvent(app, request.actor, request.params.slug), listCategories(app)])
    if (!isEditable(event)) return reply.redirect(eventPath(event), 303)
    return sendPage(reply, <EditEvent page={page} event={event} form={formOf(event)} categories={categories} />)
  })

  server.post<SlugRequest>('/organizer/events/:slug/edit', async (request, reply) => {
    const page = pageOf(request)
    const [event, categories] = await Promise.all([getTeamEvent(app, request.actor, request.params.slug), listCategories(app)])
    const form = readForm(page, request.body)
    const details = readDetails(form, categories)
    const again = (state: FormState, status: number) =>
      sendPage(reply, <EditEvent page={page} event={event} form={state} categories={categories} />, { status })
    if (!details) return again(form.state(), 422)
    try {
      await updateEvent(app, request.actor, event.slug, details)
      return reply.redirect(eventPath(event), 303)
    } catch (error) {
      return again(refusedForm(page, form, error, { quota_below_sold: 'capacity' }), statusOf(error))
    }
  })

  await server.register(async (scope) => {
    // Only here does a page take a file.
    await scope.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: 0, parts: 1 } })
    scope.post<SlugRequest>('/organizer/events/:slug/cover', { bodyLimit: MAX_UPLOAD_BYTES + 10_000 }, async (request, reply) => {
      const page = pageOf(request, eventPath(request.params, 'edit'))
      const event = await getTeamEvent(app, request.actor, request.params.slug)
      try {
        await setCover(app, request.actor, event.slug, await readUpload(request))
        return reply.redirect(`${eventPath(event, 'edit')}#cover`, 303)
      } catch (error) {
        const code = isDomainError(error) ? error.code : undefined
        if (!code || code === 'not_found' || code === 'forbidden') throw error
        const cover = { ...emptyForm, errors: { cover: errorMessage(page.locale, code) } }
        return sendPage(reply, <EditEvent page={page} event={event} form={formOf(event)} cover={cover} categories={await listCategories(app)} />, {
          status: 422,
        })
      }
    })
  })

  server.post<SlugRequest>('/organizer/events/:slug/cover/remove', async (request, reply) => {
    const event = await removeCover(app, request.actor, request.params.slug)
    return reply.redirect(`${eventPath(event, 'edit')}#cover`, 303)
  })
}

/** The event as its form shows it: times as clocks at the event show them. */
function formOf(event: Event): FormState {
  const local = (date: Date | null) => date && toLocalTime(date, event.timezone)
  return freshForm({
    ...(({
      title,
      description,
      category,
      timezone,
      venue,
      address,
      city,
      country,
      latitude,
      longitude,
      capacity,
      visibility,
      dressCode,
      paymentUrl,
    }) => ({
      title,
      description,
      category,
      timezone,
      venue,
      address,
      city,
      country,
      latitude,
      longitude,
      capacity,
      visibility,
      dressCode,
      paymentUrl,
    }))(event),
    startsAt: local(event.startsAt),
    endsAt: local(event.endsAt),
    doorsOpenAt: local(event.doorsOpenAt),
    reentry: event.reentry ? 'on' : '',
    askHolderNames: event.askHolderNames ? 'on' : '',
    remindHolders: event.remindHolders ? 'on' : '',
  })
}

/** What was typed, as the verb wants it; undefined after noting what is wrong. The verb judges the rest. */
function readDetails(form: FormReader, categories: Category[]): (EventDetails & { title: string }) | undefined {
  const zone = form.text('timezone')
  if (!isTimeZone(zone)) form.fail('timezone', 'choice')
  const startsAt = form.moment('startsAt', zone, { required: true })
  const endsAt = form.moment('endsAt', zone, { required: true })
  if (startsAt && endsAt && endsAt <= startsAt) form.fail('endsAt', 'not_after_start')
  const details = {
    title: form.required('title', MAX_TITLE) ?? '',
    description: form.text('description'),
    category:
      form.choice(
        'category',
        categories.map(({ slug }) => slug),
      ) ?? '',
    startsAt: startsAt!,
    endsAt: endsAt!,
    doorsOpenAt: form.moment('doorsOpenAt', zone) ?? null,
    timezone: zone,
    venue: form.text('venue'),
    address: form.text('address'),
    city: form.required('city', 100) ?? '',
    country: form.required('country', 2) ?? '',
    latitude: form.decimal('latitude') ?? null,
    longitude: form.decimal('longitude') ?? null,
    capacity: form.integer('capacity', { min: 1 }) ?? null,
    visibility: form.choice('visibility', ['public', 'unlisted', 'private'] as const) ?? 'public',
    dressCode: form.text('dressCode') || null,
    reentry: form.checked('reentry'),
    askHolderNames: form.checked('askHolderNames'),
    remindHolders: form.checked('remindHolders'),
    paymentUrl: form.text('paymentUrl') || null,
  }
  return form.failed() ? undefined : (details as EventDetails)
}

function labelsOf({ t: { organizer: t, public: shop } }: PageContext): Record<string, string> {
  return {
    title: t.title,
    category: shop.category,
    startsAt: t.starts,
    endsAt: t.ends,
    doorsOpenAt: t.doors,
    timezone: t.zone,
    city: shop.city,
    country: t.country,
    latitude: t.latitude,
    longitude: t.longitude,
    capacity: t.capacity,
    paymentUrl: t.paymentUrl,
    description: t.description,
  }
}

type FieldsProps = { page: PageContext; form: FormState; categories: Category[] }

function EditEvent({ page, event, form, categories, cover = emptyForm }: FieldsProps & { event: Event; cover?: FormState }) {
  const t = page.t.organizer
  return (
    <EventFrame page={page} event={event} title={page.t.common.edit} failed={hasErrors(form) || hasErrors(cover)}>
      <ErrorSummary page={page} form={form} labels={labelsOf(page)} />
      <ErrorSummary page={page} form={cover} />
      <form class="form" method="post" action={eventPath(event, 'edit')} novalidate>
        <EventFields page={page} form={form} categories={categories} />
        <div class="actions">
          <Button>{page.t.common.save}</Button>
          <LinkButton kind="quiet" href={eventPath(event)}>
            {page.t.common.cancel}
          </LinkButton>
        </div>
      </form>
      <p>
        <a href={eventPath(event, 'settings', 'languages')}>{page.t.settings.translate}</a>
      </p>
      <section class="group" id="cover">
        <h2>{t.cover}</h2>
        {event.cover && (
          <div class="cover-preview">
            <Cover cover={event.cover} sizes="24rem" />
          </div>
        )}
        <form class="form" method="post" action={eventPath(event, 'cover')} enctype="multipart/form-data">
          <FileField
            form={cover}
            name="cover"
            label={event.cover ? t.replaceCover : t.addCover}
            hint={t.coverHint}
            accept="image/jpeg,image/png,image/webp,image/avif"
            required
          />
          <Button kind="secondary">{t.sendCover}</Button>
        </form>
        {event.cover && (
          <PostButton kind="quiet" action={eventPath(event, 'cover', 'remove')}>
            {t.removeCover}
          </PostButton>
        )}
      </section>
    </EventFrame>
  )
}

function EventFields({ page, form, categories }: FieldsProps) {
  const t = page.t.organizer
  const { optional } = page.t.common
  return (
    <>
      <TextField form={form} name="title" label={t.title} required maxlength={MAX_TITLE} />
      <SelectField
        form={form}
        name="category"
        label={page.t.public.category}
        required
        size="medium"
        options={[['', t.choose], ...categories.map(({ slug, names }) => [slug, textIn(names, page.locale)] as const)]}
      />
      <TextArea
        form={form}
        name="description"
        label={t.description}
        hint={t.descriptionHint}
        optional={optional}
        rows={8}
        maxlength={MAX_DESCRIPTION}
      />
      <fieldset class="group">
        <legend class="legend">{page.t.public.when}</legend>
        <div class="fields">
          <TextField form={form} name="startsAt" label={t.starts} type="datetime-local" required />
          <TextField form={form} name="endsAt" label={t.ends} type="datetime-local" required />
          <TextField form={form} name="doorsOpenAt" label={t.doors} optional={optional} type="datetime-local" />
        </div>
        <SelectField form={form} name="timezone" label={t.zone} hint={t.zoneHint} options={zoneOptions(form.values.timezone)} size="medium" />
      </fieldset>
      <fieldset class="group">
        <legend class="legend">{page.t.public.where}</legend>
        <TextField form={form} name="venue" label={t.venue} optional={optional} maxlength={200} />
        <TextField form={form} name="address" label={t.address} optional={optional} maxlength={200} />
        <div class="fields">
          <TextField form={form} name="city" label={page.t.public.city} required maxlength={100} />
          <SelectField form={form} name="country" label={t.country} options={countryOptions(page.locale, form.values.country)} />
        </div>
        <details open={Boolean(form.values.latitude || form.errors.latitude || form.errors.longitude)}>
          <summary>{t.coordinates}</summary>
          <div class="fields">
            <TextField form={form} name="latitude" label={t.latitude} inputmode="decimal" />
            <TextField form={form} name="longitude" label={t.longitude} inputmode="decimal" />
          </div>
        </details>
      </fieldset>
      <div class="group">
        <RadioField
          form={form}
          name="visibility"
          label={t.visibility}
          options={[
            { value: 'public', label: t.visibilities.public, hint: t.visibilityHints.public },
            { value: 'unlisted', label: t.visibilities.unlisted, hint: t.visibilityHints.unlisted },
            { value: 'private', label: t.visibilities.private, hint: t.visibilityHints.private },
          ]}
        />
        <TextField form={form} name="capacity" label={t.capacity} hint={t.capacityHint} optional={optional} inputmode="numeric" size="short" />
        <TextField form={form} name="dressCode" label={page.t.public.dressCode} optional={optional} maxlength={200} />
        <CheckField form={form} name="reentry" label={t.reentry} hint={t.reentryHint} />
        <CheckField form={form} name="askHolderNames" label={t.askHolderNames} hint={t.askHolderNamesHint} />
        <CheckField form={form} name="remindHolders" label={t.remindHolders} hint={t.remindHoldersHint} />
        <TextField form={form} name="paymentUrl" label={t.paymentUrl} hint={t.paymentUrlHint} optional={optional} type="url" />
      </div>
    </>
  )
}
