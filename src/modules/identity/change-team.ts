// Changes who may do what in a team, and who is in it.
import type { AccountActor, Actor, TeamRole } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { identityError } from './errors.ts'
import { memberInvited, memberRemoved, memberRoleChanged } from './facts.ts'
import { memberOf } from './find-organizers.ts'
import type { Member } from './organizer.ts'
import { mayGrant } from './policy.ts'
import {
  countOtherOwners,
  deleteMembership,
  lockOrganizer,
  selectMemberByPublicId,
  updateMembershipRole,
  type MemberRow,
} from './store/organizers.ts'

/** @throws `not_found`, `forbidden`, `last_owner` */
export async function changeMemberRole(app: App, actor: Actor, input: { organizerId: number; memberId: string; role: TeamRole }): Promise<Member> {
  return transact(app, async (tx) => {
    const member = await lockMember(tx, input)
    if (!mayGrant(actor, input.organizerId, member.role) || !mayGrant(actor, input.organizerId, input.role)) throw kernelError('forbidden')
    if (member.role === input.role) return memberOf(member)
    await requireAnotherOwner(tx, input.organizerId, member)
    await updateMembershipRole(tx, input.organizerId, member.accountId, input.role)
    await record(tx, actor, memberRoleChanged(input.organizerId, member.accountId, member.role, input.role))
    return memberOf({ ...member, role: input.role })
  })
}

/** Everybody may leave; the last owner may not, and nobody may put them out. @throws `not_found`, `forbidden`, `last_owner` */
export async function removeMember(app: App, actor: Actor, input: { organizerId: number; memberId: string }): Promise<void> {
  await transact(app, async (tx) => {
    const member = await lockMember(tx, input)
    const isLeaving = (actor as Partial<AccountActor>).accountId === member.accountId
    if (!isLeaving && !mayGrant(actor, input.organizerId, member.role)) throw kernelError('forbidden')
    await requireAnotherOwner(tx, input.organizerId, member)
    await deleteMembership(tx, input.organizerId, member.accountId)
    await record(tx, actor, memberRemoved(input.organizerId, member.accountId))
  })
  app.nudge('facts')
}

/** Mails the link again to who hasn't followed it yet; to others, nothing. @throws `not_found`, `forbidden`, `rate_limited` */
export async function inviteMemberAgain(app: App, actor: Actor, input: { organizerId: number; memberId: string }): Promise<void> {
  if (actor.kind === 'account') await countAttempt(app, 'invite', actor.ip, `account:${actor.accountId}`)
  await transact(app, async (tx) => {
    const member = await lockMember(tx, input)
    if (!mayGrant(actor, input.organizerId, member.role)) throw kernelError('forbidden')
    if (!member.confirmed) await record(tx, actor, memberInvited(input.organizerId, member.accountId, member.role, false))
  })
  app.nudge('facts')
}

async function lockMember(tx: Tx, input: { organizerId: number; memberId: string }): Promise<MemberRow> {
  const organizer = isUuid(input.memberId) && (await lockOrganizer(tx, input.organizerId))
  const member = organizer && (await selectMemberByPublicId(tx, input.organizerId, input.memberId))
  if (!member) throw kernelError('not_found')
  return member
}

async function requireAnotherOwner(tx: Tx, organizerId: number, member: MemberRow): Promise<void> {
  if (member.role === 'owner' && member.confirmed && (await countOtherOwners(tx, organizerId, member.accountId)) === 0)
    throw identityError('last_owner')
}
