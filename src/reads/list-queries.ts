// What the addresses of the organizer's lists say, read once for the pages and for the exports that a job writes later.
import { fromLocalTime } from '#src/kernel/zone.ts'
import type { OrderFilter } from '#src/modules/ticketing/find-event-orders.ts'
import { ORDER_STATUSES, SALES_CHANNELS } from '#src/modules/ticketing/order.ts'
import { TICKET_STATUSES } from '#src/modules/ticketing/ticket.ts'
import type { ParticipantFilter } from './list-participants.ts'

export const PARTICIPANT_FILTERS = ['type', 'state', 'entered', 'paid', 'gate'] as const
export const ORDER_FILTERS = ['status', 'channel', 'refund', 'from', 'to'] as const

const REFUNDS = ['open', 'declined', 'none'] as const
const DAY_MS = 86_400_000

/** Nonsense is no filter at all. */
export function readParticipantFilter(query: URLSearchParams): ParticipantFilter {
  const text = readerOf(query)
  return {
    q: text('q').slice(0, 100) || undefined,
    status: TICKET_STATUSES.find((status) => status === text('state')),
    ticketTypeId: readId(text('type')),
    entered: readYesNo(text('entered')),
    paid: readYesNo(text('paid')),
    gateId: readId(text('gate')),
  }
}

/** @param zone the event's: days are its days */
export function readOrderFilter(query: URLSearchParams, zone: string): OrderFilter {
  const text = readerOf(query)
  // Years that a database and a calendar both know.
  const day = (name: string) => (/^(19|20|21)\d\d-/.test(text(name)) ? fromLocalTime(`${text(name)}T00:00`, zone) : undefined)
  const last = day('to')
  return {
    q: text('q').slice(0, 100) || undefined,
    status: ORDER_STATUSES.find((known) => known === text('status')),
    channel: SALES_CHANNELS.find((known) => known === text('channel')),
    refund: REFUNDS.find((known) => known === text('refund')),
    from: day('from'),
    to: last && new Date(last.getTime() + DAY_MS),
  }
}

/** PostgreSQL keeps no NUL, and nobody types one. */
function readerOf(query: URLSearchParams): (name: string) => string {
  return (name) => query.get(name)?.replaceAll('\0', '').trim() ?? ''
}

function readId(text: string): number | undefined {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : 0
  return id > 0 ? id : undefined
}

function readYesNo(text: string): boolean | undefined {
  return text === 'yes' ? true : text === 'no' ? false : undefined
}
