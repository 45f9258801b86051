// /organizer/events/{slug}/desk: selling for cash, face to face: what, how much, paid, tickets.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { newToken } from '#src/kernel/id.ts'
import type { Money } from '#src/kernel/money.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { normalizeEmail } from '#src/modules/identity/account.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import { checkOut } from '#src/modules/ticketing/check-out.ts'
import { getOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import type { App } from '#src/platform/app.ts'
import { getDeskDay } from '#src/reads/desk-sales.ts'
import { statusOf } from '../error-page.tsx'
import { freshForm, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { ConfirmSale, Desk, Sale, type DeskLine, type DeskScene } from './desk-screens.tsx'
import { eventPath } from './event-frame.tsx'
import { orderPath } from './event-orders.tsx'

type DeskRequest = { Params: { slug: string } }
type SaleRequest = { Params: { slug: string; code: string } }

export async function eventDeskPages(server: FastifyInstance, app: App): Promise<void> {
  async function load(actor: PageContext['actor'], slug: string): Promise<DeskScene> {
    const event = await getTeamEvent(app, actor, slug, 'cashier')
    const now = app.clock.now()
    const types = event.status === 'published' && event.endsAt > now ? await listTicketTypes(app, event.id, { hidden: true }) : []
    return { event, types, now }
  }

  async function showDesk(request: FastifyRequest<DeskRequest>, reply: FastifyReply, form: FormState, status: number) {
    const scene = await load(request.actor, request.params.slug)
    const day = await getDeskDay(app, requireAccount(request.actor), scene.event)
    return sendPage(reply, <Desk page={pageOf(request, eventPath(scene.event, 'desk'))} {...scene} day={day} form={form} />, { status })
  }

  server.get<DeskRequest>('/organizer/events/:slug/desk', async (request, reply) => showDesk(request, reply, freshForm({}), 200))

  // The amount is said before any money changes hands.
  server.get<DeskRequest>('/organizer/events/:slug/desk/sale', async (request, reply) => {
    const page = pageOf(request)
    const scene = await load(request.actor, request.params.slug)
    const form = readForm(page, request.query)
    const lines = readLines(form, scene)
    if (lines.length === 0) return showDesk(request, reply, form.state(page.t.errors.empty_order), 422)
    return sendPage(reply, <ConfirmSale page={page} {...scene} lines={lines} total={totalOf(lines, scene)} form={freshForm({ key: newToken(16) })} />)
  })

  server.post<DeskRequest>('/organizer/events/:slug/desk/sale', async (request, reply) => {
    const scene = await load(request.actor, request.params.slug)
    const { event } = scene
    const form = readForm(pageOf(request), request.body)
    const lines = readLines(form, scene)
    const page = pageOf(
      request,
      `${eventPath(event, 'desk', 'sale')}?${new URLSearchParams(lines.map(({ type, quantity }) => [`q-${type.id}`, String(quantity)]))}`,
    )
    if (lines.length === 0) return showDesk(request, reply, form.state(page.t.errors.empty_order), 422)
    const total = totalOf(lines, scene)
    const again = (state: FormState, status: number) =>
      sendPage(reply, <ConfirmSale page={page} {...scene} lines={lines} total={total} form={state} />, { status })
    const buyer = readBuyer(form, event.country, page)
    const places = lines.reduce((sum, line) => sum + line.quantity, 0)
    const holders = event.askHolderNames ? Array.from({ length: places }, (_, i) => ({ name: form.required(`holder-${i}`, 200) ?? '' })) : undefined
    if (form.failed()) return again(form.state(), 422)
    try {
      const sale = await checkOut(app, request.actor, {
        eventSlug: event.slug,
        lines: lines.map(({ type, quantity }) => ({ ticketTypeId: type.id, quantity })),
        buyer,
        holders,
        channel: 'cashier',
        // The cashier took the sum that stood here: if the price has changed, the new one is said first.
        expectedTotal: form.integer('total', { max: Number.MAX_SAFE_INTEGER }),
        idempotencyKey: form.text('key') || newToken(16),
        ...(total.amount > 0 ? { payment: { provider: 'cash' } } : {}),
      })
      return reply.redirect(eventPath(event, 'desk', 'sales', sale.code), 303)
    } catch (error) {
      if (isDomainError(error, 'idempotency_key_reused'))
        return again({ ...form.state(page.t.checkout.formReused), values: { ...form.values, key: newToken(16) } }, 409)
      return again(refusedForm(page, form, error, { invalid_phone: 'phone' }), statusOf(error))
    }
  })

  server.get<SaleRequest>('/organizer/events/:slug/desk/sales/:code', async (request, reply) => {
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const order = await getOrder(app, request.actor, request.params.code)
    if (order.eventId !== event.id) throw kernelError('not_found')
    return sendPage(reply, <Sale page={pageOf(request)} event={event} order={order} tickets={await listOrderTickets(app, event, order)} />)
  })

  // Somebody ordered at home and pays here: the code leads to the order, where it is marked as paid.
  server.get<DeskRequest>('/organizer/events/:slug/desk/order', async (request, reply) => {
    const page = pageOf(request)
    const event = await getTeamEvent(app, request.actor, request.params.slug, 'cashier')
    const form = readForm(page, request.query)
    const code = form.required('code', 40)
    const order =
      code &&
      (await getOrder(app, request.actor, code).catch((error: unknown) =>
        isDomainError(error, 'not_found') ? undefined : Promise.reject(error as Error),
      ))
    if (order && order.eventId === event.id) return reply.redirect(orderPath(event, order), 303)
    const state = form.state()
    return showDesk(request, reply, code ? { ...state, errors: { code: page.t.desk.noSuchOrder } } : state, 422)
  })
}

/** The chosen lines; the sale itself decides whether they can be had. */
function readLines(form: FormReader, { types }: DeskScene): DeskLine[] {
  return types.map((type) => ({ type, quantity: form.integer(`q-${type.id}`, { max: 100 }) ?? 0 })).filter((line) => line.quantity > 0)
}

function totalOf(lines: readonly DeskLine[], { event }: DeskScene): Money {
  return { amount: lines.reduce((sum, { type, quantity }) => sum + type.price.amount * quantity, 0), currency: event.currency }
}

/** Nobody has to say who they are to buy a ticket for cash. */
function readBuyer(form: FormReader, country: string, page: PageContext) {
  const name = form.text('name').slice(0, 120) || page.t.desk.anonymous
  const email = form.text('email')
  const phone = form.text('phone')
  if (email && !normalizeEmail(email)) form.fail('email', 'email')
  if (phone && !normalizePhone(phone, country)) form.fail('phone', 'phone')
  return { name, email: email || undefined, phone: phone || undefined }
}
