// What an event still needs before it is published, each line leading to where it is done.
import type { Event } from '#src/modules/events/event.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { PageContext } from '../ui/page.ts'
import { eventPath } from './event-frame.tsx'

export type ChecklistPart = 'schedule' | 'future' | 'tickets' | 'venue' | 'description' | 'cover'

type Line = { part: ChecklistPart; done: boolean; needed: boolean }

function linesOf(event: Event, types: readonly TicketType[], now: Date): Line[] {
  const isDayKnown = !event.unconfirmed.includes('schedule')
  return [
    { part: 'schedule', done: isDayKnown, needed: true },
    ...(isDayKnown ? [{ part: 'future' as const, done: event.endsAt > now, needed: true }] : []),
    { part: 'tickets', done: types.length > 0 || event.paymentUrl !== null, needed: false },
    { part: 'venue', done: event.venue !== '', needed: false },
    { part: 'description', done: event.description !== '', needed: false },
    { part: 'cover', done: event.cover !== null, needed: false },
  ]
}

/** True where nothing is missing without which it can't be published. */
export function isReady(event: Event, now: Date): boolean {
  return linesOf(event, [], now).every((line) => line.done || !line.needed)
}

/** Where each line is done on the event's own pages. */
function ownPage(event: Event, part: ChecklistPart): string {
  if (part === 'tickets') return eventPath(event, 'tickets')
  const field = part === 'cover' ? 'cover' : `field-${part === 'schedule' || part === 'future' ? 'startsAt' : part}`
  return `${eventPath(event, 'edit')}#${field}`
}

type ChecklistProps = {
  page: PageContext
  event: Event
  types: readonly TicketType[]
  now: Date
  /** Where a line is done, if not on the event's own pages. */
  hrefOf?: (part: ChecklistPart) => string
}

export function Checklist({ page, event, types, now, hrefOf = (part) => ownPage(event, part) }: ChecklistProps) {
  const t = page.t.organizer.checklist
  // What must be done first, what is done last.
  const rank = (line: Line) => (line.done ? 2 : line.needed ? 0 : 1)
  return (
    <section class="stack">
      <h2>{t.title}</h2>
      <ul class="checklist">
        {linesOf(event, types, now)
          .toSorted((a, b) => rank(a) - rank(b))
          .map((line) => (
            <li key={line.part} class={line.done ? 'done' : undefined}>
              {line.done ? (
                <span>
                  <span class="visually-hidden">{t.done} </span>
                  {t.parts[line.part]}
                </span>
              ) : (
                <span>
                  <a href={hrefOf(line.part)}>{t.parts[line.part]}</a>{' '}
                  <span class="hint">{line.needed ? t.needed : line.part === 'tickets' ? t.withoutTickets : t.better}</span>
                </span>
              )}
            </li>
          ))}
      </ul>
    </section>
  )
}
