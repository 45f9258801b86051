// Questions about what an invitation to a private event is still good for.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import { selectGuestInvitation, selectTakenByInvitation, type GuestInvitation } from './store/guest-orders.ts'

export type { GuestInvitation } from './store/guest-orders.ts'

/** The invitation that opens a private event for the actor: by the token of a link, else by a proven address. */
export function findGuestInvitation(app: App, actor: Actor, eventId: number, token: string | undefined): Promise<GuestInvitation | undefined> {
  const email = actor.kind === 'account' && actor.emailVerified ? actor.email : null
  return token === undefined && email === null ? Promise.resolve(undefined) : selectGuestInvitation(app.db, eventId, { token: token ?? null, email })
}

/** Tickets that may still be taken with it; null for as many as the ticket types allow. */
export function ticketsLeft({ maxTickets, taken }: GuestInvitation): number | null {
  return maxTickets === null ? null : Math.max(0, maxTickets - taken)
}

/** How many tickets each of these invitations was used for; those not used are left out. */
export function countTakenByInvitation(db: Db, eventId: number, ids: readonly number[]): Promise<Map<number, number>> {
  return selectTakenByInvitation(db, eventId, ids)
}
