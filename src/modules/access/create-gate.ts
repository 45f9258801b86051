// A new gate of an event.
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput } from '#src/kernel/domain-error.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { App } from '#src/platform/app.ts'
import { violatedConstraint, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { accessError } from './errors.ts'
import { gateCreated } from './facts.ts'
import { MAX_GATES, NEW_GATE, problemsOf, type Gate, type GateDetails } from './gate.ts'
import { countGates, insertGate, insertGateChange, selectGate, selectTicketTypeIds } from './store/gates.ts'

/** @throws `not_found`, `forbidden`, `invalid_input`, `gate_name_taken`, `too_many_gates` */
export async function createGate(app: App, actor: Actor, slug: string, input: { name: string } & Partial<GateDetails>): Promise<Gate> {
  const details: GateDetails = { ...NEW_GATE, ticketTypeIds: [], ...input, name: input.name.trim() }
  return namedOnce(() =>
    asTeam(app, actor, async (tx) => {
      const event = await loadTeamEvent(tx, actor, slug)
      await requireValidGate(tx, event.id, details)
      if ((await countGates(tx, event.id)) >= MAX_GATES) throw accessError('too_many_gates', { max: MAX_GATES })
      const id = await insertGate(tx, event.id, details)
      await insertGateChange(tx, event.id, id)
      const gate = (await selectGate(tx, id))!
      await record(tx, actor, gateCreated(gate))
      return gate
    }),
  )
}

/** @throws `invalid_input` with the fields to correct */
export async function requireValidGate(tx: Tx, eventId: number, details: GateDetails): Promise<void> {
  const problems = problemsOf(details)
  const known = new Set(await selectTicketTypeIds(tx, eventId, details.ticketTypeIds))
  if (details.ticketTypeIds.some((id) => !known.has(id))) problems.push({ pointer: '/body/ticketTypeIds', code: 'unknown_ticket_type' })
  if (problems.length > 0) throw invalidInput(...problems)
}

/** Two gates of an event never share a name: an agent told to go to "Entrée 2" must find one. */
export async function namedOnce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedConstraint(error) === 'gate_name') throw accessError('gate_name_taken')
    throw error
  }
}
