// The event: what takes place, its states and the rules that hold for any of them. No I/O.
import type { Locale } from '#src/kernel/actor.ts'
import type { FieldProblem } from '#src/kernel/domain-error.ts'
import { isTimeZone } from '#src/kernel/zone.ts'
import type { RefundPolicy } from './refund-policy.ts'

export type EventStatus = 'draft' | 'pending_review' | 'published' | 'cancelled' | 'ended'
export type Visibility = 'public' | 'unlisted' | 'private'
export type QrFormat = 'TK1' | 'TH1'

/** The parts of an event that is created step by step, in their order. What comes before them, its title, is never missing. */
export const DRAFT_PARTS = ['schedule', 'tickets', 'look'] as const
export type DraftPart = (typeof DRAFT_PARTS)[number]

/** Where each status may lead. A cancelled event stays cancelled: buyers were told, refunds are under way. */
export const eventStates = {
  draft: ['pending_review', 'published', 'cancelled'],
  pending_review: ['draft', 'published', 'cancelled'],
  published: ['draft', 'pending_review', 'cancelled', 'ended'],
  cancelled: [],
  ended: [],
} as const satisfies Record<EventStatus, readonly EventStatus[]>

export function canBecome(from: EventStatus, to: EventStatus): boolean {
  return (eventStates[from] as readonly EventStatus[]).includes(to)
}

/** What an event's team may still change: nothing once it is over or called off. */
export function isEditable(event: Pick<Event, 'status'>): boolean {
  return eventStates[event.status].length > 0
}

/** True where the event was shown to people at some time, even if it is over or called off since. */
export function wasShown(event: Pick<Event, 'status' | 'publishedAt'>): boolean {
  return event.publishedAt !== null && event.status !== 'draft' && event.status !== 'pending_review'
}

/** A cover image in our own sizes. Addresses are /files/{id}/{width}.{avif|webp}. */
export type Cover = { id: string; width: number; height: number; widths: number[] }

/** An empty description stands for none: the original's is shown. */
export type EventTranslations = Partial<Record<Locale, { title: string; description: string }>>

export type Event = {
  id: number
  /** Random 32 bits that a QR text carries. */
  publicRef: number
  organizerId: number
  slug: string
  title: string
  /** Markdown; show it through `renderMarkdown`. */
  description: string
  /** The category's slug. */
  category: string
  status: EventStatus
  visibility: Visibility
  startsAt: Date
  endsAt: Date
  doorsOpenAt: Date | null
  /** IANA name. */
  timezone: string
  venue: string
  address: string
  city: string
  /** ISO 3166-1 alpha-2. */
  country: string
  latitude: number | null
  longitude: number | null
  capacity: number | null
  currency: string
  dressCode: string | null
  reentry: boolean
  askHolderNames: boolean
  /** Holders hear of it once more the day before. */
  remindHolders: boolean
  /** Where the organizer sells outside of Guichet; https only. */
  paymentUrl: string | null
  cover: Cover | null
  qrFormat: QrFormat
  capacityQuotaId: number | null
  refundPolicy: RefundPolicy
  /** Basis points of the face price that buyers pay on top; null where the organizer bears the commission. */
  feeBps: number | null
  /** What `title` and `description` are written in; `eventIn` answers them in another. */
  language: Locale
  translations: EventTranslations
  /** Parts that hold defaults nobody confirmed yet; empty unless the event is still being created step by step. */
  unconfirmed: DraftPart[]
  /** Since when staff is asked to look at it, while it waits; and what they said when they sent it back. */
  reviewRequestedAt: Date | null
  reviewNote: string | null
  publishedAt: Date | null
  cancelledAt: Date | null
  createdAt: Date
  updatedAt: Date
}

/** What every sale asks about an event. Kept in each process's memory, so what may change in it can be a second old. */
export type EventRef = Pick<
  Event,
  | 'id'
  | 'publicRef'
  | 'organizerId'
  | 'slug'
  | 'title'
  | 'status'
  | 'visibility'
  | 'publishedAt'
  | 'startsAt'
  | 'endsAt'
  | 'timezone'
  | 'country'
  | 'currency'
  | 'askHolderNames'
  | 'paymentUrl'
  | 'qrFormat'
