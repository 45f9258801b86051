// /organizer/events/{slug}/orders: who bought: searched, filtered, sorted; and who asks for their money back.
import type { FastifyInstance } from 'fastify'
import type { Page } from '#src/kernel/page.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { listEventOrders, ORDER_SORTS, type OrderSort } from '#src/modules/ticketing/find-event-orders.ts'
import { awaitsRefundAnswer, ORDER_TRANSITIONS, type Order, type OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { ORDER_FILTERS, readOrderFilter } from '#src/reads/list-queries.ts'
import { openOrdersExport, ordersCsv, ordersXlsx } from '#src/reads/orders-export.ts'
import { Badge, DataTable, EmptyState, LinkButton, Notice, Pager, Price, type Tone } from '../ui/components.tsx'
import { SelectField, TextField } from '../ui/fields.tsx'
import { readForm, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { ExportActions, sendExport } from './event-exports.tsx'
import { EventFrame, eventPath } from './event-frame.tsx'
import { FirstSale } from './first-sale.tsx'
import { ListFilters, readSorting, sortLink, sortOptions, sortText, type Sorting } from './list-links.tsx'

const STATUSES = Object.keys(ORDER_TRANSITIONS) as OrderStatus[]

export async function eventOrderListPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Params: { slug: string } }>('/organizer/events/:slug/orders', async (request, reply) => {
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const sorting = readSorting(query.text('sort'), ORDER_SORTS, { sort: 'date', descending: true })
    const orders = await listEventOrders(app, request.actor, event.slug, {
      ...sorting,
      ...readOrderFilter(new URLSearchParams(page.query), event.timezone),
      cursor: query.text('cursor') || undefined,
      limit: 50,
    })
    const form = { ...query.state(), values: { ...query.values, sort: sortText(sorting) } }
    return sendPage(reply, <Orders page={page} event={event} origin={app.publicUrl()} orders={orders} form={form} sorting={sorting} />)
  })

  for (const format of ['csv', 'xlsx'] as const) {
    server.get<{ Params: { slug: string } }>(`/organizer/events/:slug/orders.${format}`, async (request, reply) => {
      const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
      const filter = readOrderFilter(new URLSearchParams(pageOf(request).query), event.timezone)
      const opened = await openOrdersExport(app, request.actor, event.slug, filter)
      return sendExport(reply, format === 'csv' ? ordersCsv(opened) : ordersXlsx(opened), format, `orders-${event.slug}`)
    })
  }
}

export function orderPath(event: { slug: string }, order: { code: string }, ...rest: string[]): string {
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

/** @param free of what cost nothing, nothing is paid back */
export function OrderBadge({ page, status, free }: { page: PageContext; status: OrderStatus; free?: boolean }) {
  const words = status === 'partially_refunded' && free ? page.t.lists.partlyCancelled : page.t.order.orderStatuses[status]
  return <Badge tone={TONES[status]}>{words}</Badge>
}

type OrdersProps = {
  page: PageContext
  event: Event
  origin: string
  orders: Page<Order> & { count: number }
  form: FormState
  sorting: Sorting<OrderSort>
}

function Orders({ page, event, origin, orders, form, sorting }: OrdersProps) {
  const t = page.t.organizer
  const words = page.t.lists
  const searched = [...ORDER_FILTERS, 'q'].some((name) => form.values[name])
  return (
    <EventFrame page={page} event={event} title={t.orders}>
      {page.openRefunds !== undefined && form.values.refund !== 'open' && (
        <Notice tone="warn" title={words.openRefunds(page.openRefunds)}>
          <p>
            <LinkButton kind="secondary" href={`${eventPath(event, 'orders')}?refund=open`}>
              {words.seeRefunds}
            </LinkButton>
          </p>
        </Notice>
      )}
      <ListFilters
        page={page}
        form={form}
        search={<TextField form={form} name="q" label={t.searchOrders} type="search" maxlength={100} />}
        names={ORDER_FILTERS}
        sorts={sortOptions(page, ORDER_SORTS)}
      >
        <SelectField
          form={form}
          name="status"
          label={t.status}
          options={[['', t.everyStatus], ...STATUSES.map((status) => [status, page.t.order.orderStatuses[status]] as const)]}
        />
        <SelectField form={form} name="refund" label={words.refunds} options={[['', words.all], ...Object.entries(words.refundChoices)]} />
        <SelectField form={form} name="channel" label={words.channel} options={[['', words.all], ...Object.entries(words.channels)]} />
        <TextField form={form} name="from" label={words.from} type="date" />
        <TextField form={form} name="to" label={words.to} type="date" />
      </ListFilters>
      {orders.count > 0 && <p role="status">{searched ? words.matches(orders.count) : words.ordersOf(orders.count)}</p>}
      <DataTable
        caption={t.orders}
        rows={orders.data}
        empty={
          <EmptyState title={searched ? t.noOrdersFound : t.noOrders} action={!searched && <FirstSale page={page} event={event} origin={origin} />}>
            <p>{!searched && t.noOrdersHint}</p>
          </EmptyState>
        }
        columns={[
          {
            label: t.order,
            sort: sortLink(page, 'name', sorting),
            cell: (order) => (
              <>
                <a href={orderPath(event, order)}>{order.buyer.name}</a>
                <span class="hint block number">{order.code}</span>
              </>
            ),
          },
          { label: t.tickets, numeric: true, minor: true, cell: (order) => order.quantity },
          {
            label: page.t.checkout.total,
            numeric: true,
            sort: sortLink(page, 'total', sorting, true),
            cell: (order) => <Price page={page} money={order.total} />,
          },
          {
            label: t.status,
            sort: sortLink(page, 'state', sorting),
            cell: (order) => (
              <>
                <OrderBadge page={page} status={order.status} free={order.total.amount === 0} />{' '}
                {awaitsRefundAnswer(order) && <Badge tone="warn">{words.refundAsked}</Badge>}
              </>
            ),
          },
          { label: words.channel, minor: true, cell: (order) => words.channels[order.channel] },
          {
            label: t.at,
            minor: true,
            sort: sortLink(page, 'date', sorting, true),
            cell: (order) => <time dateTime={order.createdAt.toISOString()}>{formatMoment(order.createdAt, event.timezone, page.locale)}</time>,
          },
        ]}
      />
      <Pager page={page} nextCursor={orders.nextCursor} />
      {orders.count > 0 && <ExportActions page={page} event={event} list="orders" formats={['csv', 'xlsx']} rows={orders.count} />}
    </EventFrame>
  )
}
