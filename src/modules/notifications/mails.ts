// Every mail that we write: pure functions from what happened to what the mail says. src/locales holds the sentences.
import type { Locale, TeamRole } from '#src/kernel/actor.ts'
import { formatMoney, type Money } from '#src/kernel/money.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { messages } from '#src/locales/locale.ts'
import { directionsTo, type Event } from '#src/modules/events/event.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { momentText, placeText, spanText, timeText } from './event-time.ts'
import { refundPolicyText } from './refund-policy-text.ts'
import { layOut, type ComposedMail, type MailContent } from './mail-layout.ts'

export type MailEvent = Pick<Event, 'title' | 'startsAt' | 'endsAt' | 'timezone' | 'venue' | 'address' | 'city' | 'refundPolicy'>
export type MailOrder = Pick<Order, 'code' | 'buyer' | 'total' | 'late'>
export type MailTicket = { ticketType: string; holderName: string | null }

const wordsOf = (locale: Locale) => messages(locale).mail

/** An amount as the reader writes it: `5 000 F CFA`. */
function moneyText(money: Money, locale: Locale): string {
  return money.amount === 0 ? wordsOf(locale).free : formatMoney(money, locale)
}

/** @param heading only what lets in is headed as a ticket: a refunded one must not look like one */
function eventCard(
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
function ticketLines(tickets: readonly MailTicket[], locale: Locale): string {
  const counts = new Map<string, number>()
  for (const { ticketType } of tickets) counts.set(ticketType, (counts.get(ticketType) ?? 0) + 1)
  return [...counts].map(([type, count]) => wordsOf(locale).line(count, type)).join('\n')
}

/** To the buyer: it is confirmed, here are the tickets. @param tickets those that let in, at least one */
export function ticketsMail(order: MailOrder, event: MailEvent, tickets: readonly MailTicket[], url: string, locale: Locale): ComposedMail {
  const { tickets: words, labels, greeting } = wordsOf(locale)
  const count = tickets.length
  return layOut(
    {
      subject: words.subject(count, event.title),
      title: words.title(count),
      greeting: greeting(order.buyer.name),
      paragraphs: order.late ? [words.late, words.intro] : [words.intro],
      ticket: eventCard(
        event,
        locale,
        [
          [labels.tickets, ticketLines(tickets, locale)],
          [labels.order, order.code],
          [labels.total, moneyText(order.total, locale)],
        ],
        'ticket',
      ),
      action: { label: words.button(count), url },
      notes: [words.attached(count), words.secret, ...(order.total.amount > 0 ? [refundPolicyText(event, locale)] : [])],
    },
    locale,
  )
}

/** To a holder who is not the buyer: their own tickets, without a link to the others' and without the price. */
export function holderTicketsMail(order: MailOrder, event: MailEvent, tickets: readonly MailTicket[], locale: Locale): ComposedMail {
  const { tickets: words, labels, greeting } = wordsOf(locale)
  const holder = tickets[0]?.holderName
  return layOut(
    {
      subject: words.subject(tickets.length, event.title),
      title: words.title(tickets.length),
      ...(holder ? { greeting: greeting(holder) } : {}),
      paragraphs: [words.fromBuyer(order.buyer.name)],
      ticket: eventCard(
        event,
        locale,
        [
          [labels.tickets, ticketLines(tickets, locale)],
          [labels.order, order.code],
        ],
        'ticket',
      ),
      notes: [words.attached(tickets.length)],
    },
    locale,
  )
}

/** @param refund what goes back to the buyer; null where nothing had been paid */
export function orderCancelledMail(order: MailOrder, event: MailEvent, refund: Money | null, locale: Locale): ComposedMail {
  const { orderCancelled: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro, refund ? words.refund(moneyText(refund, locale)) : words.free],
      ticket: eventCard(event, locale, [[labels.order, order.code]]),
    },
    locale,
  )
}

export function orderRefundedMail(order: MailOrder, event: MailEvent, amount: Money, ticketsRefunded: boolean, locale: Locale): ComposedMail {
  const { orderRefunded: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title(moneyText(amount, locale)),
      greeting: greeting(order.buyer.name),
      paragraphs: ticketsRefunded ? [words.intro, words.invalid] : [words.intro],
      ticket: eventCard(event, locale, [
        [labels.order, order.code],
        [labels.amount, moneyText(amount, locale)],
      ]),
    },
    locale,
  )
}

/** What a buyer asks back. */
export type RefundWish = { tickets: readonly MailTicket[]; amount: Money }

/** To the buyer: the organizer has the request. */
export function refundAskedMail(
  order: MailOrder,
  event: MailEvent,
  organizer: { name: string },
  wish: RefundWish,
  url: string,
  locale: Locale,
): ComposedMail {
  const { refundAsked: words, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro(organizer.name)],
      ticket: eventCard(event, locale, wishRows(order, wish, locale)),
      action: { label: words.button, url },
    },
    locale,
  )
}

