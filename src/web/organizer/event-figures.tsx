// An event's figures: what was sold, earned and let in, by type and by day; kept current while it is on sale or running.
import type { Actor } from '#src/kernel/actor.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import type { Event } from '#src/modules/events/event.ts'
import { mayAct } from '#src/modules/events/policy.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { ticketTypeState, type TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { getEventStats, type EventStats } from '#src/reads/event-stats.ts'
import { readFunnel, type Funnel } from '#src/reads/numbers.ts'
import { readEventNumbers, type EventNumbers } from '#src/reads/organizer-events.ts'
import { Share } from '../ui/chart.tsx'
import { Badge, DataTable, EmptyState, KeyFigures, LinkButton, Price } from '../ui/components.tsx'
import { formatNumber, formatShare } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { eventPath } from './event-frame.tsx'
import { Live, LiveBlock } from './live.tsx'
import { SalesByDay } from './sales-charts.tsx'

export type EventFiguresData = { types: TicketType[]; numbers: EventNumbers; stats: EventStats; funnel: Funnel }

/** Everything that the figures show, money only for those who may see it. */
export async function countEvent(app: App, actor: Actor, event: Event): Promise<EventFiguresData> {
  const [types, numbers, stats, funnel] = await Promise.all([
    listTicketTypes(app, event.id, { hidden: true }),
    readEventNumbers(app.db, event.id),
    getEventStats(app, actor, event.slug),
    readFunnel(app.db, { eventId: event.id }),
  ])
  return { types, numbers, stats, funnel }
}

/** True while there may be something new to show. */
export function isLive(event: Event, now: Date): boolean {
  return event.status === 'published' && event.endsAt > now
}

type FiguresProps = { page: PageContext; event: Event; figures: EventFiguresData; pulse: string; now: Date }

export function EventFigures({ page, event, figures, pulse, now }: FiguresProps) {
  const { numbers } = figures
  const blocks = (
    <>
      <LiveBlock name="figures">
        <Figures page={page} event={event} figures={figures} now={now} />
      </LiveBlock>
      <LiveBlock name="types">
        <Types page={page} event={event} figures={figures} now={now} />
      </LiveBlock>
      <LiveBlock name="check-in">
        <CheckIn page={page} numbers={numbers} />
      </LiveBlock>
      <LiveBlock name="by-day">
        <ByDay page={page} event={event} figures={figures} now={now} />
      </LiveBlock>
    </>
  )
  if (!isLive(event, now)) return <div class="live-part">{blocks}</div>
  return (
    <Live page={page} href={eventPath(event, 'live')} pulse={pulse} said={page.t.dashboard.saidSold(page.t.common.tickets(numbers.sold))}>
      {blocks}
    </Live>
  )
}

type BlockProps = Omit<FiguresProps, 'pulse'>

const todayOf = (event: Event, now: Date) => toLocalTime(now < event.endsAt ? now : event.endsAt, event.timezone).slice(0, 10)

function Figures({ page, event, figures: { numbers, stats, funnel }, now }: BlockProps) {
  const t = page.t.organizer
  const count = (value: number) => formatNumber(value, page.locale)
  const money = (amount: number) => formatMoney({ amount, currency: event.currency }, page.locale)
  const conversion = formatShare(funnel.orders, funnel.views, page.locale)
  const ofToday = stats.byDay.find(({ day }) => day === todayOf(event, now))
  return (
    <>
      {(event.status !== 'draft' || numbers.sold > 0) && (
        <KeyFigures
          figures={[
            ...(isLive(event, now)
              ? [
                  {
                    label: page.t.dashboard.today,
                    value: count(ofToday?.tickets ?? 0),
                    note: typeof ofToday?.gross === 'number' ? money(ofToday.gross) : page.t.dashboard.ticketsSold,
                  },
                ]
              : []),
            { label: t.sold, value: count(numbers.sold), note: numbers.size !== null && t.outOf(count(numbers.size)) },
            { label: t.held, value: count(numbers.held), note: t.heldNote },
            ...(stats.revenue
              ? [{ label: page.t.dashboard.net, value: money(stats.revenue.net), note: page.t.dashboard.ofGross(money(stats.revenue.gross)) }]
              : []),
            ...(conversion
              ? [
                  {
                    label: page.t.dashboard.conversion,
                    value: conversion,
                    note: page.t.dashboard.conversionNote(page.t.common.orders(funnel.orders), count(funnel.views)),
                  },
                ]
              : []),
            {
              label: t.admitted,
              value: count(numbers.admitted),
              note: event.startsAt <= now && event.endsAt > now && t.insideNow(count(numbers.inside)),
            },
          ]}
        />
      )}
    </>
  )
}

