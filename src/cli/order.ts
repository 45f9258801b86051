// guichet order: what became of an order, and its tickets once more.
import { systemActor } from '#src/kernel/actor.ts'
import { formatMoney } from '#src/kernel/money.ts'
import { findPayments } from '#src/modules/payments/find-payments.ts'
import { getOrder } from '#src/modules/ticketing/find-orders.ts'
import { resendOrder } from '#src/modules/ticketing/serve-order.ts'
import { readOrderHistory } from '#src/reads/order-history.ts'
import { withApp, type CliApp, type CliContext, type Command } from './command.ts'

const actor = systemActor('command-line')

export const orderCommands: readonly Command[] = [
  {
    name: 'order show',
    usage: '<code>',
    takes: [1, 1],
    does: 'tells an order’s state, tickets, payments, refunds and history',
    run: (context, [code]) => withApp(context, (app) => show(context, app, code!.trim().toUpperCase())),
  },
  {
    name: 'order resend',
    usage: '<code>',
    takes: [1, 1],
    does: 'mails the tickets to the buyer once more',
    run: (context, [code]) =>
      withApp(context, async (app) => {
        const order = await resendOrder(app, actor, code!.trim().toUpperCase())
        context.say(`The tickets of ${order.code} go out again${app.config.roles.includes('worker') ? '' : ' as soon as a worker runs'}.`)
        return 0
      }),
  },
]

async function show(context: CliContext, app: CliApp, code: string): Promise<number> {
  const order = await getOrder(app, actor, code)
  const { event, tickets, refunds, facts } = await readOrderHistory(app.db, order)
  const line = (name: string, value: string | null) => {
    if (value) context.say(`${name.padEnd(10)} ${value}`)
  }
  const list = (...parts: (string | null | false)[]) => parts.filter(Boolean).join(', ')
  line('order', list(order.code, order.status, order.late && 'paid late', formatMoney(order.total, 'en')))
  line('event', `${event.title} (${event.slug})`)
  line('buyer', list(order.buyer.name, order.buyer.email, order.buyer.phone))
  line('placed', `${order.createdAt.toISOString()} through ${order.channel}`)
  line('paid', order.paidAt?.toISOString() ?? null)
  line('expires', order.status === 'awaiting_payment' ? (order.expiresAt?.toISOString() ?? null) : null)
  line('cancelled', order.cancelledAt?.toISOString() ?? null)
  for (const { id, type, status, holderName, usedCount } of tickets)
    line('ticket', `${id}  ${list(type, status, holderName, usedCount > 0 && `entered ${usedCount} times`)}`)
  for (const { id, provider, status, amount, failure, refundDue } of await findPayments(app.db, { kind: 'order', id: order.id })) {
    line('payment', `${id}  ${list(provider, status, formatMoney(amount, 'en'), failure, refundDue && 'due back')}`)
  }
  for (const refund of refunds) line('refund', `${refund.id}  ${list(refund.status, formatMoney(refund, 'en'), refund.cause)}`)
  for (const fact of facts) line('fact', `${fact.at.toISOString()}  ${fact.kind} by ${fact.actor}`)
  return 0
}
