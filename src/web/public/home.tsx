// /: what Guichet is, in one sentence; what is on soon; where.
import type { FastifyInstance } from 'fastify'
import type { App } from '#src/platform/app.ts'
import { listCities, type City } from '#src/reads/list-cities.ts'
import { listPublicEvents, type EventCard } from '#src/reads/list-events.ts'
import { Button, EmptyState, LinkButton, Ticket } from '../ui/components.tsx'
import { TextField } from '../ui/fields.tsx'
import { emptyForm } from '../ui/form.ts'
import { formatNumber } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, type PageContext } from '../ui/page.ts'
import type { PageCache } from '../ui/page-cache.ts'
import { Card } from './event-card.tsx'
import { MOMENTS } from './event-list.tsx'

const SHOWN = 6

export async function homePages(server: FastifyInstance, app: App, cache: PageCache): Promise<void> {
  server.get('/', (request, reply) =>
    cache.send(request, reply, async () => {
      const [events, cities] = await Promise.all([listPublicEvents(app, { limit: SHOWN, locale: request.actor.locale }), listCities(app)])
      return { page: <Home page={pageOf(request)} events={events.data} cities={cities} now={app.clock.now()} url={`${app.publicUrl()}/`} /> }
    }),
  )
}

function Home({ page, events, cities, now, url }: { page: PageContext; events: EventCard[]; cities: City[]; now: Date; url: string }) {
  const t = page.t.public
  return (
    <Layout page={page} title={t.homeTitle} description={t.intro} url={url}>
      <Ticket
        as="section"
        kind="hero"
        stub={
          <nav class="hero-moments" aria-label={t.goOut}>
            <p>{t.goOut}</p>
            {MOMENTS.map((moment) => (
              <a key={moment} href={`/events?when=${moment}`}>
                {t.moments[moment]}
              </a>
            ))}
          </nav>
        }
      >
        <h1>{t.homeTitle}</h1>
        <p class="lead">{t.intro}</p>
        <form method="get" action="/events" role="search" class="search">
          <div class="search-words">
            <TextField
              form={emptyForm}
              name="q"
              label={<span class="visually-hidden">{t.searchLabel}</span>}
              type="search"
              placeholder={t.searchHint}
            />
            <Button>{t.search}</Button>
          </div>
        </form>
      </Ticket>
      <section class="stack" aria-labelledby="soon">
        <h2 id="soon">{t.soon}</h2>
        {events.length === 0 ? (
          <EmptyState title={t.nothing}>
            <p>{t.nothingHint}</p>
          </EmptyState>
        ) : (
          <ul class="cards">
            {events.map((event, index) => (
              <Card key={event.id} page={page} event={event} now={now} eager={index < 1} />
            ))}
          </ul>
        )}
        {events.length > 0 && (
          <p>
            <LinkButton kind="secondary" href="/events">
              {t.everyEvent}
            </LinkButton>
          </p>
        )}
      </section>
      {cities.length > 0 && (
        <section class="stack" aria-labelledby="cities">
          <h2 id="cities">{t.byCity}</h2>
          <ul class="city-list">
            {cities.map((city) => (
              <li key={city.name}>
                <a href={`/events?city=${encodeURIComponent(city.name)}`}>
                  {city.name} <span class="number soft">{formatNumber(city.events, page.locale)}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Ticket
        as="section"
        kind="wide"
        stub={
          <LinkButton kind="secondary" href="/register?as=organizer">
            {t.sell}
          </LinkButton>
        }
      >
        <h2>{t.sellTitle}</h2>
        <p>{t.sellHint}</p>
      </Ticket>
    </Layout>
  )
}
