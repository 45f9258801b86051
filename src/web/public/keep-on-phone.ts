// What a phone may keep of an order, and until when. The service worker obeys; without this header it keeps nothing.
import type { FastifyReply } from 'fastify'
import type { Locale } from '#src/kernel/actor.ts'
import type { Event } from '#src/modules/events/event.ts'
import { formatMoment } from '../ui/format.ts'

const DAY_MS = 86_400_000
/** Nobody knows who will hold a phone in a year: a ticket for later is kept anew when it is opened again. */
const LONGEST_MS = 180 * DAY_MS

export type ShownOrder = {
  event: Pick<Event, 'title' | 'status' | 'startsAt' | 'endsAt' | 'timezone'>
  /** Tickets that let in. */ valid: number
  now: Date
}

/** Until when the order's tickets may stay on a phone: the day after the event. Null where nothing should. */
export function keepUntil({ event, valid, now }: ShownOrder): Date | null {
  const until = Math.min(event.endsAt.getTime() + DAY_MS, now.getTime() + LONGEST_MS)
  return valid > 0 && event.status !== 'cancelled' && until > now.getTime() ? new Date(until) : null
}

/** Lets the reader's phone keep this answer, where the order has tickets that let in. */
export function permitKeeping(reply: FastifyReply, order: ShownOrder, locale: Locale): void {
  const until = keepUntil(order)
  if (!until) return
  const { title, startsAt, timezone } = order.event
  const permit = { until: until.getTime(), title, when: formatMoment(startsAt, timezone, locale) }
  // Headers are Latin; titles aren't.
  reply.header('guichet-keep', encodeURIComponent(JSON.stringify(permit)))
}
