// Which language somebody reads, and its sentences. French first, and where we know no better.
import type { Locale } from '#src/kernel/actor.ts'
import { catalogs, type Catalog } from './catalogs.ts'

export type { Catalog } from './catalogs.ts'

/** Every language that we speak, the first one first. */
export const LOCALES = Object.keys(catalogs) as readonly Locale[]

export function isLocale(language: unknown): language is Locale {
  return LOCALES.includes(language as Locale)
}

/** A stored language may be one that this version no longer speaks: then French. */
export function messages(locale: Locale): Catalog {
  return catalogs[locale] ?? catalogs.fr
}

/** What `Intl` is asked for: the language and where its readers live, `fr-FR`. */
export function regionOf(locale: Locale): string {
  return messages(locale).common.region
}

/** The first of our languages that an Accept-Language header asks for; French where it asks for none of them. */
export function negotiateLocale(acceptLanguage: string | undefined): Locale {
  const wishes = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', ...params] = part.trim().split(';')
    const q = params.map((p) => /^\s*q=([\d.]+)/.exec(p)?.[1]).find(Boolean)
    return { language: tag.split('-')[0]!.toLowerCase(), q: q === undefined ? 1 : Number(q) }
  })
  const best = wishes.filter((w) => w.q > 0 && isLocale(w.language)).sort((a, b) => b.q - a.q)[0]
  return (best?.language as Locale | undefined) ?? 'fr'
}

/** A text that is kept by language (`{"fr": "Concerts", "en": …}`): in the reader's, else in French, else in any. Empty where there is none. */
export function textIn(texts: Readonly<Record<string, string>>, locale: Locale): string {
  return texts[locale] || texts.fr || Object.values(texts).find(Boolean) || ''
}

/** The sentence for a refusal's code; a general one where a code has none (it then is a mistake of ours). */
export function errorMessage(locale: Locale, code: string): string {
  const errors: Record<string, string> = messages(locale).errors
  return errors[code] ?? errors.unexpected!
}
