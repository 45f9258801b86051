// Makes an account, and with it an organizer where somebody registers as one.
import type { Actor, Locale, Role } from '#src/kernel/actor.ts'
import { isDomainError, kernelError, type FieldProblem } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { normalizeEmail, requireEmail, requireName, requirePhone } from './account.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { hashPassword } from './credentials/password-hash.ts'
import { requireGoodPassword } from './credentials/password-rules.ts'
import { fieldError, identityError, type IdentityErrorCode } from './errors.ts'
import { accountRegistered, verificationRequested } from './facts.ts'
import { foundOrganizer } from './found-organizer.ts'
import { mayRegisterAs } from './policy.ts'
import { insertAccount } from './store/accounts.ts'

export type Registration = {
  email: string
  password: string
  name: string
  /** `participant` unless said otherwise; staff only by a superadmin or the system. */
  role?: Role
  /** Of the organizer that a role `organizer` founds; the account's name where left out. */
  organizerName?: string
  country?: string
  locale?: Locale
  phone?: string | null
  /** The address is known to be theirs; only the system may say so. */
  emailVerified?: boolean
}

/** Everything that is wrong with what somebody typed, as far as it can be seen without the database: at most one problem a field. */
export function registrationProblems({ email, name, password }: Pick<Registration, 'email' | 'name' | 'password'>): FieldProblem[] {
  const checks = [() => requireEmail(email), () => requireName(name), () => requireGoodPassword(password, normalizeEmail(email) ?? '')]
  return checks.flatMap((check) => {
    try {
      check()
      return []
    } catch (error) {
      if (!isDomainError(error)) throw error
      return error.details.problems as FieldProblem[]
    }
  })
}

/**
 * An address that is taken is refused openly: an account is signed in as soon as it is made, so there is no hiding it.
 * An invited account counts as taken, too: whoever it belongs to has a link in the mailbox, which a stranger has not.
 * @returns the account's id
 * @throws `email_taken`, `invalid_email`, `name_required`, `invalid_input`, `password_…`, `forbidden`, `rate_limited`
 */
export async function registerAccount(app: App, actor: Actor, input: Registration): Promise<number> {
  const role = input.role ?? 'participant'
  if (!mayRegisterAs(actor, role)) throw kernelError('forbidden')
  const problems = registrationProblems(input)
  if (problems[0]) throw identityError(problems[0].code as IdentityErrorCode, { problems })
  const email = requireEmail(input.email)
  const name = requireName(input.name)
  const phone = requirePhone(input.phone)
  await countAttempt(app, 'register', 'ip' in actor ? actor.ip : null)
  const passwordHash = await hashPassword(app, input.password)
  const isVerified = input.emailVerified === true && actor.kind === 'system'

  const accountId = await transact(app, async (tx) => {
    const accountId = await insertAccount(tx, {
      email,
      name,
      phone,
      role,
      locale: input.locale ?? actor.locale,
      passwordHash,
      emailVerifiedAt: isVerified ? app.clock.now() : null,
    })
    if (accountId === undefined) throw fieldError('email_taken', 'email')
    await record(tx, actor, accountRegistered(accountId, role), ...(isVerified ? [] : [verificationRequested(accountId)]))
    if (role === 'organizer') await foundOrganizer(tx, app, actor, accountId, { name: input.organizerName ?? name, country: input.country })
    return accountId
  })
  app.nudge('facts')
  return accountId
}
