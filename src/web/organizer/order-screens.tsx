// One order as its organizer sees it, and the question before tickets are taken back.
import type { Event } from '#src/modules/events/event.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import type { PaymentView } from '#src/modules/payments/payment.ts'
import type { RefundView } from '#src/modules/payments/refund.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { awaitsRefundAnswer, isSettled, type Order } from '#src/modules/ticketing/order.ts'
import { canRefundOrder } from '#src/modules/ticketing/policy.ts'
import type { HistoryEntry } from '#src/reads/ticket-history.ts'
import { Button, DataTable, Facts, LinkButton, Notice, PostButton, Price } from '../ui/components.tsx'
import { CheckField, ErrorSummary, TextArea, TextField } from '../ui/fields.tsx'
import { emptyForm, hasErrors, type FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { methodName } from '../ui/payment-fields.tsx'
import { TakeCash } from './desk-screens.tsx'
import { EventFrame, eventPath } from './event-frame.tsx'
import { OrderBadge, orderPath } from './event-orders.tsx'
import { participantPath, TicketBadge } from './event-participants.tsx'
import { History } from './participant-screens.tsx'

type OneOrderProps = {
  page: PageContext
  event: Event
  order: Order
  tickets: ShownTicket[]
  payments: PaymentView[]
  refunds: RefundView[]
  history: HistoryEntry[]
  form: FormState
  done: string
}

export function OneOrder({ page, event, order, tickets, payments, refunds, history, form, done }: OneOrderProps) {
  const t = page.t.organizer
  const moment = (date: Date) => formatMoment(date, event.timezone, page.locale)
  const doneWords = Object.hasOwn(t.done, done) ? t.done[done as keyof typeof t.done] : undefined
  return (
    <EventFrame page={page} event={event} title={order.buyer.name} failed={hasErrors(form)} under={[eventPath(event, 'orders'), t.orders]}>
      {doneWords && !hasErrors(form) && <Notice tone="good" title={doneWords} />}
      <ErrorSummary page={page} form={form} />
      <Facts
        rows={[
          [
            t.order,
            <>
              <span class="number">{order.code}</span> <OrderBadge page={page} status={order.status} free={order.total.amount === 0} />
            </>,
          ],
          [t.at, moment(order.createdAt)],
          [page.t.checkout.total, <Price page={page} money={order.total} />],
          [page.t.checkout.email, order.buyer.email && <a href={`mailto:${order.buyer.email}`}>{order.buyer.email}</a>],
          [page.t.checkout.phone, order.buyer.phone && <a href={`tel:${order.buyer.phone}`}>{formatPhone(order.buyer.phone)}</a>],
        ]}
      />
      {awaitsRefundAnswer(order) && <RefundWish page={page} event={event} order={order} tickets={tickets} form={form} />}
      <Actions page={page} event={event} order={order} />
      <section class="stack">
        <h2>{t.tickets}</h2>
        <DataTable
          caption={t.tickets}
          rows={tickets}
          columns={[
            {
              label: t.name,
              cell: (ticket) => (
                <>
                  <a href={participantPath(event, ticket.id)}>{ticket.holderName ?? order.buyer.name}</a>
                  <span class="hint block number">{ticket.code}</span>
                </>
              ),
            },
            { label: t.type, cell: (ticket) => ticket.ticketType },
            { label: t.status, cell: (ticket) => <TicketBadge page={page} status={ticket.status} /> },
          ]}
        />
      </section>
      {payments.length > 0 && (
        <section class="stack">
          <h2>{t.payments}</h2>
          <DataTable
            caption={t.payments}
            rows={payments}
            columns={[
              { label: page.t.checkout.method, cell: (payment) => methodName(page.t.checkout, payment.provider) },
              { label: t.amount, numeric: true, cell: (payment) => <Price page={page} money={payment.amount} /> },
              {
                label: t.status,
                cell: (payment) => (
                  <>
                    {t.paymentStatuses[payment.status]}
                    {payment.failure && <span class="hint block">{page.t.order.failures[payment.failure]}</span>}
                  </>
                ),
              },
              { label: t.at, minor: true, cell: (payment) => moment(payment.createdAt) },
            ]}
          />
        </section>
      )}
      {canRefundOrder(page.actor, order) && refunds.length > 0 && (
        <section class="stack">
          <h2>{t.refunds}</h2>
          <DataTable
            caption={t.refunds}
            rows={refunds}
            columns={[
              { label: t.amount, cell: (refund) => <Price page={page} money={refund.amount} /> },
              { label: t.tickets, numeric: true, cell: (refund) => refund.ticketIds.length },
              { label: t.status, cell: (refund) => t.refundStatuses[refund.status] },
              { label: t.reason, minor: true, cell: (refund) => refund.reason },
              { label: t.at, minor: true, cell: (refund) => moment(refund.createdAt) },
            ]}
          />
        </section>
      )}
      <History page={page} event={event} entries={history} />
    </EventFrame>
  )
}

/** `Pour 2 billets, 10 000 F CFA.` */
function askedWords(page: PageContext, order: Order, tickets: readonly ShownTicket[]): string {
  const wanted = order.refundRequest?.ticketIds
  const asked = tickets.filter((ticket) => (wanted ? wanted.includes(ticket.id) : ticket.qr !== null && ticket.price > 0))
  const amount = { amount: asked.reduce((sum, ticket) => sum + ticket.price, 0), currency: order.total.currency }
  return page.t.order.refundOf(page.t.common.tickets(asked.length), formatMoney(amount, page.locale))
}

type RefundWishProps = { page: PageContext; event: Event; order: Order; tickets: ShownTicket[]; form: FormState }

/** What the buyer asks for, with both answers: giving back leads to the question in numbers, saying no takes a sentence. */
function RefundWish({ page, event, order, tickets, form }: RefundWishProps) {
  const t = page.t.organizer
  const words = page.t.lists
  const wished = order.refundRequest?.ticketIds ?? null
  const query = wished ? `?${new URLSearchParams(wished.map((id) => ['ticket', id]))}` : ''
  return (
    <Notice tone="warn" title={t.refundAskedBy}>
      {order.refundRequest?.reason && <p>« {order.refundRequest.reason} »</p>}
      <p>{askedWords(page, order, tickets)}</p>
      {canRefundOrder(page.actor, order) && (
        <>
          <p>
            <LinkButton href={`${orderPath(event, order, 'refund')}${query}`}>{t.refund}</LinkButton>
          </p>
          <details>
            <summary>{words.declineTitle}</summary>
            <form method="post" action={orderPath(event, order, 'refund-request', 'decline')} class="stack stack--tight">
              <TextArea form={form} name="answer" label={words.answer} hint={words.declineHint} rows={3} maxlength={500} />
              <p>
                <Button kind="secondary">{t.declineRefund}</Button>
              </p>
            </form>
          </details>
        </>
      )}
    </Notice>
  )
}

function Actions({ page, event, order }: { page: PageContext; event: Event; order: Order }) {
  const t = page.t.organizer
  const refunds = canRefundOrder(page.actor, order)
  const paid = isSettled(order)
  const cancellable = order.status === 'awaiting_payment' || (paid && (order.total.amount === 0 || refunds))
  return (
    <div class="actions">
      {order.status === 'awaiting_payment' && <TakeCash page={page} event={event} order={order} />}
      {paid && (
        <LinkButton kind="secondary" href={eventPath(event, 'desk', 'sales', order.code)}>
          {page.t.desk.showTickets}
        </LinkButton>
      )}
      {paid && order.buyer.email && <PostButton action={orderPath(event, order, 'resend')}>{t.resend}</PostButton>}
      {paid && refunds && order.total.amount > 0 && !awaitsRefundAnswer(order) && (
        <LinkButton kind="secondary" href={orderPath(event, order, 'refund')}>
          {t.refund}
        </LinkButton>
      )}
      {cancellable && (
        <LinkButton kind="quiet" href={orderPath(event, order, 'cancel')}>
          {t.cancelOrder}
        </LinkButton>
      )}
    </div>
  )
}

type ConfirmProps = {
  page: PageContext
  event: Event
  order: Order
  all: ShownTicket[]
  /** Those that it is about. */ tickets: ShownTicket[]
  action: 'cancel' | 'refund'
  form: FormState
  askForce?: boolean
}

/** Says in numbers what will happen, and asks once. */
export function Confirm({ page, event, order, all, tickets, action, form, askForce }: ConfirmProps) {
  const t = page.t.organizer
  const paid = isSettled(order)
  const amount = formatMoney(
    { amount: paid ? tickets.reduce((sum, ticket) => sum + ticket.price, 0) : 0, currency: order.total.currency },
    page.locale,
  )
  const count = page.t.common.tickets(tickets.length)
  return (
    <EventFrame
      page={page}
      event={event}
      title={action === 'cancel' ? t.cancelOrder : t.refund}
      failed={hasErrors(form)}
      under={[orderPath(event, order), order.buyer.name]}
    >
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
                <span>
                  {ticket.ticketType}
                  {ticket.holderName && `, ${ticket.holderName}`} ·{' '}
                  <Price page={page} money={{ amount: ticket.price, currency: order.total.currency }} />
                </span>
              </label>
            ))}
          </fieldset>
          <p>
            <Button kind="secondary">{t.countAgain}</Button>
          </p>
        </form>
      )}
      <form class="form" method="post" action={orderPath(event, order, action)}>
        {action === 'refund' && tickets.map((ticket) => <input key={ticket.id} type="hidden" name="ticket" value={ticket.id} />)}
        <TextField form={form} name="reason" label={t.reason} optional={page.t.common.optional} maxlength={300} />
        {askForce && <CheckField form={emptyForm} name="force" label={t.force} hint={t.forceHint} />}
        <div class="actions">
          <Button kind="danger">{paid && order.total.amount > 0 ? t.refundAmount(amount) : t.cancelOrder}</Button>
          <LinkButton kind="quiet" href={orderPath(event, order)}>
            {page.t.common.back}
          </LinkButton>
        </div>
      </form>
    </EventFrame>
  )
}
