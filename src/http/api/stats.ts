// Numbers: per event, per organizer, for the platform.
import { Type, type Static } from 'typebox'
import { getAdminDashboard } from '#src/reads/admin-dashboard.ts'
import { getEventStats } from '#src/reads/event-stats.ts'
import { getOrganizerDashboard } from '#src/reads/organizer-dashboard.ts'
import type { App } from '#src/platform/app.ts'
import { SlugParams } from './event-json.ts'
import type { ApiServer } from './native-api.ts'
import { isoTime, MoneySchema, nullable, refusals, TimeSchema } from './schemas.ts'

const tags = ['Numbers']
const count = Type.Integer({ minimum: 0 })
const day = Type.String({ format: 'date' })
const object = <P extends Parameters<typeof Type.Object>[0]>(properties: P) => Type.Object(properties, { additionalProperties: false })
const noMoney = { description: 'Null for who is shown no money: cashiers and agents.' }

const Sales = {
  sold: count,
  held: count,
  orders: Type.Integer({ minimum: 0, description: 'Orders paid, or free.' }),
  awaiting: Type.Integer({ minimum: 0, description: 'Orders that hold places and are not paid yet.' }),
}
const RevenueSchema = object({ gross: MoneySchema, refunded: MoneySchema, commission: MoneySchema, fees: MoneySchema, net: MoneySchema })
const AdmissionsSchema = object({ admitted: count, exits: count, inside: count, refused: count })
const DaySchema = object({ day, orders: count, tickets: count, gross: nullable(MoneySchema) })

const EventStatsSchema = object({
  event: object({ slug: Type.String(), title: Type.String(), timezone: Type.String() }),
  sales: object({ ...Sales, capacity: nullable(count) }),
  revenue: Type.Union([RevenueSchema, Type.Null()], noMoney),
  byType: Type.Array(
    object({ id: Type.Integer(), name: Type.String(), price: MoneySchema, sold: count, held: count, refunded: count, gross: nullable(MoneySchema) }),
  ),
  byDay: Type.Array(DaySchema),
  admissions: AdmissionsSchema,
  byGate: Type.Array(object({ id: Type.Integer(), name: Type.String(), entries: count, exits: count, refused: count })),
  byHour: Type.Array(object({ hour: TimeSchema, entries: count, exits: count, refused: count })),
  refusals: Type.Array(object({ code: Type.String(), count })),
})

const OrganizerDashboardSchema = object({
  organizers: Type.Array(object({ slug: Type.String(), name: Type.String() })),
  events: object({ total: count, published: count, running: count, upcoming: count }),
  sales: object(Sales),
  revenue: Type.Union([Type.Array(RevenueSchema), Type.Null()], { description: 'One per currency. Null for cashiers.' }),
  byDay: Type.Array(object({ day, orders: count, tickets: count, gross: nullable(Type.Integer()) })),
  admissions: AdmissionsSchema,
  eventList: Type.Array(
    object({
      slug: Type.String(),
      title: Type.String(),
      status: Type.String(),
      startsAt: TimeSchema,
      endsAt: TimeSchema,
      city: Type.String(),
      sold: count,
      held: count,
      size: count,
      inside: count,
      gross: nullable(MoneySchema),
    }),
  ),
})

const AdminDashboardSchema = object({
  users: object({ total: count, suspended: count, joined30Days: count }),
  organizers: count,
  events: object({ total: count, published: count, pendingReview: count, running: count }),
  sales: object({ orders: count, tickets: count, orders30Days: count }),
  revenue: Type.Array(object({ gross: MoneySchema, commission: MoneySchema, refundsDue: MoneySchema })),
  payments: object({ open: count, review: count, failed24Hours: count, failed30Days: count, refundsOpen: count, refundsToDo: count }),
  failures: Type.Array(object({ provider: Type.String(), failure: Type.String(), count })),
  byDay: Type.Array(object({ day, orders: count, tickets: count })),
  queue: object({ waiting: count, failing: count, dead: count, lagSeconds: count }),
  mails: object({ queued: count, sent: count, failed: count }),
})

export async function statsApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/events/:slug/stats',
    {
      schema: {
        operationId: 'getEventStats',
        tags,
        summary: 'An event in numbers',
        description: 'For its team. Cashiers and agents are shown no money; agents the scans of their own gates only.',
        params: SlugParams,
        response: { 200: EventStatsSchema, ...refusals },
      },
    },
    async (request): Promise<Static<typeof EventStatsSchema>> => {
      const {
        event: { currency, ...event },
        revenue,
        byType,
        byDay,
        byHour,
        ...rest
      } = await getEventStats(app, request.actor, request.params.slug)
      const money = moneyIn(currency)
      return {
        event,
        ...rest,
        revenue: revenue && {
          gross: money(revenue.gross),
          refunded: money(revenue.refunded),
          commission: money(revenue.commission),
          fees: money(revenue.fees),
          net: money(revenue.net),
        },
        byType: byType.map((type) => ({ ...type, price: money(type.price), gross: type.gross === null ? null : money(type.gross) })),
        byDay: byDay.map((entry) => ({ ...entry, gross: entry.gross === null ? null : money(entry.gross) })),
        byHour: byHour.map((entry) => ({ ...entry, hour: isoTime(entry.hour) })),
      }
    },
  )

  server.get(
    '/organizer/dashboard',
    {
      schema: {
        operationId: 'getOrganizerDashboard',
        tags,
        summary: 'The caller’s events in numbers',
        description: 'All organizers that the caller works for, or the one named. `byDay` covers thirty days; its amounts are minor units.',
        querystring: Type.Object({ organizer: Type.Optional(Type.String({ maxLength: 100 })) }, { additionalProperties: false }),
        response: { 200: OrganizerDashboardSchema, ...refusals },
      },
    },
    async (request): Promise<Static<typeof OrganizerDashboardSchema>> => {
      const { revenue, eventList, ...rest } = await getOrganizerDashboard(app, request.actor, request.query.organizer)
      return {
        ...rest,
        revenue:
          revenue &&
          revenue.map(({ currency, gross, refunded, commission, fees, net }) => {
            const money = moneyIn(currency)
            return { gross: money(gross), refunded: money(refunded), commission: money(commission), fees: money(fees), net: money(net) }
          }),
        eventList: eventList.map(({ currency, startsAt, endsAt, gross, ...event }) => ({
          ...event,
          startsAt: isoTime(startsAt),
          endsAt: isoTime(endsAt),
          gross: gross === null ? null : { amount: gross, currency },
        })),
      }
    },
  )

  server.get(
    '/admin/dashboard',
    {
      schema: {
        operationId: 'getAdminDashboard',
        tags,
        summary: 'The platform in numbers',
        description: 'For staff.',
        response: { 200: AdminDashboardSchema, ...refusals },
      },
    },
    async (request): Promise<Static<typeof AdminDashboardSchema>> => {
      const { revenue, ...rest } = await getAdminDashboard(app, request.actor)
      return {
        ...rest,
        revenue: revenue.map(({ currency, gross, commission, refundsDue }) => ({
          gross: moneyIn(currency)(gross),
          commission: moneyIn(currency)(commission),
          refundsDue: moneyIn(currency)(refundsDue),
        })),
      }
    },
  )
}

const moneyIn = (currency: string) => (amount: number) => ({ amount, currency })
