// Signs another device out.
import type { AccountActor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { sessionRevoked } from './facts.ts'
import { revokeSessionByPublicId } from './store/sessions.ts'

/** Ends one of the caller's own sessions. @throws `not_found` where it isn't theirs or has ended */
export async function revokeOwnSession(app: App, actor: AccountActor, sessionId: string): Promise<void> {
  if (!isUuid(sessionId)) throw kernelError('not_found')
  await transact(app, async (tx) => {
    const revoked = await revokeSessionByPublicId(tx, actor.accountId, sessionId, app.clock.now(), 'revoked_by_holder')
    if (revoked === 0) throw kernelError('not_found')
    await record(tx, actor, sessionRevoked(actor.accountId, sessionId, 'revoked_by_holder'))
  })
}
