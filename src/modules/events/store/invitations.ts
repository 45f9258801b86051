// SQL on event_invitation. Tokens are kept hashed.
import { sql } from 'kysely'
import { hashToken } from '#src/kernel/id.ts'
import type { Db, Tx } from '#src/platform/db.ts'

export type Invitation = {
  id: number
  email: string
  name: string
  /** Null: as many as the ticket types allow. */
  maxTickets: number | null
  createdAt: Date
  announcedAt: Date | null
}

/** True where an invitation that still stands was sent to this address, or carries this token. */
export async function isInvited(db: Db, eventId: number, by: { token: string | null; email: string | null }): Promise<boolean> {
  if (by.token === null && by.email === null) return false
  const row = await db
    .selectFrom('eventInvitation')
    .select('id')
    .where('eventId', '=', eventId)
    .where('revokedAt', 'is', null)
    .where((eb) =>
      eb.or([
        ...(by.token === null ? [] : [eb('tokenHash', '=', hashToken(by.token))]),
        ...(by.email === null ? [] : [eb('email', '=', by.email.toLowerCase())]),
      ]),
    )
    .executeTakeFirst()
  return row !== undefined
}

/** A new invitation, or the earlier one to the same address: standing again. */
export function upsertInvitation(
  tx: Tx,
  row: { eventId: number; email: string; name: string; maxTickets: number | null; tokenHash: Buffer; announcedAt: Date | null },
): Promise<Invitation> {
  return tx
    .insertInto('eventInvitation')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['eventId', 'email'])
        .doUpdateSet({ name: row.name, maxTickets: row.maxTickets, tokenHash: row.tokenHash, announcedAt: row.announcedAt, revokedAt: null }),
    )
    .returning(['id', 'email', 'name', 'maxTickets', 'createdAt', 'announcedAt'])
    .executeTakeFirstOrThrow()
}

/** New invitations, not announced yet, to addresses of which each stands there once. */
export async function insertInvitations(
  tx: Tx,
  rows: readonly { eventId: number; email: string; name: string; maxTickets: number | null; tokenHash: Buffer }[],
): Promise<void> {
  // PostgreSQL takes 65,535 parameters at once.
  for (let from = 0; from < rows.length; from += 10_000)
    await tx
      .insertInto('eventInvitation')
      .values(rows.slice(from, from + 10_000))
      .execute()
}

/** Marks what was not announced yet. @returns the invitations' ids */
export async function markAnnounced(tx: Tx, eventId: number): Promise<number[]> {
  const rows = await tx
    .updateTable('eventInvitation')
    .set({ announcedAt: sql`now()` })
    .where('eventId', '=', eventId)
    .where('announcedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

export async function countInvitations(db: Db, eventId: number): Promise<number> {
  const { count } = await db
    .selectFrom('eventInvitation')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('eventId', '=', eventId)
    .executeTakeFirstOrThrow()
  return count
}

export function selectInvitation(db: Db, id: number): Promise<{ eventId: number; email: string; name: string } | undefined> {
  return db.selectFrom('eventInvitation').select(['eventId', 'email', 'name']).where('id', '=', id).where('revokedAt', 'is', null).executeTakeFirst()
}

/** Standing invitations with an id above `after`, in order of arrival. */
export function selectInvitations(db: Db, eventId: number, after: number, limit: number): Promise<Invitation[]> {
  return db
    .selectFrom('eventInvitation')
    .select(['id', 'email', 'name', 'maxTickets', 'createdAt', 'announcedAt'])
    .where('eventId', '=', eventId)
    .where('revokedAt', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** False where there is no such invitation, or it was withdrawn before. */
export async function revokeInvitationRow(tx: Tx, eventId: number, id: number): Promise<boolean> {
  const result = await tx
    .updateTable('eventInvitation')
    .set({ revokedAt: sql`now()` })
    .where('eventId', '=', eventId)
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
