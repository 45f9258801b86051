// /organizer: how business goes, and my events with their numbers; newcomers first make an organizer.
import type { FastifyInstance } from 'fastify'
import type { ComponentChildren } from 'preact'
import { leads, worksFor, type AccountActor, type TeamRole } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import type { Page } from '#src/kernel/page.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { listOwnOrganizers } from '#src/modules/identity/find-organizers.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import type { App } from '#src/platform/app.ts'
import { getShopNews, type ShopNews } from '#src/reads/latest-sales.ts'
import { getOrganizerDashboard, type OrganizerDashboard } from '#src/reads/organizer-dashboard.ts'
import { readPulse } from '#src/reads/pulse.ts'
import { listOrganizerEvents, type OrganizerEvent } from '#src/reads/organizer-events.ts'
import { DataTable, EmptyState, KeyFigures, LinkButton, Pager, Price, Tabs } from '../ui/components.tsx'
import { formatMoment, formatNumber, formatShare } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { eventPath, StatusBadge } from './event-frame.tsx'
import { createLiveAnswers, Live, LiveBlock, liveScripts } from './live.tsx'
import { SalesByDay } from './sales-charts.tsx'

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

export async function organizerHomePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: { cursor?: string; organizer?: string } }>('/organizer', async (request, reply) => {
    const page = pageOf(request)
    const account = requireAccount(request.actor)
    if (account.memberships.length === 0) return reply.redirect('/account/organizer', 303)
    if (account.memberships.every((membership) => membership.role === 'agent')) return reply.redirect('/gate', 303)
    const [cursor, organizer] = [textOf(request.query.cursor), textOf(request.query.organizer)]
    const organizers = await listOwnOrganizers(app, account)
    // The pulse first: whatever happens while the figures are counted makes them old.
    const pulse = await readPulse(app.db, { organizerIds: chosen(organizers, organizer) })
    const [business, events] = await Promise.all([
      countBusiness(app, account, organizer),
      listOrganizerEvents(app, account, { limit: 50, cursor, organizer }),
    ])
    return sendPage(
      reply,
      <Home
        page={page}
        business={business}
        pulse={pulse}
        events={events}
        isLeader={account.memberships.some(leads)}
        now={app.clock.now()}
        organizer={organizer}
        organizers={organizers.filter(({ role }) => role !== 'agent')}
      />,
    )
  })

  const answerLive = createLiveAnswers<BusinessFigures>()
  server.get<{ Querystring: { organizer?: string } }>('/organizer/live', async (request, reply) => {
    const account = requireAccount(request.actor)
    const organizer = textOf(request.query.organizer)
    const ids = chosen(await listOwnOrganizers(app, account), organizer)
    if (ids.length === 0) throw kernelError('not_found')
    return answerLive(request, reply, {
      key: `${organizer ?? ''} ${account.accountId} ${ids.join()}`,
      pulse: () => readPulse(app.db, { organizerIds: ids }),
      count: () => countBusiness(app, account, organizer),
      show: ({ pulse, figures }) => (
        <Business page={pageOf(request, '/organizer')} {...figures} pulse={pulse} organizer={organizer} now={app.clock.now()} />
      ),
    })
  })
}

async function countBusiness(app: App, account: AccountActor, organizer: string | undefined): Promise<BusinessFigures> {
  const [numbers, news] = await Promise.all([getOrganizerDashboard(app, account, organizer), getShopNews(app, account, organizer)])
  return { numbers, news }
}

/** The organizers whose figures are shown: those in which more is done than scanning, or the one that was asked for. */
function chosen(organizers: readonly (Organizer & { role: TeamRole })[], slug: string | undefined): number[] {
  return organizers.filter((own) => own.role !== 'agent' && (slug === undefined || own.slug === slug)).map(({ id }) => id)
}

type BusinessFigures = { numbers: OrganizerDashboard; news: ShopNews }

type HomeProps = {
  page: PageContext
  business: BusinessFigures
  pulse: string
  events: Page<OrganizerEvent>
  isLeader: boolean
  now: Date
  organizer: string | undefined
  organizers: Organizer[]
}

function Home({ page, business, pulse, events, isLeader, now, organizer, organizers }: HomeProps) {
  const t = page.t.organizer
  const { numbers } = business
  const create = isLeader && (
    <LinkButton href={organizer === undefined ? '/organizer/events/new' : `/organizer/events/new?organizer=${encodeURIComponent(organizer)}`}>
      {t.newEvent}
    </LinkButton>
  )
  return (
    <Layout page={page} title={t.myEvents} noindex wide scripts={liveScripts()}>
      <div class="spread">
        <h1>{organizers.length === 1 ? organizers[0]!.name : t.myEvents}</h1>
        <div class="actions">
          {isLeader && (
            <>
              <LinkButton kind="quiet" href="/organizer/settings">
                {page.t.settings.profile}
              </LinkButton>
              <LinkButton kind="quiet" href="/organizer/team">
                {page.t.team.title}
              </LinkButton>
            </>
          )}
          {events.data.length > 0 && create}
        </div>
      </div>
      {organizers.length > 1 && (
        <Tabs
          label={t.organizer}
          tabs={[['/organizer', page.t.dashboard.all], ...organizers.map(({ slug, name }) => [`/organizer?organizer=${slug}`, name] as const)]}
          here={organizer === undefined ? '/organizer' : `/organizer?organizer=${organizer}`}
        />
      )}
      {numbers.events.published > 0 || numbers.sales.orders > 0 ? (
        <Business page={page} {...business} pulse={pulse} organizer={organizer} now={now} />
      ) : null}
      <section class="stack">
        {numbers.sales.orders > 0 && <h2>{t.myEvents}</h2>}
        <Events page={page} events={events} several={organizers.length > 1} create={create} />
        <Pager page={page} nextCursor={events.nextCursor} />
      </section>
    </Layout>
  )
}

