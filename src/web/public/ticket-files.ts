// What a buyer downloads: tickets as PDF, PNG or SVG, the event for the calendar. Rendered on demand, so a reissued ticket is the new one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { hashToken } from '#src/kernel/id.ts'
import { messages } from '#src/locales/locale.ts'
import { getOrganizer } from '#src/modules/identity/find-organizers.ts'
import { findLatestPayment } from '#src/modules/payments/find-payments.ts'
import { receiptPdf } from '#src/modules/notifications/receipt-pdf.ts'
import { orderCalendar } from '#src/modules/notifications/order-calendar.ts'
import { loadOrderPapers, requirePapers, type OrderPapers } from '#src/modules/notifications/ticket-paper.ts'
import { ticketPdf } from '#src/modules/notifications/ticket-pdf.ts'
import { qrPng, qrSvg } from '#src/modules/notifications/ticket-qr.ts'
import { getOrder } from '#src/modules/ticketing/find-orders.ts'
import { openMagicLink } from '#src/modules/ticketing/magic-link.ts'
import type { Order } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { permitKeeping } from './keep-on-phone.ts'

/** Downloads by one link from one address: an order of a hundred tickets, a few times over. */
const DOWNLOADS = { max: 300, seconds: 300 }
/** Links that open nothing, from one address. */
const MISSES = { max: 30, seconds: 300 }

const FILE = /^(tickets|[0-9a-f-]{36})\.(pdf|png|svg)$/

type TicketFile = { type: string; name: string; attachment?: boolean; bytes: Buffer | string }

export async function ticketFilePages(server: FastifyInstance, app: App): Promise<void> {
  const config = { addressIsSecret: true }
  for (const path of ['/t/:token/:file', '/t/:token/tickets/:file']) {
    server.get<{ Params: { token: string; file: string } }>(path, { config }, async (request, reply) => {
      const order = await openLink(app, request, request.params.token)
      return sendFile(app, request, reply, order, request.params.file)
    })
  }
  // The same for whoever may see the order when signed in.
  for (const path of ['/orders/:code/:file', '/orders/:code/tickets/:file']) {
    server.get<{ Params: { code: string; file: string } }>(path, async (request, reply) => {
      if (request.actor.kind === 'visitor') throw kernelError('unauthenticated')
      return sendFile(app, request, reply, await getOrder(app, request.actor, request.params.code), request.params.file)
    })
  }
}

/** @throws not_found; rate_limited for too many downloads of one link, or for guessing links */
async function openLink(app: App, request: FastifyRequest, token: string): Promise<Order> {
  await requireRate(app, `ticket-files:${hashToken(token).toString('base64url')}:${request.ip}`, DOWNLOADS)
  try {
    return await openMagicLink(app, token)
  } catch (error) {
    if (isDomainError(error, 'not_found')) await requireRate(app, `ticket-misses:${request.ip}`, MISSES)
    throw error
  }
}

async function sendFile(app: App, request: FastifyRequest, reply: FastifyReply, order: Order, name: string): Promise<FastifyReply> {
  const papers = await loadOrderPapers(app, order)
  const file = await renderFile(app, order, papers, name)
  // The tickets only: the receipt and the calendar entry are kept by whoever wants them.
  if (request.url.startsWith('/t/') && FILE.test(name))
    permitKeeping(reply, { event: papers.event, valid: papers.papers.length, now: app.clock.now() }, request.actor.locale)
  request.log.info({ order: order.code, file: name, from: coarse(request.ip) }, 'ticket downloaded')
  return reply
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .header('referrer-policy', 'no-referrer')
    .header('content-disposition', `${file.attachment ? 'attachment' : 'inline'}; filename="${file.name}"`)
    .type(file.type)
    .send(file.bytes)
}

/** @throws not_found for a name that is none of ours or another order's ticket; ticket_not_printable where it doesn't let in */
async function renderFile(app: App, order: Order, { event, tickets, papers }: OrderPapers, name: string): Promise<TicketFile> {
  const { locale } = order
  const words = messages(locale).paper
  if (name === 'event.ics') {
    return {
      type: 'text/calendar; charset=utf-8',
      name: `${words.calendarName}.ics`,
      attachment: true,
      bytes: orderCalendar(app, event, order.code, locale),
    }
  }
  if (name === 'receipt.pdf') {
    // Nothing was paid: nothing to show for it.
    if (!order.paidAt) throw kernelError('not_found')
    const [organizer, payment] = await Promise.all([
      getOrganizer(app.db, order.organizerId),
      order.total.amount > 0 ? findLatestPayment(app.db, { kind: 'order', id: order.id }) : null,
    ])
    const bytes = await receiptPdf({ order, event, tickets, seller: organizer.name, provider: payment?.provider ?? null }, locale)
    return { type: 'application/pdf', name: `${messages(locale).receipt.fileName}-${order.code}.pdf`, bytes }
  }
  const [, which, format] = FILE.exec(name) ?? []
  if (which === 'tickets') {
    if (format !== 'pdf') throw kernelError('not_found')
    return { type: 'application/pdf', name: `${words.fileName}-${order.code}.pdf`, bytes: await ticketPdf(requirePapers(papers), locale) }
  }
  const place = tickets.findIndex((ticket) => ticket.id === which)
  if (place < 0) throw kernelError('not_found')
  const [paper] = requirePapers(papers.filter((candidate) => candidate.id === which))
  const fileName = `${words.oneFileName}-${order.code}-${place + 1}.${format}`
  switch (format) {
    case 'pdf':
      return { type: 'application/pdf', name: fileName, bytes: await ticketPdf([paper!], locale) }
    case 'png':
      return { type: 'image/png', name: fileName, bytes: await qrPng(paper!.qr) }
    default:
      return { type: 'image/svg+xml', name: fileName, bytes: qrSvg(paper!.qr, words.qr(paper!.humanCode)) }
  }
}

/** The network, not the person: enough to see a link that was passed around. */
function coarse(ip: string): string {
  return ip.includes(':') ? `${ip.split(':').slice(0, 3).join(':')}::/48` : `${ip.split('.').slice(0, 3).join('.')}.0/24`
}
