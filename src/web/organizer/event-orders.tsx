// /organizer/events/{slug}/orders: who bought, and what to do for them: resend, correct a name, cancel, give money back.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { formatMoney } from '#src/kernel/money.ts'
import type { Page } from '#src/kernel/page.ts'
import type { Event } from '#src/modules/events/event.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { findPayments, findRefunds } from '#src/modules/payments/find-payments.ts'
import type { PaymentView } from '#src/modules/payments/payment.ts'
import type { RefundView } from '#src/modules/payments/refund.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { getOrder, listOrderTickets, type ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { listEventOrders } from '#src/modules/ticketing/find-participants.ts'
import { isSettled, ORDER_TRANSITIONS, type Order, type OrderStatus } from '#src/modules/ticketing/order.ts'
import { canRefundOrder } from '#src/modules/ticketing/policy.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { renameHolder, resendOrder } from '#src/modules/ticketing/serve-order.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Badge, Button, DataTable, EmptyState, Facts, LinkButton, Notice, Pager, PostButton, Price, type Tone } from '../ui/components.tsx'
import { CheckField, ErrorSummary, SelectField, TextField } from '../ui/fields.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { EventFrame, eventPath } from './event-frame.tsx'

type ListRequest = { Params: { slug: string } }
type OrderRequest = { Params: { slug: string; code: string } }
type TicketRequest = { Params: { slug: string; code: string; ticketId: string } }

const STATUSES = Object.keys(ORDER_TRANSITIONS) as OrderStatus[]

