// The calendar entry of an order or of an event, with our own address in it.
import type { Locale } from '#src/kernel/actor.ts'
import type { Event } from '#src/modules/events/event.ts'
import { eventIn } from '#src/modules/events/event-languages.ts'
import type { App } from '#src/platform/app.ts'
import { ticketCalendar } from './ticket-calendar.ts'

/** The .ics text for an order of the event; with null for the event itself. */
export function orderCalendar(app: Pick<App, 'publicUrl'>, event: Event, orderCode: string | null, locale: Locale): string {
  const base = app.publicUrl()
  return ticketCalendar({ event: eventIn(event, locale), orderCode, url: `${base}/events/${event.slug}`, host: new URL(base).hostname }, locale)
}
