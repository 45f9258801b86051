// translateEvent: what an event and its tickets are called in other languages.
import { changeLanguagesIn } from '#src/modules/events/change-languages.ts'
import { eventError } from '#src/modules/events/errors.ts'
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { languageProblems, tidyTranslations, type EventLanguages } from '#src/modules/events/event-languages.ts'
import { lockTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor, Locale } from '#src/kernel/actor.ts'
import { invalidInput, type FieldProblem } from '#src/kernel/domain-error.ts'
import { isLocale } from '#src/locales/locale.ts'
import type { App } from '#src/platform/app.ts'
import { selectTicketTypes, updateTypeTranslations } from './store/ticket-types.ts'
import type { TypeTranslations } from './ticket-type.ts'

export type TranslateEvent = EventLanguages & {
  /** Of the event's ticket types, by id; those left out stay as they are. */
  types?: readonly { id: number; translations: TypeTranslations }[] | undefined
}

const MAX_NAME = 120
const MAX_DESCRIPTION = 2000

/**
 * Says which language the event is written in, and what it reads in others. An empty text shows the original's; a language without a title
 * and a description is none.
 * @throws `invalid_input` with the fields to correct; `event_not_editable` once cancelled or ended; `not_found`, `forbidden` as for the event
 */
export async function translateEvent(app: App, actor: Actor, slug: string, input: TranslateEvent): Promise<Event> {
  const languages = { language: input.language, translations: tidyTranslations(input) }
  const types = (input.types ?? []).map(({ id, translations }) => ({ id, translations: tidyNames(translations, input.language) }))
  return asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    const known = new Set((await selectTicketTypes(tx, event.id)).map((type) => type.id))
    const problems = [...languageProblems(languages), ...types.flatMap(({ id, translations }) => nameProblems(id, known, translations))]
    if (problems.length > 0) throw invalidInput(...problems)
    for (const { id, translations } of types) await updateTypeTranslations(tx, id, translations)
    return changeLanguagesIn(tx, actor, event, languages)
  })
}

function tidyNames(translations: TypeTranslations, language: Locale): TypeTranslations {
  const tidy = Object.entries(translations).map(([locale, text]) => [
    locale,
    { name: text.name.replaceAll(/\s+/g, ' ').trim(), description: text.description.trim() },
  ])
  return Object.fromEntries(
    (tidy as [Locale, { name: string; description: string }][]).filter(([locale, text]) => locale !== language && (text.name || text.description)),
  ) as TypeTranslations
}

function nameProblems(id: number, known: ReadonlySet<number>, translations: TypeTranslations): FieldProblem[] {
  if (!known.has(id)) return [{ pointer: `/body/types/${id}`, code: 'unknown' }]
  return Object.entries(translations).flatMap(([locale, { name, description }]) => [
    ...(isLocale(locale) ? [] : [{ pointer: `/body/types/${id}/${locale}`, code: 'unknown_language' }]),
    ...(name.length > MAX_NAME ? [{ pointer: `/body/types/${id}/${locale}/name`, code: 'too_long' }] : []),
    ...(description.length > MAX_DESCRIPTION ? [{ pointer: `/body/types/${id}/${locale}/description`, code: 'too_long' }] : []),
  ])
}
