// Lists of events as cards: what the public finds, what a team has, what staff looks through. Prices and places come from ticketing.
import { sql, type RawBuilder } from 'kysely'
import { isStaff, type Actor, type Locale } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { Money } from '#src/kernel/money.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import { isDay } from '#src/kernel/zone.ts'
import type { Cover, EventStatus, Visibility } from '#src/modules/events/event.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Db } from '#src/platform/db.ts'

export type EventCard = {
  id: number
  slug: string
  title: string
  /** What the title is in. */
  language: Locale
  status: EventStatus
  visibility: Visibility
  startsAt: Date
  endsAt: Date
  timezone: string
  venue: string
  city: string
  country: string
  category: string
  organizer: { slug: string; name: string }
  cover: Cover | null
  /** What the cheapest ticket type on show costs the buyer; null where there is none yet. */
  priceFrom: Money | null
  /** The highest of the same: what is free for some is not free. */
  priceTo: Money | null
  /** True where there are ticket types and none has a place left. */
  soldOut: boolean
}

/** `upcoming`: not over yet, so what is running counts too. */
export const EVENT_MOMENTS = ['upcoming', 'ongoing', 'past'] as const
export type EventMoment = (typeof EVENT_MOMENTS)[number]
export type EventSort = 'date' | 'popular' | 'relevance'

export type EventFilters = PageRequest & {
  /** Whose reader's titles; left out, as they were written. */
  locale?: Locale | undefined
  /** Words: French full text, accents ignored, typos forgiven; `"exact words"` and `-without` as in any search. */
  q?: string | undefined
  /** Events that run at or after this moment (ISO 8601). A date without time is the whole day where the event is. */
  from?: string | undefined
  /** Events that begin at or before this moment. */
  to?: string | undefined
  city?: string | undefined
  country?: string | undefined
  /** Slugs. */
  category?: string | undefined
  organizer?: string | undefined
  /** Default: `upcoming`, or any moment where `from` or `to` says so. */
  status?: EventMoment | EventStatus | undefined
  price?: 'free' | 'paid' | undefined
  /** In minor units of the event's currency. */
  maxPrice?: number | undefined
  /** Default: `relevance` with `q`, else `date`. */
  sort?: EventSort | undefined
}

/** Published, public events for everybody. @throws `bad_cursor`, `invalid_input` (a date that doesn’t exist) */
export async function listPublicEvents(app: App, filters: EventFilters): Promise<Page<EventCard>> {
  const moment = filters.status ?? (filters.from || filters.to ? undefined : 'upcoming')
  const conditions = [
    sql`e.visibility = 'public' AND e.published_at IS NOT NULL`,
    // A cancelled event is news, but only to who asks for it.
    moment === undefined ? sql`e.status IN ('published', 'ended')` : shownAs(moment, app.clock.now()),
    ...common(filters),
  ]
  const words = filters.q?.trim() ? filters.q.trim() : undefined
  const order = orderOf(filters.sort ?? (words ? 'relevance' : 'date'), moment === 'past', words)
  if (!words) return selectCards(app.db, { conditions, order, searched: false, request: filters })
  return transact(app, async (tx) => {
    await sql`SELECT set_config('pg_trgm.word_similarity_threshold', ${String(TYPO_TOLERANCE)}, true)`.execute(tx)
    return selectCards(tx, { conditions: [...conditions, foundBy(words)], order, searched: true, request: filters })
  })
}

/** Every event of the organizers that the actor works for, in every status, latest first. @throws `unauthenticated`, `bad_cursor` */
export async function listTeamEvents(app: App, actor: Actor, filters: EventFilters & { organizerId?: number }): Promise<Page<EventCard>> {
  if (actor.kind !== 'account') throw kernelError('unauthenticated')
  const mine = actor.memberships.map((m) => m.organizerId).filter((id) => filters.organizerId === undefined || id === filters.organizerId)
  return asTeam(app, actor, (tx) => listAll(tx, filters, app.clock.now(), [sql`e.organizer_id = ANY (${mine}::bigint[])`]))
}

