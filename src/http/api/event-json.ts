// Events as the API shows and takes them.
import { Type, type Static } from 'typebox'
import { IMAGE_FORMATS } from '#src/modules/events/cover-image.ts'
import { DRAFT_PARTS, MAX_DESCRIPTION, MAX_TITLE, type Cover, type Event, type EventDetails } from '#src/modules/events/event.ts'
import { MAX_REFUND_DAYS, MAX_REFUND_NOTE, refundDeadline } from '#src/modules/events/refund-policy.ts'
import { renderMarkdown } from '#src/modules/events/markdown.ts'
import type { App } from '#src/platform/app.ts'
import type { EventCard } from '#src/reads/list-events.ts'
import { byLanguage, camelCase, isoTime, MoneySchema, nullable, orNull, TimeSchema } from './schemas.ts'

export const SlugParams = Type.Object({ slug: Type.String({ minLength: 1, maxLength: 100 }) })

export const StatusSchema = Type.Enum(['draft', 'pendingReview', 'published', 'cancelled', 'ended'])
export const VisibilitySchema = Type.Enum(['public', 'unlisted', 'private'], {
  description: 'Unlisted: for whom has the address. Private: for whom is invited.',
})

const CoverSchema = Type.Object(
  {
    width: Type.Integer(),
    height: Type.Integer(),
    sources: Type.Array(Type.Object({ width: Type.Integer(), avif: Type.String(), webp: Type.String() }, { additionalProperties: false }), {
      description: 'Narrowest first.',
    }),
  },
  { additionalProperties: false },
)

const shared = {
  slug: Type.String(),
  url: Type.String({ description: 'The page for people.' }),
  title: Type.String(),
  status: StatusSchema,
  visibility: VisibilitySchema,
  startsAt: TimeSchema,
  endsAt: TimeSchema,
  timezone: Type.String({ examples: ['Africa/Porto-Novo'] }),
  venue: Type.String(),
  city: Type.String(),
  country: Type.String(),
  category: Type.String(),
  organizer: Type.Object({ slug: Type.String(), name: Type.String() }, { additionalProperties: false }),
  cover: nullable(CoverSchema),
  priceFrom: nullable(MoneySchema),
  soldOut: Type.Boolean(),
}

export const EventCardSchema = Type.Object(shared, { additionalProperties: false })

export const TranslationsSchema = byLanguage(
  Type.Object(
    {
      title: Type.String({ maxLength: MAX_TITLE }),
      description: Type.String({ maxLength: MAX_DESCRIPTION, description: 'Markdown; empty: the original’s.' }),
    },
    { additionalProperties: false },
  ),
)

const DAYS = 'Buyers may ask until so many days before the start; 0: until the start, null: never.'
const policy = {
  days: nullable(Type.Integer({ description: DAYS })),
  atOnce: Type.Boolean({ description: 'A request in time is granted without anybody looking at it.' }),
  note: Type.String({ description: 'The organizer’s own words.' }),
}

const RefundPolicySchema = Type.Object(
  { ...policy, until: nullable(Type.Unsafe<string>({ ...TimeSchema, description: 'The moment from which it is too late.' })) },
  { additionalProperties: false },
)

export const NewRefundPolicySchema = Type.Object(
  {
    days: orNull(Type.Integer({ minimum: 0, maximum: MAX_REFUND_DAYS, description: DAYS })),
    atOnce: policy.atOnce,
    note: Type.String({ maxLength: MAX_REFUND_NOTE }),
  },
  { additionalProperties: false },
)

export const EventSchema = Type.Object(
  {
    ...shared,
    description: Type.String({ description: 'Markdown.' }),
    descriptionHtml: Type.String({ description: 'The same as HTML, free of scripts.' }),
    address: Type.String(),
    doorsOpenAt: nullable(TimeSchema),
    latitude: nullable(Type.Number()),
    longitude: nullable(Type.Number()),
    capacity: nullable(Type.Integer()),
    currency: Type.String(),
    dressCode: nullable(Type.String()),
    reentry: Type.Boolean(),
    askHolderNames: Type.Boolean(),
    remindHolders: Type.Boolean(),
    paymentUrl: nullable(Type.String()),
    qrFormat: Type.Enum(['TK1', 'TH1']),
    unconfirmed: Type.Array(Type.Enum([...DRAFT_PARTS]), {
      description:
        'Of a draft that is created step by step on the pages: what nobody has said yet and holds a default. With `schedule` among them it can’t be published; giving `startsAt` and `endsAt` confirms it.',
    }),
    publishedAt: nullable(TimeSchema),
    cancelledAt: nullable(TimeSchema),
    language: Type.String({ description: 'What `title` and `description` are written in.', examples: ['fr'] }),
    translations: TranslationsSchema,
    refundPolicy: RefundPolicySchema,
    feesPassedOn: Type.Boolean({ description: 'Buyers pay the platform’s fee on top of each face price; the prices shown include it.' }),
    createdAt: TimeSchema,
    updatedAt: TimeSchema,
  },
  { additionalProperties: false },
)

