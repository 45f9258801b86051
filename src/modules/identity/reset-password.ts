// Sets a password with a mailed link: a forgotten one, or the first one of somebody invited to a team.
import type { Actor } from '#src/kernel/actor.ts'
import { hashToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireName, type AccountTokenPurpose } from './account.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { hashPassword } from './credentials/password-hash.ts'
import { requireGoodPassword } from './credentials/password-rules.ts'
import { identityError } from './errors.ts'
import { emailVerified, memberJoined, passwordChanged } from './facts.ts'
import { lockAccount, updateAccountRow } from './store/accounts.ts'
import { deleteUnusedTokens, selectLiveToken, useToken } from './store/account-tokens.ts'
import { confirmMemberships, selectTeamInvitations, type TeamInvitation } from './store/organizers.ts'
import { revokeSessionsOf } from './store/sessions.ts'

export type { TeamInvitation } from './store/organizers.ts'

const SETS_PASSWORD: readonly AccountTokenPurpose[] = ['reset_password', 'join_team']

/**
 * Whoever holds the link reads the account's mail. So the address is proven, invitations to teams count from now on, and everybody else who
 * was signed in is out: also somebody who had registered with another person's address beforehand.
 * @param input.name the name to go by from now on, where given (somebody invited says theirs)
 * @returns the account's id, for the caller to open a session
 * @throws `link_expired` also for a link that was used, `account_suspended`, `password_…`, `name_required`, `rate_limited`
 */
export async function resetPassword(app: App, actor: Actor, input: { token: string; password: string; name?: string }): Promise<number> {
  const attempt = await countAttempt(app, 'openLink', 'ip' in actor ? actor.ip : null)
  const tokenHash = hashToken(input.token)
  // Looked at first without using it up: a refused password must not cost the link, nor a made-up link a hash.
  const candidate = await selectLiveToken(app.db, SETS_PASSWORD, tokenHash, app.clock.now())
  if (!candidate) throw identityError('link_expired')
  await attempt.succeeded()
  requireGoodPassword(input.password, candidate.email)
  const name = input.name === undefined ? undefined : requireName(input.name)
  const passwordHash = await hashPassword(app, input.password)

  return transact(app, async (tx) => {
    const now = app.clock.now()
    const token = await useToken(tx, SETS_PASSWORD, tokenHash, now)
    const account = token && (await lockAccount(tx, token.accountId))
    if (!account || account.email !== token.email) throw identityError('link_expired')
    if (account.suspendedAt) throw identityError('account_suspended')
    // Whoever knew the former password may have wished for an address of their own.
    const change = { passwordHash, pendingEmail: null, ...(account.emailVerifiedAt ? {} : { emailVerifiedAt: now }) }
    await updateAccountRow(tx, account.id, { ...change, ...(name ? { name } : {}) })
    await revokeSessionsOf(tx, account.id, now, 'password_reset')
    await deleteUnusedTokens(tx, account.id, ['reset_password', 'join_team', 'verify_email', 'change_email'])
    const joined = await confirmMemberships(tx, account.id, now)
    await record(
      tx,
      actor,
      passwordChanged(account.id, 'link'),
      ...(account.emailVerifiedAt ? [] : [emailVerified(account.id)]),
      ...joined.map((organizerId) => memberJoined(organizerId, account.id)),
    )
    return account.id
  })
}

/** Whom a link that sets a password is for, and which teams they join by it, without using it up; undefined where it doesn't work (any more). */
export async function findPasswordLink(app: App, token: string): Promise<{ email: string; teams: TeamInvitation[] } | undefined> {
  const live = await selectLiveToken(app.db, SETS_PASSWORD, hashToken(token), app.clock.now())
  return live && { email: live.email, teams: await selectTeamInvitations(app.db, live.accountId) }
}
