import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { ticketCalendar, type CalendarInput } from './ticket-calendar.ts'

const input: CalendarInput = {
  event: {
    title: 'Été à Ouidah; l’Œuvre, "Ɛɔŋ"',
    slug: 'ete-a-ouidah',
    status: 'published',
    startsAt: new Date('2026-11-21T19:00:00Z'),
    endsAt: new Date('2026-11-21T22:30:00Z'),
    timezone: 'Africa/Porto-Novo',
    venue: 'Palais des Congrès',
    address: 'Boulevard de la Marina',
    city: 'Cotonou',
    latitude: 6.35,
    longitude: 2.43,
    updatedAt: new Date('2026-10-01T10:00:00Z'),
  },
  orderCode: '7K3MZ9QX2P',
  url: 'https://guichet.test/events/ete-a-ouidah',
  host: 'guichet.test',
}

/** What an independent parser makes of it, with the time zone that the file itself defines. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text))
  const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone')!)
  const event = new ICAL.Event(calendar.getFirstSubcomponent('vevent')!)
  const utc = (time: { convertToZone(zone: unknown): { toJSDate(): Date }; zone: unknown }) => {
    time.zone = zone
    return time.convertToZone(ICAL.Timezone.utcTimezone).toJSDate().toISOString()
  }
  return { calendar, event, start: utc(event.startDate as never), end: utc(event.endDate as never), local: event.startDate.toString() }
}

describe('the calendar file', () => {
  test('parses, and names the moment in the event’s zone', () => {
    const { event, start, end, local, calendar } = read(ticketCalendar(input, 'fr'))
    expect(event.summary).toBe(input.event.title)
    expect(event.location).toBe('Palais des Congrès, Boulevard de la Marina, Cotonou')
    expect(local).toBe('2026-11-21T20:00:00')
    expect([start, end]).toEqual(['2026-11-21T19:00:00.000Z', '2026-11-21T22:30:00.000Z'])
    expect(event.uid).toBe('ete-a-ouidah.7K3MZ9QX2P@guichet.test')
    expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH')
    expect(ticketCalendar(input, 'fr')).toMatch(/DTSTAMP:\d{8}T\d{6}Z/)
  })

  test.each([
    ['Europe/Paris', '2026-10-24T18:00:00Z', '2026-10-26T18:00:00Z'],
    ['Africa/Casablanca', '2026-02-10T20:00:00Z', '2026-03-25T20:00:00Z'],
    ['America/St_Johns', '2026-03-01T12:00:00Z', '2026-03-20T12:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-01T12:00:00Z', '2026-04-20T12:00:00Z'],
  ])('is right on both sides of a change of clocks in %s', (timezone, from, to) => {
    const { start, end } = read(
      ticketCalendar({ ...input, event: { ...input.event, timezone, startsAt: new Date(from), endsAt: new Date(to) } }, 'en'),
    )
    expect([start, end]).toEqual([new Date(from).toISOString(), new Date(to).toISOString()])
  })

  test('replaces the entry when the event changes, and takes it away when it is cancelled', () => {
    const before = read(ticketCalendar(input, 'fr'))
    const moved = read(ticketCalendar({ ...input, event: { ...input.event, updatedAt: new Date('2026-10-02T10:00:00Z') } }, 'fr'))
    const cancelled = read(
      ticketCalendar({ ...input, event: { ...input.event, status: 'cancelled', updatedAt: new Date('2026-10-03T10:00:00Z') } }, 'fr'),
    )
    expect([moved.event.uid, cancelled.event.uid]).toEqual([before.event.uid, before.event.uid])
    expect(moved.event.sequence).toBeGreaterThan(before.event.sequence)
    expect(cancelled.event.sequence).toBeGreaterThan(moved.event.sequence)
    expect(cancelled.calendar.getFirstPropertyValue('method')).toBe('CANCEL')
    expect(cancelled.event.component.getFirstPropertyValue('status')).toBe('CANCELLED')
  })

  test('bears no secret', () => {
    expect(ticketCalendar(input, 'fr')).not.toContain('/t/')
  })
})
