// Somebody starts to sell tickets.
import type { AccountActor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { countAttempt } from './credentials/attempt-limits.ts'
import { roleChanged } from './facts.ts'
import { foundOrganizer } from './found-organizer.ts'
import type { Organizer } from './organizer.ts'
import { lockAccount, updateAccountRow } from './store/accounts.ts'

/**
 * Makes an organizer that the caller owns; a participant becomes an organizer by it.
 * @throws `name_required`, `invalid_input` (country), `rate_limited`
 */
export async function createOrganizer(app: App, actor: AccountActor, input: { name: string; country?: string }): Promise<Organizer> {
  await countAttempt(app, 'found', actor.ip, `account:${actor.accountId}`)
  return transact(app, async (tx) => {
    const account = await lockAccount(tx, actor.accountId)
    if (!account) throw kernelError('unauthenticated')
    const organizer = await foundOrganizer(tx, app, actor, account.id, input)
    if (account.role === 'participant') {
      await updateAccountRow(tx, account.id, { role: 'organizer' })
      await record(tx, actor, roleChanged(account.id, account.role, 'organizer'))
    }
    return organizer
  })
}
