// /admin/orders: any order, found by what people read out; and one with everything that became of it.
import type { FastifyInstance } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import { getOrder } from '#src/modules/ticketing/find-orders.ts'
import { ORDER_TRANSITIONS, type Order, type OrderStatus } from '#src/modules/ticketing/order.ts'
import { resendOrder } from '#src/modules/ticketing/serve-order.ts'
import type { TicketStatus } from '#src/modules/ticketing/ticket.ts'
import type { App } from '#src/platform/app.ts'
import { listAttempts, listPostings, type AdminPayment, type PostedEntry } from '#src/reads/admin-money.ts'
import { listAdminOrders, type AdminOrder } from '#src/reads/admin-orders.ts'
import { readOrderHistory, type OrderHistory } from '#src/reads/order-history.ts'
import { OrderBadge } from '../organizer/event-orders.tsx'
import { Badge, DataTable, Facts, LinkButton, PostButton, Price } from '../ui/components.tsx'
import { ErrorSummary } from '../ui/fields.tsx'
import { emptyForm, hasErrors, readForm, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { AdminFrame } from './admin-frame.tsx'
import { AdminList, asked, askedOne, Filters, When, type ListRequest, type Query } from './admin-list.tsx'
import { MoneyTrail, paymentColumns } from './money-parts.tsx'
import { RefundBadge } from './refunds.tsx'
import { act } from './staff-action.tsx'

const STATUSES = Object.keys(ORDER_TRANSITIONS) as OrderStatus[]

type OneOrder = { order: Order; history: OrderHistory; attempts: AdminPayment[]; entries: PostedEntry[] }

export async function adminOrderPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/admin/orders', async (request, reply) => {
    const page = pageOf(request)
    const t = page.t.admin
    const { query } = request
    const search = { q: asked(query, 'q'), status: askedOne(query, 'status', STATUSES), cursor: asked(query, 'cursor'), limit: 50 }
    const orders = await listAdminOrders(app.db, search)
    return sendPage(
      reply,
      <AdminList
        page={page}
        title={t.orders}
        rows={orders.data}
        nextCursor={orders.nextCursor}
        empty={t.noOrders}
        before={
          <Filters
            page={page}
            form={readForm(page, query).state()}
            words={t.searchOrders}
            selects={[{ name: 'status', label: t.status, options: STATUSES.map((status) => [status, page.t.order.orderStatuses[status]] as const) }]}
          />
        }
        columns={orderColumns(page)}
      />,
    )
  })

  async function load(page: PageContext, code: string): Promise<OneOrder> {
    if (!/^[A-Z0-9]{4,20}$/i.test(code)) throw kernelError('not_found')
    const order = await getOrder(app, page.actor, code.toUpperCase())
    const [history, attempts] = await Promise.all([readOrderHistory(app.db, order), listAttempts(app.db, order.id)])
    const entries = await listPostings(
      app.db,
      [...attempts, ...history.refunds].map((source) => source.id),
    )
    return { order, history, attempts, entries }
  }

  server.get<{ Params: { code: string }; Querystring: Query }>('/admin/orders/:code', async (request, reply) => {
    const page = pageOf(request)
    return sendPage(
      reply,
      <OrderScreen page={page} {...await load(page, request.params.code)} form={emptyForm} done={asked(request.query, 'done')} />,
    )
  })
  server.post<{ Params: { code: string } }>('/admin/orders/:code/resend', async (request, reply) => {
    const { code } = request.params
    return act(app, request, reply, {
      back: `/admin/orders/${code}`,
      done: 'ticketsResent',
      work: (_form, actor) => resendOrder(app, actor, code.toUpperCase()),
      again: async (page, form) => <OrderScreen page={page} {...await load(page, code)} form={form} done={undefined} />,
    })
  })
}

