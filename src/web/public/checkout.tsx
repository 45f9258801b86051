// /events/{slug}/checkout: who buys and how it is paid, on one page with the whole total. POST /events/{slug}/orders places the order.
import type { FastifyInstance } from 'fastify'
import type { OrderHolder } from '#src/kernel/actor.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { newToken } from '#src/kernel/id.ts'
import { formatMoney, type Money } from '#src/kernel/money.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { normalizeEmail } from '#src/modules/identity/account.ts'
import { getAccountView } from '#src/modules/identity/find-accounts.ts'
import { listPaymentMethods, type PaymentMethod } from '#src/modules/payments/find-payments.ts'
import { checkOut, payOrder } from '#src/modules/ticketing/check-out.ts'
import { listTickets } from '#src/modules/ticketing/find-orders.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { findOrderPlaced } from '#src/modules/ticketing/place-order.ts'
import { ticketTypeState, type TicketType } from '#src/modules/ticketing/ticket-type.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { Button, LinkButton, Notice, Price, Ticket, Trail } from '../ui/components.tsx'
import { ErrorSummary, TextField } from '../ui/fields.tsx'
import { freshForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { formatSpan } from '../ui/format.ts'
import { Layout } from '../ui/layout.tsx'
import { langOf, pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { RefundPolicy } from '../ui/refund-policy.tsx'
import { PaymentFields, readProvider } from '../ui/payment-fields.tsx'
import { formKey, keepNewKey, keptKey } from './checkout-key.ts'
import { guestLeft } from './event-offers.tsx'
import { describe, EventScreen, loadEvent } from './event-page.tsx'
import { PreviewBanner } from './preview-banner.tsx'

type Fields = Record<string, string | string[]>
type Line = { offer: TicketType; quantity: number }

export async function checkoutPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Params: { slug: string }; Querystring: Fields }>('/events/:slug/checkout', async (request, reply) => {
    const page = pageOf(request)
    const asked = readForm(page, request.query)
    const screen = await loadEvent(app, request.actor, request.params.slug, asked.text('invitation') || undefined)
    const choice = readChoice(asked, screen)
    if ('refusal' in choice) {
      const form = { values: asked.values, errors: {}, refusal: errorMessage(page.locale, choice.refusal) }
      return sendPage(reply, <EventScreen page={page} {...screen} form={form} />, { status: 422, secret: Boolean(screen.invitation) })
    }
    const kept = keptKey(request)
    const before = kept && (await findOrderPlaced(app, request.actor, { eventId: screen.event.id, idempotencyKey: formKey(kept) }))
    // Back from an order of just these tickets that waits to be paid: it has their places already.
    if (before && isHeld(before, screen.now) && (await isOrderOf(app, before, choice.lines)))
      return reply.header('cache-control', 'no-store').redirect(`/t/${await mintMagicLink(app.db, before)}`, 303)
    const key = kept && !before ? kept : keepNewKey(app, reply, screen.event.slug)
    const form = freshForm({ ...asked.values, ...(await knownBuyer(app, page)), key })
    return sendPage(
      reply,
      <Checkout page={page} {...screen} {...await priceOf(app, choice.lines)} form={form} holdMinutes={app.config.holdSeconds / 60} />,
      { secret: true },
    )
  })

  server.post<{ Params: { slug: string }; Body: Fields }>('/events/:slug/orders', async (request, reply) => {
    const form = readForm(pageOf(request), request.body)
    const page = pageOf(request, `/events/${request.params.slug}/checkout?${choiceQuery(form)}`)
    const screen = await loadEvent(app, request.actor, request.params.slug, form.text('invitation') || undefined)
    // Whether there are places left is the sale's to say: whoever sends the form twice has them already.
    const { lines, total, methods } = await priceOf(app, readLines(form, screen))
    const again = (state: FormState, status: number, placed?: string) => {
      const props = { ...screen, lines, total, methods, form: state, placed, holdMinutes: app.config.holdSeconds / 60 }
      return sendPage(reply, <Checkout page={page} {...props} />, { status, secret: true })
    }
    const refusal = screen.event.paymentUrl || screen.preview ? 'event_not_on_sale' : lines.length === 0 ? 'empty_order' : null
    if (refusal) return again(form.state(errorMessage(page.locale, refusal)), 422)

    const buyer = readBuyer(form, screen.event.country)
    const holders = screen.event.askHolderNames ? places(lines).map((_, i) => readHolder(form, i)) : undefined
    const payment = total.amount > 0 ? readPayment(form, methods, screen.event.country) : undefined
    if (form.failed()) return again(form.state(), 422)
    try {
      const order = await checkOut(app, request.actor, {
        eventSlug: screen.event.slug,
        lines: lines.map(({ offer, quantity }) => ({ ticketTypeId: offer.id, quantity })),
        buyer,
        holders,
        idempotencyKey: formKey(form.text('key') || newToken(16)),
        channel: 'web',
        invitation: screen.invitation,
        expectedTotal: form.integer('total', { max: Number.MAX_SAFE_INTEGER }),
      })
      const token = await mintMagicLink(app.db, { eventId: screen.event.id, id: order.id })
      // Nobody is charged a sum that was not shown: where the price has changed meanwhile, the order's own page says so before it asks.
      const seen = form.integer('total', { max: Number.MAX_SAFE_INTEGER }) ?? order.total.amount
      if (payment && order.status === 'awaiting_payment' && seen === order.total.amount) {
        const holder: OrderHolder = { kind: 'order', locale: page.locale, ip: request.ip, orderCode: order.code }
        // The places are held from here on: whatever happens to the payment, the order's own page says it and offers another try.
        await payOrder(app, holder, order.event, order.code, payment).catch((error: unknown) => {
          if (!isDomainError(error)) throw error
        })
      }
      return reply.redirect(`/t/${token}`, 303)
    } catch (error) {
      if (isDomainError(error, 'idempotency_key_reused')) {
        // Something was changed since: the order that was placed keeps its places, and is one press away.
        const before = await findOrderPlaced(app, request.actor, { eventId: screen.event.id, idempotencyKey: formKey(form.text('key')) })
        const placed = before && `/t/${await mintMagicLink(app.db, before)}`
        return again({ ...form.state(page.t.checkout.formReused), values: { ...form.values, key: newToken(16) } }, 409, placed)
      }
      // Nobody is charged a sum that was not shown: the new one is, and only then confirmed. Prices were read before the sale looked: again.
      if (isDomainError(error, 'price_changed')) {
        const fresh = await loadEvent(app, request.actor, screen.event.slug, screen.invitation)
        const priced = await priceOf(app, readLines(form, fresh))
        const state = { ...form.state(page.t.fees.changed(formatMoney(priced.total, page.locale))), values: { ...form.values, key: newToken(16) } }
        const props = { ...fresh, ...priced, form: state, holdMinutes: app.config.holdSeconds / 60 }
        return sendPage(reply, <Checkout page={page} {...props} />, { status: 409, secret: true })
      }
      const state = refusedForm(page, form, error, { buyer_contact_required: 'email', invalid_phone: 'phone', '/body/buyer/name': 'name' })
      return again(state, statusOf(error))
    }
  })
}

