import { describe, expect, it } from 'vitest'
import { formatUntil } from '../ui/format.ts'
import { daysOf } from './event-list.tsx'

describe('the days that a word stands for', () => {
  it('begins a weekend on Friday, and never in the past', () => {
    expect(daysOf('weekend', new Date('2026-11-18T12:00:00Z'))).toEqual({ from: '2026-11-20', to: '2026-11-22' })
    expect(daysOf('weekend', new Date('2026-11-21T12:00:00Z'))).toEqual({ from: '2026-11-21', to: '2026-11-22' })
    expect(daysOf('weekend', new Date('2026-11-22T12:00:00Z'))).toEqual({ from: '2026-11-22', to: '2026-11-22' })
  })

  it('takes the day from clocks in Cotonou, an hour ahead of UTC', () => {
    expect(daysOf('today', new Date('2026-11-30T23:30:00Z'))).toEqual({ from: '2026-12-01', to: '2026-12-01' })
    expect(daysOf('month', new Date('2026-11-30T23:30:00Z'))).toEqual({ from: '2026-12-01', to: '2026-12-31' })
  })
})

describe('how long until an event', () => {
  const until = (at: string, now: string, zone = 'Africa/Porto-Novo') => formatUntil(new Date(at), new Date(now), zone, 'fr')

  it('counts calendar days in the zone of the event, not hours', () => {
    expect(until('2026-11-21T00:30:00Z', '2026-11-20T21:00:00Z')).toBe('demain')
    expect(until('2026-11-20T23:30:00Z', '2026-11-20T21:00:00Z')).toBe('demain')
    expect(until('2026-11-20T22:30:00Z', '2026-11-20T21:00:00Z')).toBe('aujourd’hui')
    expect(until('2026-11-23T20:00:00Z', '2026-11-20T21:00:00Z')).toBe('dans 3 jours')
  })

  it('counts weeks and months further ahead, and says nothing of what has begun', () => {
    expect(until('2026-12-12T20:00:00Z', '2026-11-20T21:00:00Z')).toBe('dans 3 semaines')
    expect(until('2027-03-20T20:00:00Z', '2026-11-20T21:00:00Z')).toBe('dans 3 mois')
    expect(until('2026-11-20T20:00:00Z', '2026-11-20T21:00:00Z')).toBeNull()
  })
})
