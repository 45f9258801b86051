// A ticket type: what is sold, at what price, when, and what it lets its holder do.
import type { Locale } from '#src/kernel/actor.ts'
import type { FieldProblem } from '#src/kernel/domain-error.ts'
import type { Money } from '#src/kernel/money.ts'
import type { Quota } from './quota.ts'

/** What an organizer says of a ticket type; the face price in minor units of the event's currency. */
export type TicketTypeDetails = {
  name: string
  description: string
  price: number
  minPerOrder: number
  maxPerOrder: number
  saleStartsAt: Date | null
  saleEndsAt: Date | null
  validFrom: Date | null
  validTo: Date | null
  usageLimit: number | null
  usagePeriod: 'event' | 'day'
  reentry: boolean
  admitIssued: boolean
  hidden: boolean
  position: number
}

/** An empty text stands for none: the original's is shown. */
export type TypeTranslations = Partial<Record<Locale, { name: string; description: string }>>

export type TicketType = Omit<TicketTypeDetails, 'price'> & {
  id: number
  eventId: number
  ordinal: number
  /** What the buyer pays: the face price and the fee. */
  price: Money
  facePrice: Money
  /** The platform's fee, where the event passes it on; else zero. */
  fee: Money
  translations: TypeTranslations
  quota: Quota
  /** Places that are neither sold nor held, in the tighter of its quota and the event's capacity, as of a moment ago: the sale itself decides. */
  remaining: number
}

/** The ticket type as somebody who reads `locale` sees it, of an event that is written in `language`; and which languages that is. */
export function typeIn<T extends Pick<TicketType, 'name' | 'description' | 'translations'>>(
  type: T,
  language: Locale,
  locale: Locale,
): T & { spoken: { name: Locale; description: Locale } } {
  const { name = '', description = '' } = (locale === language ? undefined : type.translations[locale]) ?? {}
  return {
    ...type,
    name: name || type.name,
    description: description || type.description,
    spoken: { name: name ? locale : language, description: description ? locale : language },
  }
}

export type TicketTypeState = 'on_sale' | 'not_started' | 'ended' | 'sold_out'

/** Whether it can be bought now. Half-open: at `saleStartsAt` yes, at `saleEndsAt` no longer. */
export function ticketTypeState(
  type: Pick<TicketType, 'saleStartsAt' | 'saleEndsAt' | 'remaining' | 'minPerOrder'>,
  event: { endsAt: Date },
  now: Date,
): TicketTypeState {
  if (type.saleStartsAt && now < type.saleStartsAt) return 'not_started'
  if (now >= (type.saleEndsAt ?? event.endsAt)) return 'ended'
  return type.remaining < type.minPerOrder ? 'sold_out' : 'on_sale'
}

export const NEW_TICKET_TYPE: Omit<TicketTypeDetails, 'name' | 'price'> = {
  description: '',
  minPerOrder: 1,
  maxPerOrder: 10,
  saleStartsAt: null,
  saleEndsAt: null,
  validFrom: null,
  validTo: null,
  usageLimit: null,
  usagePeriod: 'event',
  reentry: true,
  admitIssued: false,
  hidden: false,
  position: 0,
}

const MAX_PRICE = 1_000_000_000_000

/** What is wrong, field by field; empty where all is well. */
export function ticketTypeProblems(details: TicketTypeDetails): FieldProblem[] {
  const problems: FieldProblem[] = []
  const check = (ok: boolean, field: string, code: string) => {
    if (!ok) problems.push({ pointer: `/body/${field}`, code })
  }
  check(details.name.trim().length >= 1 && details.name.length <= 120, 'name', 'length')
  check(Number.isSafeInteger(details.price) && details.price >= 0 && details.price <= MAX_PRICE, 'price', 'range')
  check(details.minPerOrder >= 1 && details.minPerOrder <= details.maxPerOrder, 'minPerOrder', 'range')
  check(details.maxPerOrder <= 100, 'maxPerOrder', 'range')
  check(!details.saleStartsAt || !details.saleEndsAt || details.saleStartsAt < details.saleEndsAt, 'saleEndsAt', 'before_start')
  check(!details.validFrom || !details.validTo || details.validFrom < details.validTo, 'validTo', 'before_start')
  check(details.usageLimit === null || details.usageLimit >= 1, 'usageLimit', 'range')
  return problems
}