type EventOnSale = Awaited<ReturnType<typeof loadEvent>>

function readLines(form: FormReader, { offers }: EventOnSale): Line[] {
  return offers.map((offer) => ({ offer, quantity: form.integer(`q-${offer.id}`, { max: 100 }) ?? 0 })).filter((line) => line.quantity > 0)
}

/** The chosen lines, or why they can't be had; the sale itself decides again. */
function readChoice(form: FormReader, screen: EventOnSale): { lines: Line[] } | { refusal: string } {
  const { event, now } = screen
  if (event.status === 'cancelled') return { refusal: 'event_cancelled' }
  if (event.status !== 'published' || event.paymentUrl) return { refusal: 'event_not_on_sale' }
  const lines = readLines(form, screen)
  if (lines.length === 0) return { refusal: 'empty_order' }
  if (lines.reduce((sum, line) => sum + line.quantity, 0) > guestLeft(screen.guest)) return { refusal: 'invitation_used_up' }
  for (const { offer, quantity } of lines) {
    const state = ticketTypeState(offer, event, now)
    if (state === 'sold_out' || (state === 'on_sale' && quantity > offer.remaining)) return { refusal: 'sold_out' }
    if (state !== 'on_sale') return { refusal: state === 'not_started' ? 'sale_not_started' : 'sale_ended' }
    if (quantity > offer.maxPerOrder) return { refusal: 'too_many_tickets' }
    if (quantity < offer.minPerOrder) return { refusal: 'too_few_tickets' }
  }
  return { lines }
}

