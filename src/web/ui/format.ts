// Dates, numbers and money as people write them. Formatters are costly to make (12 µs), cheap to use: made once each.
import type { Locale } from '#src/kernel/actor.ts'

const REGION: Record<Locale, string> = { fr: 'fr-FR', en: 'en-GB' }
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: Locale, zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${name}`
  let found = formatters.get(key)
  if (!found) formatters.set(key, found = new Intl.DateTimeFormat(REGION[locale], { ...options, timeZone: zone }))
  return found
}

/** `samedi 21 novembre 2026`, in the event's zone. */
export function formatDay(date: Date, zone: string, locale: Locale): string {
  return formatter(locale, zone, 'day', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(date)
}

/** `20:00`, in the event's zone. */
export function formatTime(date: Date, zone: string, locale: Locale): string {
  return formatter(locale, zone, 'time', { hour: '2-digit', minute: '2-digit' }).format(date)
}

/** `sam. 21 nov. 2026, 20:00`, in the event's zone. */
export function formatMoment(date: Date, zone: string, locale: Locale): string {
  return formatter(locale, zone, 'moment', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(date)
}

const NIGHT_MS = 18 * 3_600_000

/** From when to when, saying only once what both share: `samedi 21 novembre 2026, 20:00 – 02:00`. A night out belongs to the day on which it begins. */
export function formatSpan(from: Date, to: Date, zone: string, locale: Locale): string {
  if (to.getTime() - from.getTime() < NIGHT_MS) return `${formatDay(from, zone, locale)}, ${formatTime(from, zone, locale)}\u00a0–\u00a0${formatTime(to, zone, locale)}`
  return formatter(locale, zone, 'span', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' }).formatRange(from, to)
}

/** Day, month and weekday apart, for the corner of a card. */
export function formatCorner(date: Date, zone: string, locale: Locale): { weekday: string; day: string; month: string } {
  const parts = formatter(locale, zone, 'corner', { weekday: 'short', day: 'numeric', month: 'short' }).formatToParts(date)
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return { weekday: part('weekday'), day: part('day'), month: part('month') }
}

const numbers: Record<Locale, Intl.NumberFormat> = { fr: new Intl.NumberFormat('fr-FR'), en: new Intl.NumberFormat('en-GB') }

export function formatNumber(value: number, locale: Locale): string {
  return numbers[locale].format(value)
}
