// When an event takes place, as its papers and mails say it: in the event's own zone, in the reader's language.
import type { Locale } from '#src/kernel/actor.ts'
import { isOneNight } from '#src/kernel/zone.ts'
import { regionOf } from '#src/locales/locale.ts'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: Locale, zone: string, name: 'span' | 'day' | 'time' | 'moment'): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${name}`
  let found = formatters.get(key)
  if (!found) {
    const time = name === 'day' ? {} : ({ hour: '2-digit', minute: '2-digit' } as const)
    const day = { weekday: name === 'moment' ? undefined : 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
    formatters.set(key, (found = new Intl.DateTimeFormat(regionOf(locale), { ...(name === 'time' ? {} : day), ...time, timeZone: zone })))
  }
  return found
}

/** From when to when, saying once what both share: `Samedi 21 novembre 2026, 20:00 – 02:00`. */
export function spanText(event: { startsAt: Date; endsAt: Date; timezone: string }, locale: Locale): string {
  const { startsAt, endsAt, timezone } = event
  const text = isOneNight(startsAt, endsAt)
    ? `${formatter(locale, timezone, 'day').format(startsAt)}, ${timeText(startsAt, timezone, locale)} – ${timeText(endsAt, timezone, locale)}`
    : formatter(locale, timezone, 'span').formatRange(startsAt, endsAt)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `20:00` */
export function timeText(date: Date, timezone: string, locale: Locale): string {
  return formatter(locale, timezone, 'time').format(date)
}

/** `21 novembre 2026 à 20:00` */
export function momentText(date: Date, timezone: string, locale: Locale): string {
  return formatter(locale, timezone, 'moment').format(date)
}

/** Where it takes place, shortest useful form; empty where the organizer said nothing. */
export function placeText(event: { venue: string; address: string; city: string }): string {
  return [event.venue, event.address, event.city].filter(Boolean).join(', ')
}
