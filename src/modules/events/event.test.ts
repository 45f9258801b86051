import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canBecome, eventStates, isHttpsUrl, problemsOf, type EventDetails, type EventStatus } from './event.ts'

const STATUSES = Object.keys(eventStates) as EventStatus[]

test('moves between statuses only as the table says', () => {
  const steps = STATUSES.flatMap((from) => STATUSES.filter((to) => canBecome(from, to)).map((to) => `${from} → ${to}`))
  expect(steps).toEqual([
    'draft → pending_review',
    'draft → published',
    'draft → cancelled',
    'pending_review → draft',
    'pending_review → published',
    'pending_review → cancelled',
    'published → draft',
    'published → pending_review',
    'published → cancelled',
    'published → ended',
  ])
})

const valid: EventDetails = {
  title: 'Nuit du vodoun',
  description: '',
  category: 'festival',
  startsAt: new Date('2031-01-10T19:00:00Z'),
  endsAt: new Date('2031-01-11T03:00:00Z'),
  doorsOpenAt: null,
  timezone: 'Africa/Porto-Novo',
  venue: '',
  address: '',
  city: 'Ouidah',
  country: 'BJ',
  latitude: null,
  longitude: null,
  capacity: null,
  visibility: 'public',
  dressCode: null,
  reentry: false,
  askHolderNames: false,
  remindHolders: true,
  paymentUrl: null,
  qrFormat: 'TK1',
}

describe('an event’s details', () => {
  test('may say as little as this', () => expect(problemsOf(valid)).toEqual([]))

  test.each([
    [{ title: '' }, '/body/title', 'required'],
    [{ title: 'x'.repeat(201) }, '/body/title', 'too_long'],
    [{ endsAt: valid.startsAt }, '/body/endsAt', 'not_after_start'],
    [{ endsAt: new Date('2033-01-11T03:00:00Z') }, '/body/endsAt', 'too_long'],
    [{ startsAt: new Date('nonsense') }, '/body/startsAt', 'not_a_time'],
    [{ doorsOpenAt: new Date('2031-01-10T20:00:00Z') }, '/body/doorsOpenAt', 'after_start'],
    [{ timezone: 'Africa/Ouidah' }, '/body/timezone', 'unknown_time_zone'],
    [{ country: 'XX' }, '/body/country', 'unknown_country'],
    [{ latitude: 6.36 }, '/body/longitude', 'incomplete_coordinates'],
    [{ latitude: 91, longitude: 0 }, '/body/latitude', 'out_of_range'],
    [{ latitude: 0, longitude: Number.NaN }, '/body/longitude', 'out_of_range'],
    [{ capacity: 0 }, '/body/capacity', 'out_of_range'],
    [{ paymentUrl: 'http://exemple.bj' }, '/body/paymentUrl', 'not_https'],
  ] as [Partial<EventDetails>, string, string][])('may not say %o', (change, pointer, code) => {
    expect(problemsOf({ ...valid, ...change })).toContainEqual({ pointer, code })
  })

  test('names every problem at once', () => expect(problemsOf({ ...valid, title: '', country: '', capacity: -1 })).toHaveLength(3))
})

test('accepts external payment pages over https only, without credentials in the address', () => {
  expect(isHttpsUrl('https://pay.exemple.bj/e/12?x=1')).toBe(true)
  expect(['javascript:alert(1)', 'http://a.bj', 'https://', '//a.bj', 'https://u:p@a.bj', ' data:x'].filter(isHttpsUrl)).toEqual([])
  fc.assert(fc.property(fc.string(), (text) => !isHttpsUrl(text) || new URL(text).protocol === 'https:'))
})
