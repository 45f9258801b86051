// Dates as cards and event pages write them: no more words than needed to know when.
import { describe, expect, it } from 'vitest'
import { formatDaysAndHours, formatSoon, formatSoonDay, formatSpan } from './format.ts'

const ZONE = 'Africa/Porto-Novo'
const now = new Date('2026-11-20T12:00:00Z')
const at = (text: string) => new Date(text)
/** What stands between two hours: not to be broken, on either side of the dash. */
const readable = (text: string) => text.replaceAll('\u2060', '').replaceAll(/[\u00a0\u202f\u2009]/g, ' ')

describe('a moment to come', () => {
  it('names the year only where it is another', () => {
    expect(formatSoon(at('2026-12-03T20:00:00Z'), ZONE, 'fr', now)).toBe('jeu. 3 déc., 21:00')
    expect(formatSoon(at('2027-01-02T20:00:00Z'), ZONE, 'fr', now)).toBe('sam. 2 janv. 2027, 21:00')
    expect(formatSoonDay(at('2026-12-03T20:00:00Z'), ZONE, 'en', now)).toBe('Thu 3 Dec')
  })

  it('counts the year where the event is', () => {
    // Already 2027 in Porto-Novo, an hour ahead of UTC.
    expect(formatSoon(at('2026-12-31T23:30:00Z'), ZONE, 'fr', now)).toContain('2027')
  })
})

describe('from when to when', () => {
  it('gives an evening its day and its hours, also past midnight', () => {
    const { days, hours } = formatDaysAndHours(at('2026-11-28T19:00:00Z'), at('2026-11-29T01:00:00Z'), ZONE, 'fr', now)
    expect(days).toBe('samedi 28 novembre')
    expect(readable(hours)).toBe('20:00 – 02:00')
  })

  it('gives what lasts its days, then both ends', () => {
    const { days, hours } = formatDaysAndHours(at('2026-11-16T12:00:00Z'), at('2026-12-07T12:00:00Z'), ZONE, 'fr', now)
    expect(readable(days)).toBe('16 novembre – 7 décembre')
    expect(readable(hours)).toBe('lun. 16, 13:00 – lun. 7, 13:00')
  })

  it('keeps hours in one piece', () => {
    const span = formatSpan(at('2026-11-28T19:00:00Z'), at('2026-11-29T01:00:00Z'), ZONE, 'fr')
    expect(span).toBe('samedi 28 novembre 2026, 20:00\u00a0–\u2060\u00a002:00')
  })
})
