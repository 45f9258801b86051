// /t/{token}: the order, from "approve on your phone" to the tickets with their QR codes. The address is the key: no account, no cookie.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Locale, OrderHolder } from '#src/kernel/actor.ts'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { findLatestPayment, findRefunds, listPaymentMethods } from '#src/modules/payments/find-payments.ts'
import { isWithdrawable } from '#src/modules/payments/withdraw-payment.ts'
import { payOrder, withdrawOrderPayment } from '#src/modules/ticketing/check-out.ts'
import { getOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { openMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { requestOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { isBuyer } from '#src/modules/ticketing/policy.ts'
import type { App } from '#src/platform/app.ts'
import { statusOf } from '../error-page.tsx'
import { emptyForm, freshForm, hasErrors, readForm, refusedForm, type FormState } from '../ui/form.ts'
import { pageOf, sendPage } from '../ui/page.ts'
import { readProvider } from '../ui/payment-fields.tsx'
import { permitKeeping } from './keep-on-phone.ts'
import { OrderScreen, stateOf, timeLeft, type Screen } from './order-screen.tsx'

type LinkRequest = { Params: { token: string } }

export async function orderPages(server: FastifyInstance, app: App): Promise<void> {
  const config = { addressIsSecret: true }

  server.get<LinkRequest>('/t/:token', { config }, async (request, reply) =>
    showOrder(app, request, reply, await openMagicLink(app, request.params.token), `/t/${request.params.token}`),
  )

  // What the waiting page asks every few seconds: whether it should show itself anew.
  server.get<LinkRequest>('/t/:token/status', { config, logLevel: 'silent' }, async (request, reply) => {
    const order = await openMagicLink(app, request.params.token)
    const payment = await findLatestPayment(app.db, { kind: 'order', id: order.id })
    return reply
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .header('x-robots-tag', 'noindex')
      .send({
        state: stateOf(order, payment),
        left: timeLeft(pageOf(request), order, app.clock.now(), (await findEventById(app.db, order.eventId))!.timezone),
      })
  })

  server.post<LinkRequest>('/t/:token/payments', { config }, async (request, reply) =>
    payAgain(app, request, reply, await openMagicLink(app, request.params.token), `/t/${request.params.token}`),
  )

  server.post<LinkRequest>('/t/:token/payments/withdraw', { config }, async (request, reply) =>
    payOtherwise(app, request, reply, await openMagicLink(app, request.params.token), `/t/${request.params.token}`),
  )

  server.post<LinkRequest>('/t/:token/refund-request', { config }, async (request, reply) =>
    askRefund(app, request, reply, await openMagicLink(app, request.params.token), `/t/${request.params.token}`),
  )

  // The same page for its buyer when signed in; payment providers send browsers back here.
  server.get<{ Params: { code: string } }>('/orders/:code', async (request, reply) => {
    if (request.actor.kind === 'visitor') throw kernelError('unauthenticated')
    return showOrder(app, request, reply, await getOrder(app, request.actor, request.params.code), `/orders/${request.params.code}`)
  })
  server.post<{ Params: { code: string } }>('/orders/:code/payments', async (request, reply) => {
    return payAgain(app, request, reply, await getOrder(app, request.actor, request.params.code), `/orders/${request.params.code}`)
  })
  server.post<{ Params: { code: string } }>('/orders/:code/payments/withdraw', async (request, reply) => {
    return payOtherwise(app, request, reply, await getOrder(app, request.actor, request.params.code), `/orders/${request.params.code}`)
  })
  server.post<{ Params: { code: string } }>('/orders/:code/refund-request', async (request, reply) => {
    const order = await getOrder(app, request.actor, request.params.code)
    // The team sees this page too, but has nothing to ask.
    if (!isBuyer(request.actor, order)) throw kernelError('forbidden')
    return askRefund(app, request, reply, order, `/orders/${request.params.code}`)
  })
}

async function showOrder(
  app: App,
  request: FastifyRequest,
  reply: FastifyReply,
  order: Order,
  path: string,
  form: FormState = emptyForm,
  status = 200,
): Promise<FastifyReply> {
  const screen = await loadOrder(app, order, request.actor.locale)
  const withdrawn = readForm(pageOf(request), request.query).checked('withdrawn')
  // Only by its secret address: what an account opens must not outlive the session.
  if (path.startsWith('/t/')) permitKeeping(reply, { ...screen, valid: screen.tickets.filter((ticket) => ticket.qr).length }, request.actor.locale)
  return sendPage(
    reply,
    <OrderScreen
      page={pageOf(request, path)}
      {...screen}
      path={path}
      withdrawn={withdrawn}
      form={hasErrors(form) ? form : freshForm({ payerPhone: order.buyer.phone })}
    />,
    { status, secret: true },
  )
}

async function payAgain(app: App, request: FastifyRequest, reply: FastifyReply, order: Order, path: string): Promise<FastifyReply> {
  const page = pageOf(request)
  const form = readForm(page, request.body)
  const event = (await findEventById(app.db, order.eventId))!
  const methods = listPaymentMethods(app, { currency: order.total.currency, audience: 'public' })
  const provider = readProvider(form, methods)
  const phone = form.text('payerPhone')
  if (phone && !normalizePhone(phone, event.country)) form.fail('payerPhone', 'phone')
  if (!phone && !order.buyer.phone && methods.some((method) => method.provider === provider && method.needsPhone)) form.fail('payerPhone', 'required')
  if (form.failed()) return showOrder(app, request, reply, order, path, form.state(), 422)
  // Whoever may open this page may pay: the buyer, or whom the buyer gave the address.
  const holder: OrderHolder = { kind: 'order', locale: page.locale, ip: request.ip, orderCode: order.code }
  try {
    await payOrder(app, holder, event, order.code, { provider: provider!, ...(phone ? { phone } : {}) })
  } catch (error) {
    // Pressed twice, or paid meanwhile: the page itself says how things stand.
    if (!isDomainError(error, 'payment_already_open') && !isDomainError(error, 'order_not_payable')) {
      const state = refusedForm(page, form, error, {
        invalid_phone: 'payerPhone',
        payment_phone_required: 'payerPhone',
        payment_phone_invalid: 'payerPhone',
      })
      return showOrder(app, request, reply, order, path, state, statusOf(error))
    }
  }
  return reply.redirect(path, 303)
}

/** Whatever becomes of it, the page itself says how things stand. */
async function payOtherwise(app: App, request: FastifyRequest, reply: FastifyReply, order: Order, path: string): Promise<FastifyReply> {
  const holder: OrderHolder = { kind: 'order', locale: request.actor.locale, ip: request.ip, orderCode: order.code }
  const withdrawn = await withdrawOrderPayment(app, holder, order.code)
  return reply.redirect(withdrawn ? `${path}?withdrawn=1` : path, 303)
}

async function askRefund(app: App, request: FastifyRequest, reply: FastifyReply, order: Order, path: string): Promise<FastifyReply> {
  const page = pageOf(request)
  const form = readForm(page, request.body)
  const holder: OrderHolder = { kind: 'order', locale: page.locale, ip: request.ip, orderCode: order.code }
  try {
    const ticketIds = form.list('ticket')
    if (ticketIds.length === 0) {
      const state = { ...form.state(), errors: { ticket: page.t.order.askRefundNone } }
      return await showOrder(app, request, reply, order, path, { ...state, values: { ...form.values, ticket: '' } }, 422)
    }
    await requestOrderRefund(app, holder, { code: order.code, reason: form.text('reason').slice(0, 500), ticketIds })
  } catch (error) {
    // Asked twice, too late or refunded meanwhile: the page itself says how things stand.
    if (!isDomainError(error) || !REFUND_REFUSALS.has(error.code)) throw error
  }
  return reply.redirect(path, 303)
}

const REFUND_REFUSALS = new Set(['refund_already_asked', 'nothing_to_refund', 'refund_not_offered', 'refund_too_late', 'ticket_not_refundable'])

async function loadOrder(app: App, order: Order, locale: Locale): Promise<Screen> {
  const [event, payment, refunds] = await Promise.all([
    findEventById(app.db, order.eventId, locale),
    order.total.amount > 0 ? findLatestPayment(app.db, { kind: 'order', id: order.id }) : null,
    order.total.amount > 0 && order.paidAt ? findRefunds(app.db, { kind: 'order', id: order.id }) : [],
  ])
  if (!event) throw kernelError('not_found')
  return {
    order,
    event,
    payment,
    refunds,
    withdrawable: payment !== null && isWithdrawable(app, payment.provider),
    now: app.clock.now(),
    tickets: await listOrderTickets(app, event, order, locale),
    methods: order.status === 'awaiting_payment' ? listPaymentMethods(app, { currency: order.total.currency, audience: 'public' }) : [],
  }
}
