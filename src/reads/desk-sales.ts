// What one cashier sold today at one event's counter: what must lie in the till.
import { sql } from 'kysely'
import type { AccountActor } from '#src/kernel/actor.ts'
import { actorLabel } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'

export type DeskSale = {
  code: string
  buyerName: string
  quantity: number
  status: OrderStatus
  /** Cash taken; 0 for what was free. */ taken: number
  at: Date
}

export type DeskDay = { sales: DeskSale[]; count: number; tickets: number; taken: Money }

const SHOWN = 50

/**
 * Orders that the caller was paid for in cash since midnight where the event is, and free ones that the caller gave out; latest first, at
 * most fifty, with the totals of all of them. Refunds don't change what was taken: they are somebody else's decision.
 */
export async function getDeskDay(app: App, actor: AccountActor, event: { id: number; timezone: string; currency: string }): Promise<DeskDay> {
  return asTeam(app, actor, async (tx) => {
    const { rows } = await sql<DeskSale & { count: number; tickets: number; sum: number }>`
      WITH mine AS (
        SELECT f.kind, f.subject FROM fact f
         WHERE f.event_id = ${event.id} AND f.actor = ${actorLabel(actor)} AND f.kind IN ('payment.started', 'order.paid')
           AND f.at >= date_trunc('day', ${app.clock.now()}::timestamptz, ${event.timezone}))
      SELECT o.code, o.buyer_name, o.quantity, o.status, s.taken, s.at,
             count(*) OVER () AS count, sum(o.quantity) OVER () AS tickets, sum(s.taken) OVER () AS sum
        FROM (SELECT p.payable_id AS order_id, p.amount AS taken, p.created_at AS at
                FROM mine m JOIN payment p ON m.kind = 'payment.started' AND p.id = split_part(m.subject, ':', 2)::uuid
               WHERE p.provider = 'cash' AND p.status = 'SUCCEEDED' AND p.payable_kind = 'order'
               UNION ALL
              SELECT o.id, 0, o.created_at
                FROM mine m JOIN ticket_order o ON m.kind = 'order.paid' AND o.event_id = ${event.id} AND o.id = split_part(m.subject, ':', 2)::bigint
               WHERE o.channel = 'cashier' AND o.total = 0) s
        JOIN ticket_order o ON o.event_id = ${event.id} AND o.id = s.order_id
       ORDER BY s.at DESC, o.id DESC LIMIT ${SHOWN}`.execute(tx)
    const [first] = rows
    return {
      sales: rows.map(({ code, buyerName, quantity, status, taken, at }) => ({ code, buyerName, quantity, status, taken, at })),
      count: first?.count ?? 0,
      tickets: Number(first?.tickets ?? 0),
      taken: { amount: Number(first?.sum ?? 0), currency: event.currency },
    }
  })
}
