// /organizers/{slug}: who organizes, with what is coming and what has been.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { findOrganizer } from '#src/modules/identity/find-organizers.ts'
import type { App } from '#src/platform/app.ts'
import { listPublicEvents, type EventCard } from '#src/reads/list-events.ts'
import { photoAddress } from '#src/modules/identity/photo.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, type PageContext } from '../ui/page.ts'
import type { PageCache } from '../ui/page-cache.ts'
import { Card } from './event-card.tsx'

const SHOWN = 24
const PAST_SHOWN = 12

export async function organizerPublicPages(server: FastifyInstance, app: App, cache: PageCache): Promise<void> {
  server.get<{ Params: { slug: string } }>('/organizers/:slug', (request, reply) =>
    cache.send(request, reply, async () => {
      const { slug } = request.params
      const { locale } = request.actor
      const [organizer, upcoming, past] = await Promise.all([
        findOrganizer(app.db, slug),
        listPublicEvents(app, { organizer: slug, limit: SHOWN, locale }),
        listPublicEvents(app, { organizer: slug, status: 'past', limit: PAST_SHOWN, locale }),
      ])
      // Who never showed anything in public has no public page.
      if (!organizer || upcoming.data.length + past.data.length === 0) throw kernelError('not_found')
      return {
        page: (
          <OrganizerPage
            page={pageOf(request)}
            organizer={organizer}
            upcoming={upcoming.data}
            past={past.data}
            now={app.clock.now()}
            url={`${app.publicUrl()}/organizers/${slug}`}
          />
        ),
      }
    }),
  )
}

function OrganizerPage({
  page,
  organizer,
  upcoming,
  past,
  now,
  url,
}: {
  page: PageContext
  organizer: Organizer
  upcoming: EventCard[]
  past: EventCard[]
  now: Date
  url: string
}) {
  const t = page.t.public
  const { name, description, logoId, accent } = organizer
  return (
    <Layout page={page} title={name} description={t.organizerDescription(name)} url={url} accent={accent}>
      <header class="stack">
        <div class="row">
          {logoId && <img class="logo" src={photoAddress(logoId)} width="96" height="96" alt="" />}
          <h1>{name}</h1>
        </div>
        {description && (
          <div class="prose">
            {description.split(/\n{2,}/).map((paragraph, index) => (
              <p key={index}>{paragraph}</p>
            ))}
          </div>
        )}
        <Contact page={page} organizer={organizer} />
      </header>
      <section class="stack" aria-labelledby="upcoming">
        <h2 id="upcoming">{t.upcomingOf}</h2>
        {upcoming.length === 0 ? (
          <p>{t.nothingOf}</p>
        ) : (
          <ul class="cards">
            {upcoming.map((event, index) => (
              <Card key={event.id} page={page} event={event} now={now} eager={index < 2} />
            ))}
          </ul>
        )}
      </section>
      {past.length > 0 && (
        <section class="stack" aria-labelledby="past">
          <h2 id="past">{t.pastOf}</h2>
          <ul class="cards">
            {past.map((event) => (
              <Card key={event.id} page={page} event={event} now={now} />
            ))}
          </ul>
        </section>
      )}
    </Layout>
  )
}

/** Plain links, WhatsApp first. Where they lead is the organizer's doing: search engines need not count it as our word. */
function Contact({ page, organizer }: { page: PageContext; organizer: Organizer }) {
  const t = page.t.settings
  const links = [
    [organizer.whatsapp && `https://wa.me/${organizer.whatsapp.slice(1)}`, t.writeOnWhatsApp],
    [organizer.website, organizer.website && new URL(organizer.website).hostname.replace(/^www\./, '')],
    [organizer.facebook, 'Facebook'],
    [organizer.instagram, 'Instagram'],
  ].filter(([href]) => href) as [string, string][]
  if (links.length === 0) return null
  return (
    <p class="row">
      {links.map(([href, label]) => (
        <a key={href} href={href} rel="noopener external nofollow">
          {label}
        </a>
      ))}
    </p>
  )
}
