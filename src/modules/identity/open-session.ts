// Opens a session for an account whose holder has already proven to be it: by password, by registering, by a mailed link.
import type { Actor } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { hashToken, newToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { ACCESS_TOKEN_SECONDS, signAccessToken } from './credentials/access-token.ts'
import { sessionOpened } from './facts.ts'
import { getAccountView } from './find-accounts.ts'
import { API_SESSION_SECONDS, shortUserAgent, WEB_SESSION_SECONDS, type SignedIn } from './session.ts'
import { insertRefreshToken, insertSession, revokeSessionByTokenHash } from './store/sessions.ts'
import { checkCredentials, type Credentials } from './check-credentials.ts'

/** Opens an API session. The caller has authenticated the account. */
export async function openApiSession(app: App, actor: Actor, accountId: number, userAgent?: string): Promise<SignedIn> {
  const refreshToken = newToken()
  const { session, user } = await transact(app, async (tx) => {
    const now = app.clock.now()
    const expiresAt = secondsAfter(now, API_SESSION_SECONDS)
    const session = await insertSession(tx, {
      accountId,
      kind: 'api',
      userAgent: shortUserAgent(userAgent),
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
      provenAt: now,
    })
    await insertRefreshToken(tx, { tokenHash: hashToken(refreshToken), sessionId: session.id, createdAt: now, expiresAt })
    await record(tx, actor, sessionOpened(accountId, session.id, 'api'))
    return { session, user: await getAccountView(tx, accountId) }
  })
  const accessToken = await signAccessToken(app, { accountPublicId: user.id, sessionPublicId: session.publicId })
  return { accessToken, refreshToken, expiresIn: ACCESS_TOKEN_SECONDS, user }
}

/** Opens a web session. The caller has authenticated the account. @returns the cookie's token: 256 random bits, stored hashed */
export async function openWebSessionOf(app: App, actor: Actor, accountId: number, userAgent?: string): Promise<string> {
  const token = newToken()
  await transact(app, async (tx) => {
    const now = app.clock.now()
    const session = await insertSession(tx, {
      accountId,
      kind: 'web',
      tokenHash: hashToken(token),
      userAgent: shortUserAgent(userAgent),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: secondsAfter(now, WEB_SESSION_SECONDS),
      provenAt: now,
    })
    await record(tx, actor, sessionOpened(accountId, session.id, 'web'))
  })
  return token
}

/**
 * Signs in on the web.
 * @returns the cookie's token
 * @throws `invalid_credentials`, `account_suspended`, `rate_limited`
 */
export async function openWebSession(app: App, actor: Actor, credentials: Credentials & { userAgent?: string }): Promise<string> {
  const accountId = await checkCredentials(app, actor, credentials)
  return openWebSessionOf(app, actor, accountId, credentials.userAgent)
}

/** Ends the web session of a cookie; nothing happens where it has ended already. */
export async function closeWebSession(app: App, token: string): Promise<void> {
  await transact(app, (tx) => revokeSessionByTokenHash(tx, hashToken(token), app.clock.now(), 'signed_out'))
}
