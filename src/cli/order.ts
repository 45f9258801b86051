// guichet order: what became of an order, and its tickets once more.
import { sql } from 'kysely'
import { systemActor } from '#src/kernel/actor.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { findPayments } from '#src/modules/payments/find-payments.ts'
import { getOrder } from '#src/modules/ticketing/find-orders.ts'
import { resendOrder } from '#src/modules/ticketing/serve-order.ts'
import { withApp, type CliApp, type CliContext, type Command } from './command.ts'

const actor = systemActor('command-line')

export const orderCommands: readonly Command[] = [{
  name: 'order show', usage: '<code>', takes: [1, 1], does: 'tells an order’s state, tickets, payments, refunds and history',
  run: (context, [code]) => withApp(context, (app) => show(context, app, code!.trim().toUpperCase())),
}, {
  name: 'order resend', usage: '<code>', takes: [1, 1], does: 'mails the tickets to the buyer once more',
  run: (context, [code]) => withApp(context, async (app) => {
    const order = await resendOrder(app, actor, code!.trim().toUpperCase())
    context.say(`The tickets of ${order.code} go out again${app.config.roles.includes('worker') ? '' : ' as soon as a worker runs'}.`)
    return 0
  }),
}]

async function show(context: CliContext, app: CliApp, code: string): Promise<number> {
  const order = await getOrder(app, actor, code)
  const event = await app.db.selectFrom('event').select(['title', 'slug']).where('id', '=', order.eventId).executeTakeFirstOrThrow()
  const line = (name: string, value: string | null) => { if (value) context.say(`${name.padEnd(10)} ${value}`) }
  line('order', `${order.code}, ${order.status}${order.late ? ' (paid late)' : ''}, ${formatMoney(order.total, 'en')}`)
  line('event', `${event.title} (${event.slug})`)
  line('buyer', [order.buyer.name, order.buyer.email, order.buyer.phone].filter(Boolean).join(', '))
  line('placed', `${order.createdAt.toISOString()} through ${order.channel}`)
  line('paid', order.paidAt?.toISOString() ?? null)
  line('expires', order.status === 'awaiting_payment' ? (order.expiresAt?.toISOString() ?? null) : null)
  line('cancelled', order.cancelledAt?.toISOString() ?? null)

  const tickets = await app.db.selectFrom('ticket').innerJoin('ticketType', 'ticketType.id', 'ticket.ticketTypeId').select(['ticket.id', 'ticketType.name', 'ticket.status', 'ticket.holderName', 'ticket.usedCount'])
    .where('ticket.eventId', '=', order.eventId).where('ticket.orderId', '=', order.id).orderBy('ticket.id').execute()
  for (const ticket of tickets) line('ticket', `${ticket.id}  ${ticket.name}, ${ticket.status}${ticket.holderName ? `, ${ticket.holderName}` : ''}${ticket.usedCount ? `, entered ${ticket.usedCount} times` : ''}`)
  for (const payment of await findPayments(app.db, { kind: 'order', id: order.id })) {
    line('payment', `${payment.id}  ${payment.provider}, ${payment.status}, ${formatMoney(payment.amount, 'en')}${payment.failure ? `, ${payment.failure}` : ''}${payment.refundDue ? ', due back' : ''}`)
  }
  const refunds = await app.db.selectFrom('refund').select(['id', 'status', 'amount', 'currency', 'cause']).where('payableKind', '=', 'order').where('payableId', '=', order.id).orderBy('createdAt').execute()
  for (const refund of refunds) line('refund', `${refund.id}  ${refund.status}, ${formatMoney(refund, 'en')}, ${refund.cause}`)
  const { rows: facts } = await sql<{ at: Date; kind: string; actor: string }>`
    SELECT at, kind, actor FROM fact WHERE event_id = ${order.eventId} AND subject = ANY (${[`order:${order.id}`, ...refunds.map((refund) => `refund:${refund.id}`)]}::text[]) ORDER BY at, id`.execute(app.db)
  for (const fact of facts) line('fact', `${fact.at.toISOString()}  ${fact.kind} by ${fact.actor}`)
  return 0
}
