// A programme item inside an event: a talk, a set, a match.
import { invalidInput, type FieldProblem } from '#src/kernel/domain-error.ts'
import type { Event } from './event.ts'

export type Session = { id: number; title: string; description: string; speaker: string; place: string; startsAt: Date; endsAt: Date }
export type NewSession = Pick<Session, 'title' | 'startsAt' | 'endsAt'> & Partial<Pick<Session, 'description' | 'speaker' | 'place'>>

/** @throws `invalid_input` where it isn't a programme item of this event */
export function requireSessionOf(event: Pick<Event, 'startsAt' | 'endsAt' | 'doorsOpenAt'>, session: NewSession): void {
  const problems: FieldProblem[] = []
  const opens = event.doorsOpenAt && event.doorsOpenAt < event.startsAt ? event.doorsOpenAt : event.startsAt
  if (session.title.trim() === '') problems.push({ pointer: '/body/title', code: 'required' })
  if (!(session.endsAt > session.startsAt)) problems.push({ pointer: '/body/endsAt', code: 'not_after_start' })
  if (session.startsAt < opens) problems.push({ pointer: '/body/startsAt', code: 'outside_event' })
  if (session.endsAt > event.endsAt) problems.push({ pointer: '/body/endsAt', code: 'outside_event' })
  if (problems.length > 0) throw invalidInput(...problems)
}