export function orderColumns(page: PageContext) {
  const t = page.t.admin
  return [
    {
      label: t.order,
      cell: (order: AdminOrder) => (
        <>
          <a class="number" href={`/admin/orders/${order.code}`}>
            {order.code}
          </a>{' '}
          <OrderBadge page={page} status={order.status as OrderStatus} />
        </>
      ),
    },
    {
      label: t.buyer,
      cell: (order: AdminOrder) => (
        <span class="cell">
          {order.buyerName}
          <span class="hint block">{order.buyerEmail ?? order.buyerPhone}</span>
        </span>
      ),
    },
    { label: t.event, minor: true, cell: (order: AdminOrder) => <a href={`/admin/events/${order.eventSlug}`}>{order.eventTitle}</a> },
    { label: t.amount, numeric: true, cell: (order: AdminOrder) => <Price page={page} money={{ amount: order.total, currency: order.currency }} /> },
    { label: t.at, minor: true, cell: (order: AdminOrder) => <When page={page} date={order.createdAt} /> },
  ]
}

function OrderScreen({
  page,
  order,
  history,
  attempts,
  entries,
  form,
  done,
}: OneOrder & { page: PageContext; form: FormState; done: string | undefined }) {
  const t = page.t.admin
  const words = page.t.order
  return (
    <AdminFrame page={page} title={order.code} under={['/admin/orders', t.orders]} done={done} failed={hasErrors(form)}>
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [t.status, <OrderBadge page={page} status={order.status} />],
          [t.event, <a href={`/admin/events/${history.event.slug}`}>{history.event.title}</a>],
          [t.buyer, order.buyer.name],
          [t.email, order.buyer.email && <a href={`mailto:${order.buyer.email}`}>{order.buyer.email}</a>],
          [t.phone, order.buyer.phone && <a href={`tel:${order.buyer.phone}`}>{formatPhone(order.buyer.phone)}</a>],
          [t.amount, <Price page={page} money={order.total} />],
          [t.channel, page.t.lists.channels[order.channel]],
          [t.at, <When page={page} date={order.createdAt} />],
          [t.paidAt, order.paidAt && <When page={page} date={order.paidAt} />],
          [t.expiresAt, order.status === 'awaiting_payment' && order.expiresAt && <When page={page} date={order.expiresAt} />],
          [t.cancelledAt, order.cancelledAt && <When page={page} date={order.cancelledAt} />],
        ]}
      />
      <div class="actions">
        {history.tickets.length > 0 && order.buyer.email && (
          <PostButton action={`/admin/orders/${order.code}/resend`}>{page.t.organizer.resend}</PostButton>
        )}
        <LinkButton kind="quiet" href={`/organizer/events/${history.event.slug}/orders/${order.code}`}>
          {t.asTeam}
        </LinkButton>
      </div>
      <section class="stack">
        <h2>{page.t.public.tickets}</h2>
        <DataTable
          caption={page.t.public.tickets}
          rows={history.tickets}
          columns={[
            { label: t.type, cell: (ticket) => ticket.type },
            { label: t.holder, cell: (ticket) => ticket.holderName },
            {
              label: t.status,
              cell: (ticket) => <Badge tone="plain">{words.statuses[ticket.status as TicketStatus]}</Badge>,
            },
          ]}
        />
      </section>
      {attempts.length > 0 && (
        <section class="stack">
          <h2>{t.payments}</h2>
          <DataTable caption={t.payments} rows={attempts} columns={paymentColumns(page, { alone: true })} />
        </section>
      )}
      {history.refunds.length > 0 && (
        <section class="stack">
          <h2>{t.refunds}</h2>
          <DataTable
            caption={t.refunds}
            rows={history.refunds}
            columns={[
              {
                label: t.amount,
                cell: (refund) => (
                  <a href={`/admin/refunds/${refund.id}`}>
                    <Price page={page} money={refund} />
                  </a>
                ),
              },
              { label: t.status, cell: (refund) => <RefundBadge page={page} status={refund.status} /> },
              { label: t.cause, cell: (refund) => t.causes[refund.cause as keyof typeof t.causes] },
            ]}
          />
        </section>
      )}
      <MoneyTrail page={page} entries={entries} />
      <section class="stack">
        <h2>{t.history}</h2>
        <DataTable
          caption={t.history}
          rows={history.facts}
          columns={[
            { label: t.kind, cell: (fact) => <code>{fact.kind}</code> },
            { label: t.by, cell: (fact) => fact.actor },
            { label: t.at, cell: (fact) => <When page={page} date={fact.at} /> },
          ]}
        />
      </section>
    </AdminFrame>
  )
}
