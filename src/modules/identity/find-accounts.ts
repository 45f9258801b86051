// Questions about accounts.
import type { AccountActor, Actor, Locale } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { Db } from '#src/platform/db.ts'
import type { AccountView } from './account.ts'
import { selectAccountById, selectAccountView } from './store/accounts.ts'

/** @throws `unauthenticated` where nobody is signed in */
export function requireAccount(actor: Actor): AccountActor {
  if (actor.kind !== 'account') throw kernelError('unauthenticated')
  return actor
}

/** @throws `not_found` */
export async function getAccountView(db: Db, accountId: number): Promise<AccountView> {
  const view = await selectAccountView(db, accountId)
  if (!view) throw kernelError('not_found')
  return view
}

/** Where a mail to the account goes, and in which language. Undefined where the account is gone. */
export async function findMailRecipient(
  db: Db,
  accountId: number,
): Promise<{ email: string; name: string; locale: Locale; emailVerified: boolean; pendingEmail: string | null } | undefined> {
  const account = await selectAccountById(db, accountId)
  return (
    account && {
      email: account.email,
      name: account.name,
      locale: account.locale,
      emailVerified: account.emailVerifiedAt !== null,
      pendingEmail: account.pendingEmail,
    }
  )
}
