// Somebody signed in proves once more to be the holder: what weighs most wants that within the last minutes (`hasRecentProof`).
import type { AccountActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { updateSessionProof } from './store/sessions.ts'
import { requirePassword } from './update-account.ts'

/**
 * Counts for this session, for some minutes.
 * @returns the actor with its proof
 * @throws `wrong_password`, `rate_limited`
 */
export async function provePassword(app: App, actor: AccountActor, password: string): Promise<AccountActor> {
  await requirePassword(app, actor, password)
  const provenAt = app.clock.now()
  await transact(app, (tx) => updateSessionProof(tx, actor.sessionId, provenAt))
  return { ...actor, provenAt }
}
