// Between the clock on somebody's wall and the one timeline: what `<input type="datetime-local">` sends, in a time zone.

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/
const formatters = new Map<string, Intl.DateTimeFormat>()

/** True for a zone of the IANA database, as this process knows it; false for a bare offset, which knows no daylight saving. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The moment when clocks in `zone` show `local` (`2026-11-21T20:00`); undefined where `local` is no date. The earlier of two, where clocks go back. */
export function fromLocalTime(local: string, zone: string): Date | undefined {
  const match = LOCAL.exec(local)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1).map((text) => Number(text ?? 0)) as [number, number, number, number, number, number]
  const wall = Date.UTC(year, month - 1, day, hour, minute, second)
  if (toLocalTime(new Date(wall), 'UTC') !== local.slice(0, 16)) return undefined
  // The offset depends on the moment we look for: guess with the wall time, then correct once.
  const guess = wall - offset(wall, zone)
  return new Date(wall - offset(guess, zone))
}

/** What clocks in `zone` show at `date`: `2026-11-21T20:00`. */
export function toLocalTime(date: Date, zone: string): string {
  return new Date(date.getTime() + offset(date.getTime(), zone)).toISOString().slice(0, 16)
}

/** How far clocks in `zone` are ahead of UTC at `time`, in milliseconds. */
function offset(time: number, zone: string): number {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, formatter)
  }
  const parts = Object.fromEntries(formatter.formatToParts(time).map((part) => [part.type, Number(part.value)])) as Record<string, number>
  return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(time / 1000) * 1000
}

const NIGHT_MS = 18 * 3_600_000

/** Whether it is over by the next morning: a night out belongs to the day on which it begins, a fair has days of its own. */
export function isOneNight(from: Date, to: Date): boolean {
  return to.getTime() - from.getTime() < NIGHT_MS
}

/** True for `2026-11-21`. The 31st of February is understood as the 3rd of March: only what reads back the same is a day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
}
