// What we write about an event: to its guests, to who has a ticket, to its team. Pure functions; src/locales holds the sentences.
import type { Locale } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { directionsTo, type Event } from '#src/modules/events/event.ts'
import { timeText } from './event-time.ts'
import { layOut, type ComposedMail } from './mail-layout.ts'
import { eventCard, moneyText, ticketLines, wordsOf, type MailEvent, type MailOrder, type MailTicket } from './mail-parts.ts'

/** To an organizer's deciders: what staff decided about their event. @param reason in the words of staff */
export function reviewMail(
  event: MailEvent,
  organizer: { name: string },
  what: 'approved' | 'sent_back' | 'taken_down',
  reason: string | null,
  url: string,
  locale: Locale,
): ComposedMail {
  const { eventReview: words, teamRefundAsked } = wordsOf(locale)
  const { subject, title, intro, button } = words[what]
  return layOut(
    {
      subject: subject(event.title),
      title,
      paragraphs: [...(reason ? [words.says(reason)] : []), intro],
      ticket: eventCard(event, locale, [], 'event'),
      action: { label: button, url },
      notes: [teamRefundAsked.why(organizer.name)],
    },
    locale,
  )
}

export function eventInvitationMail(
  guest: { name: string },
  event: MailEvent,
  organizer: { name: string },
  url: string,
  locale: Locale,
): ComposedMail {
  const { eventInvitation: words, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      ...(guest.name ? { greeting: greeting(guest.name) } : {}),
      paragraphs: [words.intro(organizer.name)],
      ticket: eventCard(event, locale, [], 'event'),
      action: { label: words.button, url },
    },
    locale,
  )
}

/** @param refund what goes back to the buyer; null for a free order. @param reason the organizer's own words, if any */
export function eventCancelledMail(
  order: MailOrder,
  event: MailEvent,
  organizer: { name: string },
  refund: Money | null,
  reason: string | null,
  locale: Locale,
): ComposedMail {
  const { eventCancelled: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro(organizer.name), ...(reason ? [reason] : []), ...(refund ? [words.refund(moneyText(refund, locale))] : [])],
      ticket: eventCard(event, locale, [[labels.order, order.code]]),
    },
    locale,
  )
}

/**
 * The day before: when, where, and how to get in.
 * @param url the order's page; null for a holder, whose ticket is attached
 */
export function reminderMail(
  name: string | null,
  event: MailEvent & Pick<Event, 'doorsOpenAt' | 'dressCode' | 'latitude' | 'longitude' | 'country'>,
  tickets: readonly MailTicket[],
  now: Date,
  url: string | null,
  locale: Locale,
): ComposedMail {
  const { reminder: words, tickets: ticketWords, labels, greeting } = wordsOf(locale)
  const localDay = (date: Date) => toLocalTime(date, event.timezone).slice(0, 10)
  const today = localDay(now) === localDay(event.startsAt)
  const rows: (readonly [string, string])[] = [[labels.tickets, ticketLines(tickets, locale)]]
  if (event.doorsOpenAt) rows.unshift([labels.doors, timeText(event.doorsOpenAt, event.timezone, locale)])
  if (event.dressCode) rows.push([labels.dressCode, event.dressCode])
  return layOut(
    {
      subject: words.subject(event.title, today),
      title: words.title(today),
      ...(name ? { greeting: greeting(name) } : {}),
      paragraphs: [url ? words.intro(tickets.length) : words.attached(tickets.length)],
      ticket: eventCard(event, locale, rows, 'ticket'),
      ...(url ? { action: { label: ticketWords.button(tickets.length), url } } : {}),
      links: [{ label: words.directions, url: directionsTo(event) }],
      ...(url ? { notes: [words.before] } : {}),
    },
    locale,
  )
}

/** @param url the order's page; null for a holder, who has only their own ticket */
export function eventChangedMail(order: MailOrder, event: MailEvent, url: string | null, locale: Locale): ComposedMail {
  const { eventChanged: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro],
      ticket: eventCard(event, locale, [[labels.order, order.code]], 'ticket'),
      ...(url ? { action: { label: words.button, url } } : {}),
      notes: [words.attached],
    },
    locale,
  )
}
