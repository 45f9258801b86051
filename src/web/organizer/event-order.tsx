// /organizer/events/{slug}/orders/{code}: what to do for a buyer: resend, correct a name, cancel, give money back.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { findEventRef, getTeamEvent } from '#src/modules/events/find-events.ts'
import { findPayments, findRefunds } from '#src/modules/payments/find-payments.ts'
import { payOrder } from '#src/modules/ticketing/check-out.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { getOrder, listOrderTickets, type ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { declineOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import { resendOrder } from '#src/modules/ticketing/serve-order.ts'
import type { App } from '#src/platform/app.ts'
import { readHistory } from '#src/reads/ticket-history.ts'
import { statusOf } from '../error-page.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage } from '../ui/page.ts'
import { orderPath } from './event-orders.tsx'
import { Confirm, OneOrder } from './order-screens.tsx'

type OrderRequest = { Params: { slug: string; code: string } }

export async function eventOrderPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<OrderRequest>('/organizer/events/:slug/orders/:code', async (request, reply) => show(request, reply, emptyForm, 200))

  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/resend', async (request, reply) =>
    serve(request, reply, async (order) => {
      await resendOrder(app, request.actor, order.code)
      return '?done=resent'
    }),
  )

  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/cash', async (request, reply) =>
    serve(request, reply, async (order) => {
      const event = await findEventRef(app, request.params.slug)
      if (!event) throw kernelError('not_found')
      await payOrder(app, request.actor, event, order.code, { provider: 'cash' })
      return '?done=cash'
    }),
  )

  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/refund-request/decline', async (request, reply) =>
    serve(request, reply, async (order, form) => {
      await declineOrderRefund(app, request.actor, order.code, form.text('answer').slice(0, 500))
      return '?done=declined'
    }),
  )

  // Cancelling and refunding ask once, in numbers.
  server.get<OrderRequest>('/organizer/events/:slug/orders/:code/cancel', async (request, reply) => {
    const { event, order, tickets } = await load(request)
    return sendPage(
      reply,
      <Confirm
        page={pageOf(request)}
        event={event}
        order={order}
        all={live(tickets, order)}
        tickets={live(tickets, order)}
        action="cancel"
        form={emptyForm}
      />,
    )
  })
  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/cancel', async (request, reply) =>
    confirm(request, reply, 'cancel', async (order, form) => {
      await cancelOrder(app, request.actor, { code: order.code, reason: form.text('reason') || undefined, force: form.checked('force') })
    }),
  )

  server.get<OrderRequest>('/organizer/events/:slug/orders/:code/refund', async (request, reply) => {
    const { event, order, tickets } = await load(request)
    const asked = readForm(pageOf(request), request.query).list('ticket')
    // What the buyer asks for is where the organizer starts from.
    const chosen = asked.length > 0 ? asked : (order.refundRequest?.ticketIds ?? [])
    const all = live(tickets, order)
    const some = all.filter((ticket) => chosen.includes(ticket.id))
    return sendPage(
      reply,
      <Confirm
        page={pageOf(request)}
        event={event}
        order={order}
        all={all}
        tickets={some.length > 0 ? some : all}
        action="refund"
        form={emptyForm}
      />,
    )
  })
  server.post<OrderRequest>('/organizer/events/:slug/orders/:code/refund', async (request, reply) =>
    confirm(request, reply, 'refund', async (order, form) => {
      await refundOrder(app, request.actor, {
        code: order.code,
        ticketIds: form.list('ticket'),
        reason: form.text('reason') || undefined,
        force: form.checked('force'),
      })
    }),
  )

  async function load(request: FastifyRequest<OrderRequest>) {
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const order = await getOrder(app, request.actor, request.params.code)
    // An order of another event isn't here, whoever asks.
    if (order.eventId !== event.id) throw kernelError('not_found')
    const payable = { kind: 'order' as const, id: order.id }
    const [tickets, payments, refunds] = await Promise.all([
      listOrderTickets(app, event, order),
      findPayments(app.db, payable),
      findRefunds(app.db, payable),
    ])
    return { event, order, tickets, payments, refunds }
  }

  async function show(request: FastifyRequest<OrderRequest>, reply: FastifyReply, form: FormState, status: number) {
    const screen = await load(request)
    const page = pageOf(request, hasErrors(form) ? orderPath(screen.event, screen.order) : undefined)
    const history = await readHistory(app, request.actor, screen.order)
    return sendPage(reply, <OneOrder page={page} {...screen} history={history} form={form} done={readForm(page, request.query).text('done')} />, {
      status,
    })
  }

  async function serve(request: FastifyRequest<OrderRequest>, reply: FastifyReply, work: (order: Order, form: FormReader) => Promise<string>) {
    const { event, order } = await load(request)
    const form = readForm(pageOf(request), request.body)
    try {
      return reply.redirect(orderPath(event, order) + (await work(order, form)), 303)
    } catch (error) {
      return show(request, reply, refusedForm(pageOf(request), form, error), statusOf(error))
    }
  }

  async function confirm(
    request: FastifyRequest<OrderRequest>,
    reply: FastifyReply,
    action: 'cancel' | 'refund',
    work: (order: Order, form: FormReader) => Promise<void>,
  ) {
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
      return sendPage(
        reply,
        <Confirm
          page={page}
          event={event}
          order={order}
          all={all}
          tickets={chosen.length > 0 ? all.filter((ticket) => chosen.includes(ticket.id)) : all}
          action={action}
          form={refusedForm(page, form, error)}
          askForce={inside}
        />,
        { status: statusOf(error) },
      )
    }
  }
}

/** The tickets that an action would take back. */
function live(tickets: ShownTicket[], order: Order): ShownTicket[] {
  return order.status === 'awaiting_payment'
    ? tickets.filter((ticket) => ticket.status === 'reserved')
    : tickets.filter((ticket) => ticket.qr !== null)
}
