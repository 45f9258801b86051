// /organizer: how business goes, and my events with their numbers; newcomers first make an organizer.
import type { FastifyInstance } from 'fastify'
import type { ComponentChildren } from 'preact'
import { worksFor } from '#src/kernel/actor.ts'
import { formatMoney } from '#src/kernel/money.ts'
import type { Page } from '#src/kernel/page.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { listOwnOrganizers } from '#src/modules/identity/find-organizers.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import type { App } from '#src/platform/app.ts'
import { getShopNews, type ShopNews } from '#src/reads/latest-sales.ts'
import { getOrganizerDashboard, type OrganizerDashboard } from '#src/reads/organizer-dashboard.ts'
import { listOrganizerEvents, type OrganizerEvent } from '#src/reads/organizer-events.ts'
import { DataTable, EmptyState, KeyFigures, LinkButton, Pager, Price, Tabs } from '../ui/components.tsx'
import { formatMoment, formatNumber, formatShare } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { eventPath, StatusBadge } from './event-frame.tsx'
import { SalesByDay } from './sales-charts.tsx'

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

export async function organizerHomePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Querystring: { cursor?: string; organizer?: string } }>('/organizer', async (request, reply) => {
    const page = pageOf(request)
    const account = requireAccount(request.actor)
    if (account.memberships.length === 0) return reply.redirect('/account/organizer', 303)
    if (account.memberships.every((membership) => membership.role === 'agent')) return reply.redirect('/gate', 303)
    const [cursor, organizer] = [textOf(request.query.cursor), textOf(request.query.organizer)]
    const [numbers, events, news, organizers] = await Promise.all([
      getOrganizerDashboard(app, account, organizer),
      listOrganizerEvents(app, account, { limit: 50, cursor, organizer }),
      getShopNews(app, account, organizer),
      listOwnOrganizers(app, account),
    ])
    const leads = account.memberships.some((m) => m.role === 'owner' || m.role === 'manager')
    // "Today" is where the events are.
    const today = toLocalTime(app.clock.now(), events.data[0]?.timezone ?? 'UTC').slice(0, 10)
    return sendPage(
      reply,
      <Home
        page={page}
        numbers={numbers}
        events={events}
        news={news}
        leads={leads}
        today={today}
        organizer={organizer}
        organizers={organizers.filter(({ role }) => role !== 'agent')}
      />,
    )
  })
}

type HomeProps = {
  page: PageContext
  numbers: OrganizerDashboard
  events: Page<OrganizerEvent>
  news: ShopNews
  leads: boolean
  today: string
  organizer: string | undefined
  organizers: Organizer[]
}

function Home({ page, numbers, events, news, leads, today, organizer, organizers }: HomeProps) {
  const t = page.t.organizer
  const create = leads && <LinkButton href="/organizer/events/new">{t.newEvent}</LinkButton>
  return (
    <Layout page={page} title={t.myEvents} noindex>
      <div class="spread">
        <h1>{organizers.length === 1 ? organizers[0]!.name : t.myEvents}</h1>
        <div class="actions">
          {leads && (
            <LinkButton kind="quiet" href="/organizer/team">
              {page.t.team.title}
            </LinkButton>
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
      {numbers.sales.orders > 0 && <Business page={page} numbers={numbers} news={news} today={today} />}
      <section class="stack">
        {numbers.sales.orders > 0 && <h2>{t.myEvents}</h2>}
        <Events page={page} events={events} several={organizers.length > 1} create={create} />
        <Pager page={page} nextCursor={events.nextCursor} />
      </section>
    </Layout>
  )
}

function Business({ page, numbers, news, today }: Pick<HomeProps, 'page' | 'numbers' | 'news' | 'today'>) {
  const t = page.t.dashboard
  const count = (value: number) => formatNumber(value, page.locale)
  const ofToday = numbers.byDay.find((day) => day.day === today)
  const currencies = new Set(numbers.eventList.map((event) => event.currency))
  const [currency] = currencies
  const { views, orders } = news.funnel
  const conversion = formatShare(orders, views, page.locale)
  return (
    <>
      <KeyFigures
        figures={[
          {
            label: t.today,
            value: count(ofToday?.tickets ?? 0),
            note:
              currencies.size === 1 && typeof ofToday?.gross === 'number'
                ? formatMoney({ amount: ofToday.gross, currency: currency! }, page.locale)
                : t.ticketsSold,
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
      <div class="columns">
        <section class="stack">
          <h2>{t.byDay}</h2>
          <SalesByDay page={page} days={numbers.byDay} today={today} currency={currencies.size === 1 ? currency! : null} />
        </section>
        <section class="stack">
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
        </section>
      </div>
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