>

export type EventOnSale = EventRef & { /** Staff lets the organizer sell nothing for the moment. */ salesSuspended: boolean }

/** What a team says about its event. Left out on creation: the default; on a change: as it was. */
export type EventDetails = {
  title: string
  description: string
  category: string
  startsAt: Date
  endsAt: Date
  doorsOpenAt: Date | null
  timezone: string
  venue: string
  address: string
  city: string
  country: string
  latitude: number | null
  longitude: number | null
  capacity: number | null
  visibility: Visibility
  dressCode: string | null
  reentry: boolean
  askHolderNames: boolean
  remindHolders: boolean
  paymentUrl: string | null
  qrFormat: QrFormat
}

export const MAX_TITLE = 200
export const MAX_DESCRIPTION = 20_000
/** An exhibition may last; a mistyped year should not pass. */
const MAX_DAYS = 400

// ISO 3166-1 alpha-2, officially assigned.
const COUNTRIES = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR ' +
    'CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ' +
    'ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ ' +
    'MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI ' +
    'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
)

/** What is wrong with an event as a whole, field by field; empty where nothing is. */
export function problemsOf(event: EventDetails): FieldProblem[] {
  const problems: FieldProblem[] = []
  const refuse = (field: keyof EventDetails, code: string) => problems.push({ pointer: `/body/${field}`, code })
  if (event.title.length === 0) refuse('title', 'required')
  if (event.title.length > MAX_TITLE) refuse('title', 'too_long')
  if (event.description.length > MAX_DESCRIPTION) refuse('description', 'too_long')
  if (Number.isNaN(event.startsAt.getTime())) refuse('startsAt', 'not_a_time')
  if (Number.isNaN(event.endsAt.getTime())) refuse('endsAt', 'not_a_time')
  if (event.endsAt <= event.startsAt) refuse('endsAt', 'not_after_start')
  if (event.endsAt.getTime() - event.startsAt.getTime() > MAX_DAYS * 86_400_000) refuse('endsAt', 'too_long')
  if (event.doorsOpenAt && event.doorsOpenAt > event.startsAt) refuse('doorsOpenAt', 'after_start')
  if (!isTimeZone(event.timezone)) refuse('timezone', 'unknown_time_zone')
  if (!COUNTRIES.has(event.country)) refuse('country', 'unknown_country')
  if ((event.latitude === null) !== (event.longitude === null)) refuse(event.latitude === null ? 'latitude' : 'longitude', 'incomplete_coordinates')
  if (event.latitude !== null && !(Math.abs(event.latitude) <= 90)) refuse('latitude', 'out_of_range')
  if (event.longitude !== null && !(Math.abs(event.longitude) <= 180)) refuse('longitude', 'out_of_range')
  if (event.capacity !== null && !(Number.isInteger(event.capacity) && event.capacity > 0 && event.capacity <= 10_000_000))
    refuse('capacity', 'out_of_range')
  if (event.paymentUrl !== null && !isHttpsUrl(event.paymentUrl)) refuse('paymentUrl', 'not_https')
  return problems
}

/** Opens the phone's own map application where there is one, else a page that shows the way. */
export function directionsTo(event: Pick<Event, 'venue' | 'address' | 'city' | 'country' | 'latitude' | 'longitude'>): string {
  const place =
    event.latitude !== null && event.longitude !== null
      ? `${event.latitude},${event.longitude}`
      : [event.venue, event.address, event.city, event.country].filter(Boolean).join(', ')
  return `https://www.google.com/maps/dir/?api=1&destination=${encodeURIComponent(place)}`
}

/** True for an absolute https address without credentials in it. */
export function isHttpsUrl(text: string): boolean {
  const url = URL.parse(text)
  return text.length <= 2000 && url !== null && url.protocol === 'https:' && url.username === '' && url.password === ''
}
