// Proves an account's address, or the one that waits to take its place, with a mailed link.
import type { Actor } from '#src/kernel/actor.ts'
import { hashToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { identityError } from './errors.ts'
import { emailChanged, emailVerified } from './facts.ts'
import { lockAccount, updateAccountRow, type AccountRow } from './store/accounts.ts'
import { deleteUnusedTokens, useToken } from './store/account-tokens.ts'

/**
 * Only proves the address; pending invitations to teams need their own link, which also sets a password: the one known so far may be that
 * of a stranger who registered with this address.
 * @throws `link_expired`, also for a link that was used or an address that was changed since; `email_taken`; `rate_limited`
 */
export async function verifyEmail(app: App, actor: Actor, input: { token: string }): Promise<void> {
  const attempt = await countAttempt(app, 'openLink', 'ip' in actor ? actor.ip : null)
  await transact(app, async (tx) => {
    const now = app.clock.now()
    const token = await useToken(tx, ['verify_email', 'change_email'], hashToken(input.token), now)
    const account = token && (await lockAccount(tx, token.accountId))
    if (account && token.purpose === 'change_email') return replaceEmail(tx, actor, account, token.email, now)
    if (!account || account.email !== token.email) throw identityError('link_expired')
    await deleteUnusedTokens(tx, account.id, ['verify_email'])
    if (account.emailVerifiedAt) return
    await updateAccountRow(tx, account.id, { emailVerifiedAt: now })
    await record(tx, actor, emailVerified(account.id))
  })
  await attempt.succeeded()
}

/** Whatever was mailed to the former address opens nothing any more. */
async function replaceEmail(tx: Tx, actor: Actor, account: AccountRow, email: string, now: Date): Promise<void> {
  if (account.pendingEmail !== email) throw identityError('link_expired')
  await updateAccountRow(tx, account.id, { email, emailVerifiedAt: now, pendingEmail: null })
  await deleteUnusedTokens(tx, account.id, ['verify_email', 'reset_password', 'join_team', 'change_email'])
  await record(tx, actor, emailChanged(account.id), emailVerified(account.id))
}
