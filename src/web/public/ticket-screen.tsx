// /t/{token}/show/{ticketId}: one ticket for the door. Black on white whatever the theme, as large as the phone, nothing that can be pressed by mistake.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Event } from '#src/modules/events/event.ts'
import { loadOrderPapers, type TicketPaper } from '#src/modules/notifications/ticket-paper.ts'
import { qrSvg } from '#src/modules/notifications/ticket-qr.ts'
import { getOrder } from '#src/modules/ticketing/find-orders.ts'
import { openMagicLink } from '#src/modules/ticketing/magic-link.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { formatMoment } from '../ui/format.ts'
import { pageOf, sendPage, type PageContext } from '../ui/page.ts'
import { STYLESHEET } from '../ui/stylesheet.ts'
import { permitKeeping } from './keep-on-phone.ts'

export async function ticketScreenPages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Params: { token: string; ticketId: string } }>(
    '/t/:token/show/:ticketId',
    { config: { addressIsSecret: true } },
    async (request, reply) => show(app, request, reply, await openMagicLink(app, request.params.token), `/t/${request.params.token}`),
  )

  server.get<{ Params: { code: string; ticketId: string } }>('/orders/:code/show/:ticketId', async (request, reply) => {
    if (request.actor.kind === 'visitor') throw kernelError('unauthenticated')
    return show(app, request, reply, await getOrder(app, request.actor, request.params.code), `/orders/${request.params.code}`)
  })
}

async function show(
  app: App,
  request: FastifyRequest<{ Params: { ticketId: string } }>,
  reply: FastifyReply,
  order: Order,
  back: string,
): Promise<FastifyReply> {
  const { event, papers } = await loadOrderPapers(app, order, request.actor.locale)
  const place = papers.findIndex((paper) => paper.id === request.params.ticketId)
  // Cancelled and refunded tickets have no code to show; the order's page says what became of them.
  if (place < 0) throw kernelError('not_found')
  if (back.startsWith('/t/')) permitKeeping(reply, { event, valid: papers.length, now: app.clock.now() }, request.actor.locale)
  return sendPage(reply, <TicketScreen page={pageOf(request)} event={event} papers={papers} place={place} back={back} />, { secret: true })
}

function TicketScreen({
  page,
  event,
  papers,
  place,
  back,
}: {
  page: PageContext
  event: Event
  papers: readonly TicketPaper[]
  place: number
  back: string
}) {
  const t = page.t.order
  const paper = papers[place]!
  const to = (other: TicketPaper | undefined, label: string) => other && <a href={`${back}/show/${other.id}`}>{label}</a>
  return (
    <html lang={page.locale} class="show">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${t.ticketNumber(place + 1, papers.length)} · ${event.title}`}</title>
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light" />
        <link rel="stylesheet" href={STYLESHEET} />
        <link rel="icon" type="image/svg+xml" href="/icon.svg" />
      </head>
      <body>
        <main class="show-ticket">
          <h1>{event.title}</h1>
          <p>{formatMoment(event.startsAt, event.timezone, page.locale)}</p>
          <div class="show-code" dangerouslySetInnerHTML={{ __html: qrSvg(paper.qr, t.qr(paper.humanCode)) }} />
          <p class="code">{paper.humanCode}</p>
          <p>
            <strong>{paper.ticketType}</strong>, {paper.holder}
          </p>
          <nav class="row" aria-label={t.tickets}>
            {to(papers[place - 1], t.previousTicket)}
            <a href={back}>{t.everyTicket}</a>
            {to(papers[place + 1], t.nextTicket)}
          </nav>
        </main>
      </body>
    </html>
  )
}
