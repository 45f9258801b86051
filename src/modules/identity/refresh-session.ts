// Exchanges a refresh token for the next one. Every token serves once; one that comes again betrays a copy.
import type { Actor } from '#src/kernel/actor.ts'
import { hashToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ACCESS_TOKEN_SECONDS, signAccessToken } from './credentials/access-token.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { identityError } from './errors.ts'
import { refreshTokenReused } from './facts.ts'
import { getAccountView } from './find-accounts.ts'
import { REFRESH_GRACE_SECONDS, type SignedIn } from './session.ts'
import {
  insertRefreshToken,
  lockRefreshToken,
  markRefreshTokenUsed,
  revokeSession,
  selectRefreshTokenUse,
  touchSession,
  type RefreshTokenRow,
} from './store/sessions.ts'

/**
 * The successor is derived from its predecessor with a key of ours, so a token has exactly one. Whoever repeats a refresh within 20 s,
 * because the answer was lost or two tabs asked at once, gets that same successor again, as long as nobody has used it. A thief who
 * repeats it in that time ends up holding the same token as the holder, and the second of them to use it is caught: a used token whose
 * successor was used, or that comes later than that, revokes the whole family.
 * @throws `refresh_token_invalid`, `rate_limited`
 */
export async function refreshSession(app: App, actor: Actor, input: { refreshToken: string }): Promise<SignedIn> {
  const attempt = await countAttempt(app, 'refresh', 'ip' in actor ? actor.ip : null)
  const next = await transact(app, (tx) => rotate(app, tx, actor, input.refreshToken))
  // Refused only here: thrown inside, the family's revocation would be rolled back.
  if (!next) throw identityError('refresh_token_invalid')
  await attempt.succeeded()
  const { refreshToken, accountPublicId, sessionPublicId, user } = next
  return { accessToken: await signAccessToken(app, { accountPublicId, sessionPublicId }), refreshToken, expiresIn: ACCESS_TOKEN_SECONDS, user }
}

async function rotate(app: App, tx: Tx, actor: Actor, refreshToken: string) {
  const now = app.clock.now()
  const tokenHash = hashToken(refreshToken)
  const token = await lockRefreshToken(tx, tokenHash)
  if (!token || token.revokedAt || token.expiresAt <= now || token.suspendedAt) return undefined

  const successor = app.cipher.mac('refresh token', refreshToken).toString('base64url')
  if (token.usedAt === null) {
    await markRefreshTokenUsed(tx, tokenHash, now)
    await insertRefreshToken(tx, { tokenHash: hashToken(successor), sessionId: token.sessionId, createdAt: now, expiresAt: token.expiresAt })
    await touchSession(tx, token.sessionId, now)
  } else if (!(await isLostResponse(tx, token, successor, now))) {
    await revokeSession(tx, token.sessionId, now, 'refresh_token_reused')
    await record(tx, actor, refreshTokenReused(token.accountId, token.sessionId))
    return undefined
  }
  return {
    refreshToken: successor,
    accountPublicId: token.accountPublicId,
    sessionPublicId: token.sessionPublicId,
    user: await getAccountView(tx, token.accountId),
  }
}

async function isLostResponse(tx: Tx, token: RefreshTokenRow, successor: string, now: Date): Promise<boolean> {
  const isRecent = now.getTime() - token.usedAt!.getTime() <= REFRESH_GRACE_SECONDS * 1000
  return isRecent && (await selectRefreshTokenUse(tx, hashToken(successor))) === null
}
