// What staff does for somebody who can't get in, or whose devices are in other hands.
import { isStaff, type Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { identityError } from './errors.ts'
import { passwordResetRequested, sessionsEnded } from './facts.ts'
import { maySuspend } from './policy.ts'
import { lockAccountByPublicId, type AccountRow } from './store/accounts.ts'
import { revokeSessionsOf } from './store/sessions.ts'

/**
 * Mails the holder a link that sets a new password. Nobody but the holder reads it.
 * @param input.accountId the account's public id
 * @throws `forbidden`, `not_found`, `account_suspended`
 */
export async function sendResetLink(app: App, actor: Actor, input: { accountId: string }): Promise<void> {
  await transact(app, async (tx) => {
    const account = await lockFor(tx, actor, input.accountId)
    if (account.suspendedAt) throw identityError('account_suspended')
    await record(tx, actor, passwordResetRequested(account.id))
  })
  app.nudge('facts')
}

/**
 * Signs the account out everywhere; it may sign in again.
 * @returns how many sessions ended
 * @throws `forbidden`, also about other staff unless by a superadmin; `not_found`
 */
export async function endSessions(app: App, actor: Actor, input: { accountId: string }): Promise<number> {
  return transact(app, async (tx) => {
    const account = await lockFor(tx, actor, input.accountId)
    if (!maySuspend(actor, account)) throw kernelError('forbidden')
    const count = await revokeSessionsOf(tx, account.id, app.clock.now(), 'ended_by_staff')
    if (count > 0) await record(tx, actor, sessionsEnded(account.id, count))
    return count
  })
}

async function lockFor(tx: Tx, actor: Actor, publicId: string): Promise<AccountRow> {
  if (!isStaff(actor)) throw kernelError('forbidden')
  const account = isUuid(publicId) ? await lockAccountByPublicId(tx, publicId) : undefined
  if (!account) throw kernelError('not_found')
  return account
}
