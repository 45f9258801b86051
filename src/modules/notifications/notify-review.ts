// notifyReview: what staff decided about an event, to those who decide for its organizer, each in their own language.
import { findEventById } from '#src/modules/events/find-events.ts'
import { getOrganizer, listDeciders } from '#src/modules/identity/find-organizers.ts'
import type { App } from '#src/platform/app.ts'
import { reviewMail } from './event-mails.ts'
import { queueMail } from './queue-mail.ts'

export type ReviewNews = 'approved' | 'sent_back' | 'taken_down'
export type NotifyReview = { factId: number; eventId: number; what: ReviewNews; /** In the words of staff. */ reason: string | null }

export async function notifyReview(app: App, { factId, eventId, what, reason }: NotifyReview): Promise<void> {
  const event = await findEventById(app.db, eventId)
  if (!event) return
  const [organizer, deciders] = await Promise.all([getOrganizer(app.db, event.organizerId), listDeciders(app.db, event.organizerId)])
  const url = `${app.publicUrl()}${what === 'approved' ? `/events/${event.slug}` : `/organizer/events/${event.slug}`}`
  for (const { id, email, locale } of deciders) {
    await queueMail(
      app,
      {
        dedupeKey: `event-review:fact:${factId}:${id}`,
        kind: 'event_review',
        recipient: email,
        locale,
        about: { eventId: event.id, orderId: null, ticketIds: null },
      },
      async () => reviewMail(event, organizer, what, reason, url, locale),
    )
  }
}
