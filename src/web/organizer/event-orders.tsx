// /organizer/events/{slug}/orders: who bought.
import type { FastifyInstance } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listEventOrders } from '#src/modules/ticketing/find-participants.ts'
import { ORDER_TRANSITIONS, type Order, type OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { Badge, Button, DataTable, EmptyState, Pager, Price, type Tone } from '../ui/components.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

const STATUSES = Object.keys(ORDER_TRANSITIONS) as OrderStatus[]

export async function eventOrderListPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Params: { slug: string } }>('/organizer/events/:slug/orders', async (request, reply) => {
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const status = STATUSES.find((known) => known === query.text('status'))
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const orders = await listEventOrders(app, request.actor, event.slug, {
      q: query.text('q') || undefined,
      status,
      cursor: query.text('cursor') || undefined,
      limit: 50,
    })
    return sendPage(reply, <Orders page={page} event={event} orders={orders} form={query.state()} />)
  })
}

export function orderPath(event: Event, order: { code: string }, ...rest: string[]): string {
  return eventPath(event, 'orders', order.code, ...rest)
}

const TONES: Record<OrderStatus, Tone | 'plain'> = {
  awaiting_payment: 'warn',
  paid: 'good',
  expired: 'plain',
  cancelled: 'plain',
  refund_due: 'bad',
  partially_refunded: 'info',
  refunded: 'plain',
}

export function OrderBadge({ page, status }: { page: PageContext; status: OrderStatus }) {
  return <Badge tone={TONES[status]}>{page.t.order.orderStatuses[status]}</Badge>
}

function Orders({ page, event, orders, form }: { page: PageContext; event: Event; orders: Page<Order>; form: FormState }) {
  const t = page.t.organizer
  const searched = Boolean(form.values.q || form.values.status)
  return (
    <EventFrame page={page} event={event} title={t.orders}>
      <form method="get" class="filters" role="search">
        <TextField form={form} name="q" label={t.searchOrders} type="search" />
        <SelectField
          form={form}
          name="status"
          label={t.status}
          options={[['', t.everyStatus], ...STATUSES.map((status) => [status, page.t.order.orderStatuses[status]] as const)]}
        />
        <Button kind="secondary">{page.t.public.search}</Button>
      </form>
      <DataTable
        caption={t.orders}
        rows={orders.data}
        empty={
          <EmptyState title={searched ? t.noOrdersFound : t.noOrders}>
            <p>{!searched && t.noOrdersHint}</p>
          </EmptyState>
        }
        columns={[
          {
            label: t.order,
            cell: (order) => (
              <>
                <a href={orderPath(event, order)}>{order.buyer.name}</a>
                <span class="hint block number">{order.code}</span>
              </>
            ),
          },
          { label: t.tickets, numeric: true, cell: (order) => order.quantity },
          { label: page.t.checkout.total, numeric: true, cell: (order) => <Price page={page} money={order.total} /> },
          { label: t.status, cell: (order) => <OrderBadge page={page} status={order.status} /> },
          {
            label: t.at,
            minor: true,
            cell: (order) => <time dateTime={order.createdAt.toISOString()}>{formatMoment(order.createdAt, event.timezone, page.locale)}</time>,
          },
        ]}
      />
      <Pager page={page} nextCursor={orders.nextCursor} />
    </EventFrame>
  )
}
