// Asks for a link that sets a new password.
import type { Actor } from '#src/kernel/actor.ts'
import { systemActor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { requireEmail } from './account.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { passwordResetRequested } from './facts.ts'
import { selectAccountByEmail } from './store/accounts.ts'

/**
 * Does the same work for every address: whether somebody has it is only looked up later, by a job.
 * @throws `invalid_email`; `rate_limited` per network and per address, known or not
 */
export async function requestPasswordReset(app: App, actor: Actor, input: { email: string }): Promise<void> {
  const email = requireEmail(input.email)
  await countAttempt(app, 'requestReset', 'ip' in actor ? actor.ip : null, email)
  await transact(app, (tx) => enqueue(tx, 'prepare-password-reset', { email }))
}

/** The job's part: announces the request where the address is somebody's, so that the link is mailed. */
export async function preparePasswordReset(app: App, input: { email: string }): Promise<void> {
  const isSomebody = await transact(app, async (tx) => {
    const account = await selectAccountByEmail(tx, input.email)
    if (!account || account.suspendedAt) return false
    await record(tx, systemActor('prepare-password-reset'), passwordResetRequested(account.id))
    return true
  })
  if (isSomebody) app.nudge('facts')
}
