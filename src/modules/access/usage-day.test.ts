import { expect, test } from 'vitest'
import { usageDay } from './usage-day.ts'

test.each([
  ['2026-11-21T03:59:59Z', 'Africa/Porto-Novo', '2026-11-20'],
  ['2026-11-21T04:00:00Z', 'Africa/Porto-Novo', '2026-11-21'],
  ['2026-11-21T04:59:59Z', 'Africa/Abidjan', '2026-11-20'],
  ['2026-11-22T02:00:00Z', 'Africa/Abidjan', '2026-11-21'],
  // The night when clocks go back: 04:30 comes once only, an hour later than the day before.
  ['2026-10-25T03:59:00Z', 'Europe/Paris', '2026-10-24'],
  ['2026-10-25T04:00:00Z', 'Europe/Paris', '2026-10-25'],
])('%s in %s belongs to %s', (now, zone, day) => {
  expect(usageDay(new Date(now), zone)).toBe(day)
})