type BusinessProps = BusinessFigures & { page: PageContext; pulse: string; organizer: string | undefined; now: Date }

/** How business goes, kept current; empty before the first sale, which then appears by itself. */
function Business({ page, numbers, news, pulse, organizer, now }: BusinessProps) {
  const sold = numbers.sales.orders > 0
  // "Today" is where the events are.
  const today = toLocalTime(now, numbers.eventList[0]?.timezone ?? 'UTC').slice(0, 10)
  const currencies = new Set(numbers.eventList.map((event) => event.currency))
  const currency = currencies.size === 1 ? [...currencies][0]! : null
  return (
    <Live
      page={page}
      href={organizer === undefined ? '/organizer/live' : `/organizer/live?organizer=${encodeURIComponent(organizer)}`}
      pulse={pulse}
      said={page.t.dashboard.saidSold(page.t.common.tickets(numbers.sales.sold))}
    >
      <LiveBlock name="figures">
        {sold ? (
          <Figures page={page} numbers={numbers} news={news} today={today} currency={currency} />
        ) : (
          <p class="lead">{page.t.dashboard.firstSale}</p>
        )}
      </LiveBlock>
      <div class="columns">
        <LiveBlock name="by-day">
          {sold && (
            <>
              <h2>{page.t.dashboard.byDay}</h2>
              <SalesByDay page={page} days={numbers.byDay} today={today} currency={currency} />
            </>
          )}
        </LiveBlock>
        <LiveBlock name="latest">{sold && <LatestSales page={page} news={news} />}</LiveBlock>
      </div>
    </Live>
  )
}

function Figures({ page, numbers, news, today, currency }: BusinessFigures & { page: PageContext; today: string; currency: string | null }) {
  const t = page.t.dashboard
  const count = (value: number) => formatNumber(value, page.locale)
  const ofToday = numbers.byDay.find((day) => day.day === today)
  const { views, orders } = news.funnel
  const conversion = formatShare(orders, views, page.locale)
  return (
    <KeyFigures
      figures={[
        {
          label: t.today,
          value: count(ofToday?.tickets ?? 0),
          note:
            currency !== null && typeof ofToday?.gross === 'number' ? formatMoney({ amount: ofToday.gross, currency }, page.locale) : t.ticketsSold,
        },
        ...(numbers.revenue ?? []).map(({ currency: unit, gross, net }) => ({
          label: t.net,
          value: formatMoney({ amount: net, currency: unit }, page.locale),
          note: t.ofGross(formatMoney({ amount: gross, currency: unit }, page.locale)),
        })),
        { label: page.t.organizer.sold, value: count(numbers.sales.sold), note: numbers.sales.held > 0 && t.held(count(numbers.sales.held)) },
        ...(conversion ? [{ label: t.conversion, value: conversion, note: t.conversionNote(page.t.common.orders(orders), count(views)) }] : []),
        ...(numbers.events.running > 0
          ? [{ label: t.inside, value: count(numbers.admissions.inside), note: t.admitted(count(numbers.admissions.admitted)) }]
          : []),
      ]}
    />
  )
}

function LatestSales({ page, news }: { page: PageContext; news: ShopNews }) {
  const t = page.t.dashboard
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <>
      <h2>{t.latest}</h2>
      <DataTable
        caption={t.latest}
        rows={news.latest}
        columns={[
          {
            label: page.t.organizer.order,
            cell: (sale) => (
              <>
                <a href={eventPath({ slug: sale.eventSlug }, 'orders', sale.code)}>{sale.buyerName}</a>
                <span class="hint block">{sale.eventTitle}</span>
              </>
            ),
          },
          { label: page.t.organizer.tickets, numeric: true, cell: (sale) => count(sale.quantity) },
          { label: page.t.checkout.total, numeric: true, cell: (sale) => <Price page={page} money={sale.total} /> },
        ]}
      />
    </>
  )
}

function Events({ page, events, several, create }: { page: PageContext; events: Page<OrganizerEvent>; several: boolean; create: ComponentChildren }) {
  const t = page.t.organizer
  const count = (value: number) => formatNumber(value, page.locale)
  const mayEarn = (event: OrganizerEvent) => worksFor(page.actor, event.organizerId, 'owner', 'manager')
  return (
    <DataTable
      caption={t.myEvents}
      rows={events.data}
      empty={
        <EmptyState title={t.noEvents} action={create}>
          <p>{t.noEventsHint}</p>
        </EmptyState>
      }
      columns={[
        {
          label: t.event,
          cell: (event) => (
            <>
              <a href={eventPath(event)}>{event.title}</a>
              {several && <span class="hint block">{event.organizerName}</span>}
            </>
          ),
        },
        {
          label: page.t.public.when,
          cell: (event) => <time dateTime={event.startsAt.toISOString()}>{formatMoment(event.startsAt, event.timezone, page.locale)}</time>,
        },
        { label: t.status, cell: (event) => <StatusBadge page={page} event={event} /> },
        { label: t.sold, numeric: true, cell: (event) => (event.size === null ? '–' : t.soldOf(count(event.sold), count(event.size))) },
        ...(events.data.some(mayEarn)
          ? [
              {
                label: t.revenue,
                numeric: true,
                cell: (event: OrganizerEvent) => mayEarn(event) && formatMoney({ amount: event.gross, currency: event.currency }, page.locale),
              },
            ]
          : []),
        { label: t.admitted, numeric: true, minor: true, cell: (event) => count(event.admitted) },
      ]}
    />
  )
}
