// Staff give and take roles on the platform.
import type { Actor, Role } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { identityError } from './errors.ts'
import { roleChanged } from './facts.ts'
import { mayChangeRole } from './policy.ts'
import { requireRecentProof } from './require-proof.ts'
import { lockAccountByPublicId, updateAccountRow } from './store/accounts.ts'

/**
 * Counts from the account's next request on. Nobody changes their own role, so a platform never loses its last superadmin by a slip.
 * @param input.accountId the account's public id
 * @throws `not_found`, `forbidden`, `own_account`, `password_needed`
 */
export async function setAccountRole(app: App, actor: Actor, input: { accountId: string; role: Role }): Promise<void> {
  await transact(app, async (tx) => {
    const account = isUuid(input.accountId) ? await lockAccountByPublicId(tx, input.accountId) : undefined
    if (actor.kind === 'account' && actor.accountId === account?.id) throw identityError('own_account')
    if (!mayChangeRole(actor, account ?? { id: 0, role: 'participant' }, input.role)) throw kernelError('forbidden')
    if (!account) throw kernelError('not_found')
    requireRecentProof(app, actor)
    if (account.role === input.role) return
    await updateAccountRow(tx, account.id, { role: input.role })
    await record(tx, actor, roleChanged(account.id, account.role, input.role))
  })
}
