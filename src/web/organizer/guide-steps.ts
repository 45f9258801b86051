// The steps of creating an event, their addresses, and at which of them a draft waits.
import { DRAFT_PARTS, type DraftPart, type Event } from '#src/modules/events/event.ts'
import { eventPath } from './event-frame.tsx'

export const GUIDE_STEPS = ['what', 'when', 'tickets', 'look', 'check'] as const
export type GuideStep = (typeof GUIDE_STEPS)[number]

export function guidePath(event: { slug: string }, step: GuideStep, ...rest: (string | number)[]): string {
  return eventPath(event, 'setup', step, ...rest)
}

const STEP_OF: Record<DraftPart, GuideStep> = { schedule: 'when', tickets: 'tickets', look: 'look' }

/** The step at which a draft waits for its organizer. */
export function stepOf(event: Pick<Event, 'unconfirmed'>): GuideStep {
  const next = DRAFT_PARTS.find((part) => event.unconfirmed.includes(part))
  return next ? STEP_OF[next] : 'check'
}
