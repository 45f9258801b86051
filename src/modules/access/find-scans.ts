// Questions about what happened at the gates. An agent is told of its own gates only: the database sees to that.
import { isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { decodeCursor, pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import { getTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { inScope, type Tx } from '#src/platform/db.ts'
import { scanScopes } from './policy.ts'
import { countAdmitted, selectInside, selectScan, selectScans, type LoggedScan, type ScanOutcome } from './store/scan-log.ts'

export type { LoggedScan, ScanOutcome } from './store/scan-log.ts'

/**
 * The event's attempts, newest first: all of them for who leads it, with the holders' names; those of their shifts' gates for the rest of the
 * team, who learn nothing about guests.
 * @throws `not_found`, `bad_cursor`
 */
export async function listScans(
  app: App,
  actor: Actor,
  slug: string,
  filter: PageRequest & { gateId?: number | undefined; code?: string | undefined; outcome?: ScanOutcome | undefined },
): Promise<Page<LoggedScan>> {
  const event = await getTeamEvent(app, actor, slug, 'cashier', 'agent')
  const limit = pageLimit(filter)
  const [at, id] = filter.cursor ? decodeCursor(filter.cursor, 'moment', 'uuid') : []
  const before = at === undefined ? undefined : { at, id: id! }
  const rows = await asObserver(app, actor, event.organizerId, (tx) =>
    selectScans(tx, {
      eventId: event.id,
      gateId: filter.gateId,
      code: filter.code,
      outcome: filter.outcome,
      withHolders: leads(actor, event.organizerId),
      before,
      limit: limit + 1,
    }),
  )
  return toPage(
    rows,
    limit,
    (scan) => [scan.exactAt, scan.id],
    (scan) => scan,
  )
}

/** What became of a scan, for who lost the answer: of the actor's own gates. @throws `not_found` */
export async function getScan(app: App, actor: Actor, scanId: string): Promise<LoggedScan> {
  for (const scope of scanScopes(requireAccount(actor))) {
    const scan = await inScope(app, scope, (tx) => selectScan(tx, scanId))
    if (scan) return scan
  }
  throw kernelError('not_found')
}

/** How many are inside now, and how many may be. @throws `not_found` */
export async function countInside(app: App, actor: Actor, slug: string): Promise<{ inside: number; capacity: number | null }> {
  const event = await getTeamEvent(app, actor, slug, 'cashier', 'agent')
  return asTeam(app, actor, (tx) => selectInside(tx, event.id))
}

/** How many the actor has let in at a gate: one of its own, or of those that it leads. Of other gates: none. */
export async function countAdmittedByMe(app: App, actor: Actor, gate: { id: number; organizerId: number }): Promise<number> {
  const { accountId } = requireAccount(actor)
  return asObserver(app, actor, gate.organizerId, (tx) => countAdmitted(tx, gate.id, accountId))
}

const leads = (actor: Actor, organizerId: number) => isStaff(actor) || worksFor(actor, organizerId, 'owner', 'manager')

function asObserver<T>(app: App, actor: Actor, organizerId: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (leads(actor, organizerId)) return asTeam(app, actor, work)
  return inScope(app, { kind: 'agent', accountId: requireAccount(actor).accountId }, work)
}
