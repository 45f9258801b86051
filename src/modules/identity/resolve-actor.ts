// From credentials to the actor. Account, session and memberships are read anew each time: revocation and changes of role count at once.
import type { AccountActor, Locale } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { hashToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { verifyAccessToken } from './credentials/access-token.ts'
import { WEB_SESSION_SECONDS } from './session.ts'
import { selectSessionOwner, touchSession, type SessionOwner } from './store/sessions.ts'

/** Where the request comes from. `locale` null: the account's own. */
export type RequestContext = { locale: Locale | null; ip: string | null }

// How stale "last used" may be, in seconds: a write at each request would cost more than it tells.
const TOUCH_EVERY = 300

/**
 * The account that an API access token stands for.
 * @throws `unauthenticated` where the token is not ours, was changed or has expired, or its session or account is closed
 */
export async function resolveAccessToken(app: App, bearer: string, context: RequestContext): Promise<AccountActor> {
  const claims = await verifyAccessToken(app, bearer)
  const now = app.clock.now()
  const owner =
    claims && (await selectSessionOwner(app.pool, 'api', { publicId: claims.sessionPublicId, accountPublicId: claims.accountPublicId }, now))
  if (!owner) throw kernelError('unauthenticated')
  if (isStale(owner, now)) await touchSession(app.db, owner.sessionId, now)
  return actorOf(owner, context)
}

/** The account that a web cookie stands for, or null. Using it keeps the session alive for another thirty days. */
export async function resolveWebSession(app: App, cookieToken: string, context: RequestContext): Promise<AccountActor | null> {
  const now = app.clock.now()
  const owner = await selectSessionOwner(app.pool, 'web', { tokenHash: hashToken(cookieToken) }, now)
  if (!owner) return null
  if (isStale(owner, now)) await touchSession(app.db, owner.sessionId, now, secondsAfter(now, WEB_SESSION_SECONDS))
  return actorOf(owner, context)
}

const isStale = (owner: SessionOwner, now: Date) => now.getTime() - owner.lastUsedAt.getTime() > TOUCH_EVERY * 1000

function actorOf(owner: SessionOwner, context: RequestContext): AccountActor {
  return {
    kind: 'account',
    locale: context.locale ?? owner.locale,
    ip: context.ip,
    accountId: owner.accountId,
    publicId: owner.publicId,
    sessionId: owner.sessionId,
    provenAt: owner.provenAt,
    role: owner.role,
    email: owner.email,
    emailVerified: owner.emailVerified,
    memberships: owner.memberships,
  }
}
