// eraseAccount: somebody leaves. What must be kept (orders, payments, facts) keeps pointing at a row that says nothing of them any more.
import { isStaff, type AccountActor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { deleteStoredFile } from '#src/platform/stored-files.ts'
import { identityError } from './errors.ts'
import { accountErased, memberRemoved } from './facts.ts'
import { eraseAccountRow, lockAccount } from './store/accounts.ts'
import { deleteUnusedTokens } from './store/account-tokens.ts'
import { countOtherOwners, deleteMembershipsOf, lockOrganizer, selectMember } from './store/organizers.ts'
import { revokeSessionsOf } from './store/sessions.ts'
import { requirePassword } from './update-account.ts'

/**
 * Ends the account for good: name, address, phone and photo are gone at once, every device is signed out, teams are left. Orders lose the
 * buyer's name and addresses as soon as their event is over (the job `forget-buyer`, and every night after); tickets stay valid until then.
 * @throws `wrong_password`, `rate_limited`; `last_owner` where an organizer would be left without one; `forbidden` to staff
 */
export async function eraseAccount(app: App, actor: AccountActor, input: { currentPassword: string | undefined }): Promise<void> {
  if (isStaff(actor)) throw kernelError('forbidden')
  await requirePassword(app, actor, input.currentPassword)
  const photoId = await transact(app, async (tx) => {
    const now = app.clock.now()
    // Teams first, in id order, as whoever changes a team locks them.
    for (const organizerId of actor.memberships.map((membership) => membership.organizerId).toSorted((a, b) => a - b)) {
      await lockOrganizer(tx, organizerId)
      const member = await selectMember(tx, organizerId, actor.accountId)
      if (!member) continue
      if (member.role === 'owner' && (await countOtherOwners(tx, organizerId, actor.accountId)) === 0) throw identityError('last_owner')
      await record(tx, actor, memberRemoved(organizerId, actor.accountId))
    }
    await deleteMembershipsOf(tx, actor.accountId)
    const account = await lockAccount(tx, actor.accountId)
    if (!account) throw kernelError('unauthenticated')
    await revokeSessionsOf(tx, account.id, now, 'account_erased')
    await deleteUnusedTokens(tx, account.id, ['verify_email', 'reset_password', 'join_team', 'change_email'])
    await eraseAccountRow(tx, account.id, now)
    if (account.photoId) await deleteStoredFile(tx, account.photoId)
    await record(tx, actor, accountErased(account.id))
    // Orders placed as a guest are the account's too, where its address was proven.
    const email = account.emailVerifiedAt ? account.email : null
    await enqueue(tx, 'forget-buyer', { accountId: account.id, email }, { key: `forget-buyer:${account.id}` })
    return account.photoId
  })
  if (photoId) await app.files.remove(photoId)
}
