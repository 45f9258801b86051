// An event's orders, searched, filtered and sorted, page by page, for the organizer's team.
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { App } from '#src/platform/app.ts'
import type { Order, OrderStatus, SalesChannel } from './order.ts'
import { canRefundOrder } from './policy.ts'
import { countEventOrders, selectEventKey, selectEventOrders } from './store/event-orders.ts'

export const ORDER_SORTS = ['date', 'name', 'total', 'state'] as const
export type OrderSort = (typeof ORDER_SORTS)[number]

export type OrderFilter = {
  /** Part of a name, an e-mail address, a phone number or an order's code. */
  q?: string | undefined
  status?: OrderStatus | undefined
  channel?: SalesChannel | undefined
  /** Placed at or after. */
  from?: Date | undefined
  /** Placed before. */
  to?: Date | undefined
  /** `open`: the buyer waits for an answer; `declined`: was told no; `none`: never asked. */
  refund?: 'open' | 'declined' | 'none' | undefined
}

export type OrdersRequest = OrderFilter &
  PageRequest & {
    sort?: OrderSort | undefined
    descending?: boolean | undefined
    /** Where nobody reads the count, it is that of the page. */
    uncounted?: boolean
  }

/** @returns a page, newest first unless asked otherwise; `count`: how many match in all. @throws not_found, forbidden (gate agents), bad_cursor */
export function listEventOrders(app: App, actor: Actor, eventSlug: string, request: OrdersRequest): Promise<Page<Order> & { count: number }> {
  const limit = pageLimit(request)
  const { sort = 'date', descending = sort === 'date' } = request
  const [key, id] = request.cursor ? decodeCursor(request.cursor, 'text', 'id') : []
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, eventSlug, 'cashier')
    const rows = await selectEventOrders(tx, event.id, request, {
      sort,
      descending,
      after: id === undefined ? null : { key: key!, id },
      limit: limit + 1,
    })
    const page = toPage(
      rows,
      limit,
      ({ key: sortKey, order }) => [sortKey, order.id],
      ({ order }) => order,
    )
    // What fits on the first page needs no counting.
    const count =
      request.uncounted || (!request.cursor && page.nextCursor === null) ? page.data.length : await countEventOrders(tx, event.id, request)
    return { ...page, count }
  })
}

/** How many buyers of the event wait for an answer that the actor may give; 0 for who may not answer. */
export async function countOpenRefundRequests(app: App, actor: Actor, eventSlug: string): Promise<number> {
  if (actor.kind !== 'account') return 0
  return asTeam(app, actor, async (tx) => {
    const event = await selectEventKey(tx, eventSlug)
    return event && canRefundOrder(actor, event) ? countEventOrders(tx, event.id, { refund: 'open' }) : 0
  })
}