/** To who decides: somebody would like their money back. @param reason in the buyer's words; may be empty */
export function teamRefundAskedMail(
  order: MailOrder,
  event: MailEvent,
  organizer: { name: string },
  wish: RefundWish,
  reason: string,
  url: string,
  locale: Locale,
): ComposedMail {
  const { teamRefundAsked: words } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title(order.buyer.name),
      paragraphs: [reason ? words.says(reason) : words.silent, words.intro],
      ticket: eventCard(event, locale, wishRows(order, wish, locale)),
      action: { label: words.button, url },
      notes: [words.why(organizer.name)],
    },
    locale,
  )
}

function wishRows(order: MailOrder, wish: RefundWish, locale: Locale): (readonly [string, string])[] {
  const { labels } = wordsOf(locale)
  return [
    [labels.tickets, ticketLines(wish.tickets, locale)],
    [labels.amount, moneyText(wish.amount, locale)],
    [labels.order, order.code],
  ]
}

/** @param refund `tickets`: how many are worth nothing from now on; `provider`: by what the money goes back */
export function refundApprovedMail(
  order: MailOrder,
  event: MailEvent,
  refund: { amount: Money; tickets: number; provider: string },
  locale: Locale,
): ComposedMail {
  const { refundApproved: words, labels, greeting } = wordsOf(locale)
  const amount = moneyText(refund.amount, locale)
  const method = (messages(locale).checkout.methods as Record<string, string>)[refund.provider]
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title(amount),
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro, words.invalid(refund.tickets)],
      ticket: eventCard(event, locale, [[labels.order, order.code], [labels.amount, amount], ...(method ? [[labels.by, method] as const] : [])]),
    },
    locale,
  )
}

/** @param answer why not, in the organizer's words; may be empty */
export function refundDeclinedMail(order: MailOrder, event: MailEvent, answer: string, url: string, locale: Locale): ComposedMail {
  const { refundDeclined: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [...(answer ? [words.says(answer)] : []), words.intro],
      ticket: eventCard(event, locale, [[labels.order, order.code]]),
      action: { label: words.button, url },
    },
    locale,
  )
}

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

export type RefundDueCause = 'late' | 'duplicate' | 'cancellation' | 'review'

export function refundDueMail(order: MailOrder, event: MailEvent, amount: Money, cause: RefundDueCause, locale: Locale): ComposedMail {
  const { refundDue: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words[cause], words.promise(moneyText(amount, locale))],
      ticket: eventCard(event, locale, [
        [labels.order, order.code],
        [labels.amount, moneyText(amount, locale)],
      ]),
    },
    locale,
  )
}

export function refundFailedMail(order: MailOrder, event: MailEvent, amount: Money, locale: Locale): ComposedMail {
  const { refundFailed: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro],
      ticket: eventCard(event, locale, [
        [labels.order, order.code],
        [labels.amount, moneyText(amount, locale)],
      ]),
    },
    locale,
  )
}

/** @param heldUntil when the places are let go */
export function paymentFailedMail(order: MailOrder, event: MailEvent, heldUntil: Date, url: string, locale: Locale): ComposedMail {
  const { paymentFailed: words, labels, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(event.title),
      title: words.title,
      greeting: greeting(order.buyer.name),
      paragraphs: [words.intro, words.until(momentText(heldUntil, event.timezone, locale))],
      ticket: eventCard(event, locale, [
        [labels.order, order.code],
        [labels.total, moneyText(order.total, locale)],
      ]),
      action: { label: words.button, url },
    },
    locale,
  )
}

export function verifyEmailMail(account: { name: string }, url: string, locale: Locale): ComposedMail {
  const { verifyEmail: words, greeting, ignore } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject,
      title: words.title,
      greeting: greeting(account.name),
      paragraphs: [words.intro],
      action: { label: words.button, url },
      notes: [words.expires, ignore],
    },
    locale,
  )
}

/** To the address that an account means to have. */
export function changeEmailMail(account: { name: string }, url: string, locale: Locale): ComposedMail {
  const { changeEmail: words, verifyEmail, greeting, ignore } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject,
      title: words.title,
      greeting: greeting(account.name),
      paragraphs: [words.intro],
      action: { label: words.button, url },
      notes: [verifyEmail.expires, ignore],
    },
    locale,
  )
}

/** To the address that an account has: somebody who knew the password wants another. */
export function emailChangeNoticeMail(account: { name: string }, newAddress: string, url: string, locale: Locale): ComposedMail {
  const { emailChangeNotice: words, greeting } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject,
      title: words.title,
      greeting: greeting(account.name),
      paragraphs: [words.intro(newAddress), words.notYou],
      action: { label: words.button, url },
    },
    locale,
  )
}

export function resetPasswordMail(account: { name: string }, url: string, locale: Locale): ComposedMail {
  const { resetPassword: words, greeting, ignore } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject,
      title: words.title,
      greeting: greeting(account.name),
      paragraphs: [words.intro],
      action: { label: words.button, url },
      notes: [words.expires, ignore],
    },
    locale,
  )
}

export function teamInvitationMail(organizer: { name: string }, role: TeamRole, url: string, locale: Locale): ComposedMail {
  const { teamInvitation: words } = wordsOf(locale)
  return layOut(
    {
      subject: words.subject(organizer.name),
      title: words.title(organizer.name),
      paragraphs: [words.intro(organizer.name, words.roles[role])],
      action: { label: words.button, url },
      notes: [words.expires],
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