/** The choice as it stands in the address of the checkout. */
function choiceQuery(form: FormReader): URLSearchParams {
  return new URLSearchParams(Object.entries(form.values).filter(([name]) => name.startsWith('q-') || name === 'invitation'))
}

async function priceOf(app: App, lines: Line[]): Promise<{ lines: Line[]; total: Money; methods: readonly PaymentMethod[] }> {
  const total = {
    amount: lines.reduce((sum, { offer, quantity }) => sum + offer.price.amount * quantity, 0),
    currency: lines[0]?.offer.price.currency ?? 'XOF',
  }
  return { lines, total, methods: total.amount > 0 ? listPaymentMethods(app, { currency: total.currency, audience: 'public' }) : [] }
}

async function knownBuyer(app: App, page: PageContext): Promise<Record<string, string | null>> {
  if (page.actor.kind !== 'account') return {}
  const { name, email, phone } = await getAccountView(app.db, page.actor.accountId)
  return { name, email, phone }
}

function readBuyer(form: FormReader, country: string) {
  const name = form.required('name', 120) ?? ''
  const email = form.text('email')
  const phone = form.text('phone')
  if (email && !normalizeEmail(email)) form.fail('email', 'email')
  if (phone && !normalizePhone(phone, country)) form.fail('phone', 'phone')
  if (!email && !phone) form.fail('email', 'contact')
  return { name, email: email || undefined, phone: phone || undefined }
}

/** The address is the holder's own: left empty, their ticket goes to the buyer alone. */
function readHolder(form: FormReader, i: number): { name: string; email?: string } {
  const name = form.required(`holder-${i}`) ?? ''
  const email = form.text(`holder-email-${i}`)
  if (email && !normalizeEmail(email)) form.fail(`holder-email-${i}`, 'email')
  return { name, ...(email ? { email } : {}) }
}

function isHeld(order: Order, now: Date): boolean {
  return order.status === 'awaiting_payment' && order.expiresAt !== null && order.expiresAt > now
}

/** True where the order is of just these tickets. */
async function isOrderOf(app: App, order: Order, lines: readonly Line[]): Promise<boolean> {
  const held = Map.groupBy(await listTickets(app.db, order), (ticket) => ticket.ticketTypeId)
  return held.size === lines.length && lines.every(({ offer, quantity }) => held.get(offer.id)?.length === quantity)
}

function readPayment(form: FormReader, methods: readonly PaymentMethod[], country: string): { provider: string; phone?: string } | undefined {
  const provider = readProvider(form, methods)
  const own = form.text('payerPhone')
  const phone = own || form.text('phone')
  if (own && !normalizePhone(own, country)) form.fail('payerPhone', 'phone')
  if (!phone && methods.some((method) => method.provider === provider && method.needsPhone)) form.fail('payerPhone', 'required')
  return provider ? { provider, ...(phone ? { phone } : {}) } : undefined
}

/** One entry per ticket, in the order of the lines. */
function places(lines: readonly Line[]): TicketType[] {
  return lines.flatMap(({ offer, quantity }) => Array.from({ length: quantity }, () => offer))
}

type CheckoutProps = Awaited<ReturnType<typeof loadEvent>> & {
  page: PageContext
  lines: Line[]
  total: Money
  methods: readonly PaymentMethod[]
  form: FormState
  holdMinutes: number
  /** Where the order lies that this form has placed before. */
  placed?: string | undefined
}