/** Every event there is, for staff. @throws `forbidden`, `bad_cursor` */
export async function listAllEvents(app: App, actor: Actor, filters: EventFilters): Promise<Page<EventCard>> {
  if (!isStaff(actor)) throw kernelError(actor.kind === 'account' ? 'forbidden' : 'unauthenticated')
  return listAll(app.db, filters, app.clock.now(), [])
}

/** One event as a card, whoever asks: the caller has made sure that it may be seen. @throws `not_found` */
export async function getEventCard(db: Db, eventId: number): Promise<EventCard> {
  const {
    data: [card],
  } = await selectCards(db, { conditions: [sql`e.id = ${eventId}`], order: orderOf('date', false, undefined), searched: false, request: {} })
  if (!card) throw kernelError('not_found')
  return card
}

function listAll(db: Db, filters: EventFilters, now: Date, conditions: Condition[]): Promise<Page<EventCard>> {
  const words = filters.q?.trim()
  return selectCards(db, {
    conditions: [
      sql`true`,
      ...conditions,
      ...common(filters),
      ...(filters.status ? [inStatus(filters.status, now)] : []),
      // Drafts stand in no search index; a team's own events are few.
      ...(words
        ? [
            sql`plain_text(concat_ws(' ', e.title, e.venue, e.city)) LIKE '%' || replace(replace(plain_text(${words}), '\\', '\\\\'), '%', '\\%') || '%'`,
          ]
        : []),
    ],
    order: orderOf(filters.sort === 'popular' ? 'popular' : 'date', filters.sort !== 'date', undefined),
    searched: false,
    request: filters,
  })
}

type Condition = RawBuilder<unknown>

// How much of its trigrams a word must share: "consert" finds "concert" (0.45), "humour" does not find "amour" (0.43).
const TYPO_TOLERANCE = 0.45
const MAX_WORDS = 8

function common(filters: EventFilters): Condition[] {
  const { from, to, city, country, category, organizer, price, maxPrice } = filters
  const conditions: Condition[] = []
  if (from && isWholeDay('from', from)) conditions.push(sql`(e.ends_at AT TIME ZONE e.timezone)::date >= ${from}::date`)
  else if (from) conditions.push(sql`e.ends_at >= ${new Date(from)}`)
  if (to && isWholeDay('to', to)) conditions.push(sql`(e.starts_at AT TIME ZONE e.timezone)::date <= ${to}::date`)
  else if (to) conditions.push(sql`e.starts_at <= ${new Date(to)}`)
  if (city) conditions.push(sql`plain_text(e.city) = plain_text(${city.trim()})`)
  if (country) conditions.push(sql`e.country = ${country.toUpperCase()}`)
  if (category) conditions.push(sql`e.category_id = (SELECT id FROM category WHERE slug = ${category})`)
  if (organizer) conditions.push(sql`e.organizer_id = (SELECT id FROM organizer WHERE slug = ${organizer})`)
  if (price === 'free') conditions.push(sql`${CHEAPEST} = 0`)
  if (price === 'paid') conditions.push(sql`${CHEAPEST} > 0`)
  if (maxPrice !== undefined) conditions.push(sql`${CHEAPEST} <= ${maxPrice}`)
  return conditions
}

/** True for a date, false for a moment. @throws `invalid_input` where it is neither, such as the 31st of February */
function isWholeDay(field: 'from' | 'to', text: string): boolean {
  const day = text.slice(0, 10)
  if (!isDay(day) || Number.isNaN(Date.parse(text))) {
    throw invalidInput({ pointer: `/querystring/${field}`, code: 'not_a_time' })
  }
  return text === day
}

const CHEAPEST = sql`(SELECT min(t.price + t.price * COALESCE(e.fee_bps, 0) / 10000) FROM ticket_type t WHERE t.event_id = e.id AND t.archived_at IS NULL AND NOT t.hidden)`

