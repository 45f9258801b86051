// /events/{slug}: what, when, where, and the choice of tickets.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isOneNight } from '#src/kernel/zone.ts'
import { listSessions } from '#src/modules/events/change-sessions.ts'
import { countView } from '#src/modules/events/count-views.ts'
import { directionsTo, type Event } from '#src/modules/events/event.ts'
import { eventIn } from '#src/modules/events/event-languages.ts'
import { findVisibleEvent } from '#src/modules/events/find-events.ts'
import { renderMarkdown } from '#src/modules/events/markdown.ts'
import type { Session } from '#src/modules/events/session.ts'
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import { findGuestInvitation, ticketsLeft, type GuestInvitation } from '#src/modules/ticketing/find-invitation.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { typeIn } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { Notice } from '../ui/components.tsx'
import { Cover } from '../ui/cover.tsx'
import { emptyForm, hasErrors, type FormState } from '../ui/form.ts'
import { formatCorner, formatDay, formatDaysAndHours, formatHours, formatSoonDay, formatTime, formatUntil } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { asset } from '../ui/assets.ts'
import { langOf, pageOf, sendPage, type PageContext } from '../ui/page.ts'
import type { PageCache } from '../ui/page-cache.ts'
import { sharePictureAddress } from './event-files.ts'
import { BuyBar, Choice, guestLeft } from './event-offers.tsx'
import { StructuredData } from './structured-data.tsx'
import { PreviewBanner } from './preview-banner.tsx'

type EventRequest = { Params: { slug: string }; Querystring: { invitation?: string } }

export async function eventPages(server: FastifyInstance, app: App, cache: PageCache): Promise<void> {
  server.get<EventRequest>('/events/:slug', (request, reply) => {
    const { invitation } = request.query
    if (typeof invitation !== 'string') return cache.send(request, reply, () => makePage(request.params.slug, undefined))
    // An invitation is a secret of one person: its page is kept nowhere.
    return makePage(request.params.slug, invitation).then(({ page, onServe }) => (onServe(), sendPage(reply, page, { secret: true })))

    async function makePage(slug: string, token: string | undefined) {
      const screen = await loadEvent(app, request.actor, slug, token)
      // The team's own looks at a draft are nobody's interest in it.
      return { page: <EventScreen page={pageOf(request)} {...screen} />, onServe: () => screen.preview || countView(app, screen.event.id) }
    }
  })
}

/**
 * Everything that the page shows. Before publication, which only its team gets to see, the event is handed out as it will be once published,
 * and `preview` says so: the pages are then the buyers' own. The sale itself asks the database.
 * @throws `not_found` where the actor may not see the event
 */
export async function loadEvent(app: App, actor: PageContext['actor'], slug: string, invitation: string | undefined) {
  const found = await findVisibleEvent(app, actor, slug, { invitation })
  if (!found) throw kernelError('not_found')
  const event = eventIn(found, actor.locale)
  const [offers, programme, organizer, guest] = await Promise.all([
    listTicketTypes(app, event.id),
    listSessions(app.db, event.id),
    getOrganizer(app.db, event.organizerId),
    event.visibility === 'private' ? findGuestInvitation(app, actor, event.id, invitation) : undefined,
  ])
  const preview = event.status === 'draft' || event.status === 'pending_review'
  const seen = preview ? { ...event, status: 'published' as const } : event
  return {
    event: seen,
    preview,
    offers: offers.map((offer) => typeIn(offer, event.language, actor.locale)),
    programme,
    organizer,
    invitation,
    guest,
    now: app.clock.now(),
    origin: app.publicUrl(),
  }
}

type Screen = Awaited<ReturnType<typeof loadEvent>> & { page: PageContext; form?: FormState }

