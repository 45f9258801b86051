// An event's refund policy in sentences: what the event page, checkout, orders and mails say alike.
import type { Locale } from '#src/kernel/actor.ts'
import { messages } from '#src/locales/locale.ts'
import type { Event } from '#src/modules/events/event.ts'
import { refundDeadline } from '#src/modules/events/refund-policy.ts'
import { momentText } from './event-time.ts'

/** Until when, who answers, and the organizer's own words, in this order. */
export function refundPolicyText(event: Pick<Event, 'startsAt' | 'timezone' | 'refundPolicy'>, locale: Locale): string {
  const words = messages(locale).refundPolicy
  const { days, atOnce, note } = event.refundPolicy
  const deadline = refundDeadline(event)
  const until = deadline === null ? words.never : days === 0 ? words.untilStart : words.until(momentText(deadline, event.timezone, locale))
  return [until, deadline !== null && (atOnce ? words.atOnce : words.byHand), note].filter(Boolean).join(' ')
}
