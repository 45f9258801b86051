// The counter as its cashier sees it: the choice, the amount to take, the tickets to hand over.
import type { Event } from '#src/modules/events/event.ts'
import { formatMoney, type Money } from '#src/kernel/money.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { isSettled, type Order } from '#src/modules/ticketing/order.ts'
import type { TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { DeskDay } from '#src/reads/desk-sales.ts'
import { asset } from '../ui/assets.ts'
import { Button, DataTable, EmptyState, KeyFigures, LinkButton, Notice, PostButton, Price, Ticket } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { hasErrors, type FormState } from '../ui/form.ts'
import { formatNumber, formatTime } from '../ui/format.ts'
import type { PageContext } from '../ui/page.ts'
import { TicketCard } from '../ui/ticket-card.tsx'
import { EventFrame, eventPath } from './event-frame.tsx'
import { OrderBadge, orderPath } from './event-orders.tsx'

export type DeskScene = { event: Event; types: TicketType[]; now: Date }
export type DeskLine = { type: TicketType; quantity: number }

type DeskProps = DeskScene & { page: PageContext; day: DeskDay; form: FormState }

export function Desk({ page, event, types, day, form }: DeskProps) {
  const t = page.t.desk
  return (
    <EventFrame page={page} event={event} title={t.title} failed={hasErrors(form)} scripts={[asset('islands/ticket-total.ts')]}>
      <ErrorSummary page={page} form={form} labels={{ code: t.code }} />
      <div class="desk">
        {types.length === 0 ? (
          <EmptyState title={event.status === 'published' ? t.nothingToSell : t.closed}>
            <p>{t.closedHint}</p>
          </EmptyState>
        ) : (
          <form
            method="get"
            action={eventPath(event, 'desk', 'sale')}
            data-island="ticket-total"
            data-locale={page.locale}
            data-currency={event.currency}
            data-button={t.continue}
          >
            <Ticket stub={<Button>{t.continue}</Button>}>
              <h2>{t.newSale}</h2>
              <ul class="offers">
                {types.map((type) => (
                  <DeskOffer key={type.id} page={page} type={type} form={form} />
                ))}
              </ul>
            </Ticket>
          </form>
        )}
        <form method="get" action={eventPath(event, 'desk', 'order')} class="stack" novalidate>
          <h2>{t.collect}</h2>
          <TextField
            form={form}
            name="code"
            label={t.code}
            hint={t.codeHint}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            size="medium"
          />
          <p>
            <Button kind="secondary">{t.findOrder}</Button>
          </p>
        </form>
      </div>
      <Today page={page} event={event} day={day} />
    </EventFrame>
  )
}

function DeskOffer({ page, type, form }: { page: PageContext; type: TicketType; form: FormState }) {
  const field = `q-${type.id}`
  const most = Math.min(type.maxPerOrder, type.remaining)
  const chosen = form.values[field] ?? '0'
  const counts = Array.from({ length: Math.max(0, most - type.minPerOrder + 1) }, (_, i) => String(type.minPerOrder + i))
  return (
    <li class="offer">
      <div class="offer-words">
        <h3>{type.name}</h3>
        <p class="small soft">{page.t.desk.remaining(type.remaining, formatNumber(type.remaining, page.locale))}</p>
      </div>
      <p class="offer-price">
        <Price page={page} money={type.price} />
      </p>
      {counts.length === 0 ? (
        <p class="offer-count small soft">{page.t.public.soldOut}</p>
      ) : (
        <label class="offer-count">
          <span class="visually-hidden">{page.t.public.quantity(type.name)}</span>
          <select class="input" name={field} data-price={type.price.amount} autocomplete="off">
            {['0', ...counts].map((count) => (
              <option key={count} value={count} selected={chosen === count}>
                {count}
              </option>
            ))}
          </select>
        </label>
      )}
    </li>
  )
}

function Today({ page, event, day }: { page: PageContext; event: Event; day: DeskDay }) {
  const t = page.t.desk
  const money = (amount: number) => <Price page={page} money={{ amount, currency: event.currency }} />
  return (
    <section class="group">
      <h2>{t.today}</h2>
      {day.count > 0 && (
        <KeyFigures
          figures={[
            { label: t.till, value: formatMoney(day.taken, page.locale), note: t.tillNote },
            { label: page.t.organizer.tickets, value: formatNumber(day.tickets, page.locale), note: page.t.common.orders(day.count) },
          ]}
        />
      )}
      <DataTable
        caption={t.today}
        rows={day.sales}
        empty={<p class="soft">{t.noSales}</p>}
        columns={[
          {
            label: page.t.organizer.order,
            cell: (sale) => (
              <>
                <a href={eventPath(event, 'desk', 'sales', sale.code)}>{sale.buyerName}</a>
                <span class="hint block number">{sale.code}</span>
              </>
            ),
          },
          { label: page.t.organizer.tickets, numeric: true, cell: (sale) => formatNumber(sale.quantity, page.locale) },
          { label: t.taken, numeric: true, cell: (sale) => money(sale.taken) },
          { label: page.t.organizer.status, cell: (sale) => <OrderBadge page={page} status={sale.status} /> },
          {
            label: page.t.organizer.at,
            minor: true,
            cell: (sale) => <time dateTime={sale.at.toISOString()}>{formatTime(sale.at, event.timezone, page.locale)}</time>,
          },
        ]}
      />
      {day.count > day.sales.length && <p class="hint">{t.latestOnly(formatNumber(day.sales.length, page.locale))}</p>}
    </section>
  )
}

type ConfirmSaleProps = DeskScene & { page: PageContext; lines: readonly DeskLine[]; total: Money; form: FormState }

/** The amount, large; whatever is asked of the buyer may stay empty. */
export function ConfirmSale({ page, event, lines, total, form }: ConfirmSaleProps) {
  const t = page.t.desk
  const { optional } = page.t.common
  const places = lines.flatMap(({ type, quantity }) => Array.from({ length: quantity }, () => type))
  const labels = {
    name: page.t.checkout.name,
    email: page.t.checkout.email,
    phone: page.t.checkout.phone,
    ...Object.fromEntries(places.map((type, i) => [`holder-${i}`, page.t.checkout.holder(i + 1, type.name)])),
  }
  return (
    <EventFrame
      page={page}
      event={event}
      title={total.amount > 0 ? t.toTake(formatMoney(total, page.locale)) : t.nothingToTake}
      failed={hasErrors(form)}
      under={[eventPath(event, 'desk'), t.title]}
    >
      <ErrorSummary page={page} form={form} labels={labels} />
      <form class="form" method="post" action={eventPath(event, 'desk', 'sale')} novalidate>
        <input type="hidden" name="key" value={form.values.key} />
        <input type="hidden" name="total" value={total.amount} />
        {lines.map(({ type, quantity }) => (
          <input key={type.id} type="hidden" name={`q-${type.id}`} value={quantity} />
        ))}
        <ul class="lines">
          {lines.map(({ type, quantity }) => (
            <li key={type.id}>
              <span>
                {quantity} × {type.name}
              </span>
              <Price page={page} money={{ ...type.price, amount: type.price.amount * quantity }} />
            </li>
          ))}
        </ul>
        {event.askHolderNames &&
          places.map((type, i) => (
            <TextField
              key={i}
              form={form}
              name={`holder-${i}`}
              label={page.t.checkout.holder(i + 1, type.name)}
              required
              autocapitalize="words"
              maxlength={200}
            />
          ))}
        <Button>{total.amount > 0 ? t.confirm(formatMoney(total, page.locale)) : t.giveOut}</Button>
        <div class="group">
          <p class="hint">{t.buyerHint}</p>
          <TextField
            form={form}
            name="name"
            label={page.t.checkout.name}
            optional={optional}
            autocomplete="off"
            autocapitalize="words"
            maxlength={120}
          />
          <TextField
            form={form}
            name="phone"
            label={page.t.checkout.phone}
            optional={optional}
            type="tel"
            inputmode="tel"
            autocomplete="off"
            size="medium"
          />
          <TextField
            form={form}
            name="email"
            label={page.t.checkout.email}
            hint={t.emailHint}
            optional={optional}
            type="email"
            inputmode="email"
            autocomplete="off"
          />
        </div>
      </form>
    </EventFrame>
  )
}

/** A sale that was made: its tickets to show, photograph or print. */
export function Sale({ page, event, order, tickets }: { page: PageContext; event: Event; order: Order; tickets: readonly ShownTicket[] }) {
  const t = page.t.desk
  const valid = tickets.filter((ticket) => ticket.qr)
  const paid = isSettled(order)
  return (
    <EventFrame
      page={page}
      event={event}
      title={paid ? t.sold(valid.length) : page.t.order.orderStatuses[order.status]}
      under={[eventPath(event, 'desk'), t.title]}
      scripts={[asset('islands/print-button.ts')]}
    >
      <p>
        <span class="number">{order.code}</span> · {order.buyer.name} · <Price page={page} money={order.total} />{' '}
        <OrderBadge page={page} status={order.status} />
      </p>
      <div class="actions">
        {order.status === 'awaiting_payment' ? (
          <TakeCash page={page} event={event} order={order} />
        ) : (
          <LinkButton href={eventPath(event, 'desk')}>{t.nextSale}</LinkButton>
        )}
        {valid.length > 0 && (
          <button type="button" class="button button--secondary script-only" data-island="print-button">
            {t.print}
          </button>
        )}
        <LinkButton kind="quiet" href={orderPath(event, order)}>
          {t.seeOrder}
        </LinkButton>
      </div>
      {valid.length === 0 ? (
        <Notice tone="warn" title={t.noTickets} />
      ) : (
        <ol class="tickets">
          {valid.map((ticket, i) => (
            <TicketCard key={ticket.id} page={page} event={event} ticket={ticket} nth={i + 1} count={valid.length} />
          ))}
        </ol>
      )}
    </EventFrame>
  )
}

/** Marks an order that waits as paid in cash, naming the amount. */
export function TakeCash({ page, event, order }: { page: PageContext; event: Event; order: Order }) {
  return (
    <PostButton kind="primary" action={orderPath(event, order, 'cash')}>
      {page.t.desk.confirm(formatMoney(order.total, page.locale))}
    </PostButton>
  )
}