export function EventScreen({ page, event, preview, offers, programme, organizer, invitation, guest, now, origin, form = emptyForm }: Screen) {
  const { locale } = page
  const t = page.t.public
  const description = describe(page, event)
  // What is over or not yet public says so itself.
  const suspended = organizer.salesSuspendedAt !== null && event.status === 'published' && event.endsAt > now
  return (
    <Layout
      page={page}
      title={event.title}
      accent={organizer.accent}
      failed={hasErrors(form)}
      noindex={event.visibility !== 'public' || preview}
      description={description}
      {...(event.visibility === 'private' ? {} : { image: origin + sharePictureAddress(event, locale), url: `${origin}/events/${event.slug}` })}
      scripts={[asset('islands/ticket-total.ts'), asset('islands/copy-link.ts')]}
      head={!preview && <StructuredData event={event} offers={offers} organizer={organizer} description={description} now={now} origin={origin} />}
    >
      {preview && <PreviewBanner page={page} event={event} />}
      <article class="event">
        <Cover cover={event.cover} eager />
        <div class="event-panel">
          <header class="event-head">
            <h1 lang={langOf(page, event.spoken.title)}>{event.title}</h1>
            <p>{hasOrganizerPage(event) ? <a href={`/organizers/${organizer.slug}`}>{t.by(organizer.name)}</a> : t.by(organizer.name)}</p>
            <EventState page={page} event={event} now={now} />
            {guest && event.status === 'published' && event.endsAt > now && <Invited page={page} guest={guest} />}
          </header>
          <WhenAndWhere page={page} event={event} now={now} invitation={invitation} />
          {guestLeft(guest) > 0 && !suspended && <BuyBar page={page} event={event} offers={offers} now={now} />}
          <section class="event-tickets" aria-labelledby="tickets">
            {suspended ? (
              <>
                <h2 id="tickets">{t.tickets}</h2>
                <Notice tone="warn" title={page.t.errors.sales_suspended} />
              </>
            ) : (
              <Choice page={page} event={event} offers={offers} now={now} form={form} invitation={invitation} guest={guest} />
            )}
          </section>
        </div>
        <div class="event-text stack">
          {event.description && (
            <div
              class="prose"
              lang={langOf(page, event.spoken.description)}
              dangerouslySetInnerHTML={{ __html: renderMarkdown(event.description) }}
            />
          )}
          <Programme page={page} event={event} programme={programme} now={now} />
          {event.visibility !== 'private' && !preview && <Share page={page} event={event} origin={origin} />}
        </div>
      </article>
    </Layout>
  )
}

/** The event in a sentence, for search engines and for who is sent its address. */
export function describe(page: PageContext, event: Event): string {
  const where = [event.venue, event.city].filter(Boolean).join(', ')
  return page.t.public.description(formatDay(event.startsAt, event.timezone, page.locale), where)
}

/** An organizer's page lists what everybody may see: only such an event is sure to have one behind it. */
function hasOrganizerPage(event: Event): boolean {
  return event.visibility === 'public' && (event.status === 'published' || event.status === 'ended')
}

/** Cities that the zone database, which knows only ASCII, spells otherwise than their people. */
const ZONE_CITIES: Readonly<Record<string, string>> = { Lome: 'Lomé', Ndjamena: 'N’Djamena', 'Sao Tome': 'São Tomé', 'El Aaiun': 'El Aaiún' }

/** `Africa/Porto-Novo` → `Porto-Novo`: whose clocks the times are. */
function zoneName(zone: string): string {
  const city = zone.split('/').at(-1)!.replaceAll('_', ' ')
  return ZONE_CITIES[city] ?? city
}

/** The two rows that everybody looks for: each with its tile, its words, and what to do with it. */
function WhenAndWhere({ page, event, now, invitation }: Pick<Screen, 'page' | 'event' | 'now' | 'invitation'>) {
  const { locale } = page
  const t = page.t.public
  const { startsAt, endsAt, timezone } = event
  const { day, month } = formatCorner(startsAt, timezone, locale)
  const { days, hours } = formatDaysAndHours(startsAt, endsAt, timezone, locale, now)
  const until = event.status === 'cancelled' ? null : formatUntil(startsAt, now, timezone, locale)
  return (
    <dl class="event-facts">
      <div>
        <dt>
          <span class="visually-hidden">{t.when}</span>
          <span class="tile" aria-hidden="true">
            <span>{month}</span>
            <strong>{day}</strong>
          </span>
        </dt>
        <dd>
          <time dateTime={startsAt.toISOString()}>{days}</time>
          <span class="event-hours">
            {[hours, event.doorsOpenAt && t.doors(formatTime(event.doorsOpenAt, timezone, locale))].filter(Boolean).join(' · ')}
          </span>
          <span class="hint">{[until, `${t.zone} ${zoneName(timezone)}`].filter(Boolean).join(' · ')}</span>
          {event.status !== 'cancelled' && endsAt > now && (
            <a class="small" href={`/events/${event.slug}/event.ics${invitation ? `?invitation=${encodeURIComponent(invitation)}` : ''}`}>
              {t.addToCalendar}
            </a>
          )}
        </dd>
      </div>
      <div>
        <dt>
          <span class="visually-hidden">{t.where}</span>
          <span class="tile" aria-hidden="true">
            <svg viewBox="0 0 24 24" width="24" height="24">
              <path
                fill="currentColor"
                fill-rule="evenodd"
                d="M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7Zm0 9.500a2.500 2.500 0 1 1 0-5 2.500 2.500 0 0 1 0 5Z"
              />
            </svg>
          </span>
        </dt>
        <dd>
          <span>{event.venue || event.city}</span>
          <span class="hint">{[event.address, event.venue ? event.city : ''].filter(Boolean).join(', ')}</span>
          <a class="small" href={directionsTo(event)} rel="noopener external">
            {t.directions}
          </a>
        </dd>
      </div>
      {event.dressCode && (
        <div class="event-fact--plain">
          <dt>{t.dressCode}</dt>
          <dd>{event.dressCode}</dd>
        </div>
      )}
    </dl>
  )
}

