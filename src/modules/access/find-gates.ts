// Questions about gates and who works at them.
import type { AccountActor, Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import type { Gate, GateAgent } from './gate.ts'
import { isInTeam, ledOrganizers, mayManageGates } from './policy.ts'
import { lockGate, selectAgents, selectGate, selectGates, selectOpenGates, selectShifts, type OpenGate } from './store/gates.ts'

export type { OpenGate } from './store/gates.ts'

/** The event's gates, for its team; an agent is shown those of its own shifts. @throws `not_found` */
export async function listGates(app: App, actor: Actor, slug: string): Promise<Gate[]> {
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, slug, 'cashier', 'agent')
    const isAgent = actor.kind === 'account' && actor.memberships.some((m) => m.organizerId === event.organizerId && m.role === 'agent')
    return selectGates(tx, event.id, isAgent ? actor.accountId : null)
  })
}

/** The gates at which the actor may scan now, by event. */
export async function listOpenGates(app: App, actor: Actor): Promise<OpenGate[]> {
  const account = requireAccount(actor)
  const gates = await selectOpenGates(app.db, { accountId: account.accountId, ledOrganizerIds: ledOrganizers(account) })
  return gates.filter((gate) => isInTeam(account, gate.organizerId))
}

/** The one gate at which the actor may scan now; null where there are several, or none. */
export async function findOnlyGate(app: App, actor: AccountActor): Promise<number | null> {
  const [gate, another] = await listOpenGates(app, actor)
  return gate && !another ? gate.id : null
}

/** Who has shifts at the gate. @throws `not_found` */
export async function listGateAgents(app: App, actor: Actor, gateId: number): Promise<GateAgent[]> {
  return asTeam(app, actor, async (tx) => {
    await getManagedGate(tx, actor, gateId)
    return selectAgents(tx, gateId)
  })
}

/** A gate that the actor may change, locked, inside a transaction opened with `asTeam`. @throws `not_found`; `forbidden` to the rest of its team */
export async function lockManagedGate(tx: Tx, actor: Actor, gateId: number): Promise<Gate> {
  return requireManaged(actor, await lockGate(tx, gateId))
}

/** As `lockManagedGate`, to look only. */
export async function getManagedGate(tx: Tx, actor: Actor, gateId: number): Promise<Gate> {
  return requireManaged(actor, await selectGate(tx, gateId))
}

function requireManaged(actor: Actor, gate: Gate | undefined): Gate {
  if (!gate) throw kernelError('not_found')
  if (!mayManageGates(actor, gate.organizerId)) throw kernelError('forbidden')
  return gate
}

/** True where the actor may scan now: at this gate, or at any if none is named. */
export async function isOnShift(app: App, actor: AccountActor, gateId: number | undefined): Promise<boolean> {
  if (ledOrganizers(actor).length > 0) return true
  const organizers = await selectShifts(app.db, actor.accountId, gateId ?? null)
  return organizers.some((organizerId) => isInTeam(actor, organizerId))
}
