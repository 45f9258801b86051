// notifyTeam: what an organizer's deciders must answer. Each is written to in their own language.
import { findEventById } from '#src/modules/events/find-events.ts'
import { getOrganizer, listDeciders } from '#src/modules/identity/find-organizers.ts'
import { findOrder } from '#src/modules/ticketing/find-orders.ts'
import { awaitsRefundAnswer } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { teamRefundAskedMail } from './order-mails.ts'
import { wishOf } from './notify-order.ts'
import { queueMail } from './queue-mail.ts'

export type NotifyTeam = { factId: number; orderId: number }

/** Says that a buyer would like the money back, unless somebody has answered by now. */
export async function notifyTeam(app: App, { factId, orderId }: NotifyTeam): Promise<void> {
  const order = await findOrder(app.db, orderId)
  const event = order && (await findEventById(app.db, order.eventId))
  if (!order?.refundRequest || !event || !awaitsRefundAnswer(order)) return
  const { reason } = order.refundRequest
  const [organizer, deciders, wish] = await Promise.all([
    getOrganizer(app.db, event.organizerId),
    listDeciders(app.db, event.organizerId),
    wishOf(app, order),
  ])
  const url = `${app.publicUrl()}/organizer/events/${event.slug}/orders/${order.code}`
  for (const { id, email, locale } of deciders) {
    await queueMail(
      app,
      {
        dedupeKey: `team-refund-asked:fact:${factId}:${id}`,
        kind: 'team-refund-asked',
        recipient: email,
        locale,
        about: { eventId: event.id, orderId: order.id, ticketIds: null },
      },
      async () => teamRefundAskedMail(order, event, organizer, wish, reason, url, locale),
    )
  }
}
