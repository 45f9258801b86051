// What an event promises about refunds, as its buyers read it: our sentences in their language, the organizer's in the event's.
import type { Event } from '#src/modules/events/event.ts'
import { refundPolicyText } from '#src/modules/notifications/refund-policy-text.ts'
import { langOf, type PageContext } from './page.ts'

export function RefundPolicy({ page, event }: { page: PageContext; event: Pick<Event, 'startsAt' | 'timezone' | 'refundPolicy' | 'language'> }) {
  const { note } = event.refundPolicy
  return (
    <>
      {refundPolicyText({ ...event, refundPolicy: { ...event.refundPolicy, note: '' } }, page.locale)}
      {note && ' '}
      {note && <span lang={langOf(page, event.language)}>{note}</span>}
    </>
  )
}
