// The choice of tickets on an event's page: what is offered, at which price, how many, or why nothing can be had.
import { formatMoney } from '#src/kernel/money.ts'
import type { Event } from '#src/modules/events/event.ts'
import { ticketsLeft, type GuestInvitation } from '#src/modules/ticketing/find-invitation.ts'
import { ticketTypeState, type TicketType, type typeIn } from '#src/modules/ticketing/ticket-type.ts'
import { Button, LinkButton, Price, Ticket } from '../ui/components.tsx'
import { ErrorSummary } from '../ui/fields.tsx'
import type { FormState } from '../ui/form.ts'
import { formatMoment } from '../ui/format.ts'
import { langOf, type PageContext } from '../ui/page.ts'
import { RefundPolicy } from '../ui/refund-policy.tsx'

type Offer = ReturnType<typeof typeIn<TicketType>>
type Shop = {
  page: PageContext
  event: Event
  offers: readonly Offer[]
  now: Date
  invitation: string | undefined
  guest: GuestInvitation | undefined
}

/** How many tickets an invitation still allows; any number where none is needed, or none is set. */
export function guestLeft(guest: GuestInvitation | undefined): number {
  return (guest && ticketsLeft(guest)) ?? Infinity
}

/** On a phone, at the thumb until the tickets themselves are in view: it lies where they begin, and sticks to the foot while that is further down. */
export function BuyBar({ page, event, offers, now }: Omit<Shop, 'invitation' | 'guest'>) {
  const t = page.t.public
  if (event.status !== 'published' || event.endsAt <= now || event.paymentUrl) return null
  const open = offers.filter((offer) => ticketTypeState(offer, event, now) === 'on_sale')
  if (open.length === 0) return null
  const prices = open.map((offer) => offer.price.amount)
  const least = Math.min(...prices)
  const price = formatMoney({ amount: least, currency: event.currency }, page.locale)
  return (
    <p class="buy-bar">
      <a class="button button--primary" href="#tickets">
        {least === 0
          ? prices.every((amount) => amount === 0)
            ? t.ticketsFree
            : t.tickets
          : open.length === 1
            ? t.ticketsAt(price)
            : t.ticketsFrom(price)}
      </a>
    </p>
  )
}

export function Choice({ page, event, offers, now, form, invitation, guest }: Shop & { form: FormState }) {
  const t = page.t.public
  if (event.status === 'cancelled' || event.endsAt <= now) return null
  if (event.paymentUrl) {
    return (
      <Ticket
        stub={
          <LinkButton href={event.paymentUrl} external>
            {t.outside}
          </LinkButton>
        }
      >
        <h2 id="tickets">{t.tickets}</h2>
        <p class="soft">{t.outsideHint(new URL(event.paymentUrl).host)}</p>
      </Ticket>
    )
  }
  if (offers.length === 0)
    return (
      <Ticket stub={<p class="soft">{t.notYetHint}</p>}>
        <h2 id="tickets">{t.tickets}</h2>
        <p>{t.notYet}</p>
      </Ticket>
    )
  const left = guestLeft(guest)
  if (left === 0) return null
  const open = event.status === 'published' && offers.some((offer) => ticketTypeState(offer, event, now) === 'on_sale')
  const free = offers.every((offer) => offer.price.amount === 0)
  return (
    <form
      method="get"
      action={`/events/${event.slug}/checkout`}
      data-island="ticket-total"
      data-locale={page.locale}
      data-currency={event.currency}
      data-button={t.continue}
    >
      {invitation && <input type="hidden" name="invitation" value={invitation} />}
      <Ticket
        stub={
          open ? (
            <>
              <Button>{t.continue}</Button>
              <p class="hint">{free ? t.freeHint : t.priceHint}</p>
              {!free && (
                <p class="hint">
                  <RefundPolicy page={page} event={event} />
                </p>
              )}
            </>
          ) : (
            <p>
              <strong>{closedWords(page, event, offers, now)}</strong>
            </p>
          )
        }
      >
        <h2 id="tickets">{t.tickets}</h2>
        <ErrorSummary page={page} form={form} />
        <ul class="offers">
          {offers.map((offer) => (
            <OfferRow key={offer.id} page={page} event={event} offer={offer} now={now} form={form} alone={offers.length === 1} left={left} />
          ))}
        </ul>
      </Ticket>
    </form>
  )
}

/** Why nothing can be bought, and when something can. */
function closedWords(page: PageContext, event: Event, offers: readonly Offer[], now: Date): string {
  const t = page.t.public
  const states = offers.map((offer) => ticketTypeState(offer, event, now))
  const opens = offers.filter((_, i) => states[i] === 'not_started').map((offer) => offer.saleStartsAt!.getTime())
  if (opens.length > 0) return t.opens(formatMoment(new Date(Math.min(...opens)), event.timezone, page.locale))
  return states.every((state) => state === 'ended') ? t.allEnded : t.allSoldOut
}

const LOW = 20

function OfferRow({
  page,
  event,
  offer,
  now,
  form,
  alone,
  left,
}: {
  page: PageContext
  event: Event
  offer: Offer
  now: Date
  form: FormState
  alone: boolean
  /** What an invitation still allows. */
  left: number
}) {
  const t = page.t.public
  const state = ticketTypeState(offer, event, now)
  const field = `q-${offer.id}`
  const most = Math.min(offer.maxPerOrder, offer.remaining, left)
  const chosen = form.values[field] ?? (alone ? String(offer.minPerOrder) : '0')
  const counts = state === 'on_sale' ? Array.from({ length: Math.max(0, most - offer.minPerOrder + 1) }, (_, i) => offer.minPerOrder + i) : []
  return (
    <li class="offer">
      <div class="offer-words">
        <h3 lang={langOf(page, offer.spoken.name)}>{offer.name}</h3>
        {offer.description && (
          <p class="small soft" lang={langOf(page, offer.spoken.description)}>
            {offer.description}
          </p>
        )}
        {state === 'on_sale' && offer.remaining <= LOW && <p class="small low">{t.left(offer.remaining)}</p>}
        {state === 'on_sale' && offer.saleEndsAt && <p class="small soft">{t.until(formatMoment(offer.saleEndsAt, event.timezone, page.locale))}</p>}
      </div>
      <p class="offer-price">
        <Price page={page} money={offer.price} />
        {offer.fee.amount > 0 && <span class="hint block">{page.t.fees.included(formatMoney(offer.fee, page.locale))}</span>}
      </p>
      {state === 'on_sale' ? (
        <label class="offer-count">
          <span class="visually-hidden">{t.quantity(offer.name)}</span>
          <select class="input" name={field} id={`field-${field}`} data-price={offer.price.amount} autocomplete="off">
            <option value="0" selected={chosen === '0'}>
              0
            </option>
            {counts.map((count) => (
              <option key={count} value={count} selected={chosen === String(count)}>
                {count}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <p class="offer-count small soft">
          {state === 'sold_out'
            ? t.soldOut
            : state === 'not_started'
              ? t.startsAt(formatMoment(offer.saleStartsAt!, event.timezone, page.locale))
              : t.saleEnded}
        </p>
      )}
    </li>
  )
}