export async function eventOrderPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<ListRequest>('/organizer/events/:slug/orders', async (request, reply) => {
    const page = pageOf(request)
    const query = readForm(page, request.query)
    const status = STATUSES.find((known) => known === query.text('status'))
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const orders = await listEventOrders(app, request.actor, event.slug, { q: query.text('q') || undefined, status, cursor: query.text('cursor') || undefined, limit: 50 })
    return sendPage(reply, <Orders page={page} event={event} orders={orders} form={query.state()} />)
  })

  server.get<OrderRequest>('/organizer/events/:slug/orders/:code', async (request, reply) => show(request, reply, emptyForm, 200))

  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/resend', async (request, reply) => serve(request, reply, async (order) => {
    await resendOrder(app, request.actor, order.code)
    return '?done=resent'
  }))

  server.post<TicketRequest>('/organizer/events/:slug/orders/:code/tickets/:ticketId/holder', async (request, reply) => serve(request, reply, async (order, form) => {
    await renameHolder(app, request.actor, { code: order.code, ticketId: request.params.ticketId, name: form.text(`name-${request.params.ticketId}`) })
    return '?done=renamed'
  }, { '/body/name': `name-${request.params.ticketId}` }))

  // Cancelling and refunding ask once, in numbers.
  server.get<OrderRequest>('/organizer/events/:slug/orders/:code/cancel', async (request, reply) => {
    const { event, order, tickets } = await load(request)
    return sendPage(reply, <Confirm page={pageOf(request)} event={event} order={order} all={live(tickets, order)} tickets={live(tickets, order)} action="cancel" form={emptyForm} />)
  })
  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/cancel', async (request, reply) => confirm(request, reply, 'cancel', async (order, form) => {
    await cancelOrder(app, request.actor, { code: order.code, reason: form.text('reason') || undefined, force: form.checked('force') })
  }))

  server.get<OrderRequest>('/organizer/events/:slug/orders/:code/refund', async (request, reply) => {
    const { event, order, tickets } = await load(request)
    const chosen = readForm(pageOf(request), request.query).list('ticket')
    const all = live(tickets, order)
    const some = all.filter((ticket) => chosen.includes(ticket.id))
    return sendPage(reply, <Confirm page={pageOf(request)} event={event} order={order} all={all} tickets={some.length > 0 ? some : all} action="refund" form={emptyForm} />)
  })
  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/refund', async (request, reply) => confirm(request, reply, 'refund', async (order, form) => {
    await refundOrder(app, request.actor, { code: order.code, ticketIds: form.list('ticket'), reason: form.text('reason') || undefined, force: form.checked('force') })
  }))

  async function load(request: FastifyRequest<OrderRequest>) {
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const order = await getOrder(app, request.actor, request.params.code)
    // An order of another event isn't here, whoever asks.
    if (order.eventId !== event.id) throw kernelError('not_found')
    const payable = { kind: 'order' as const, id: order.id }
    const [tickets, payments, refunds] = await Promise.all([listOrderTickets(app, event, order), findPayments(app.db, payable), findRefunds(app.db, payable)])
    return { event, order, tickets, payments, refunds }
  }

  async function show(request: FastifyRequest<OrderRequest>, reply: FastifyReply, form: FormState, status: number) {
    const screen = await load(request)
    const page = pageOf(request, hasErrors(form) ? orderPath(screen.event, screen.order) : undefined)
    return sendPage(reply, <OneOrder page={page} {...screen} form={form} done={readForm(page, request.query).text('done')} />, { status })
  }

  async function serve(request: FastifyRequest<OrderRequest>, reply: FastifyReply, work: (order: Order, form: FormReader) => Promise<string>, fieldOf: Record<string, string> = {}) {
    const { event, order } = await load(request)
    const form = readForm(pageOf(request), request.body)
    try {
      return reply.redirect(orderPath(event, order) + await work(order, form), 303)
    } catch (error) {
      return show(request, reply, refusedForm(pageOf(request), form, error, fieldOf), isDomainError(error) ? statusOf(error) : 422)
    }
  }

  async function confirm(request: FastifyRequest<OrderRequest>, reply: FastifyReply, action: 'cancel' | 'refund', work: (order: Order, form: FormReader) => Promise<void>) {
    const { event, order, tickets } = await load(request)
    const page = pageOf(request)
    const form = readForm(page, request.body)
    try {
      await work(order, form)
      return reply.redirect(`${orderPath(event, order)}?done=${action}`, 303)
    } catch (error) {
      const chosen = form.list('ticket')
      const all = live(tickets, order)
      const inside = isDomainError(error, 'ticket_inside')
      return sendPage(reply, <Confirm page={page} event={event} order={order} all={all} tickets={chosen.length > 0 ? all.filter((ticket) => chosen.includes(ticket.id)) : all}
        action={action} form={refusedForm(page, form, error)} askForce={inside} />, { status: isDomainError(error) ? statusOf(error) : 422 })
    }
  }
}

function orderPath(event: Event, order: { code: string }, ...rest: string[]): string {
  return eventPath(event, 'orders', order.code, ...rest)
}

/** The tickets that an action would take back. */
function live(tickets: ShownTicket[], order: Order): ShownTicket[] {
  return order.status === 'awaiting_payment' ? tickets.filter((ticket) => ticket.status === 'reserved') : tickets.filter((ticket) => ticket.qr !== null)
}

const TONES: Record<OrderStatus, Tone | 'plain'> = {
  awaiting_payment: 'warn', paid: 'good', expired: 'plain', cancelled: 'plain', refund_due: 'bad', partially_refunded: 'info', refunded: 'plain',
}

function OrderBadge({ page, status }: { page: PageContext; status: OrderStatus }) {
  return <Badge tone={TONES[status]}>{page.t.order.orderStatuses[status]}</Badge>
}

