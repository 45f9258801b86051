// What to do where nothing was sold yet: finish the event, publish it, or tell people about it.
import { isEditable, type Event } from '#src/modules/events/event.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { LinkButton } from '../ui/components.tsx'
import { formatDay } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { eventPath } from './event-frame.tsx'

export function FirstSale({
  page,
  event,
  origin,
}: {
  page: PageContext
  event: Event
  /** The public address of this installation. */ origin: string
}) {
  const t = page.t.organizer
  if (event.status === 'draft' && mayAct(page.actor, event)) {
    return event.unconfirmed.length > 0 ? (
      <LinkButton href={eventPath(event, 'setup')}>{t.guide.resume}</LinkButton>
    ) : (
      <LinkButton href={eventPath(event)}>{t.toPublication}</LinkButton>
    )
  }
  if (event.status !== 'published' || !isEditable(event)) return null
  const words = page.t.public.shareWords(event.title, formatDay(event.startsAt, event.timezone, page.locale))
  return (
    <span class="actions">
      {event.visibility !== 'private' && (
        <LinkButton
          kind="secondary"
          href={`https://wa.me/?${new URLSearchParams({ text: `${words} ${origin}/events/${event.slug}` }).toString().replaceAll('+', '%20')}`}
          external
        >
          {t.shareOnWhatsApp}
        </LinkButton>
      )}
      <LinkButton kind="quiet" href={eventPath(event, 'desk')}>
        {t.sellAtDesk}
      </LinkButton>
    </span>
  )
}
