// Organizers and their teams, as SQL.
import { sql, type Updateable } from 'kysely'
import type { Locale, TeamRole } from '#src/kernel/actor.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import type { OrganizerTable } from '#src/platform/schema.ts'
import type { Organizer } from '../organizer.ts'

const COLUMNS = [
  'id',
  'slug',
  'name',
  'country',
  'currency',
  'commissionBps',
  'salesSuspendedAt',
  'description',
  'website',
  'facebook',
  'instagram',
  'whatsapp',
  'logoId',
  'accent',
] as const

/** The new organizer, or undefined where the slug is taken. */
export async function insertOrganizer(
  tx: Tx,
  organizer: { slug: string; name: string; country: string; currency: string },
): Promise<Organizer | undefined> {
  return tx
    .insertInto('organizer')
    .values(organizer)
    .onConflict((oc) => oc.column('slug').doNothing())
    .returning(COLUMNS)
    .executeTakeFirst()
}

export async function selectOrganizer(db: Db, id: number): Promise<Organizer | undefined> {
  return db.selectFrom('organizer').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

export async function selectOrganizerBySlug(db: Db, slug: string): Promise<Organizer | undefined> {
  return db.selectFrom('organizer').select(COLUMNS).where('slug', '=', slug).executeTakeFirst()
}

export async function selectOrganizersByIds(db: Db, ids: readonly number[]): Promise<Organizer[]> {
  if (ids.length === 0) return []
  return db.selectFrom('organizer').select(COLUMNS).where('id', 'in', ids).orderBy('name').orderBy('id').execute()
}

/** Locks the organizer's row: changes of one team happen one after the other, so that it never loses its last owner. */
export async function lockOrganizer(tx: Tx, id: number): Promise<Organizer | undefined> {
  return tx.selectFrom('organizer').select(COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function updateOrganizerRow(tx: Tx, id: number, changes: Updateable<OrganizerTable>): Promise<void> {
  await tx.updateTable('organizer').set(changes).where('id', '=', id).execute()
}

export type MailRecipient = { id: number; email: string; name: string; locale: Locale }

export type MemberRow = { accountId: number; publicId: string; email: string; name: string; role: TeamRole; confirmed: boolean }

const members = (db: Db, organizerId: number) =>
  db
    .selectFrom('membership as m')
    .innerJoin('account as a', 'a.id', 'm.accountId')
    .select([
      'a.id as accountId',
      'a.publicId',
      'a.email',
      'a.name',
      sql<TeamRole>`m.role`.as('role'),
      sql<boolean>`m.confirmed_at IS NOT NULL`.as('confirmed'),
    ])
    .where('m.organizerId', '=', organizerId)

export function selectMembers(db: Db, organizerId: number): Promise<MemberRow[]> {
  return members(db, organizerId).orderBy('a.name').orderBy('a.id').execute()
}

export function selectMember(db: Db, organizerId: number, accountId: number): Promise<MemberRow | undefined> {
  return members(db, organizerId).where('a.id', '=', accountId).executeTakeFirst()
}

export function selectMemberByPublicId(db: Db, organizerId: number, publicId: string): Promise<MemberRow | undefined> {
  return members(db, organizerId).where('a.publicId', '=', publicId).executeTakeFirst()
}

/** Members whose invitation is confirmed and whose account may be used, with one of the roles. */
export async function selectTeamRecipients(db: Db, organizerId: number, roles: readonly TeamRole[]): Promise<MailRecipient[]> {
  return db
    .selectFrom('membership as m')
    .innerJoin('account as a', 'a.id', 'm.accountId')
    .select(['a.id', 'a.email', 'a.name', sql<Locale>`a.locale`.as('locale')])
    .where('m.organizerId', '=', organizerId)
    .where('m.role', 'in', roles)
    .where('m.confirmedAt', 'is not', null)
    .where('a.suspendedAt', 'is', null)
    .orderBy('a.id')
    .execute()
}

/** False where the account is a member already. */
export async function insertMembership(
  tx: Tx,
  membership: { organizerId: number; accountId: number; role: TeamRole; confirmedAt: Date | null },
): Promise<boolean> {
  const row = await tx
    .insertInto('membership')
    .values(membership)
    .onConflict((oc) => oc.columns(['organizerId', 'accountId']).doNothing())
    .returning('accountId')
    .executeTakeFirst()
  return row !== undefined
}

export async function updateMembershipRole(tx: Tx, organizerId: number, accountId: number, role: TeamRole): Promise<void> {
  await tx.updateTable('membership').set({ role }).where('organizerId', '=', organizerId).where('accountId', '=', accountId).execute()
}

export async function deleteMembership(tx: Tx, organizerId: number, accountId: number): Promise<void> {
  await tx.deleteFrom('membership').where('organizerId', '=', organizerId).where('accountId', '=', accountId).execute()
}

/** Invitations that were never followed, too. */
export async function deleteMembershipsOf(tx: Tx, accountId: number): Promise<void> {
  await tx.deleteFrom('membership').where('accountId', '=', accountId).execute()
}

/** @returns the organizers whose invitations are confirmed by this */
export async function confirmMemberships(tx: Tx, accountId: number, now: Date): Promise<number[]> {
  const rows = await tx
    .updateTable('membership')
    .set({ confirmedAt: now })
    .where('accountId', '=', accountId)
    .where('confirmedAt', 'is', null)
    .returning('organizerId')
    .execute()
  return rows.map((row) => row.organizerId)
}

export type TeamInvitation = { organizer: string; role: TeamRole }

/** Teams to which an account is invited, by the organizer's name, and as what. */
export function selectTeamInvitations(db: Db, accountId: number): Promise<TeamInvitation[]> {
  return db
    .selectFrom('membership as m')
    .innerJoin('organizer as o', 'o.id', 'm.organizerId')
    .select(['o.name as organizer', sql<TeamRole>`m.role`.as('role')])
    .where('m.accountId', '=', accountId)
    .where('m.confirmedAt', 'is', null)
    .orderBy('o.name')
    .execute()
}

/** Owners whose invitation is confirmed, other than `exceptAccountId`. */
export async function countOtherOwners(tx: Tx, organizerId: number, exceptAccountId: number): Promise<number> {
  const { count } = await tx
    .selectFrom('membership')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizerId', '=', organizerId)
    .where('role', '=', 'owner')
    .where('confirmedAt', 'is not', null)
    .where('accountId', '!=', exceptAccountId)
    .executeTakeFirstOrThrow()
  return Number(count)
}
