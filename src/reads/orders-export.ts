// The orders of an event as CSV and as spreadsheet, streamed, as its team has filtered them.
import type { Readable } from 'node:stream'
import type { Actor, Locale } from '#src/kernel/actor.ts'
import { currencyExponent } from '#src/kernel/money.ts'
import { MAX_PAGE } from '#src/kernel/page.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { messages } from '#src/locales/locale.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listEventOrders, type OrderFilter } from '#src/modules/ticketing/find-event-orders.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { csvStream } from '#src/platform/csv.ts'
import { xlsxStream, type Cell } from '#src/platform/xlsx.ts'

export type OrdersExport = { slug: string; timezone: string; locale: Locale; pages: AsyncIterable<Order[]> }

/** Opens an export, newest first: refuses now, reads while it is streamed. @throws not_found; forbidden to gate agents */
export async function openOrdersExport(app: App, actor: Actor, slug: string, filter: OrderFilter = {}): Promise<OrdersExport> {
  const { timezone } = await getTeamEvent(app, actor, slug, 'cashier')
  async function* pages(): AsyncGenerator<Order[]> {
    let cursor: string | undefined
    do {
      const page = await listEventOrders(app, actor, slug, { ...filter, cursor, limit: MAX_PAGE, uncounted: true })
      if (page.data.length > 0) yield page.data
      cursor = page.nextCursor ?? undefined
    } while (cursor)
  }
  return { slug, timezone, locale: actor.locale, pages: pages() }
}

const WIDTHS = [13, 16, 28, 32, 18, 18, 9, 12, 12, 9, 17, 17, 17]

function columnsOf(locale: Locale): string[] {
  const { exports: words, lists } = messages(locale)
  return [
    words.order,
    words.status,
    words.buyer,
    words.email,
    words.phone,
    lists.channel,
    words.tickets,
    words.total,
    words.fees,
    words.currency,
    words.orderedAt,
    words.paidAt,
    lists.refundAsked,
  ]
}

function cellsOf(order: Order, { timezone, locale }: OrdersExport): Cell[] {
  const t = messages(locale)
  const digits = currencyExponent(order.total.currency) as 0 | 2 | 3
  const time = (date: Date | null): Cell => date && { kind: 'time', local: toLocalTime(date, timezone) }
  return [
    order.code,
    t.order.orderStatuses[order.status],
    order.buyer.name,
    order.buyer.email,
    order.buyer.phone,
    t.lists.channels[order.channel],
    { kind: 'number', value: order.quantity },
    { kind: 'number', value: order.total.amount / 10 ** digits, digits },
    // The part of the total that the buyer paid as the platform's fee; empty where the organizer bears it.
    order.fees === null ? null : { kind: 'number', value: order.fees / 10 ** digits, digits },
    order.total.currency,
    time(order.createdAt),
    time(order.paidAt),
    time(order.refundRequest?.askedAt ?? null),
  ]
}

async function* cellPages(opened: OrdersExport): AsyncGenerator<Cell[][]> {
  for await (const page of opened.pages) yield page.map((order) => cellsOf(order, opened))
}

export function ordersCsv(opened: OrdersExport): Readable {
  return csvStream(cellPages(opened), columnsOf(opened.locale))
}

export function ordersXlsx(opened: OrdersExport): Readable {
  const columns = columnsOf(opened.locale).map((label, index) => ({ label, width: WIDTHS[index]! }))
  return xlsxStream(cellPages(opened), { name: messages(opened.locale).organizer.orders, columns })
}
