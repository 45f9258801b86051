// Changing a gate's rules, or taking it out of use.
import type { Actor } from '#src/kernel/actor.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { namedOnce, requireValidGate } from './create-gate.ts'
import { gateArchived, gateUpdated } from './facts.ts'
import { lockManagedGate } from './find-gates.ts'
import type { Gate, GateDetails } from './gate.ts'
import { archiveGateRow, insertGateChange, selectGate, updateGateRow } from './store/gates.ts'

/** Changes what is given; it holds from the next scan on. @throws `not_found`, `forbidden`, `invalid_input`, `gate_name_taken` */
export async function updateGate(app: App, actor: Actor, gateId: number, changes: Partial<GateDetails>): Promise<Gate> {
  return namedOnce(() =>
    asTeam(app, actor, async (tx) => {
      const { id, eventId, organizerId, ...details } = await lockManagedGate(tx, actor, gateId)
      const changed: GateDetails = { ...details, ...changes, name: (changes.name ?? details.name).trim() }
      await requireValidGate(tx, eventId, changed)
      await updateGateRow(tx, id, changed)
      await insertGateChange(tx, eventId, id)
      await record(tx, actor, gateUpdated({ id, eventId, organizerId }, Object.keys(changes)))
      return (await selectGate(tx, id))!
    }),
  )
}

/** Takes the gate out of use and ends the shifts at it; its scans stay in the log. @throws `not_found`, `forbidden` */
export async function archiveGate(app: App, actor: Actor, gateId: number): Promise<void> {
  await asTeam(app, actor, async (tx) => {
    const gate = await lockManagedGate(tx, actor, gateId)
    await archiveGateRow(tx, gate.id)
    await insertGateChange(tx, gate.eventId, gate.id)
    await record(tx, actor, gateArchived(gate))
  })
}