function Orders({ page, event, orders, form }: { page: PageContext; event: Event; orders: Page<Order>; form: FormState }) {
  const t = page.t.organizer
  const searched = Boolean(form.values.q || form.values.status)
  return (
    <EventFrame page={page} event={event} title={t.orders}>
      <form method="get" class="filters" role="search">
        <TextField form={form} name="q" label={t.searchOrders} type="search" />
        <SelectField form={form} name="status" label={t.status} options={[['', t.everyStatus], ...STATUSES.map((status) => [status, page.t.order.orderStatuses[status]] as const)]} />
        <Button kind="secondary">{page.t.public.search}</Button>
      </form>
      <DataTable caption={t.orders} rows={orders.data} empty={<EmptyState title={searched ? t.noOrdersFound : t.noOrders}><p>{!searched && t.noOrdersHint}</p></EmptyState>}
        columns={[
          { label: t.order, cell: (order) => <><a href={orderPath(event, order)}>{order.buyer.name}</a><span class="hint block number">{order.code}</span></> },
          { label: t.tickets, numeric: true, cell: (order) => order.quantity },
          { label: page.t.checkout.total, numeric: true, cell: (order) => <Price page={page} money={order.total} /> },
          { label: t.status, cell: (order) => <OrderBadge page={page} status={order.status} /> },
          { label: t.at, minor: true, cell: (order) => <time dateTime={order.createdAt.toISOString()}>{formatMoment(order.createdAt, event.timezone, page.locale)}</time> },
        ]} />
      <Pager page={page} nextCursor={orders.nextCursor} />
    </EventFrame>
  )
}

type OneOrderProps = { page: PageContext; event: Event; order: Order; tickets: ShownTicket[]; payments: PaymentView[]; refunds: RefundView[]; form: FormState; done: string }

function OneOrder({ page, event, order, tickets, payments, refunds, form, done }: OneOrderProps) {
  const t = page.t.organizer
  const moment = (date: Date) => formatMoment(date, event.timezone, page.locale)
  const doneWords = Object.hasOwn(t.done, done) ? t.done[done as keyof typeof t.done] : undefined
  return (
    <EventFrame page={page} event={event} title={order.buyer.name} failed={hasErrors(form)} under={[eventPath(event, 'orders'), t.orders]}>
      {doneWords && !hasErrors(form) && <Notice tone="good" title={doneWords} />}
      <ErrorSummary page={page} form={form} />
      <Facts rows={[
        [t.order, <><span class="number">{order.code}</span> <OrderBadge page={page} status={order.status} /></>],
        [t.at, moment(order.createdAt)],
        [page.t.checkout.total, <Price page={page} money={order.total} />],
        [page.t.checkout.email, order.buyer.email && <a href={`mailto:${order.buyer.email}`}>{order.buyer.email}</a>],
        [page.t.checkout.phone, order.buyer.phone && <a href={`tel:${order.buyer.phone}`}>{order.buyer.phone}</a>],
      ]} />
      <Actions page={page} event={event} order={order} />
      <section class="stack">
        <h2>{t.tickets}</h2>
        <ul class="plain-list">
          {tickets.map((ticket) => (
            <li key={ticket.id} class="holder">
              <p><strong>{ticket.ticketType}</strong> <span class="soft number">{ticket.code}</span> <Badge tone={ticket.qr ? 'good' : 'plain'}>{page.t.order.statuses[ticket.status]}</Badge></p>
              {ticket.qr ? (
                <form method="post" action={orderPath(event, order, 'tickets', ticket.id, 'holder')} class="holder-form">
                  <TextField form={{ ...form, values: { [`name-${ticket.id}`]: ticket.holderName ?? '', ...form.values } }} name={`name-${ticket.id}`} label={t.holderName} maxlength={200} />
                  <Button kind="secondary">{page.t.common.save}</Button>
                </form>
              ) : <p>{ticket.holderName}</p>}
            </li>
          ))}
        </ul>
      </section>
      {payments.length > 0 && (
        <section class="stack">
          <h2>{t.payments}</h2>
          <DataTable caption={t.payments} rows={payments} columns={[
            { label: page.t.checkout.method, cell: (payment) => methodName(page.t.checkout, payment.provider) },
            { label: t.amount, numeric: true, cell: (payment) => <Price page={page} money={payment.amount} /> },
            { label: t.status, cell: (payment) => <>{t.paymentStatuses[payment.status]}{payment.failure && <span class="hint block">{page.t.order.failures[payment.failure]}</span>}</> },
            { label: t.at, minor: true, cell: (payment) => moment(payment.createdAt) },
          ]} />
        </section>
      )}
      {refunds.length > 0 && (
        <section class="stack">
          <h2>{t.refunds}</h2>
          <DataTable caption={t.refunds} rows={refunds} columns={[
            { label: t.amount, cell: (refund) => <Price page={page} money={refund.amount} /> },
            { label: t.tickets, numeric: true, cell: (refund) => refund.ticketIds.length },
            { label: t.status, cell: (refund) => t.refundStatuses[refund.status] },
            { label: t.reason, minor: true, cell: (refund) => refund.reason },
            { label: t.at, minor: true, cell: (refund) => moment(refund.createdAt) },
          ]} />
        </section>
      )}
    </EventFrame>
  )
}