function Checkout({ page, event, organizer, preview, lines, total, methods, form, invitation, holdMinutes, placed }: CheckoutProps) {
  const t = page.t.checkout
  const back = `/events/${event.slug}${invitation ? `?invitation=${encodeURIComponent(invitation)}` : ''}`
  const count = lines.reduce((sum, line) => sum + line.quantity, 0)
  const fees = lines.reduce((sum, { offer, quantity }) => sum + offer.fee.amount * quantity, 0)
  const labels = {
    name: t.name,
    email: t.email,
    phone: t.phone,
    payerPhone: t.payerPhone,
    provider: t.method,
    ...Object.fromEntries(
      places(lines).flatMap((offer, i) => [
        [`holder-${i}`, t.holder(i + 1, offer.name)],
        [`holder-email-${i}`, t.holder(i + 1, offer.name)],
      ]),
    ),
  }
  return (
    <Layout
      page={page}
      title={t.title}
      description={`${event.title}. ${describe(page, event)}`}
      accent={organizer.accent}
      narrow
      noindex
      failed={hasErrors(form)}
    >
      {preview && <PreviewBanner page={page} event={event} />}
      <Trail label={page.t.common.back} steps={[[back, t.backToEvent]]} />
      <h1>{t.title}</h1>
      <ErrorSummary page={page} form={form} labels={labels} />
      {placed && (
        <p>
          <LinkButton kind="secondary" href={placed}>
            {t.toPlaced}
          </LinkButton>
        </p>
      )}
      <Ticket
        stub={
          <p class="total">
            <span>{t.total}</span>{' '}
            <strong>
              <Price page={page} money={total} />
            </strong>
            {total.amount > 0 && (
              <span class="hint">
                {[t.allIn, fees > 0 && page.t.fees.included(formatMoney({ ...total, amount: fees }, page.locale))].filter(Boolean).join(', ')}
              </span>
            )}
          </p>
        }
      >
        <div>
          <h2 lang={langOf(page, event.spoken.title)}>{event.title}</h2>
          <p class="soft">{formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)}</p>
        </div>
        <ul class="lines">
          {lines.map(({ offer, quantity }) => (
            <li key={offer.id}>
              <span>
                {quantity} × {offer.name}
              </span>
              <Price page={page} money={{ ...offer.price, amount: offer.price.amount * quantity }} />
            </li>
          ))}
        </ul>
      </Ticket>
      <form class="form" method="post" action={`/events/${event.slug}/orders`} novalidate>
        <input type="hidden" name="key" value={form.values.key} />
        <input type="hidden" name="total" value={total.amount} />
        {invitation && <input type="hidden" name="invitation" value={invitation} />}
        {lines.map(({ offer, quantity }) => (
          <input key={offer.id} type="hidden" name={`q-${offer.id}`} value={quantity} />
        ))}
        <h2>{t.contact}</h2>
        <TextField form={form} name="name" label={t.name} autocomplete="name" autocapitalize="words" required maxlength={120} />
        <TextField form={form} name="email" label={t.email} hint={t.emailHint} type="email" autocomplete="email" />
        <TextField form={form} name="phone" label={t.phone} hint={t.phoneHint} type="tel" inputmode="tel" autocomplete="tel" size="medium" />
        {event.askHolderNames && (
          <div class="group">
            <h2>{t.holders}</h2>
            <p class="hint">{t.holderEmailHint}</p>
            {places(lines).map((offer, i) => (
              <div key={i} class="fields">
                <TextField
                  form={form}
                  name={`holder-${i}`}
                  label={t.holder(i + 1, offer.name)}
                  required
                  autocomplete="off"
                  autocapitalize="words"
                  maxlength={200}
                />
                <TextField
                  form={form}
                  name={`holder-email-${i}`}
                  label={t.holderEmail}
                  optional={page.t.common.optional}
                  type="email"
                  autocomplete="off"
                  autocapitalize="none"
                  spellcheck={false}
                  maxlength={254}
                />
              </div>
            ))}
          </div>
        )}
        {total.amount > 0 && (
          <div class="group">
            <h2>{t.payment}</h2>
            {methods.length === 0 ? (
              <Notice tone="warn" title={t.noMethod} />
            ) : (
              <PaymentFields page={page} form={form} methods={methods} phoneHint={t.payerPhoneHint} />
            )}
            <p class="hint">{t.holdHint(Math.round(holdMinutes))}</p>
          </div>
        )}
        {total.amount > 0 && (
          <p class="hint">
            <RefundPolicy page={page} event={event} />
          </p>
        )}
        <div class="thumb">
          <Button disabled={preview || (total.amount > 0 && methods.length === 0)}>
            {total.amount > 0 ? t.pay(formatMoney(total, page.locale)) : t.getFree(count)}
          </Button>
          {methods.some((method) => method.needsPhone) && <p class="hint">{t.secret}</p>}
        </div>
      </form>
    </Layout>
  )
}