/** Plain links, WhatsApp first; no script of anybody else's. */
function Share({ page, event, origin }: { page: PageContext; event: Event; origin: string }) {
  const t = page.t.public
  const url = `${origin}/events/${event.slug}`
  const words = t.shareWords(event.title, formatDay(event.startsAt, event.timezone, page.locale))
  const to = (base: string, query: Record<string, string>) => `${base}?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`
  const links = [
    [t.onWhatsApp, to('https://wa.me/', { text: `${words} ${url}` })],
    [t.onFacebook, to('https://www.facebook.com/sharer/sharer.php', { u: url })],
    [t.onX, to('https://x.com/intent/post', { text: words, url })],
  ] as const
  return (
    <section class="share-links" aria-labelledby="share">
      <h2 id="share">{t.share}</h2>
      {links.map(([label, href]) => (
        <a key={label} href={href} rel="noopener external">
          {label}
        </a>
      ))}
      <button type="button" class="link-button script-only" data-island="copy-link" data-url={url} data-done={t.linkCopied}>
        {t.copyLink}
      </button>
    </section>
  )
}

function EventState({ page, event, now }: { page: PageContext; event: Event; now: Date }) {
  const t = page.t.public
  if (event.status === 'cancelled')
    return (
      <Notice tone="bad" title={t.cancelled}>
        <p>{t.cancelledHint}</p>
      </Notice>
    )
  if (event.endsAt <= now) return <Notice title={t.past(formatDay(event.endsAt, event.timezone, page.locale))} />
  if (event.startsAt <= now) return <Notice tone="good" title={t.running} />
  return null
}

/** Says what the personal link is good for. */
function Invited({ page, guest }: { page: PageContext; guest: GuestInvitation }) {
  const t = page.t.public
  const left = ticketsLeft(guest)
  return (
    <Notice tone={left === 0 ? 'info' : 'good'} title={t.invited}>
      <p>
        {guest.maxTickets !== null && left !== null && t.invitedFor(guest.maxTickets, left)} {t.invitedHint}
      </p>
    </Notice>
  )
}

function Programme({ page, event, programme, now }: { page: PageContext; event: Event; programme: Session[]; now: Date }) {
  if (programme.length === 0) return null
  // On one evening hours say enough.
  const short = isOneNight(event.startsAt, event.endsAt)
  const when = ({ startsAt, endsAt }: Session) =>
    short
      ? formatHours(startsAt, endsAt, event.timezone, page.locale)
      : `${formatSoonDay(startsAt, event.timezone, page.locale, now)}, ${formatHours(startsAt, endsAt, event.timezone, page.locale)}`
  return (
    <section class="stack" aria-labelledby="programme">
      <h2 id="programme">{page.t.public.programme}</h2>
      <ol class="programme">
        {programme.map((item) => (
          <li key={item.id}>
            <time dateTime={item.startsAt.toISOString()}>{when(item)}</time>
            <div>
              <h3>{item.title}</h3>
              <p class="small soft">{[item.speaker, item.place].filter(Boolean).join(' · ')}</p>
              {item.description && <p>{item.description}</p>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
