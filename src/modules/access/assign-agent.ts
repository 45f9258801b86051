// Who works at which gate, and when.
import type { Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { addMember } from '#src/modules/identity/add-member.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { agentAssigned, agentReleased } from './facts.ts'
import { getManagedGate, lockManagedGate } from './find-gates.ts'
import type { GateAgent } from './gate.ts'
import { deleteShift, upsertShift } from './store/gates.ts'

export type NewShift = { email: string; name?: string | undefined; validFrom?: Date | null | undefined; validTo?: Date | null | undefined }

/**
 * Gives somebody a shift at the gate, or changes it. Who isn't in the team is invited as an agent; who is, keeps the role.
 * @throws `not_found`, `forbidden`, `invalid_email`, `invalid_input`, `rate_limited`
 */
export async function assignAgent(app: App, actor: Actor, gateId: number, input: NewShift): Promise<GateAgent> {
  const validFrom = input.validFrom ?? null
  const validTo = input.validTo ?? null
  if (validFrom && validTo && validTo <= validFrom) throw invalidInput({ pointer: '/body/validTo', code: 'not_after_start' })
  const { organizerId } = await asTeam(app, actor, (tx) => getManagedGate(tx, actor, gateId))
  const member = await addMember(app, actor, {
    organizerId,
    email: input.email,
    role: 'agent',
    ...(input.name !== undefined && { name: input.name }),
  })
  await asTeam(app, actor, async (tx) => {
    const gate = await lockManagedGate(tx, actor, gateId)
    await upsertShift(tx, { gateId, eventId: gate.eventId, organizerId, accountId: member.accountId, validFrom, validTo })
    await record(tx, actor, agentAssigned(gate, member.accountId))
  })
  return { accountId: member.id, email: member.email, name: member.name, validFrom, validTo }
}

/** Ends somebody's shift at the gate, at once. The person stays in the team. @throws `not_found`, `forbidden` */
export async function releaseAgent(app: App, actor: Actor, gateId: number, accountPublicId: string): Promise<void> {
  await asTeam(app, actor, async (tx) => {
    const gate = await lockManagedGate(tx, actor, gateId)
    const accountId = isUuid(accountPublicId) ? await deleteShift(tx, gateId, accountPublicId) : undefined
    if (accountId === undefined) throw kernelError('not_found')
    await record(tx, actor, agentReleased(gate, accountId))
  })
}