function Types({ page, event, figures: { types, stats }, now }: BlockProps) {
  const t = page.t.organizer
  const count = (value: number) => formatNumber(value, page.locale)
  const money = (amount: number) => formatMoney({ amount, currency: event.currency }, page.locale)
  return (
    <section class="stack">
      <h2>{t.tickets}</h2>
      <DataTable
        caption={t.tickets}
        rows={types}
        empty={
          <EmptyState
            title={t.noTypes}
            action={
              mayAct(page.actor, event) && (
                <LinkButton kind="secondary" href={eventPath(event, 'tickets')}>
                  {t.addType}
                </LinkButton>
              )
            }
          >
            <p>{t.noTypesHint}</p>
          </EmptyState>
        }
        columns={[
          { label: t.type, cell: (type) => type.name },
          { label: t.price, numeric: true, cell: (type) => <TypePrice page={page} type={type} /> },
          {
            label: t.sold,
            cell: (type) => (
              <Share part={type.quota.sold} whole={type.quota.size}>
                {t.soldOf(count(type.quota.sold), count(type.quota.size))}
              </Share>
            ),
          },
          ...(stats.revenue
            ? [
                {
                  label: page.t.dashboard.gross,
                  numeric: true,
                  minor: true,
                  cell: (type: TicketType) => money(stats.byType.find(({ id }) => id === type.id)?.gross ?? 0),
                },
              ]
            : []),
          { label: t.status, cell: (type) => <TypeState page={page} type={type} event={event} now={now} /> },
        ]}
      />
    </section>
  )
}

function CheckIn({ page, numbers }: { page: PageContext; numbers: EventNumbers }) {
  const count = (value: number) => formatNumber(value, page.locale)
  return (
    <>
      {numbers.admitted > 0 && (
        <section class="stack">
          <h2>{page.t.dashboard.checkIn}</h2>
          <p>
            <Share part={numbers.admitted} whole={numbers.sold}>
              {page.t.dashboard.checkedIn(count(numbers.admitted), count(numbers.sold))}
            </Share>
          </p>
        </section>
      )}
    </>
  )
}

function ByDay({ page, event, figures: { stats }, now }: BlockProps) {
  const today = todayOf(event, now)
  return (
    <>
      {stats.byDay.length > 0 && (
        <section class="stack">
          <h2>{page.t.dashboard.byDay}</h2>
          <SalesByDay page={page} days={stats.byDay} today={today} currency={event.currency} />
        </section>
      )}
    </>
  )
}

/** What the organizer asks for, and what the buyer pays where that is more. */
export function TypePrice({ page, type }: { page: PageContext; type: Pick<TicketType, 'price' | 'facePrice' | 'fee'> }) {
  return (
    <>
      <Price page={page} money={type.facePrice} />
      {type.fee.amount > 0 && <span class="hint block">{page.t.fees.buyerPays(formatMoney(type.price, page.locale))}</span>}
    </>
  )
}

export function TypeState({ page, type, event, now }: { page: PageContext; type: TicketType; event: Event; now: Date }) {
  const t = page.t.organizer.typeStates
  if (type.hidden) return <Badge tone="plain">{t.hidden}</Badge>
  const state = ticketTypeState(type, event, now)
  return <Badge tone={state === 'on_sale' ? 'good' : state === 'sold_out' ? 'warn' : 'plain'}>{t[state]}</Badge>
}
