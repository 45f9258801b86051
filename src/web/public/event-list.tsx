// /events: what is on, with a search whose filters live in the address. With JavaScript the results follow the typing.
import type { FastifyInstance } from 'fastify'
import type { Locale } from '#src/kernel/actor.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import type { Page } from '#src/kernel/page.ts'
import { isDay, toLocalTime } from '#src/kernel/zone.ts'
import { textIn } from '#src/locales/locale.ts'
import { listCategories, type Category } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'
import { listPublicEvents, type EventCard } from '#src/reads/list-events.ts'
import { asset } from '../ui/assets.ts'
import { Button, EmptyState, LinkButton, Pager, Tabs } from '../ui/components.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { freshForm } from '../ui/form.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, type PageContext } from '../ui/page.ts'
import type { PageCache } from '../ui/page-cache.ts'
import { Card } from './event-card.tsx'

const PAGE_SIZE = 24
// Which day it is for somebody who only says "today": where most of our readers are.
const HOME_ZONE = 'Africa/Porto-Novo'

export async function eventListPages(server: FastifyInstance, app: App, cache: PageCache): Promise<void> {
  server.get('/events', (request, reply) =>
    cache.send(request, reply, async () => {
      const page = pageOf(request)
      const search = readSearch(new URLSearchParams(page.query))
      const now = app.clock.now()
      const [events, categories] = await Promise.all([findEvents(app, search, now, request.actor.locale), listCategories(app)])
      return { page: <EventList page={page} events={events} categories={categories} search={search} now={now} url={`${app.publicUrl()}/events`} /> }
    }),
  )
}

export const MOMENTS = ['today', 'weekend', 'month'] as const
type Moment = (typeof MOMENTS)[number]

/** What visitors may ask for; left out, whatever is still to come. */
const STATUSES = ['ongoing', 'past', 'cancelled'] as const

/** The days that a moment stands for: a weekend begins on Friday, since evenings out do. */
export function daysOf(moment: Moment, now: Date): { from: string; to: string } {
  const today = toLocalTime(now, HOME_ZONE).slice(0, 10)
  const [year, month] = today.split('-').map(Number) as [number, number]
  const weekday = new Date(today).getUTCDay()
  const plus = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)
  switch (moment) {
    case 'today':
      return { from: today, to: today }
    case 'weekend':
      return { from: weekday === 0 ? today : plus(Math.max(0, 5 - weekday)), to: plus((7 - weekday) % 7) }
    case 'month':
      return { from: today, to: new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10) }
  }
}

type Search = ReturnType<typeof readSearch>

/** What the address asks for. What makes no sense is left out: a shared link never fails. */
function readSearch(query: URLSearchParams) {
  const text = (name: string) => query.get(name)?.replaceAll('\0', '').trim().slice(0, 200) || undefined
  const date = (name: string) => (isDay(text(name) ?? '') ? text(name) : undefined)
  const oneOf = <T extends string>(name: string, values: readonly T[]) => values.find((value) => value === text(name))
  return {
    q: text('q'),
    category: text('category'),
    city: text('city'),
    from: date('from'),
    to: date('to'),
    price: oneOf('price', ['free', 'paid']),
    when: oneOf('when', MOMENTS),
    status: oneOf('status', STATUSES),
    sort: oneOf('sort', ['popular', 'date']),
    cursor: text('cursor'),
  }
}

async function findEvents(app: App, { when, ...search }: Search, now: Date, locale: Locale): Promise<Page<EventCard>> {
  // Days that somebody typed say more than "this weekend".
  const filters = {
    ...search,
    ...(when && !search.from && !search.to ? { ...daysOf(when, now), status: search.status ?? ('upcoming' as const) } : {}),
    limit: PAGE_SIZE,
    locale,
  }
  try {
    return await listPublicEvents(app, filters)
  } catch (error) {
    // A cursor from another order or another time: the first page is better than none.
    if (isDomainError(error, 'bad_cursor')) return listPublicEvents(app, { ...filters, cursor: undefined })
    throw error
  }
}

type ListProps = { page: PageContext; events: Page<EventCard>; categories: Category[]; search: Search; now: Date; url: string }

