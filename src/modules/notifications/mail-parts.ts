// What the mails have in common: the words, the sums, the card of an event.
import type { Locale } from '#src/kernel/actor.ts'
import { formatMoney, type Money } from '#src/kernel/money.ts'
import { messages } from '#src/locales/locale.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { placeText, spanText } from './event-time.ts'
import type { MailContent } from './mail-layout.ts'

export type MailEvent = Pick<Event, 'title' | 'startsAt' | 'endsAt' | 'timezone' | 'venue' | 'address' | 'city' | 'refundPolicy'>
export type MailOrder = Pick<Order, 'code' | 'buyer' | 'total' | 'late'>
export type MailTicket = { ticketType: string; holderName: string | null }

export const wordsOf = (locale: Locale) => messages(locale).mail

/** An amount as the reader writes it: `5 000 F CFA`. */
export function moneyText(money: Money, locale: Locale): string {
  return money.amount === 0 ? wordsOf(locale).free : formatMoney(money, locale)
}

/** @param heading only what lets in is headed as a ticket: a refunded one must not look like one */
export function eventCard(
  event: MailEvent,
  locale: Locale,
  rows: readonly (readonly [string, string])[] = [],
  heading: 'ticket' | 'order' | 'event' = 'order',
): NonNullable<MailContent['ticket']> {
  const { labels, cards } = wordsOf(locale)
  const place = placeText(event)
  // A line of a phone would otherwise end after the dash.
  const span = spanText(event, locale).replace(/(\d) – (?=\d\d:\d\d$)/, '$1\u00a0–\u2060\u00a0')
  return {
    heading: cards[heading],
    name: event.title,
    rows: [[labels.when, span], ...(place ? [[labels.where, place] as const] : []), ...rows],
  }
}

/** `2 × Carré Or`, a line for each type. */
export function ticketLines(tickets: readonly MailTicket[], locale: Locale): string {
  const counts = new Map<string, number>()
  for (const { ticketType } of tickets) counts.set(ticketType, (counts.get(ticketType) ?? 0) + 1)
  return [...counts].map(([type, count]) => wordsOf(locale).line(count, type)).join('\n')
}
