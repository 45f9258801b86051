// Asks for another mail with the link that proves the address.
import type { AccountActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { emailChangeRequested, verificationRequested } from './facts.ts'
import { getAccountView } from './find-accounts.ts'

/** For the address that waits, where one does. Nothing happens where the address is proven already. @throws `rate_limited` */
export async function requestEmailVerification(app: App, actor: AccountActor): Promise<void> {
  const { pendingEmail } = await getAccountView(app.db, actor.accountId)
  if (actor.emailVerified && !pendingEmail) return
  await countAttempt(app, 'requestVerification', actor.ip, `account:${actor.accountId}`)
  await transact(app, (tx) => record(tx, actor, actor.emailVerified ? emailChangeRequested(actor.accountId) : verificationRequested(actor.accountId)))
  app.nudge('facts')
}
