// / and /events: what is on, with a search whose filters live in the address.
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import type { Page } from '#src/kernel/page.ts'
import { listCategories, type Category } from '#src/modules/events/find-events.ts'
import type { App } from '#src/platform/app.ts'
import { listPublicEvents, type EventCard } from '#src/reads/list-events.ts'
import { Badge, Button, EmptyState, LinkButton, Pager, Ticket } from '../ui/components.tsx'
import { Cover } from '../ui/cover.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { freshForm } from '../ui/form.ts'
import { formatCorner, formatMoment } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, type PageContext } from '../ui/page.ts'
import type { PageCache } from '../ui/page-cache.ts'

const PAGE_SIZE = 24
const DATE = /^\d{4}-\d{2}-\d{2}$/

export async function eventListPages(server: FastifyInstance, app: App, cache: PageCache): Promise<void> {
  for (const path of ['/', '/events']) {
    server.get(path, (request, reply) => cache.send(request, reply, async () => {
      const page = pageOf(request)
      const search = readSearch(new URLSearchParams(page.query))
      const [events, categories] = await Promise.all([findEvents(app, search), listCategories(app)])
      return { page: <EventList page={page} events={events} categories={categories} search={search} /> }
    }))
  }
}

function isDay(text: string): boolean {
  // The 31st of February is understood as the 3rd of March: only what reads back the same is a day.
  return DATE.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
}

type Search = ReturnType<typeof readSearch>

/** What the address asks for. What makes no sense is left out: a shared link never fails. */
function readSearch(query: URLSearchParams) {
  const text = (name: string) => query.get(name)?.replaceAll('\0', '').trim().slice(0, 200) || undefined
  const date = (name: string) => (isDay(text(name) ?? '') ? text(name) : undefined)
  const oneOf = <T extends string>(name: string, values: readonly T[]) => values.find((value) => value === text(name))
  return {
    q: text('q'), category: text('category'), city: text('city'), from: date('from'), to: date('to'), price: oneOf('price', ['free', 'paid']),
    sort: oneOf('sort', ['popular', 'date']), cursor: text('cursor'),
  }
}

async function findEvents(app: App, search: Search): Promise<Page<EventCard>> {
  try {
    return await listPublicEvents(app, { ...search, limit: PAGE_SIZE })
  } catch (error) {
    // A cursor from another order or another time: the first page is better than none.
    if (isDomainError(error, 'bad_cursor')) return listPublicEvents(app, { ...search, cursor: undefined, limit: PAGE_SIZE })
    throw error
  }
}

function EventList({ page, events, categories, search }: { page: PageContext; events: Page<EventCard>; categories: Category[]; search: Search }) {
  const t = page.t.public
  const { cursor: _, ...filters } = search
  const searched = Object.values(filters).some(Boolean)
  return (
    <Layout page={page} title={t.events} description={t.intro} noindex={page.query !== ''}>
      <h1>{t.events}</h1>
      <SearchForm page={page} categories={categories} search={search} />
      {events.data.length === 0
        ? (
          <EmptyState title={searched ? t.nothingFound : t.nothing} action={searched && <LinkButton kind="secondary" href="/events">{t.clear}</LinkButton>}>
            <p>{searched ? t.nothingFoundHint : t.nothingHint}</p>
          </EmptyState>
        )
        : <ul class="cards">{events.data.map((event, index) => <Card key={event.id} page={page} event={event} eager={index < 2} />)}</ul>}
      <Pager page={page} nextCursor={events.nextCursor} />
    </Layout>
  )
}

function SearchForm({ page, categories, search }: { page: PageContext; categories: Category[]; search: Search }) {
  const t = page.t.public
  const form = freshForm({ ...search, cursor: null })
  const refined = [search.category, search.city, search.from, search.to, search.price, search.sort].filter(Boolean).length
  const names = categories.map((category) => [category.slug, page.locale === 'fr' ? category.nameFr : category.nameEn] as const)
  return (
    <form method="get" action="/events" role="search" class="search">
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
          <SelectField form={form} name="price" label={t.price} options={[['', t.anyPrice], ['free', t.freeOnly], ['paid', t.paidOnly]]} />
          <SelectField form={form} name="sort" label={t.sort} options={[['', t.soonest], ['popular', t.popular]]} />
        </div>
        {refined > 0 && <p><a href="/events">{t.clear}</a></p>}
      </details>
    </form>
  )
}

export function Card({ page, event, eager }: { page: PageContext; event: EventCard; eager?: boolean }) {
  const { locale } = page
  return (
    <Ticket as="li" stub={(
      <p class="spread card-stub">
        <time dateTime={event.startsAt.toISOString()}>{formatMoment(event.startsAt, event.timezone, locale)}</time>
        <CardPrice page={page} event={event} />
      </p>
    )}>
      <div class="card-picture">
        {event.cover ? <Cover cover={event.cover} eager={eager ?? false} sizes="(min-width: 64rem) 22rem, (min-width: 40rem) 50vw, 100vw" /> : <Corner page={page} event={event} />}
      </div>
      <h2><a href={`/events/${event.slug}`}>{event.title}</a></h2>
      <p class="soft">{[event.venue, event.city].filter(Boolean).join(', ')}</p>
    </Ticket>
  )
}

function CardPrice({ page, event }: { page: PageContext; event: EventCard }) {
  const t = page.t.public
  if (event.status === 'cancelled') return <Badge tone="bad">{t.cancelledShort}</Badge>
  if (event.status === 'ended') return <Badge tone="plain">{t.over}</Badge>
  if (event.soldOut) return <Badge tone="warn">{t.soldOut}</Badge>
  if (!event.priceFrom) return null
  return <strong class="number">{event.priceFrom.amount === 0 ? page.t.common.free : page.t.common.from(formatMoney(event.priceFrom, page.locale))}</strong>
}

/** Stands in for a cover: the date, large, as on a calendar. */
function Corner({ page, event }: { page: PageContext; event: EventCard }) {
  const { day, month, weekday } = formatCorner(event.startsAt, event.timezone, page.locale)
  return <div class="corner" aria-hidden="true"><span>{weekday}</span><strong>{day}</strong><span>{month}</span></div>
}
