// Which language somebody reads, and the catalogs. French first; another language is one more file and one more line here.
import type { Locale } from '#src/kernel/actor.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

/** Every sentence that people read. What a language lacks does not compile. */
export type Catalog = typeof fr

const catalogs: Record<Locale, Catalog> = { fr, en }

export const LOCALES: readonly Locale[] = ['fr', 'en']

export function messages(locale: Locale): Catalog {
  return catalogs[locale]
}

/** The first of our languages that an Accept-Language header asks for; French where it asks for none of them. */
export function negotiateLocale(acceptLanguage: string | undefined): Locale {
  const wishes = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', ...params] = part.trim().split(';')
    const q = params.map((p) => /^\s*q=([\d.]+)/.exec(p)?.[1]).find(Boolean)
    return { language: tag.slice(0, 2).toLowerCase(), q: q === undefined ? 1 : Number(q) }
  })
  const best = wishes.filter((w) => w.q > 0 && LOCALES.includes(w.language as Locale)).sort((a, b) => b.q - a.q)[0]
  return (best?.language as Locale | undefined) ?? 'fr'
}

/** The sentence for a refusal's code; a general one where a code has none (it then is a mistake of ours). */
export function errorMessage(locale: Locale, code: string): string {
  const errors: Record<string, string> = catalogs[locale].errors
  return errors[code] ?? catalogs[locale].errors.unexpected
}
