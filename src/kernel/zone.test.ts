// Wall clocks and the timeline.
import { describe, expect, it } from 'vitest'
import { fromLocalTime, isDay, isTimeZone, toLocalTime } from './zone.ts'

describe('local time', () => {
  it('reads what clocks show in a zone, and shows it again', () => {
    expect(fromLocalTime('2026-11-21T20:00', 'Africa/Porto-Novo')?.toISOString()).toBe('2026-11-21T19:00:00.000Z')
    expect(toLocalTime(new Date('2026-11-21T19:00:00Z'), 'Africa/Porto-Novo')).toBe('2026-11-21T20:00')
    expect(toLocalTime(new Date('2026-11-21T23:30:00Z'), 'Africa/Porto-Novo')).toBe('2026-11-22T00:30')
  })

  it('follows summer time', () => {
    expect(fromLocalTime('2026-07-01T12:00', 'Europe/Paris')?.toISOString()).toBe('2026-07-01T10:00:00.000Z')
    expect(fromLocalTime('2026-03-29T03:30', 'Europe/Paris')?.toISOString()).toBe('2026-03-29T01:30:00.000Z')
    expect(fromLocalTime('2026-12-01T12:00', 'Europe/Paris')?.toISOString()).toBe('2026-12-01T11:00:00.000Z')
  })

  it('refuses what is no date', () => {
    for (const text of ['', 'demain', '2026-02-30T10:00', '2026-11-21', '2026-11-21T25:00'])
      expect(fromLocalTime(text, 'Africa/Lome')).toBeUndefined()
  })

  it('knows zones', () => {
    expect(isTimeZone('Africa/Abidjan')).toBe(true)
    expect(isTimeZone('Africa/Nowhere')).toBe(false)
    expect(isTimeZone('+01:00')).toBe(false)
  })
})

it('a day is one of the calendar', () => {
  expect(['2026-11-21', '2028-02-29'].map(isDay)).toEqual([true, true])
  expect(['', 'demain', '2026-02-29', '2026-13-01', '2026-11-21T10:00', '21/11/2026'].filter(isDay)).toEqual([])
})
