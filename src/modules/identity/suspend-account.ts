// Staff close an account, and open it again.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { identityError } from './errors.ts'
import { accountReinstated, accountSuspended } from './facts.ts'
import { maySuspend } from './policy.ts'
import { lockAccountByPublicId, updateAccountRow, type AccountRow } from './store/accounts.ts'
import { revokeSessionsOf } from './store/sessions.ts'

/**
 * From the next request on the account is signed out everywhere and can't sign in. What it has bought stays valid.
 * @param input.accountId the account's public id
 * @throws `not_found`, `forbidden`, `own_account`
 */
export async function suspendAccount(app: App, actor: Actor, input: { accountId: string; reason: string }): Promise<void> {
  await transact(app, async (tx) => {
    const account = await lockOther(tx, actor, input.accountId)
    if (account.suspendedAt) return
    const now = app.clock.now()
    await updateAccountRow(tx, account.id, { suspendedAt: now })
    // Revoked as well, so that reinstating the account doesn't bring a thief's session back.
    await revokeSessionsOf(tx, account.id, now, 'account_suspended')
    await record(tx, actor, accountSuspended(account.id, input.reason))
  })
}

/** @throws `not_found`, `forbidden`, `own_account` */
export async function reinstateAccount(app: App, actor: Actor, input: { accountId: string }): Promise<void> {
  await transact(app, async (tx) => {
    const account = await lockOther(tx, actor, input.accountId)
    if (!account.suspendedAt) return
    await updateAccountRow(tx, account.id, { suspendedAt: null })
    await record(tx, actor, accountReinstated(account.id))
  })
}

async function lockOther(tx: Tx, actor: Actor, publicId: string): Promise<AccountRow> {
  const account = isUuid(publicId) ? await lockAccountByPublicId(tx, publicId) : undefined
  if (actor.kind === 'account' && actor.accountId === account?.id) throw identityError('own_account')
  if (!maySuspend(actor, account ?? { id: 0, role: 'participant' })) throw kernelError('forbidden')
  if (!account) throw kernelError('not_found')
  return account
}
