// Whether somebody knows the password of an address.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { normalizeEmail } from './account.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { hashPassword, isOutdatedHash, verifyPassword } from './credentials/password-hash.ts'
import { identityError } from './errors.ts'
import { replacePasswordHash, selectAccountByEmail } from './store/accounts.ts'

export type Credentials = { email: string; password: string }

/**
 * Answers alike, after the same work, for an unknown address, an account without a password and a wrong password.
 * @returns the account's id
 * @throws `invalid_credentials`; `account_suspended`, only to who knows the password; `rate_limited`
 */
export async function checkCredentials(app: App, actor: Actor, credentials: Credentials): Promise<number> {
  const email = normalizeEmail(credentials.email)
  const attempt = await countAttempt(app, 'logIn', 'ip' in actor ? actor.ip : null, email ?? credentials.email)
  const account = email === undefined ? undefined : await selectAccountByEmail(app.db, email)
  const isRight = await verifyPassword(app, account?.passwordHash, credentials.password)
  if (!account?.passwordHash || !isRight) throw identityError('invalid_credentials')
  if (account.suspendedAt) throw identityError('account_suspended')
  await attempt.succeeded()
  if (isOutdatedHash(account.passwordHash)) {
    await replacePasswordHash(app.db, account.id, account.passwordHash, await hashPassword(app, credentials.password))
  }
  return account.id
}
