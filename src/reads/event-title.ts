// An event's title in a reader's language, in SQL; `eventIn` says the same of an event that was read.
import { sql, type RawBuilder } from 'kysely'
import type { Locale } from '#src/kernel/actor.ts'

/** Of the event `e`: as it was translated into the language, else as it was written. */
export function titleIn(locale: Locale): RawBuilder<string> {
  return sql`COALESCE(CASE WHEN e.language <> ${locale}::text THEN NULLIF(e.translations -> ${locale}::text ->> 'title', '') END, e.title)`
}