function shownAs(status: EventMoment | EventStatus, now: Date): Condition {
  // What isn't shown yet is nobody's but the team's.
  return status === 'draft' || status === 'pending_review' ? sql`false` : inStatus(status, now)
}

function inStatus(status: EventMoment | EventStatus, now: Date): Condition {
  switch (status) {
    case 'upcoming':
      return sql`e.status = 'published' AND e.ends_at > ${now}`
    case 'ongoing':
      return sql`e.status = 'published' AND e.ends_at > ${now} AND e.starts_at <= ${now}`
    case 'past':
      return sql`(e.status = 'ended' OR (e.status = 'published' AND e.ends_at <= ${now}))`
    default:
      return sql`e.status = ${status}`
  }
}

/** The words as a whole, or each of them by its stem or within a typo's distance of the title, the place or the organizer. */
function foundBy(words: string): Condition {
  const whole = sql`s.words @@ websearch_to_tsquery('french_plain', ${words})`
  // Quotes and minus signs are meant exactly.
  if (/["”“«»]|(^|\s)-\S/.test(words)) return whole
  const each = words
    .split(/[\s,;'’]+/)
    .filter(Boolean)
    .slice(0, MAX_WORDS)
    .map(
      (word) => sql`(
    numnode(plainto_tsquery('french_plain', ${word})) = 0 OR s.words @@ plainto_tsquery('french_plain', ${word}) OR plain_text(${word}) <% s.plain
    OR s.words @@ websearch_to_tsquery('french_plain', ${swapped(word).join(' or ')}))`,
    )
  return each.length === 0 ? sql`false` : sql`(${whole} OR (${sql.join(each, sql` AND `)}))`
}

/** The word with each two neighbours swapped: such slips of the finger leave few trigrams in common ("cnocert"). */
function swapped(word: string): string[] {
  const letters = /^\p{L}{4,20}$/u.test(word) ? [...word] : []
  return letters.slice(1).map((_, i) =>
    letters
      .with(i, letters[i + 1]!)
      .with(i + 1, letters[i]!)
      .join(''),
  )
}

/** Rows come in ascending order of (key, at, id): what comes first has the smallest. */
type Order = { name: string; key: Condition; backwards: boolean }

function orderOf(sort: EventSort, backwards: boolean, words: string | undefined): Order {
  if (sort === 'popular')
    return { name: 'popular', key: sql`-COALESCE((SELECT v.views FROM event_view v WHERE v.event_id = e.id), 0)::float8`, backwards: false }
  if (sort === 'relevance' && words) {
    const score = sql`2 * ts_rank(s.words, websearch_to_tsquery('french_plain', ${words})) + word_similarity(plain_text(${words}), s.plain)`
    return { name: 'relevance', key: sql`-round((${score})::numeric, 6)::float8`, backwards: false }
  }
  return { name: backwards ? 'latest' : 'date', key: sql`0::float8`, backwards }
}

type Row = Omit<EventCard, 'organizer' | 'cover' | 'priceFrom' | 'priceTo'> & {
  organizerSlug: string
  organizerName: string
  coverId: string | null
  width: number
  height: number
  variants: number[]
  price: number | null
  highest: number | null
  currency: string
  sortKey: number
  sortAt: string
}

async function selectCards(
  db: Db,
  list: { conditions: Condition[]; order: Order; searched: boolean; request: PageRequest & Pick<EventFilters, 'locale'> },
): Promise<Page<EventCard>> {
  const { order, request } = list
  const limit = pageLimit(request)
  const direction = order.backwards ? sql`DESC` : sql`ASC`
  const after = request.cursor === undefined ? [] : [afterCursor(request.cursor, order)]
  // The page first, its prices and places after: otherwise they would be added up for every event there is.
  const { rows } = await sql<Row>`
    WITH page AS MATERIALIZED (
      SELECT e.id, ${order.key} AS sort_key
        FROM event e ${list.searched ? sql`JOIN event_search s ON s.event_id = e.id` : sql``}
       WHERE ${sql.join([...list.conditions, ...after], sql` AND `)}
       ORDER BY ${order.name === 'date' || order.name === 'latest' ? sql`` : sql`sort_key, `}e.starts_at ${direction}, e.id ${direction}
       LIMIT ${limit + 1})
    SELECT e.id, e.slug, COALESCE(translated.title, e.title) AS title, CASE WHEN translated.title IS NULL THEN e.language ELSE ${request.locale ?? null}::text END AS language, e.status, e.visibility, e.starts_at, e.ends_at, e.timezone, e.venue, e.city, e.country, e.currency, c.slug AS category,
           o.slug AS organizer_slug, o.name AS organizer_name, f.id AS cover_id, f.width, f.height, f.variants,
           offers.price, offers.highest, COALESCE(offers.types > 0 AND (NOT offers.has_places OR (e.capacity IS NOT NULL AND NOT capacity.has_places)), false) AS sold_out,
           page.sort_key, e.starts_at::text AS sort_at
      FROM page JOIN event e USING (id) JOIN category c ON c.id = e.category_id JOIN organizer o ON o.id = e.organizer_id
           LEFT JOIN stored_file f ON f.id = e.cover_id
           CROSS JOIN LATERAL (
             SELECT CASE WHEN e.language <> ${request.locale ?? null}::text THEN NULLIF(e.translations -> ${request.locale ?? null}::text ->> 'title', '') END AS title) translated
           CROSS JOIN LATERAL (
             SELECT min(t.price + t.price * COALESCE(e.fee_bps, 0) / 10000) AS price, max(t.price + t.price * COALESCE(e.fee_bps, 0) / 10000) AS highest, count(*) AS types, bool_or(q.size > q.held + q.sold) AS has_places
               FROM ticket_type t JOIN quota_counter q ON q.event_id = t.event_id AND q.quota_id = t.quota_id
              WHERE t.event_id = e.id AND t.archived_at IS NULL AND NOT t.hidden) offers
           LEFT JOIN LATERAL (
             SELECT q.size > q.held + q.sold AS has_places FROM quota_counter q WHERE q.event_id = e.id AND q.quota_id = e.capacity_quota_id) capacity ON true
     ORDER BY page.sort_key, e.starts_at ${direction}, e.id ${direction}`.execute(db)
  return toPage(rows, limit, (row) => [order.name, row.sortKey, row.sortAt, row.id], toCard)
}

function toCard(row: Row): EventCard {
  const { id, slug, title, language, status, visibility, startsAt, endsAt, timezone, venue, city, country, category, soldOut } = row
  const { organizerSlug, organizerName, coverId, width, height, variants, price, highest, currency } = row
  return {
    id,
    slug,
    title,
    language,
    status,
    visibility,
    startsAt,
    endsAt,
    timezone,
    venue,
    city,
    country,
    category,
    soldOut,
    organizer: { slug: organizerSlug, name: organizerName },
    cover: coverId === null ? null : { id: coverId, width, height, widths: variants },
    priceFrom: price === null ? null : { amount: price, currency },
    priceTo: highest === null ? null : { amount: highest, currency },
  }
}

/** What comes after the last row of the page before. A cursor belongs to one order: under another it would skip events. */
function afterCursor(cursor: string, order: Order): Condition {
  const [name, key, at, id] = decodeCursor(cursor, 'text', 'number', 'moment', 'id')
  if (name !== order.name) throw kernelError('bad_cursor')
  const beyond = order.backwards ? sql`<` : sql`>`
  const later = sql`(e.starts_at, e.id) ${beyond} (${at}::timestamptz, ${id}::bigint)`
  return order.name === 'date' || order.name === 'latest'
    ? later
    : sql`(${order.key} > ${key}::float8 OR (${order.key} = ${key}::float8 AND ${later}))`
}