function EventList({ page, events, categories, search, now, url }: ListProps) {
  const t = page.t.public
  const { cursor: _, ...filters } = search
  const searched = Object.values(filters).some(Boolean)
  return (
    <Layout
      page={page}
      title={t.events}
      description={t.intro}
      {...(page.query === '' ? { url } : { noindex: true })}
      scripts={[asset('islands/event-search.ts')]}
    >
      <h1>{t.events}</h1>
      <SearchForm page={page} categories={categories} search={search} />
      <div class="stack stack--loose" id="results">
        <Moments page={page} search={search} />
        <p class="visually-hidden" data-count>
          {t.found(events.data.length, events.nextCursor !== null)}
        </p>
        {events.data.length === 0 ? (
          <EmptyState
            title={searched ? t.nothingFound : t.nothing}
            action={
              searched && (
                <LinkButton kind="secondary" href="/events">
                  {t.clear}
                </LinkButton>
              )
            }
          >
            <p>{searched ? t.nothingFoundHint : t.nothingHint}</p>
          </EmptyState>
        ) : (
          <ul class="cards">
            {events.data.map((event, index) => (
              <Card key={event.id} page={page} event={event} now={now} eager={index < 1} />
            ))}
          </ul>
        )}
        <Pager page={page} nextCursor={events.nextCursor} />
      </div>
      <p class="visually-hidden" role="status" id="results-said" />
    </Layout>
  )
}

/** Links, so that they work without a script and can be shared. */
function Moments({ page, search }: { page: PageContext; search: Search }) {
  const t = page.t.public
  const chosen = search.from || search.to ? null : search.when
  const to = (moment: Moment | undefined) => {
    const query = new URLSearchParams(page.query)
    for (const name of ['when', 'from', 'to', 'cursor']) query.delete(name)
    if (moment) query.set('when', moment)
    return `/events${query.size > 0 ? `?${query}` : ''}`
  }
  return (
    <Tabs
      label={t.when}
      tabs={[undefined, ...MOMENTS].map((moment) => [to(moment), moment ? t.moments[moment] : t.anyMoment] as const)}
      here={chosen === null ? undefined : to(chosen)}
    />
  )
}

function SearchForm({ page, categories, search }: { page: PageContext; categories: Category[]; search: Search }) {
  const t = page.t.public
  const form = freshForm({ ...search, cursor: null })
  const refined = [search.category, search.city, search.from, search.to, search.price, search.status, search.sort].filter(Boolean).length
  const names = categories.map((category) => [category.slug, textIn(category.names, page.locale)] as const)
  return (
    <form method="get" action="/events" role="search" class="search" data-island="event-search">
      {search.when && <input type="hidden" name="when" value={search.when} />}
      <div class="search-words">
        <TextField form={form} name="q" label={<span class="visually-hidden">{t.searchLabel}</span>} type="search" placeholder={t.searchHint} />
        <Button kind="secondary">{t.search}</Button>
      </div>
      <details class="search-filters" open={refined > 0}>
        <summary>{refined > 0 ? t.filtersOn(refined) : t.filters}</summary>
        <div class="fields">
          <SelectField form={form} name="category" label={t.category} options={[['', t.everyCategory], ...names]} />
          <TextField form={form} name="city" label={t.city} />
          <TextField form={form} name="from" label={t.from} type="date" />
          <TextField form={form} name="to" label={t.to} type="date" />
          <SelectField
            form={form}
            name="price"
            label={t.price}
            options={[
              ['', t.anyPrice],
              ['free', t.freeOnly],
              ['paid', t.paidOnly],
            ]}
          />
          <SelectField
            form={form}
            name="status"
            label={t.status}
            options={[['', t.anyMoment], ...STATUSES.map((status) => [status, t.statuses[status]] as const)]}
          />
          <SelectField
            form={form}
            name="sort"
            label={t.sort}
            options={[
              ['', t.soonest],
              ['popular', t.popular],
            ]}
          />
        </div>
        {refined > 0 && (
          <p>
            <a href="/events">{t.clear}</a>
          </p>
        )}
      </details>
    </form>
  )
}
