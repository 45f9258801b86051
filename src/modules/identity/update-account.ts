// The holder changes the account: profile, address, password.
import type { AccountActor, Locale } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record, type Fact } from '#src/platform/facts.ts'
import { requireEmail, requireName, requirePhone, type AccountView } from './account.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { hashPassword, verifyPassword } from './credentials/password-hash.ts'
import { requireGoodPassword } from './credentials/password-rules.ts'
import { fieldError } from './errors.ts'
import { accountUpdated, emailChanged, emailChangeRequested, passwordChanged, verificationRequested } from './facts.ts'
import { getAccountView } from './find-accounts.ts'
import { lockAccount, selectAccountByEmail, selectAccountById, updateAccountRow, type AccountChange } from './store/accounts.ts'
import { deleteUnusedTokens } from './store/account-tokens.ts'
import { revokeSessionsOf } from './store/sessions.ts'

export type AccountUpdate = {
  name?: string
  phone?: string | null
  locale?: Locale
  email?: string
  password?: string
  /** Needed to change the address or the password: a stolen session must not become a stolen account. */
  currentPassword?: string
}

/**
 * A new address takes the place of a proven one only when the link mailed there is followed; until then mail goes where it went. Where the
 * present one was never proven, the new one counts at once. Naming the present one takes the wish back, as does a new
 * password, which ends every other session.
 * @throws `wrong_password`, `email_taken`, `invalid_email`, `name_required`, `invalid_input`, `password_…`, `rate_limited`
 */
export async function updateAccount(app: App, actor: AccountActor, input: AccountUpdate): Promise<AccountView> {
  const email = input.email === undefined ? undefined : requireEmail(input.email)
  const profile: AccountChange = {
    ...(input.name === undefined ? {} : { name: requireName(input.name) }),
    ...(input.phone === undefined ? {} : { phone: requirePhone(input.phone) }),
    ...(input.locale === undefined ? {} : { locale: input.locale }),
  }
  if (input.password !== undefined) requireGoodPassword(input.password, email ?? actor.email)
  const provenHash =
    (email !== undefined && email !== actor.email) || input.password !== undefined
      ? await requirePassword(app, actor, input.currentPassword)
      : undefined
  // Each goes to an address that somebody typed, and may be a stranger's.
  if (email !== undefined && email !== actor.email) await countAttempt(app, 'changeAddress', actor.ip, `account:${actor.accountId}`)
  const passwordHash = input.password === undefined ? undefined : await hashPassword(app, input.password)

  const view = await transact(app, async (tx) => {
    const now = app.clock.now()
    const account = await lockAccount(tx, actor.accountId)
    if (!account) throw kernelError('unauthenticated')
    // Changed meanwhile by somebody else: what was proven is no longer true.
    if (provenHash !== undefined && account.passwordHash !== provenHash) throw fieldError('wrong_password', 'currentPassword')
    const change: AccountChange = { ...profile }
    const facts: Fact[] = []
    if (profile.phone !== undefined && profile.phone !== account.phone) change.phoneVerifiedAt = null
    if (Object.keys(profile).length > 0) facts.push(accountUpdated(account.id, Object.keys(profile)))
    if (email !== undefined && email !== account.email && account.emailVerifiedAt) {
      if (await selectAccountByEmail(tx, email)) throw fieldError('email_taken', 'email')
      change.pendingEmail = email
      await deleteUnusedTokens(tx, account.id, ['change_email'])
      facts.push(emailChangeRequested(account.id))
    } else if (email !== undefined && email === account.email && account.pendingEmail) {
      change.pendingEmail = null
      await deleteUnusedTokens(tx, account.id, ['change_email'])
    } else if (email !== undefined && email !== account.email) {
      change.email = email
      await deleteUnusedTokens(tx, account.id, ['verify_email', 'reset_password', 'join_team'])
      facts.push(emailChanged(account.id), verificationRequested(account.id))
    }
    if (passwordHash !== undefined) {
      change.passwordHash = passwordHash
      await revokeSessionsOf(tx, account.id, now, 'password_changed', actor.sessionId)
      await deleteUnusedTokens(tx, account.id, ['reset_password'])
      // Unless said in the same breath, the wish may be that of somebody who knew the former password.
      if (change.pendingEmail === undefined && account.pendingEmail) {
        change.pendingEmail = null
        await deleteUnusedTokens(tx, account.id, ['change_email'])
      }
      facts.push(passwordChanged(account.id, 'holder'))
    }
    await updateAccountRow(tx, account.id, change)
    await record(tx, actor, ...facts)
    return getAccountView(tx, account.id)
  })
  app.nudge('facts')
  return view
}

/**
 * @returns the stored hash that the password was compared with
 * @throws `wrong_password`, `rate_limited`
 */
export async function requirePassword(app: App, actor: AccountActor, password: string | undefined): Promise<string> {
  if (!password) throw fieldError('wrong_password', 'currentPassword')
  const attempt = await countAttempt(app, 'confirmPassword', actor.ip, `account:${actor.accountId}`)
  const account = await selectAccountById(app.db, actor.accountId)
  if (!(await verifyPassword(app, account?.passwordHash, password)) || !account?.passwordHash) throw fieldError('wrong_password', 'currentPassword')
  await attempt.succeeded()
  return account.passwordHash
}
