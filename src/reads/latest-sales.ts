// What just happened in an organizer's shop: the last sales, and how many who looked came to buy.
import { sql } from 'kysely'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Actor } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import { readFunnel, type Funnel } from './numbers.ts'

export type LatestSale = { code: string; buyerName: string; quantity: number; total: Money; paidAt: Date; eventSlug: string; eventTitle: string }

export type ShopNews = { latest: LatestSale[]; funnel: Funnel }

const SHOWN = 6

/**
 * For owners, managers and cashiers, of all their organizers or the one named. Tickets given out by the team are no sales.
 * @param organizer a slug
 * @throws `unauthenticated`
 */
export async function getShopNews(app: App, actor: Actor, organizer?: string): Promise<ShopNews> {
  if (actor.kind !== 'account') throw kernelError('unauthenticated')
  const ids = actor.memberships.filter((membership) => membership.role !== 'agent').map((membership) => membership.organizerId)
  return asTeam(app, actor, async (tx) => {
    const chosen = await tx
      .selectFrom('organizer')
      .select('id')
      .where('id', 'in', ids.length > 0 ? ids : [0])
      .$if(organizer !== undefined, (query) => query.where('slug', '=', organizer!))
      .execute()
    const organizerIds = chosen.map(({ id }) => id)
    const { rows } = await sql<Omit<LatestSale, 'total'> & { amount: number; currency: string }>`
      SELECT o.code, o.buyer_name, o.quantity, o.total AS amount, o.currency, o.paid_at, e.slug AS event_slug, e.title AS event_title
        FROM ticket_order o JOIN event e ON e.id = o.event_id
       WHERE e.organizer_id = ANY (${organizerIds}::bigint[]) AND o.paid_at IS NOT NULL AND o.channel <> 'issue' ORDER BY o.paid_at DESC, o.id DESC LIMIT ${SHOWN}`.execute(
      tx,
    )
    return {
      latest: rows.map(({ amount, currency, ...sale }) => ({ ...sale, total: { amount, currency } })),
      funnel: await readFunnel(tx, { organizerIds }),
    }
  })
}
