// Tokens of mailed links, as SQL. Only their hashes are stored.
import type { Db, Tx } from '#src/platform/db.ts'
import type { AccountTokenPurpose } from '../account.ts'

type NewAccountToken = { tokenHash: Buffer; accountId: number; purpose: AccountTokenPurpose; email: string; createdAt: Date; expiresAt: Date }

export async function insertAccountToken(tx: Tx, { email, ...token }: NewAccountToken): Promise<void> {
  await tx
    .insertInto('accountToken')
    .values({ ...token, data: JSON.stringify({ email }) })
    .execute()
}

export type LiveToken = { accountId: number; purpose: AccountTokenPurpose; email: string }

const live = (row: { accountId: number; purpose: string; data: unknown } | undefined): LiveToken | undefined =>
  row && { accountId: row.accountId, purpose: row.purpose as AccountTokenPurpose, email: (row.data as { email: string }).email }

/** A token that is neither used nor expired. */
export async function selectLiveToken(
  db: Db,
  purposes: readonly AccountTokenPurpose[],
  tokenHash: Buffer,
  now: Date,
): Promise<LiveToken | undefined> {
  return live(
    await db
      .selectFrom('accountToken')
      .select(['accountId', 'purpose', 'data'])
      .where('tokenHash', '=', tokenHash)
      .where('purpose', 'in', purposes)
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', now)
      .executeTakeFirst(),
  )
}

/** Uses a token up: of two callers one gets it, the other undefined. */
export async function useToken(tx: Tx, purposes: readonly AccountTokenPurpose[], tokenHash: Buffer, now: Date): Promise<LiveToken | undefined> {
  return live(
    await tx
      .updateTable('accountToken')
      .set({ usedAt: now })
      .where('tokenHash', '=', tokenHash)
      .where('purpose', 'in', purposes)
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', now)
      .returning(['accountId', 'purpose', 'data'])
      .executeTakeFirst(),
  )
}

/** Other links of an account that must not work any more. */
export async function deleteUnusedTokens(tx: Tx, accountId: number, purposes: readonly AccountTokenPurpose[]): Promise<void> {
  await tx.deleteFrom('accountToken').where('accountId', '=', accountId).where('purpose', 'in', purposes).where('usedAt', 'is', null).execute()
}

export async function deleteExpiredTokens(tx: Tx, before: Date): Promise<number> {
  const { numDeletedRows } = await tx.deleteFrom('accountToken').where('expiresAt', '<', before).executeTakeFirst()
  return Number(numDeletedRows)
}
