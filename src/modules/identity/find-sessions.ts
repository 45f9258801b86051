// Where an account is signed in.
import type { AccountActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { selectLiveSessions } from './store/sessions.ts'

export type SessionView = {
  id: string
  kind: 'web' | 'api'
  userAgent: string | null
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  current: boolean
}

/** The live sessions of the caller's account, most recently used first; at most 100. */
export async function listSessions(app: App, actor: AccountActor): Promise<SessionView[]> {
  const rows = await selectLiveSessions(app.db, actor.accountId, app.clock.now())
  return rows.map(({ id, publicId, ...row }) => ({ id: publicId, ...row, current: id === actor.sessionId }))
}
