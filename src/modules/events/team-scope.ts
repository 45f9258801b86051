// Transactions on behalf of a team: row-level security hides what belongs to others.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { inScope, transact, type Tx } from '#src/platform/db.ts'

/**
 * Runs `work` in one transaction that sees the rows of the organizers the actor works for; every row for staff.
 * @throws `unauthenticated` for visitors, who work for nobody
 */
export function asTeam<T>(app: App, actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (isStaff(actor)) return transact(app, work)
  if (actor.kind !== 'account') throw kernelError('unauthenticated')
  return inScope(app, { kind: 'tenant', organizerIds: actor.memberships.map((m) => m.organizerId) }, work)
}
