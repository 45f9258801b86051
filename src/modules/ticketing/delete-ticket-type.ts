// deleteTicketType: takes a type off sale for good. Types with live tickets stay, hidden if need be.
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { ticketingError } from './errors.ts'
import { hasHeldIssue } from './store/issues.ts'
import { deleteQuota, lockCounters } from './store/quotas.ts'
import { archiveTicketType, deleteTicketTypeRow, hasTickets } from './store/ticket-types.ts'
import { lockTeamTicketType } from './update-ticket-type.ts'

/** @throws ticket_type_has_sales while tickets of it are held or sold; not_found; forbidden */
export async function deleteTicketType(app: App, actor: Actor, id: number): Promise<void> {
  await asTeam(app, actor, async (tx) => {
    const { event, type } = await lockTeamTicketType(tx, actor, id)
    // Under the counter's lock no order can slip in.
    await lockCounters(tx, [{ eventId: event.id, quotaId: type.quota.id }])
    const tickets = await hasTickets(tx, event.id, id)
    // An issue under way makes more of them.
    if (tickets.live || (await hasHeldIssue(tx, event.id, id))) throw ticketingError('ticket_type_has_sales')
    if (tickets.any) await archiveTicketType(tx, id)
    else {
      await deleteTicketTypeRow(tx, id)
      if (type.quota.kind === 'own') await deleteQuota(tx, { eventId: event.id, quotaId: type.quota.id })
    }
    await record(tx, actor, {
      kind: 'ticket_type.deleted',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `ticket_type:${id}`,
      data: { name: type.name },
    })
  })
}