function Actions({ page, event, order }: { page: PageContext; event: Event; order: Order }) {
  const t = page.t.organizer
  const refunds = canRefundOrder(page.actor, order)
  const paid = isSettled(order)
  const cancellable = order.status === 'awaiting_payment' || (paid && (order.total.amount === 0 || refunds))
  return (
    <div class="actions">
      {paid && order.buyer.email && <PostButton action={orderPath(event, order, 'resend')}>{t.resend}</PostButton>}
      {paid && refunds && order.total.amount > 0 && <LinkButton kind="secondary" href={orderPath(event, order, 'refund')}>{t.refund}</LinkButton>}
      {cancellable && <LinkButton kind="quiet" href={orderPath(event, order, 'cancel')}>{t.cancelOrder}</LinkButton>}
    </div>
  )
}

type ConfirmProps = { page: PageContext; event: Event; order: Order; all: ShownTicket[]; /** Those that it is about. */ tickets: ShownTicket[]; action: 'cancel' | 'refund'; form: FormState; askForce?: boolean }

/** Says in numbers what will happen, and asks once. */
function Confirm({ page, event, order, all, tickets, action, form, askForce }: ConfirmProps) {
  const t = page.t.organizer
  const paid = isSettled(order)
  const amount = formatMoney({ amount: paid ? tickets.reduce((sum, ticket) => sum + ticket.price, 0) : 0, currency: order.total.currency }, page.locale)
  const count = page.t.common.tickets(tickets.length)
  return (
    <EventFrame page={page} event={event} title={action === 'cancel' ? t.cancelOrder : t.refund} failed={hasErrors(form)} under={[orderPath(event, order), order.buyer.name]}>
      <ErrorSummary page={page} form={form} />
      <Notice tone="warn" title={paid && order.total.amount > 0 ? t.willRefund(count, amount) : t.willCancel(count)}>
        <p>{t.willNotOpen}</p>
      </Notice>
      {action === 'refund' && all.length > 1 && (
        <form method="get" action={orderPath(event, order, 'refund')} class="stack">
          <fieldset class="stack">
            <legend class="legend">{t.whichTickets}</legend>
            {all.map((ticket) => (
              <label key={ticket.id} class="check">
                <input type="checkbox" name="ticket" value={ticket.id} checked={tickets.includes(ticket)} />
                <span>{ticket.ticketType}{ticket.holderName && `, ${ticket.holderName}`} · <Price page={page} money={{ amount: ticket.price, currency: order.total.currency }} /></span>
              </label>
            ))}
          </fieldset>
          <p><Button kind="secondary">{t.countAgain}</Button></p>
        </form>
      )}
      <form class="form" method="post" action={orderPath(event, order, action)}>
        {action === 'refund' && tickets.map((ticket) => <input key={ticket.id} type="hidden" name="ticket" value={ticket.id} />)}
        <TextField form={form} name="reason" label={t.reason} optional={page.t.common.optional} maxlength={300} />
        {askForce && <CheckField form={freshForm({})} name="force" label={t.force} hint={t.forceHint} />}
        <div class="actions">
          <Button kind="danger">{paid && order.total.amount > 0 ? t.refundAmount(amount) : t.cancelOrder}</Button>
          <LinkButton kind="quiet" href={orderPath(event, order)}>{page.t.common.back}</LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}
