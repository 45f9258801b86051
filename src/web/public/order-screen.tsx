// The order as its buyer sees it, in every state: what to do next, the tickets, or what became of it.
import { formatMoney } from '#src/kernel/money.ts'
import { formatPhone } from '#src/kernel/phone.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { PaymentMethod } from '#src/modules/payments/find-payments.ts'
import { isOpen, type PaymentView } from '#src/modules/payments/payment.ts'
import type { RefundView } from '#src/modules/payments/refund.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { isSettled, type Order } from '#src/modules/ticketing/order.ts'
import { asset } from '../ui/assets.ts'
import { Button, Facts, LinkButton, Notice, PostButton, Price, Ticket } from '../ui/components.tsx'
import { ErrorSummary } from '../ui/fields.tsx'
import { hasErrors, type FormState } from '../ui/form.ts'
import { formatMoment, formatSpan, formatTime } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import type { PageContext } from '../ui/page.ts'
import { PaymentFields } from '../ui/payment-fields.tsx'
import { TicketCard } from '../ui/ticket-card.tsx'
import { RefundRequest } from './order-refund.tsx'

export type Screen = {
  order: Order
  event: Event
  tickets: ShownTicket[]
  payment: PaymentView | null
  refunds: readonly RefundView[]
  /** Whether the payment under way can be called off. */
  withdrawable: boolean
  methods: readonly PaymentMethod[]
  now: Date
}

/** Changes whenever the page would say something else. */
export function stateOf(order: Order, payment: PaymentView | null): string {
  return [order.status, payment?.id ?? '', payment?.status ?? '', payment?.nextAction.type ?? ''].join('/')
}

export function timeLeft(page: PageContext, order: Order, now: Date, zone: string): string {
  if (!order.expiresAt) return ''
  const minutes = Math.ceil((order.expiresAt.getTime() - now.getTime()) / 60_000)
  return page.t.order.left(Math.max(0, minutes), formatTime(order.expiresAt, zone, page.locale))
}

function isWaiting(order: Order, payment: PaymentView | null): boolean {
  return (
    order.status === 'awaiting_payment' &&
    payment !== null &&
    (isOpen(payment.status) || payment.status === 'REVIEW' || (payment.status === 'SUCCEEDED' && !payment.refundDue))
  )
}

type ScreenProps = Screen & {
  page: PageContext
  path: string
  form: FormState
  /** The buyer has just taken the last payment request back. */
  withdrawn?: boolean
}

export function OrderScreen(props: ScreenProps) {
  const { page, order, event, payment, path, form } = props
  const t = page.t.order
  const waiting = isWaiting(order, payment)
  return (
    <Layout
      page={page}
      title={`${titleOf(props)} · ${event.title}`}
      narrow
      noindex
      failed={hasErrors(form)}
      scripts={waiting ? [asset('islands/order-status.ts')] : []}
      head={
        waiting && (
          <noscript>
            <meta http-equiv="refresh" content="8" />
          </noscript>
        )
      }
    >
      <div
        class="stack stack--loose"
        {...(waiting ? { 'data-island': 'order-status', 'data-state': stateOf(order, payment), 'data-status': `${path}/status` } : {})}
      >
        <div class="stack">
          <p class="soft">
            {t.number(order.code)} · <span>{t.orderStatuses[order.status]}</span>
          </p>
          <h1 tabIndex={-1}>{titleOf(props)}</h1>
        </div>
        {event.status === 'cancelled' && <Notice tone="bad" title={t.eventCancelled} />}
        {order.status === 'awaiting_payment' ? <Awaiting {...props} /> : isSettled(order) ? <Tickets {...props} /> : <Closed {...props} />}
        <Receipt {...props} />
        <RefundRequest {...props} />
      </div>
    </Layout>
  )
}

