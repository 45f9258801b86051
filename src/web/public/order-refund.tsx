// What a buyer asks back of an order: the form, or what became of the wish.
import { formatMoney } from '#src/kernel/money.ts'
import { errorMessage } from '#src/locales/locale.ts'
import type { Event } from '#src/modules/events/event.ts'
import { refundRefusal } from '#src/modules/events/refund-policy.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { awaitsRefundAnswer, canAskRefund, isSettled, type Order } from '#src/modules/ticketing/order.ts'
import { Button, Notice, Price } from '../ui/components.tsx'
import { ErrorSummary, TextArea } from '../ui/fields.tsx'
import { hasErrors, type FormState } from '../ui/form.ts'
import type { PageContext } from '../ui/page.ts'
import { RefundPolicy } from '../ui/refund-policy.tsx'

type RefundProps = { page: PageContext; order: Order; event: Event; tickets: readonly ShownTicket[]; now: Date; path: string; form: FormState }

/** The policy of the event says who decides, and until when; the buyer only asks, once. */
export function RefundRequest(props: RefundProps) {
  const { page, order, event, tickets, now } = props
  const t = page.t.order
  const wanted = order.refundRequest?.ticketIds
  const asked = tickets.filter((ticket) => (wanted ? wanted.includes(ticket.id) : isRefundable(ticket)))
  if (awaitsRefundAnswer(order))
    return (
      <Notice title={t.refundAsked}>
        <p>
          {t.refundOf(page.t.common.tickets(asked.length), sumOf(props, asked))} {t.refundAskedHint}
        </p>
      </Notice>
    )
  if (isSettled(order) && order.refundRequest)
    return (
      <Notice title={t.refundDeclined}>
        {order.refundRequest.answer && <p>{t.refundAnswer(order.refundRequest.answer)}</p>}
        <p>{t.refundDeclinedHint}</p>
      </Notice>
    )
  if (!canAskRefund(order) || event.status === 'cancelled' || asked.length === 0) return null
  const refusal = refundRefusal(event, now)
  if (refusal) return <p class="hint">{errorMessage(page.locale, refusal)}</p>
  return <RefundForm {...props} tickets={asked} />
}

/** One tick per ticket that can be given back, all set: whoever can't come rarely comes alone. */
function RefundForm(props: RefundProps) {
  const { page, order, event, tickets, path, form } = props
  const t = page.t.order
  const chosen = form.values.ticket?.split(',')
  const { atOnce } = event.refundPolicy
  return (
    <details class="receipt" open={hasErrors(form)}>
      <summary>{t.askRefund}</summary>
      <form class="form" method="post" action={`${path}/refund-request`}>
        <ErrorSummary page={page} form={form} />
        <p>
          <RefundPolicy page={page} event={event} /> {atOnce ? t.askRefundAtOnce : t.askRefundHint}
        </p>
        {tickets.length > 1 ? (
          <fieldset class={form.errors.ticket ? 'field field--wrong' : 'field'}>
            <legend>{t.askRefundWhich}</legend>
            {form.errors.ticket && (
              <p class="field-error" id="field-ticket-error">
                {form.errors.ticket}
              </p>
            )}
            {tickets.map((ticket, index) => (
              <label key={ticket.id} class="choice">
                <input
                  type="checkbox"
                  name="ticket"
                  value={ticket.id}
                  id={index === 0 ? 'field-ticket' : undefined}
                  checked={chosen ? chosen.includes(ticket.id) : true}
                />
                <span>
                  <span>
                    {[ticket.ticketType, ticket.holderName].filter(Boolean).join(', ')} ·{' '}
                    <Price page={page} money={{ amount: ticket.price, currency: order.total.currency }} />
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
        ) : (
          <input type="hidden" name="ticket" value={tickets[0]!.id} />
        )}
        <p>
          <strong>{(tickets.length > 1 ? t.askRefundAll : t.refundOf)(page.t.common.tickets(tickets.length), sumOf(props, tickets))}</strong>
        </p>
        <TextArea form={form} name="reason" label={t.askRefundReason} optional={page.t.common.optional} rows={3} maxlength={500} />
        <Button kind="secondary">{atOnce ? t.askRefundNow : t.askRefundSend}</Button>
      </form>
    </details>
  )
}

function isRefundable(ticket: ShownTicket): boolean {
  return ticket.qr !== null && ticket.price > 0
}

function sumOf({ page, order }: RefundProps, tickets: readonly ShownTicket[]): string {
  return formatMoney({ amount: tickets.reduce((sum, ticket) => sum + ticket.price, 0), currency: order.total.currency }, page.locale)
}
