// /organizer/events/{slug}/settings/languages: what an event and its tickets are called in each of our languages, one set of fields per language.
import type { FastifyInstance } from 'fastify'
import type { Locale } from '#src/kernel/actor.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'
import { isEditable, MAX_DESCRIPTION, MAX_TITLE, type Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import { translateEvent, type TranslateEvent } from '#src/modules/ticketing/translate-event.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, LinkButton } from '../ui/components.tsx'
import { ErrorSummary, SelectField, TextArea, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type SlugRequest = { Params: { slug: string } }

export const nameOf = (locale: Locale): string => messages(locale).common.languageName

export async function eventLanguagePages(server: FastifyInstance, app: App): Promise<void> {
  async function load(actor: PageContext['actor'], slug: string) {
    const event = await getTeamEvent(app, actor, slug)
    return { event, types: await listTicketTypes(app, event.id, { hidden: true }) }
  }

  server.get<SlugRequest>('/organizer/events/:slug/settings/languages', async (request, reply) => {
    const scene = await load(request.actor, request.params.slug)
    if (!isEditable(scene.event)) return reply.redirect(eventPath(scene.event), 303)
    return sendPage(reply, <Languages page={pageOf(request)} {...scene} form={formOf(scene)} />)
  })

  server.post<SlugRequest>('/organizer/events/:slug/settings/languages', async (request, reply) => {
    const page = pageOf(request)
    const scene = await load(request.actor, request.params.slug)
    const form = readForm(page, request.body)
    const input = readLanguages(form, scene.types)
    const again = (state: FormState, status: number) => sendPage(reply, <Languages page={page} {...scene} form={state} />, { status })
    if (!input) return again(form.state(), 422)
    try {
      await translateEvent(app, request.actor, scene.event.slug, input)
      return reply.redirect(`${eventPath(scene.event, 'settings')}?saved`, 303)
    } catch (error) {
      return again(refusedForm(page, form, error), statusOf(error))
    }
  })
}

type Scene = { event: Event; types: TicketType[] }

// Named as the verb's refusals point: `/body/translations/en/title`, `/body/types/17/en/name`.
const fieldOf = (locale: Locale, text: 'title' | 'description') => `translations-${locale}-${text}`
const typeFieldOf = (type: { id: number }, locale: Locale, text: 'name' | 'description') => `types-${type.id}-${locale}-${text}`

function formOf({ event, types }: Scene): FormState {
  const values: Record<string, string> = { language: event.language }
  for (const locale of LOCALES) {
    values[fieldOf(locale, 'title')] = event.translations[locale]?.title ?? ''
    values[fieldOf(locale, 'description')] = event.translations[locale]?.description ?? ''
    for (const type of types) {
      values[typeFieldOf(type, locale, 'name')] = type.translations[locale]?.name ?? ''
      values[typeFieldOf(type, locale, 'description')] = type.translations[locale]?.description ?? ''
    }
  }
  return freshForm(values)
}

/** What was typed; undefined after noting what is wrong. The fields of the main language count for nothing. */
function readLanguages(form: FormReader, types: readonly TicketType[]): TranslateEvent | undefined {
  const language = form.choice('language', LOCALES)
  if (!language) return undefined
  const others = LOCALES.filter((locale) => locale !== language)
  const each = <T,>(read: (locale: Locale) => T) => Object.fromEntries(others.map((locale) => [locale, read(locale)]))
  return {
    language,
    translations: each((locale) => ({ title: form.text(fieldOf(locale, 'title')), description: form.text(fieldOf(locale, 'description')) })),
    types: types.map((type) => ({
      id: type.id,
      translations: each((locale) => ({
        name: form.text(typeFieldOf(type, locale, 'name')),
        description: form.text(typeFieldOf(type, locale, 'description')),
      })),
    })),
  }
}

function Languages({ page, event, types, form }: Scene & { page: PageContext; form: FormState }) {
  const t = page.t.settings
  const settings = eventPath(event, 'settings')
  const labels = {
    language: t.mainLanguage,
    ...Object.fromEntries(
      LOCALES.flatMap((locale) => [
        [fieldOf(locale, 'title'), `${nameOf(locale)}, ${t.translationTitle}`],
        [fieldOf(locale, 'description'), `${nameOf(locale)}, ${t.translationDescription}`],
        ...types.flatMap((type) => [
          [typeFieldOf(type, locale, 'name'), `${nameOf(locale)}, ${t.translationType(type.name)}`],
          [typeFieldOf(type, locale, 'description'), `${nameOf(locale)}, ${t.translationTypeDescription(type.name)}`],
        ]),
      ]),
    ),
  }
  // The fields of the main language would say what the event already says.
  const others = LOCALES.filter((locale) => locale !== event.language)
  return (
    <EventFrame page={page} event={event} title={t.languages} failed={hasErrors(form)} under={[settings, t.title]}>
      <p class="lead">{t.languagesHint}</p>
      <ErrorSummary page={page} form={form} labels={labels} />
      <form class="form" method="post" action={eventPath(event, 'settings', 'languages')} novalidate>
        <SelectField
          form={form}
          name="language"
          label={t.mainLanguage}
          hint={t.mainLanguageHint}
          size="medium"
          options={LOCALES.map((locale) => [locale, nameOf(locale)] as const)}
        />
        {others.map((locale) => (
          <fieldset key={locale} class="group">
            <legend class="legend" lang={locale === page.locale ? undefined : locale}>
              {nameOf(locale)}
            </legend>
            <TextField form={form} name={fieldOf(locale, 'title')} label={t.translationTitle} hint={t.original(event.title)} maxlength={MAX_TITLE} />
            <TextArea
              form={form}
              name={fieldOf(locale, 'description')}
              label={t.translationDescription}
              hint={t.translationDescriptionHint}
              optional={page.t.common.optional}
              rows={8}
              maxlength={MAX_DESCRIPTION}
            />
            {types.map((type) => (
              <TextField
                key={type.id}
                form={form}
                name={typeFieldOf(type, locale, 'name')}
                label={t.translationType(type.name)}
                optional={page.t.common.optional}
                maxlength={120}
              />
            ))}
            {types
              .filter((type) => type.description || form.values[typeFieldOf(type, locale, 'description')])
              .map((type) => (
                <TextArea
                  key={type.id}
                  form={form}
                  name={typeFieldOf(type, locale, 'description')}
                  label={t.translationTypeDescription(type.name)}
                  hint={type.description && t.original(type.description)}
                  optional={page.t.common.optional}
                  rows={2}
                  maxlength={1000}
                />
              ))}
          </fieldset>
        ))}
        <div class="actions">
          <Button>{page.t.common.save}</Button>
          <LinkButton kind="quiet" href={settings}>
            {page.t.common.cancel}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}
