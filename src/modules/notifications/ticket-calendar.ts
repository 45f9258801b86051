// The event as a calendar file (RFC 5545), in its own time zone: a buyer who travels still sees when doors open there.
import ical, { ICalCalendarMethod, ICalEventStatus, type ICalDayJsStub } from 'ical-generator'
import type { Locale } from '#src/kernel/actor.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { messages } from '#src/locales/locale.ts'
import type { Event } from '#src/modules/events/event.ts'

export type CalendarInput = {
  event: Pick<
    Event,
    'title' | 'slug' | 'status' | 'startsAt' | 'endsAt' | 'timezone' | 'venue' | 'address' | 'city' | 'latitude' | 'longitude' | 'updatedAt'
  >
  /** Null for the event's own entry, which anybody may take from its page. */
  orderCode: string | null
  /** The event's public page: calendars are shared, so the link to the tickets has no place in one. */
  url: string
  /** The host in the entry's identity, the same each time so that a changed event replaces its entry. */
  host: string
}

/** The .ics text. A later one of the same order replaces the earlier; one of a cancelled event takes the entry away. */
export function ticketCalendar({ event, orderCode, url, host }: CalendarInput, locale: Locale): string {
  const words = messages(locale).paper
  const cancelled = event.status === 'cancelled'
  const calendar = ical({
    prodId: { company: 'Guichet', product: 'Guichet', language: locale.toUpperCase() },
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
    timezone: { name: null, generator: (zone) => timeZoneDefinition(zone, event.startsAt, event.endsAt) },
  })
  const place = [event.venue, event.address, event.city].filter(Boolean).join(', ')
  calendar.createEvent({
    id: `${event.slug}${orderCode === null ? '' : `.${orderCode}`}@${host}`,
    sequence: Math.floor(event.updatedAt.getTime() / 1000) % 2 ** 31,
    stamp: zoned(event.updatedAt, 'UTC'),
    start: zoned(event.startsAt, 'UTC'),
    end: zoned(event.endsAt, 'UTC'),
    timezone: event.timezone,
    summary: cancelled ? words.calendarCancelled(event.title) : event.title,
    ...(orderCode === null ? {} : { description: words.calendarNote(orderCode) }),
    url,
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    ...(place
      ? {
          location: {
            title: place,
            ...(event.latitude !== null && event.longitude !== null ? { geo: { lat: event.latitude, lon: event.longitude } } : {}),
          },
        }
      : {}),
  })
  return calendar.toString()
}

/** A moment in the shape that the library wants of a date with a zone; it would take a plain Date for one of this machine's zone. */
function zoned(date: Date, zone: string): ICalDayJsStub {
  const local = toLocalTime(date, zone).replaceAll(/[-:]/g, '')
  return {
    tz: (wanted?: string) => zoned(date, wanted ?? zone),
    utc: () => zoned(date, 'UTC'),
    toDate: () => date,
    isValid: () => true,
    toJSON: () => date.toJSON(),
    format: (pattern?: string) => (pattern === 'YYYYMMDD' ? local.slice(0, 8) : `${local.slice(9, 13)}00`),
  } as ICalDayJsStub
}

const DAY = 86_400_000

/** A VTIMEZONE with the zone's changes of offset from a year before to a year after: what each reader needs, whatever it knows itself. */
function timeZoneDefinition(zone: string, from: Date, to: Date): string {
  const begin = from.getTime() - 366 * DAY
  const end = to.getTime() + 366 * DAY
  const periods = [{ at: begin, before: offsetAt(begin, zone), after: offsetAt(begin, zone) }]
  for (let time = begin; time < end; time += DAY) {
    const [before, after] = [offsetAt(time, zone), offsetAt(time + DAY, zone)]
    if (before !== after) periods.push({ at: changeBetween(time, time + DAY, zone), before, after })
  }
  const standard = Math.min(...periods.map((period) => period.after))
  const lines = periods.flatMap(({ at, before, after }, index) => {
    const kind = after === standard ? 'STANDARD' : 'DAYLIGHT'
    const start = index === 0 ? '19700101T000000' : new Date(at + before * 60_000).toISOString().replaceAll(/[-:]|\.\d+Z/g, '')
    return [`BEGIN:${kind}`, `DTSTART:${start}`, `TZOFFSETFROM:${offsetText(before)}`, `TZOFFSETTO:${offsetText(after)}`, `END:${kind}`]
  })
  return ['BEGIN:VTIMEZONE', `TZID:${zone}`, ...lines, 'END:VTIMEZONE'].join('\r\n')
}

/** Minutes that the zone is ahead of UTC. */
function offsetAt(time: number, zone: string): number {
  const minute = Math.floor(time / 60_000)
  return Date.parse(`${toLocalTime(new Date(minute * 60_000), zone)}Z`) / 60_000 - minute
}

/** The minute in which the offset changes between two times. */
function changeBetween(before: number, after: number, zone: string): number {
  const old = offsetAt(before, zone)
  let [low, high] = [Math.floor(before / 60_000), Math.floor(after / 60_000)]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (offsetAt(middle * 60_000, zone) === old) low = middle
    else high = middle
  }
  return high * 60_000
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`
}
