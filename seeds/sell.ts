// People buy: most pay at once, some cash, some are refused, some never answer. Always the same crowd, never by chance.
import type { AccountActor, Visitor } from '#src/kernel/actor.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { findSimulator } from '#src/modules/payments/providers.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { expireOrders } from '#src/modules/ticketing/expire-orders.ts'
import { checkOut, type CheckedOut } from '#src/modules/ticketing/check-out.ts'
import type { App } from '#src/platform/app.ts'
import type { BuiltDemoEvent } from './build-event.ts'
import type { SeedApp } from './demo-world.ts'
import { buyer, type Actors, type DemoBuyer } from './people.ts'

const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }
/** Buyers at the window at the same time. */
const AT_ONCE = 12

/** Sells as the definition says; who finds the house full goes home. */
export async function sell(app: SeedApp, actors: Actors, built: BuiltDemoEvent): Promise<void> {
  const { definition } = built
  const onSale = built.types.filter((type) => !type.hidden && (type.saleStartsAt === null || type.saleStartsAt <= new Date()))
  const crowd = Array.from({ length: definition.sales!.orders }, (_, n) => n)
  for (let first = 0; first < crowd.length; first += AT_ONCE) {
    await Promise.all(
      crowd.slice(first, first + AT_ONCE).map(async (n) => {
        // Towards dearer types less and less often.
        const type = onSale[n % 5 === 4 ? onSale.length - 1 : n % 3 === 2 && onSale.length > 1 ? 1 : 0]!
        const quantity = Math.min(type.maxPerOrder, Math.max(type.minPerOrder, [2, 1, 3, 1, 2, 4][n % 6]!))
        const isCash = definition.organizer === 'cotonou' && type.price.amount > 0 && n % 11 === 7
        await buy(app, built, {
          n,
          lines: [{ ticketTypeId: type.id, quantity }],
          who: buyer(definition.organizer, n),
          how: type.price.amount === 0 ? 'free' : isCash ? 'cash' : n % 13 === 9 ? 'refuse' : n % 17 === 11 ? 'expire' : 'approve',
          // Private events are sold to their own team here; the others to anybody.
          actor: isCash ? actors.of('cashier@demo.test') : definition.visibility === 'private' ? built.owner : visitor,
        })
      }),
    )
  }
  // Who was refused or never answered has lost the places by now.
  await app.ownerPool.query(
    `
    UPDATE ticket_order o SET expires_at = now() - interval '1 minute'
     WHERE event_id = $1 AND status = 'awaiting_payment' AND EXISTS (SELECT FROM payment p WHERE p.payable_id = o.id AND p.status IN ('FAILED', 'EXPIRED'))`,
    [built.event.id],
  )
  await expireOrders(app)
  // The last places go one by one.
  if (definition.sales!.full) {
    const last = (n: number) =>
      buy(app, built, { n, lines: [{ ticketTypeId: onSale[0]!.id, quantity: 1 }], who: buyer(definition.organizer, n), how: 'approve' })
    for (let n = crowd.length; await last(n); n++);
  }
}

export type Purchase = {
  n: number | string
  lines: { ticketTypeId: number; quantity: number }[]
  who: DemoBuyer
  how: 'free' | 'cash' | 'approve' | 'refuse' | 'expire' | 'wait'
  actor?: AccountActor | Visitor
  /** The phone that is asked to pay; the buyer's own if left out. */
  phone?: string
}

/** One purchase. Undefined where nothing was left. */
export async function buy(
  app: App,
  { event, definition }: BuiltDemoEvent,
  { n, lines, who, how, actor = visitor, phone }: Purchase,
): Promise<CheckedOut | undefined> {
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
  const order = await checkOut(app, actor, {
    eventSlug: event.slug,
    lines,
    buyer: who,
    idempotencyKey: `demo ${event.slug} ${n}`,
    channel: how === 'cash' ? 'cashier' : 'web',
    ...(definition.askHolderNames
      ? {
          holders: Array.from({ length: quantity }, (_, i) => ({
            name: i === 0 ? who.name : buyer(definition.organizer, Number(n) * 5 + i + 40 || i).name,
          })),
        }
      : {}),
    ...(how === 'free' ? {} : { payment: { provider: how === 'cash' ? 'cash' : 'simulator', phone: phone ?? who.phone } }),
  }).catch((error: unknown) => {
    if (isDomainError(error, 'sold_out')) return undefined
    throw error
  })
  if (order?.payment && how !== 'cash' && how !== 'wait') await answerPhone(app, order.payment.id, how as 'approve' | 'refuse' | 'expire')
  return order
}

/** The payer answers, and we ask the provider what became of it. */
export async function answerPhone(app: App, paymentId: string, answer: 'approve' | 'refuse' | 'expire'): Promise<void> {
  await findSimulator(app)!.decide(paymentId, answer)
  await settlePayments(app, [paymentId])
}
