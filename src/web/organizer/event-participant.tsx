// /organizer/events/{slug}/participants/{ticket}: one ticket and its holder: correct, send again, replace, take back, let in by hand; and its history.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { confirmScan } from '#src/modules/access/confirm-scan.ts'
import type { ScanCode } from '#src/modules/access/evaluate.ts'
import { listOpenGates } from '#src/modules/access/find-gates.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { normalizeEmail } from '#src/modules/identity/account.ts'
import { cancelTicket } from '#src/modules/ticketing/cancel-ticket.ts'
import { getOrder, listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import { activateTickets } from '#src/modules/ticketing/issue-tickets.ts'
import { reissueTicket, renameHolder, resendTicket } from '#src/modules/ticketing/serve-order.ts'
import type { App } from '#src/platform/app.ts'
import { getTicketOrderCode, readHistory } from '#src/reads/ticket-history.ts'
import { statusOf } from '../error-page.tsx'
import { emptyForm, hasErrors, readForm, refusedForm, type FormReader, type FormState } from '../ui/form.ts'
import { pageOf, sendPage } from '../ui/page.ts'
import { participantPath } from './event-participants.tsx'
import { ConfirmTicket, OneParticipant, REISSUE_REASONS, type TicketScene } from './participant-screens.tsx'

type TicketRequest = { Params: { slug: string; ticketId: string } }
type Request = FastifyRequest<TicketRequest>

const PATH = '/organizer/events/:slug/participants/:ticketId'

export async function eventParticipantPage(server: FastifyInstance, app: App): Promise<void> {
  server.get<TicketRequest>(PATH, async (request, reply) => show(request, reply, emptyForm, 200))

  server.post<TicketRequest>(`${PATH}/holder`, async (request, reply) =>
    serve(request, reply, 'saved', async ({ order, ticket }, form) => {
      const name = form.required('name')
      const typed = form.text('email')
      if (typed && !normalizeEmail(typed)) form.fail('email', 'email')
      if (form.failed()) return false
      await renameHolder(app, request.actor, { code: order.code, ticketId: ticket.id, name: name!, email: typed || null })
      return true
    }),
  )

  server.post<TicketRequest>(`${PATH}/resend`, async (request, reply) =>
    serve(request, reply, 'resent', async ({ order, ticket }) => {
      await resendTicket(app, request.actor, { code: order.code, ticketId: ticket.id })
      return true
    }),
  )

  server.post<TicketRequest>(`${PATH}/activate`, async (request, reply) =>
    serve(request, reply, 'activated', async ({ event, ticket }) => {
      await activateTickets(app, request.actor, event.slug, { ticketId: ticket.id })
      return true
    }),
  )

  // Replacing and taking back ask once, and say what will happen.
  for (const action of ['reissue', 'cancel'] as const) {
    server.get<TicketRequest>(`${PATH}/${action}`, async (request, reply) => {
      const scene = await load(request)
      return sendPage(reply, <ConfirmTicket page={pageOf(request)} {...scene} action={action} form={emptyForm} />)
    })
  }

  server.post<TicketRequest>(`${PATH}/reissue`, async (request, reply) =>
    confirm(request, reply, 'reissue', 'reissued', async ({ order, ticket }, form) => {
      const reason = REISSUE_REASONS.find((known) => known === form.text('reason')) ?? 'other'
      await reissueTicket(app, request.actor, { code: order.code, ticketId: ticket.id, reason })
    }),
  )

  server.post<TicketRequest>(`${PATH}/cancel`, async (request, reply) =>
    confirm(request, reply, 'cancel', 'cancelled', async ({ order, ticket }, form) => {
      await cancelTicket(app, request.actor, { code: order.code, ticketId: ticket.id, force: form.checked('force') })
    }),
  )

  // As an agent at a gate who types the code: the same rules, the same log.
  server.post<TicketRequest>(`${PATH}/passage`, async (request, reply) => {
    const scene = await load(request)
    const page = pageOf(request)
    const form = readForm(page, request.body)
    const gateId = form.integer('gate', { required: true, max: Number.MAX_SAFE_INTEGER })
    if (gateId === undefined || !scene.gates.some((gate) => gate.id === gateId))
      return show(request, reply, form.state(page.t.errors.agent_not_assigned), 422)
    const refused = (code: ScanCode) => show(request, reply, form.state(page.t.gate.codes[code].filter(Boolean).join('\u202f: ')), 409)
    try {
      const answer = await requestScan(app, request.actor, { manualCode: scene.ticket.code, gateId })
      if (!answer.scanSessionToken || !answer.suggestedDirection) return await refused(answer.code)
      const direction = answer.suggestedDirection
      const done = await confirmScan(app, request.actor, { scanSessionToken: answer.scanSessionToken, direction, scanId: uuidv7(), gateId })
      if (done.decision === 'DENIED') return await refused(done.code)
      return reply.redirect(`${participantPath(scene.event, scene.ticket.id)}?done=${direction}`, 303)
    } catch (error) {
      return show(request, reply, refusedForm(page, form, error), statusOf(error))
    }
  })

  async function load(request: Request): Promise<TicketScene> {
    const { slug, ticketId } = request.params
    const event = await getTeamEvent(app, request.actor, slug, 'cashier')
    const order = await getOrder(app, request.actor, await getTicketOrderCode(app, request.actor, slug, ticketId))
    const tickets = await listOrderTickets(app, event, order)
    const ticket = tickets.find((one) => one.id === ticketId.toLowerCase())!
    const gates = ticket.qr === null ? [] : (await listOpenGates(app, request.actor)).filter((gate) => gate.eventSlug === event.slug)
    return { event, order, ticket, gates, siblings: tickets.length - 1 }
  }

  async function show(request: Request, reply: FastifyReply, form: FormState, status: number) {
    const scene = await load(request)
    const history = await readHistory(app, request.actor, scene.order, scene.ticket.id)
    const page = pageOf(request, status === 200 ? undefined : participantPath(scene.event, scene.ticket.id))
    const done = hasErrors(form) ? '' : readForm(page, request.query).text('done')
    return sendPage(reply, <OneParticipant page={page} {...scene} history={history} form={form} done={done} />, { status })
  }

  async function serve(request: Request, reply: FastifyReply, done: string, work: (scene: TicketScene, form: FormReader) => Promise<boolean>) {
    const scene = await load(request)
    const form = readForm(pageOf(request), request.body)
    try {
      if (!(await work(scene, form))) return await show(request, reply, form.state(), 422)
      return reply.redirect(`${participantPath(scene.event, scene.ticket.id)}?done=${done}`, 303)
    } catch (error) {
      return show(request, reply, refusedForm(pageOf(request), form, error), statusOf(error))
    }
  }

  async function confirm(
    request: Request,
    reply: FastifyReply,
    action: 'reissue' | 'cancel',
    done: string,
    work: (scene: TicketScene, form: FormReader) => Promise<void>,
  ) {
    const scene = await load(request)
    const page = pageOf(request)
    const form = readForm(page, request.body)
    try {
      await work(scene, form)
      return reply.redirect(`${participantPath(scene.event, scene.ticket.id)}?done=${done}`, 303)
    } catch (error) {
      const state = refusedForm(page, form, error)
      const inside = isDomainError(error, 'ticket_inside') && action === 'cancel'
      return sendPage(reply, <ConfirmTicket page={page} {...scene} action={action} form={state} askForce={inside} />, {
        status: statusOf(error),
      })
    }
  }
}
