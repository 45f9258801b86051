// An event's texts in several languages: the original, and what it was translated into. Pure rules, no I/O.
import type { Locale } from '#src/kernel/actor.ts'
import type { FieldProblem } from '#src/kernel/domain-error.ts'
import { isLocale } from '#src/locales/locale.ts'
import { MAX_DESCRIPTION, MAX_TITLE, type Event, type EventTranslations } from './event.ts'

/** Which languages the texts of an event in front of its reader are in: not always the reader's. */
export type Spoken = { spoken: { title: Locale; description: Locale } }

/** The event as somebody who reads `locale` sees it: each text in that language where it was translated, else as it was written. */
export function eventIn<E extends Pick<Event, 'title' | 'description' | 'language' | 'translations'>>(event: E, locale: Locale): E & Spoken {
  const translation = locale === event.language ? undefined : event.translations[locale]
  const title = translation?.title || undefined
  const description = translation?.description || undefined
  return {
    ...event,
    title: title ?? event.title,
    description: description ?? event.description,
    spoken: { title: title === undefined ? event.language : locale, description: description === undefined ? event.language : locale },
  }
}

export type EventLanguages = { language: Locale; translations: EventTranslations }

/** Tidied, without what says nothing or is in the original's own language. */
export function tidyTranslations({ language, translations }: EventLanguages): EventTranslations {
  const tidy = Object.entries(translations).map(([locale, text]) => [
    locale,
    { title: text.title.replaceAll(/\s+/g, ' ').trim(), description: text.description.trim() },
  ])
  return Object.fromEntries(
    (tidy as [Locale, { title: string; description: string }][]).filter(([locale, text]) => locale !== language && (text.title || text.description)),
  ) as EventTranslations
}

/** What is wrong, field by field; empty where nothing is. */
export function languageProblems({ language, translations }: EventLanguages): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (!isLocale(language)) problems.push({ pointer: '/body/language', code: 'unknown_language' })
  for (const [locale, { title, description }] of Object.entries(translations)) {
    const at = `/body/translations/${locale}`
    if (!isLocale(locale)) problems.push({ pointer: at, code: 'unknown_language' })
    if (!title) problems.push({ pointer: `${at}/title`, code: 'required' })
    if (title.length > MAX_TITLE) problems.push({ pointer: `${at}/title`, code: 'too_long' })
    if (description.length > MAX_DESCRIPTION) problems.push({ pointer: `${at}/description`, code: 'too_long' })
  }
  return problems
}
