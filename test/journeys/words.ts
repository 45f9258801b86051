// Which language a sentence of ours is in, as the catalogues know it.
import type { Locale } from '#src/kernel/actor.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'

const leaves = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : []

const sentences = Object.fromEntries(LOCALES.map((locale) => [locale, new Set(leaves(messages(locale)))])) as Record<Locale, Set<string>>
// Languages are called by their own names everywhere.
const names = new Set(LOCALES.map((locale) => messages(locale).common.languageName))

/** True for a whole text that only another language's catalogue has: somebody forgot to translate. */
export function isStrange(text: string, locale: Locale): boolean {
  if (text.length <= 3 || names.has(text) || sentences[locale].has(text)) return false
  return LOCALES.some((other) => other !== locale && sentences[other].has(text))
}