function titleOf({ page, order, payment, tickets, now, withdrawn }: ScreenProps): string {
  const t = page.t.order
  switch (order.status) {
    case 'paid':
    case 'partially_refunded':
      return t.paidTitle(tickets.filter((ticket) => ticket.qr).length)
    case 'expired':
      return t.expiredTitle
    case 'cancelled':
      return t.cancelledTitle
    case 'refund_due':
      return t.refundDueTitle
    case 'refunded':
      return t.refundedTitle
    case 'awaiting_payment':
      if (isWaiting(order, payment)) return payment?.nextAction.type === 'await_phone_prompt' ? t.awaitingPhone : t.awaiting
      return order.expiresAt && order.expiresAt <= now ? t.expiredTitle : payment && !withdrawn ? t.refusedTitle : t.awaiting
  }
}

function Awaiting(props: ScreenProps) {
  const { page, order, event, payment, methods, now, path, form } = props
  const t = page.t.order
  const amount = (
    <p class="total">
      <span>{t.toPay}</span>{' '}
      <strong>
        <Price page={page} money={order.total} />
      </strong>
    </p>
  )
  const left = (
    <p class="hint" data-left>
      {timeLeft(page, order, now, event.timezone)}
    </p>
  )
  if (isWaiting(order, payment)) {
    return (
      <Ticket
        stub={
          <>
            {amount}
            {left}
          </>
        }
      >
        <NextStep page={page} payment={payment!} />
        <p class="row">
          <a href={path}>{t.refresh}</a> <span class="hint script-only">{t.updatesItself}</span>
        </p>
        {props.withdrawable && payment!.status !== 'SUCCEEDED' && payment!.status !== 'REVIEW' && (
          <div class="row">
            <span class="hint">{t.nothingCame}</span>
            <PostButton action={`${path}/payments/withdraw`} kind="quiet">
              {t.payOtherwise}
            </PostButton>
          </div>
        )}
      </Ticket>
    )
  }
  if (order.expiresAt && order.expiresAt <= now) return <Closed {...props} />
  return (
    <>
      {payment && (
        <Notice
          tone={props.withdrawn ? 'info' : 'bad'}
          title={props.withdrawn ? t.withdrawn : payment.refundDue ? t.givenBack : t.failures[payment.failure ?? 'unknown']}
        >
          <p>{payment.refundDue ? t.givenBackHint : t.refusedHint}</p>
        </Notice>
      )}
      <form method="post" action={`${path}/payments`} novalidate>
        <Ticket
          stub={
            <>
              {amount}
              {left}
              <Button>{payment ? t.tryAgain : page.t.checkout.pay(formatMoney(order.total, page.locale))}</Button>
            </>
          }
        >
          <ErrorSummary page={page} form={form} />
          <PaymentFields page={page} form={form} methods={methods} />
        </Ticket>
      </form>
    </>
  )
}

/** What the payer must do, in as few words as possible. */
function NextStep({ page, payment }: { page: PageContext; payment: PaymentView }) {
  const t = page.t.order
  const { nextAction } = payment
  switch (nextAction.type) {
    case 'redirect':
      return (
        <p>
          <LinkButton href={nextAction.url} external>
            {t.payOnline}
          </LinkButton>
        </p>
      )
    case 'await_phone_prompt':
      return (
        <>
          <p class="lead lead--do">
            {payment.payerPhone ? t.phonePrompt(formatPhone(payment.payerPhone)) : t.phonePromptUnknown}{' '}
            {nextAction.ussdHint ? t.ussd(nextAction.ussdHint) : t.typeSecret}
          </p>
          {nextAction.url && (
            <p>
              <LinkButton href={`${nextAction.url}?back=${encodeURIComponent(page.path)}`}>{t.simulatorPhone}</LinkButton>
            </p>
          )}
        </>
      )
    case 'none':
      return <p class="lead">{t.checking}</p>
  }
}

