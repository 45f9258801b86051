// Asks for another mail with the link that proves the address.
import type { AccountActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { verificationRequested } from './facts.ts'

/** Nothing happens where the address is proven already. @throws `rate_limited` */
export async function requestEmailVerification(app: App, actor: AccountActor): Promise<void> {
  if (actor.emailVerified) return
  await countAttempt(app, 'requestVerification', actor.ip, `account:${actor.accountId}`)
  await transact(app, (tx) => record(tx, actor, verificationRequested(actor.accountId)))
  app.nudge('facts')
}
