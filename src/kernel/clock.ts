// Time is asked of a clock, so that tests can hold it.

export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }

/** The moment `seconds` after `date`. */
export function secondsAfter(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000)
}