const required = {
  title: Type.String({ minLength: 1, maxLength: MAX_TITLE }),
  category: Type.String({ maxLength: 60, examples: ['concert'] }),
  startsAt: TimeSchema,
  endsAt: TimeSchema,
  timezone: Type.String({ maxLength: 60, examples: ['Africa/Porto-Novo'], description: 'IANA name.' }),
}
const optional = {
  description: Type.String({ maxLength: MAX_DESCRIPTION, description: 'Markdown.' }),
  venue: Type.String({ maxLength: 200 }),
  address: Type.String({ maxLength: 300 }),
  city: Type.String({ maxLength: 100 }),
  country: Type.String({ pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1 alpha-2.' }),
  doorsOpenAt: orNull(TimeSchema),
  latitude: orNull(Type.Number({ minimum: -90, maximum: 90 })),
  longitude: orNull(Type.Number({ minimum: -180, maximum: 180 })),
  capacity: orNull(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
  visibility: VisibilitySchema,
  dressCode: orNull(Type.String({ maxLength: 200 })),
  reentry: Type.Boolean({ description: 'Whoever went out may come in again.' }),
  askHolderNames: Type.Boolean({ description: 'Each ticket needs its holder’s name.' }),
  remindHolders: Type.Boolean({ description: 'Holders get an e-mail the day before.' }),
  paymentUrl: orNull(Type.String({ maxLength: 2000, description: 'Where the organizer sells elsewhere; https only.' })),
  qrFormat: Type.Enum(['TK1', 'TH1']),
}

export const NewEventSchema = Type.Object(
  {
    ...required,
    ...Type.Partial(Type.Object(optional)).properties,
    organizer: Type.Optional(Type.String({ maxLength: 100, description: 'A slug; needed only by who leads several organizers.' })),
  },
  { additionalProperties: false },
)

export const EventChangesSchema = Type.Partial(Type.Object({ ...required, ...optional }), { additionalProperties: false, minProperties: 1 })

/** Times come as text; what is left out stays left out. */
export function detailsFrom<T extends Static<typeof EventChangesSchema>>(
  body: T,
): Omit<T, 'startsAt' | 'endsAt' | 'doorsOpenAt'> & Pick<EventDetails, 'startsAt' | 'endsAt'> & Partial<EventDetails> {
  const times = (['startsAt', 'endsAt', 'doorsOpenAt'] as const).filter((key) => body[key] !== undefined)
  return { ...body, ...Object.fromEntries(times.map((key) => [key, body[key] === null ? null : new Date(body[key]!)])) } as never
}

export function eventCardJson(app: App, card: EventCard): Static<typeof EventCardSchema> {
  const { slug, title, status, visibility, startsAt, endsAt, timezone, venue, city, country, category, organizer, cover, priceFrom, soldOut } = card
  return {
    slug,
    url: `${app.publicUrl()}/events/${slug}`,
    title,
    status: camelCase(status),
    visibility,
    startsAt: isoTime(startsAt),
    endsAt: isoTime(endsAt),
    timezone,
    venue,
    city,
    country,
    category,
    organizer: { slug: organizer.slug, name: organizer.name },
    cover: cover && coverJson(app, cover),
    priceFrom,
    soldOut,
  }
}

export function eventJson(app: App, event: Event, card: EventCard): Static<typeof EventSchema> {
  const { description, address, latitude, longitude, capacity, currency, dressCode, reentry, askHolderNames, remindHolders, paymentUrl, qrFormat } =
    event
  return {
    ...eventCardJson(app, card),
    description,
    descriptionHtml: renderMarkdown(description),
    address,
    latitude,
    longitude,
    capacity,
    currency,
    dressCode,
    reentry,
    askHolderNames,
    remindHolders,
    paymentUrl,
    qrFormat,
    doorsOpenAt: isoTime(event.doorsOpenAt),
    unconfirmed: event.unconfirmed,
    publishedAt: isoTime(event.publishedAt),
    cancelledAt: isoTime(event.cancelledAt),
    createdAt: isoTime(event.createdAt),
    updatedAt: isoTime(event.updatedAt),
    language: event.language,
    translations: event.translations as Static<typeof TranslationsSchema>,
    refundPolicy: { ...event.refundPolicy, until: isoTime(refundDeadline(event)) },
    feesPassedOn: event.feeBps !== null,
  }
}

function coverJson(app: App, cover: Cover): Static<typeof CoverSchema> {
  const sources = cover.widths
    .toSorted((a, b) => a - b)
    .map((width) => {
      const [avif, webp] = IMAGE_FORMATS.map((format) => `${app.publicUrl()}/files/${cover.id}/${width}.${format}`)
      return { width, avif: avif!, webp: webp! }
    })
  return { width: cover.width, height: cover.height, sources }
}
