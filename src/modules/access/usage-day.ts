// The organizer's day: a night ends when the last guests go home, not at midnight.
import { toLocalTime } from '#src/kernel/zone.ts'

const CUT_OVER_HOURS = 5

/** The day that an entry at `now` counts for, `2026-11-21`: it begins at 05:00 on the event's clocks. @param zone IANA name */
export function usageDay(now: Date, zone: string): string {
  const wall = new Date(`${toLocalTime(now, zone)}Z`)
  return new Date(wall.getTime() - CUT_OVER_HOURS * 3_600_000).toISOString().slice(0, 10)
}
