// Ends sessions: the caller's own, and the family of a refresh token.
import type { Actor } from '#src/kernel/actor.ts'
import { hashToken } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { sessionRevoked } from './facts.ts'
import { lockRefreshToken, revokeSession } from './store/sessions.ts'

/** Ends the caller's session and the one that `refreshToken` belongs to. What has ended already is no error: signing out always works. */
export async function logOut(app: App, actor: Actor, input: { refreshToken?: string | undefined } = {}): Promise<void> {
  await transact(app, async (tx) => {
    const now = app.clock.now()
    const ending = new Map<number, number>()
    if (actor.kind === 'account') ending.set(actor.sessionId, actor.accountId)
    const token = input.refreshToken ? await lockRefreshToken(tx, hashToken(input.refreshToken)) : undefined
    if (token) ending.set(token.sessionId, token.accountId)
    for (const [sessionId, accountId] of ending) {
      if (await revokeSession(tx, sessionId, now, 'signed_out')) await record(tx, actor, sessionRevoked(accountId, sessionId, 'signed_out'))
    }
  })
}
