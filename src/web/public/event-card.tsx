// An event as a card: its cover or its date, what, where, when, and from which price.
import { formatMoney } from '#src/kernel/money.ts'
import { isOneNight } from '#src/kernel/zone.ts'
import type { EventCard } from '#src/reads/list-events.ts'
import { Badge, Ticket } from '../ui/components.tsx'
import { Cover } from '../ui/cover.tsx'
import { formatCorner, formatSoon, formatSoonDay, formatTime, formatUntil } from '../ui/format.ts'
import { langOf, type PageContext } from '../ui/page.ts'

/** @param eager true for what stands on the first screen: its cover must not wait */
export function Card({ page, event, now, eager }: { page: PageContext; event: EventCard; now: Date; eager?: boolean }) {
  return (
    <Ticket
      as="li"
      stub={
        <p class="spread card-stub">
          <CardTime page={page} event={event} now={now} />
          <CardPrice page={page} event={event} />
        </p>
      }
    >
      <div class="card-picture">
        {event.cover ? (
          <Cover cover={event.cover} eager={eager ?? false} sizes="(min-width: 64rem) 22rem, (min-width: 40rem) 50vw, calc(100vw - 2rem)" />
        ) : (
          <Corner page={page} event={event} />
        )}
      </div>
      <h2>
        <a href={`/events/${event.slug}`} lang={langOf(page, event.language)}>
          {event.title}
        </a>
      </h2>
      <p class="soft">{[event.venue, event.city].filter(Boolean).join(', ')}</p>
    </Ticket>
  )
}

/** What is going on says until when: the day on which it began is past. */
function CardTime({ page: { locale, t }, event, now }: { page: PageContext; event: EventCard; now: Date }) {
  const { startsAt, endsAt, timezone } = event
  const on = event.status !== 'cancelled'
  if (on && startsAt <= now && endsAt > now)
    return (
      <span>
        <strong class="live">{t.public.runningShort}</strong>
        <time class="block soft" dateTime={endsAt.toISOString()}>
          {isOneNight(now, endsAt)
            ? t.public.untilHour(formatTime(endsAt, timezone, locale))
            : t.public.untilDay(formatSoonDay(endsAt, timezone, locale, now))}
        </time>
      </span>
    )
  const until = on ? formatUntil(startsAt, now, timezone, locale) : null
  return (
    <span>
      <time class="card-time" dateTime={startsAt.toISOString()}>
        {formatSoon(startsAt, timezone, locale, now)}
      </time>
      {until && <span class="block soft">{until}</span>}
    </span>
  )
}

function CardPrice({ page, event }: { page: PageContext; event: EventCard }) {
  const t = page.t.public
  if (event.status === 'cancelled') return <Badge tone="bad">{t.cancelledShort}</Badge>
  if (event.status === 'ended') return <Badge tone="plain">{t.over}</Badge>
  if (event.soldOut) return <Badge tone="warn">{t.soldOut}</Badge>
  const { priceFrom: least, priceTo: most } = event
  if (!least || !most) return null
  const { common } = page.t
  return (
    <strong class="number">
      {least.amount > 0
        ? common.from(formatMoney(least, page.locale))
        : most.amount > 0
          ? common.freeTo(formatMoney(most, page.locale))
          : common.free}
    </strong>
  )
}

/** Stands in for a cover: the date, large, as on a calendar. */
function Corner({ page, event }: { page: PageContext; event: EventCard }) {
  const { day, month, weekday } = formatCorner(event.startsAt, event.timezone, page.locale)
  return (
    <div class="corner" aria-hidden="true">
      <span>{weekday}</span>
      <strong>{day}</strong>
      <span>{month}</span>
    </div>
  )
}
