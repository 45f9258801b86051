// Puts somebody in an organizer's team, by e-mail address.
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Actor, TeamRole } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireEmail, requireName } from './account.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { memberInvited } from './facts.ts'
import { memberOf } from './find-organizers.ts'
import type { Member } from './organizer.ts'
import { mayGrant } from './policy.ts'
import { insertAccount, selectAccountByEmail } from './store/accounts.ts'
import { insertMembership, lockOrganizer, selectMember } from './store/organizers.ts'

/**
 * An unknown address gets an account without a password: the mailed link sets one. Where the address is not proven, anybody may have
 * registered with it, so the membership gives no rights before that link was followed. Gate agents are the exception: a door must open
 * tonight, with people who were hired this morning, and an agent sees no money and no addresses.
 * @returns the member; `added` false where they were in the team already, with the role they had: asking twice changes nothing
 * @throws `not_found`, `forbidden`, `invalid_email`, `name_required`, `rate_limited`
 */
export async function addMember(
  app: App,
  actor: Actor,
  input: { organizerId: number; email: string; role: TeamRole; name?: string },
): Promise<Member & { added: boolean }> {
  const email = requireEmail(input.email)
  const name = requireName(input.name ?? email.split('@')[0]!)
  if (!mayGrant(actor, input.organizerId, input.role)) throw kernelError('forbidden')
  if (actor.kind === 'account') await countAttempt(app, 'invite', actor.ip, `account:${actor.accountId}`)

  const member = await transact(app, async (tx) => {
    if (!(await lockOrganizer(tx, input.organizerId))) throw kernelError('not_found')
    await insertAccount(tx, { email, name, role: 'participant', locale: actor.locale })
    const account = (await selectAccountByEmail(tx, email))!
    const isConfirmed = account.emailVerifiedAt !== null || (input.role === 'agent' && account.passwordHash !== null)
    const added = await insertMembership(tx, {
      organizerId: input.organizerId,
      accountId: account.id,
      role: input.role,
      confirmedAt: isConfirmed ? app.clock.now() : null,
    })
    if (added) await record(tx, actor, memberInvited(input.organizerId, account.id, input.role, isConfirmed))
    const row = (await selectMember(tx, input.organizerId, account.id))!
    return { ...memberOf(row), added }
  })
  if (member.added) app.nudge('facts')
  return member
}
