// What an event still needs before it is published, each line leading to where it is done.
import type { Event } from '#src/modules/events/event.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { PageContext } from '../ui/page.ts'
import { eventPath } from './event-frame.tsx'

type Step = { done: boolean; needed: boolean; label: string; href: string }

function stepsOf(page: PageContext, event: Event, types: readonly TicketType[], gates: number, now: Date): Step[] {
  const t = page.t.organizer.checklist
  const edit = eventPath(event, 'edit')
  return [
    { done: true, needed: true, label: t.essentials, href: edit },
    { done: event.endsAt > now, needed: true, label: t.future, href: `${edit}#field-startsAt` },
    { done: types.length > 0 || event.paymentUrl !== null, needed: true, label: t.tickets, href: eventPath(event, 'tickets') },
    { done: event.venue !== '', needed: false, label: t.venue, href: `${edit}#field-venue` },
    { done: event.description !== '', needed: false, label: t.description, href: `${edit}#field-description` },
    { done: event.cover !== null, needed: false, label: t.cover, href: `${edit}#cover` },
    { done: gates > 0, needed: false, label: t.gates, href: eventPath(event, 'gates') },
  ]
}

export function Checklist({
  page,
  event,
  types,
  gates,
  now,
}: {
  page: PageContext
  event: Event
  types: readonly TicketType[]
  gates: number
  now: Date
}) {
  const t = page.t.organizer.checklist
  const next = stepsOf(page, event, types, gates, now).toSorted((a, b) => Number(b.done) - Number(a.done))
  return (
    <section class="stack">
      <h2>{t.title}</h2>
      <ul class="checklist">
        {next.map((step) => (
          <li key={step.label} class={step.done ? 'done' : undefined}>
            {step.done ? (
              <span>
                <span class="visually-hidden">{t.done} </span>
                {step.label}
              </span>
            ) : (
              <span>
                <a href={step.href}>{step.label}</a> <span class="hint">{step.needed ? t.needed : t.better}</span>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
