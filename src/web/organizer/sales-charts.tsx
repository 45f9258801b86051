// Sales by day, as the dashboard and each event show them.
import type { Money } from '#src/kernel/money.ts'
import { BarChart } from '../ui/chart.tsx'
import { Price } from '../ui/components.tsx'
import { formatDayShort, formatNumber } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'

type Day = { day: string; orders: number; tickets: number; gross: number | null }

const DAY_MS = 86_400_000

/**
 * Every day from the first to `until`, those without sales too; at most sixty.
 * @param until a date, `2026-11-20`
 */
export function everyDay(days: readonly Day[], until: string, atLeast = 14): Day[] {
  const known = new Map(days.map((day) => [day.day, day]))
  const last = Math.max(Date.parse(until), Date.parse(days.at(-1)?.day ?? until))
  const first = Math.max(Math.min(Date.parse(days[0]?.day ?? until), last - (atLeast - 1) * DAY_MS), last - 59 * DAY_MS)
  return Array.from({ length: Math.round((last - first) / DAY_MS) + 1 }, (_, i) => {
    const day = new Date(first + i * DAY_MS).toISOString().slice(0, 10)
    return known.get(day) ?? { day, orders: 0, tickets: 0, gross: days[0]?.gross === null ? null : 0 }
  })
}

/** @param currency null where events of several currencies are counted together: then no amounts are shown */
export function SalesByDay({ page, days, today, currency }: { page: PageContext; days: readonly Day[]; today: string; currency: string | null }) {
  const t = page.t.dashboard
  const all = everyDay(days, today)
  const name = (day: string) => formatDayShort(day, page.locale)
  const count = (value: number) => formatNumber(value, page.locale)
  const best = all.reduce((most, day) => (day.tickets > most.tickets ? day : most))
  const money = (amount: number): Money => ({ amount, currency: currency! })
  return (
    <BarChart
      label={t.byDay}
      peak={t.peak(page.t.common.tickets(best.tickets), name(best.day))}
      first={name(all[0]!.day)}
      last={name(all.at(-1)!.day)}
      bars={all.map((day) => ({ value: day.tickets, title: `${name(day.day)} : ${page.t.common.tickets(day.tickets)}` }))}
      table={{
        summary: t.asTable,
        rows: days.toReversed(),
        columns: [
          { label: t.day, cell: (day) => <time dateTime={day.day}>{name(day.day)}</time> },
          { label: page.t.organizer.orders, numeric: true, cell: (day) => count(day.orders) },
          { label: page.t.organizer.tickets, numeric: true, cell: (day) => count(day.tickets) },
          ...(currency !== null && days.some((day) => day.gross !== null)
            ? [{ label: t.gross, numeric: true, cell: (day: Day) => day.gross !== null && <Price page={page} money={money(day.gross)} /> }]
            : []),
        ],
      }}
    />
  )
}
