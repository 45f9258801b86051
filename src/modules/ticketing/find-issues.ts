// Questions about tickets given out by the thousand.
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { selectErrand, selectErrands, type Errand } from '#src/platform/errands.ts'
import { showTickets, type ShownTicket } from './find-orders.ts'
import type { QrFormat } from './qr-text.ts'
import { countIssuedTickets, selectIssuedTickets } from './store/issues.ts'
import type { TicketStatus } from './ticket.ts'

export type IssuedTicket = ShownTicket & { orderId: number; orderCode: string; name: string; email: string | null }

/** A page of the tickets with their QR texts, for a job: whoever asked was authorized. */
export async function listIssuedTickets(
  app: App,
  event: { id: number; publicRef: number; qrFormat: QrFormat },
  errandId: string,
  after: string | null,
  limit: number,
): Promise<IssuedTicket[]> {
  const rows = await selectIssuedTickets(app.db, { eventId: event.id, errandId }, after, limit)
  const shown = await showTickets(
    app,
    event,
    rows.map((row) => ({ ...row, status: row.status as TicketStatus, holderEmail: null, price: 0 })),
  )
  return shown.map((ticket, i) => ({ ...ticket, ...pick(rows[i]!) }))
}

function pick({ orderId, orderCode, name, email }: { orderId: number; orderCode: string; name: string; email: string | null }) {
  return { orderId, orderCode, name, email }
}

/** The errand of the event, for who leads it; `counts`: its tickets by status. @throws not_found, forbidden */
export function getEventErrand(
  app: App,
  actor: Actor,
  eventSlug: string,
  errandId: string,
): Promise<{ errand: Errand; counts: Record<string, number> }> {
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, eventSlug)
    const errand = isUuid(errandId) ? await selectErrand(tx, errandId) : undefined
    if (!errand || errand.eventId !== event.id) throw kernelError('not_found')
    return { errand, counts: errand.kind === 'tickets' ? await countIssuedTickets(tx, { eventId: event.id, errandId }) : {} }
  })
}

/** The event's errands of these kinds, for who leads it, the latest first. @throws not_found, forbidden */
export function listEventErrands(app: App, actor: Actor, eventSlug: string, kinds: readonly string[]): Promise<Errand[]> {
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, eventSlug)
    return selectErrands(tx, event.id, kinds)
  })
}
