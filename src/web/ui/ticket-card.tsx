// One ticket as its holder shows it: the QR on white, large enough for any scanner, and a code to read aloud.
import type { Event } from '#src/modules/events/event.ts'
import { qrSvg } from '#src/modules/notifications/ticket-qr.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import { Ticket } from './components.tsx'
import { formatSpan } from './format.ts'
import type { PageContext } from './page.ts'

type TicketCardProps = {
  page: PageContext
  event: Pick<Event, 'title' | 'startsAt' | 'endsAt' | 'timezone' | 'venue' | 'city'>
  ticket: ShownTicket
  nth: number
  count: number
  /** Under which the downloads lie, where there are any. */ path?: string
}

export function TicketCard({ page, event, ticket, nth, count, path }: TicketCardProps) {
  const t = page.t.order
  const stub = (
    <div class="ticket-code">
      <div class="qr" dangerouslySetInnerHTML={{ __html: qrSvg(ticket.qr!, t.qr(ticket.code)) }} />
      <p class="code">{ticket.code}</p>
    </div>
  )
  return (
    <Ticket as="li" kind="wide" stub={stub}>
      <p class="soft small">{[count > 1 && t.ticketNumber(nth, count), t.statuses[ticket.status]].filter(Boolean).join(' · ')}</p>
      <h2>{event.title}</h2>
      <p>
        {formatSpan(event.startsAt, event.endsAt, event.timezone, page.locale)}
        <br />
        {[event.venue, event.city].filter(Boolean).join(', ')}
      </p>
      <p>
        <strong>{ticket.ticketType}</strong>
        {ticket.holderName && (
          <>
            <br />
            {ticket.holderName}
          </>
        )}
      </p>
      {path && (
        <p class="row small paperless">
          <a href={`${path}/show/${ticket.id}`}>{t.fullScreen}</a>
          <a href={`${path}/tickets/${ticket.id}.pdf`} download>
            {t.onePdf}
          </a>
          <a href={`${path}/tickets/${ticket.id}.png`} download>
            {t.onePng}
          </a>
        </p>
      )}
    </Ticket>
  )
}
