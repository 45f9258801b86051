// Makes the secret of a mailed link. Called while the mail is built, so that the token stands in the mail alone: the database has its hash.
import { secondsAfter } from '#src/kernel/clock.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { hashToken, newToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import type { AccountTokenPurpose } from './account.ts'
import { selectAccountById } from './store/accounts.ts'
import { insertAccountToken } from './store/account-tokens.ts'

/** Seconds that a link is good for. */
export const ACCOUNT_TOKEN_SECONDS = {
  verify_email: 86_400,
  reset_password: 3600,
  join_team: 7 * 86_400,
  change_email: 86_400,
} as const satisfies Record<AccountTokenPurpose, number>

/** Where each link leads, on our own address: `${app.publicUrl()}${ACCOUNT_LINKS[purpose]}${token}`. */
export const ACCOUNT_LINKS = {
  verify_email: '/verify-email/',
  reset_password: '/reset-password/',
  join_team: '/join-team/',
  change_email: '/verify-email/',
} as const satisfies Record<AccountTokenPurpose, string>

/**
 * A link's token: 256 random bits, for one use. It stands for the address that the account has now, or means to have; after another change
 * of address it is void.
 * Calling again makes another one and leaves the first alone, since its mail may be on its way.
 * @param mailedTo where the link goes: nobody proves another address with it, should it have been changed a moment ago
 * @throws `not_found` where the account is gone, no address waits any more, or it isn't `mailedTo`
 */
export async function mintAccountToken(app: App, accountId: number, purpose: AccountTokenPurpose, mailedTo?: string): Promise<string> {
  const token = newToken()
  await transact(app, async (tx) => {
    const account = await selectAccountById(tx, accountId)
    const email = purpose === 'change_email' ? account?.pendingEmail : account?.email
    if (!account || !email || (mailedTo !== undefined && mailedTo !== email)) throw kernelError('not_found')
    const now = app.clock.now()
    await insertAccountToken(tx, {
      tokenHash: hashToken(token),
      accountId,
      purpose,
      email,
      createdAt: now,
      expiresAt: secondsAfter(now, ACCOUNT_TOKEN_SECONDS[purpose]),
    })
  })
  return token
}
