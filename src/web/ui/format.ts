// Dates, numbers and money as people write them. Formatters are costly to make (12 µs), cheap to use: made once each.
import type { Locale } from '#src/kernel/actor.ts'
import { regionOf } from '#src/locales/locale.ts'
import { isOneNight, toLocalTime } from '#src/kernel/zone.ts'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(locale: Locale, zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${name}`
  let found = formatters.get(key)
  if (!found) formatters.set(key, (found = new Intl.DateTimeFormat(regionOf(locale), { ...options, timeZone: zone })))
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

/** `20:00 – 02:00`, in one piece: a line may end after a dash, even before a space that isn't to be broken, unless the two are joined. */
export function formatHours(from: Date, to: Date, zone: string, locale: Locale): string {
  return `${formatTime(from, zone, locale)}\u00a0–\u2060\u00a0${formatTime(to, zone, locale)}`
}

/** `sam. 21 nov. 2026, 20:00`, in the event's zone. */
export function formatMoment(date: Date, zone: string, locale: Locale): string {
  return formatter(locale, zone, 'moment', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(date)
}

/** `sam. 21 nov., 20:00`: the year only where it isn't this one. */
export function formatSoon(date: Date, zone: string, locale: Locale, now: Date): string {
  if (!sameYear(date, now, zone)) return formatMoment(date, zone, locale)
  return formatter(locale, zone, 'soon', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(date)
}

/** `dim. 29 nov.`: the year only where it isn't this one. */
export function formatSoonDay(date: Date, zone: string, locale: Locale, now: Date): string {
  const year = sameYear(date, now, zone) ? ({} as const) : ({ year: 'numeric' } as const)
  return formatter(locale, zone, `soonDay${year.year ?? ''}`, { weekday: 'short', day: 'numeric', month: 'short', ...year }).format(date)
}

function sameYear(date: Date, now: Date, zone: string): boolean {
  return toLocalTime(date, zone).slice(0, 4) === toLocalTime(now, zone).slice(0, 4)
}

/** Days and hours apart: `samedi 21 novembre` and `20:00 – 02:00`, or `16 – 29 novembre` and `lun. 16, 13:00 – dim. 29, 19:00`; the year only where it isn't this one. */
export function formatDaysAndHours(from: Date, to: Date, zone: string, locale: Locale, now: Date): { days: string; hours: string } {
  const year = sameYear(from, now, zone) && sameYear(to, now, zone) ? ({} as const) : ({ year: 'numeric' } as const)
  const named = (name: string, options: Intl.DateTimeFormatOptions) => formatter(locale, zone, `${name}${year.year ?? ''}`, { ...options, ...year })
  if (isOneNight(from, to))
    return {
      days: named('days', { weekday: 'long', day: 'numeric', month: 'long' }).format(from),
      hours: formatHours(from, to, zone, locale),
    }
  const day = formatter(locale, zone, 'spanDay', { weekday: 'short', day: 'numeric' })
  const moment = (date: Date) => `${day.format(date)}, ${formatTime(date, zone, locale)}`
  return { days: named('spanDays', { day: 'numeric', month: 'long' }).formatRange(from, to), hours: `${moment(from)} – ${moment(to)}` }
}

/** From when to when, saying only once what both share: `samedi 21 novembre 2026, 20:00 – 02:00`. A night out belongs to the day on which it begins. */
export function formatSpan(from: Date, to: Date, zone: string, locale: Locale): string {
  if (isOneNight(from, to)) return `${formatDay(from, zone, locale)}, ${formatHours(from, to, zone, locale)}`
  return formatter(locale, zone, 'span', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).formatRange(from, to)
}

/** Day, month and weekday apart, for the corner of a card. */
export function formatCorner(date: Date, zone: string, locale: Locale): { weekday: string; day: string; month: string } {
  const parts = formatter(locale, zone, 'corner', { weekday: 'short', day: 'numeric', month: 'short' }).formatToParts(date)
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return { weekday: part('weekday'), day: part('day'), month: part('month') }
}

/** `14 nov.`, from a date without a time (`2026-11-14`). */
export function formatDayShort(day: string, locale: Locale): string {
  return formatter(locale, 'UTC', 'dayShort', { day: 'numeric', month: 'short' }).format(new Date(`${day}T00:00:00Z`))
}

/** `3,4 %`, of a part in a whole; undefined where there is no whole. */
export function formatShare(part: number, whole: number, locale: Locale): string | undefined {
  return whole > 0 ? sharesOf(locale).format(part / whole) : undefined
}

const sharesOf = oncePerLocale((region) => new Intl.NumberFormat(region, { style: 'percent', maximumFractionDigits: 1 }))
const relativeOf = oncePerLocale((region) => new Intl.RelativeTimeFormat(region, { numeric: 'auto' }))
const numbersOf = oncePerLocale((region) => new Intl.NumberFormat(region))

function oncePerLocale<Formatter>(make: (region: string) => Formatter): (locale: Locale) => Formatter {
  const made = new Map<Locale, Formatter>()
  return (locale) => {
    let known = made.get(locale)
    if (!known) made.set(locale, (known = make(regionOf(locale))))
    return known
  }
}

const DAY_MS = 86_400_000

/** `dans 3 jours`, `demain`: how many days, as a calendar in `zone` counts them; in weeks and months further ahead. Null for what has begun. */
export function formatUntil(date: Date, now: Date, zone: string, locale: Locale): string | null {
  if (date <= now) return null
  const day = (moment: Date) => Date.parse(toLocalTime(moment, zone).slice(0, 10)) / DAY_MS
  const days = day(date) - day(now)
  if (days < 14) return relativeOf(locale).format(days, 'day')
  return days < 60 ? relativeOf(locale).format(Math.floor(days / 7), 'week') : relativeOf(locale).format(Math.floor(days / 30.5), 'month')
}

export function formatNumber(value: number, locale: Locale): string {
  return numbersOf(locale).format(value)
}