function Tickets({ page, order, event, tickets, path }: ScreenProps) {
  const t = page.t.order
  const shown = tickets.filter((ticket) => ticket.qr)
  return (
    <>
      <div class="stack">
        <p>
          {t.paidHint} {order.buyer.email && t.mailed(order.buyer.email, shown.length)}
        </p>
        {order.status === 'partially_refunded' && <Notice title={t.partlyRefunded(shown.length)} />}
        {order.late && <Notice title={t.late} />}
      </div>
      <ul class="tickets">
        {shown.map((ticket, index) => (
          <TicketCard key={ticket.id} page={page} event={event} ticket={ticket} nth={index + 1} count={shown.length} path={path} />
        ))}
      </ul>
      <div class="stack">
        <div class="actions">
          <LinkButton kind="secondary" href={`${path}/tickets.pdf`} download>
            {t.pdf}
          </LinkButton>
          <LinkButton kind="secondary" href={`${path}/event.ics`}>
            {t.calendar}
          </LinkButton>
        </div>
        <p class="hint">
          {t.keep}
          {page.actor.kind === 'visitor' && order.buyer.email && (
            <>
              {' '}
              <a href="/register">{t.keepInAccount}</a>
            </>
          )}
        </p>
        {path.startsWith('/t/') && <KeptHere page={page} path={path} />}
      </div>
    </>
  )
}

/** Shown by the script that brought the service worker: without it nothing is kept. */
function KeptHere({ page, path }: { page: PageContext; path: string }) {
  const t = page.t.offline
  return (
    <div class="paperless" data-kept hidden>
      <p class="hint">{t.keptHere}</p>
      <div class="row small">
        <a href="/kept">{t.all}</a>
        <form method="post" action={`${path}/forget`}>
          <button class="link-button">{t.forget}</button>
        </form>
      </div>
    </div>
  )
}

function Closed({ page, order, event }: ScreenProps) {
  const t = page.t.order
  const total = formatMoney(order.total, page.locale)
  const again = event.status === 'published' && (
    <p>
      <LinkButton href={`/events/${event.slug}`}>{t.again}</LinkButton>
    </p>
  )
  switch (order.status) {
    case 'refund_due':
      return <p class="lead">{t.refundDueHint(total)}</p>
    case 'refunded':
      return <p class="lead">{t.refundedHint(total)}</p>
    case 'cancelled':
      return (
        <>
          <p class="lead">{t.cancelledHint}</p>
          {again}
        </>
      )
    default:
      return (
        <>
          <p class="lead">{t.expiredHint}</p>
          {again}
        </>
      )
  }
}

function Receipt({ page, order, event, tickets, refunds, path }: ScreenProps) {
  const t = page.t.order
  const types = Map.groupBy(tickets, (ticket) => `${ticket.ticketTypeId} ${ticket.price}`)
  return (
    <details class="receipt" open={!isSettled(order) || refunds.length > 0}>
      <summary>{t.details}</summary>
      <div class="stack">
        <ul class="lines">
          {[...types.values()].map((list) => (
            <li key={list[0]!.id}>
              <span>
                {list.length} × {list[0]!.ticketType}
              </span>
              <Price page={page} money={{ amount: list.length * list[0]!.price, currency: order.total.currency }} />
            </li>
          ))}
          <li>
            <span>
              <strong>{page.t.checkout.total}</strong>
              {order.fees ? (
                <span class="hint block">
                  {page.t.fees.included(formatMoney({ amount: order.fees, currency: order.total.currency }, page.locale))}
                </span>
              ) : null}
            </span>
            <strong>
              <Price page={page} money={order.total} />
            </strong>
          </li>
        </ul>
        <Facts
          rows={[
            [page.t.public.when, formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)],
            [page.t.public.where, [event.venue, event.address, event.city].filter(Boolean).join(', ')],
            [t.buyer, [order.buyer.name, order.buyer.email, order.buyer.phone && formatPhone(order.buyer.phone)].filter(Boolean).join(', ')],
            [t.number(order.code), formatMoment(order.createdAt, event.timezone, page.locale)],
          ]}
        />
        {refunds.length > 0 && (
          <div>
            <h2 class="small">{t.refunds}</h2>
            <ul>
              {refunds.map((refund) => (
                <li key={refund.id}>
                  {t.refundLine(formatMoney(refund.amount, page.locale), refund.ticketIds.length, t.refundStatuses[refund.status])}
                </li>
              ))}
            </ul>
          </div>
        )}
        {order.paidAt && (
          <p>
            <a href={`${path}/receipt.pdf`} download>
              {page.t.receipt.download}
            </a>
          </p>
        )}
      </div>
    </details>
  )
}
