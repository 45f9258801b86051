// What we write about an order: its tickets, its payment, its refunds. Pure functions; src/locales holds the sentences.
import type { Locale } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'
import { messages } from '#src/locales/locale.ts'
import { momentText } from './event-time.ts'
import { layOut, type ComposedMail } from './mail-layout.ts'
import { eventCard, moneyText, ticketLines, wordsOf, type MailEvent, type MailOrder, type MailTicket } from './mail-parts.ts'
import { refundPolicyText } from './refund-policy-text.ts'

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
