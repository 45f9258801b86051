// Accounts, as SQL.
import { sql } from 'kysely'
import type { Locale, Role } from '#src/kernel/actor.ts'
import { violatedConstraint, type Db, type Tx } from '#src/platform/db.ts'
import type { AccountView } from '../account.ts'
import { fieldError } from '../errors.ts'

export type AccountRow = {
  id: number
  publicId: string
  email: string
  emailVerifiedAt: Date | null
  pendingEmail: string | null
  phone: string | null
  photoId: string | null
  name: string
  passwordHash: string | null
  role: Role
  locale: Locale
  suspendedAt: Date | null
}

const COLUMNS = [
  'id',
  'publicId',
  'email',
  'emailVerifiedAt',
  'pendingEmail',
  'phone',
  'photoId',
  'name',
  'passwordHash',
  'role',
  'locale',
  'suspendedAt',
] as const

export type NewAccount = {
  email: string
  name: string
  role: Role
  locale: Locale
  phone?: string | null
  passwordHash?: string | null
  emailVerifiedAt?: Date | null
}

/** The new account's id, or undefined where the address is taken. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<number | undefined> {
  const row = await tx
    .insertInto('account')
    .values(account)
    .onConflict((oc) => oc.column('email').doNothing())
    .returning('id')
    .executeTakeFirst()
  return row?.id
}

export async function selectAccountByEmail(db: Db, email: string): Promise<AccountRow | undefined> {
  return (await db.selectFrom('account').select(COLUMNS).where('email', '=', email).executeTakeFirst()) as AccountRow | undefined
}

export async function selectAccountById(db: Db, id: number): Promise<AccountRow | undefined> {
  return (await db.selectFrom('account').select(COLUMNS).where('id', '=', id).executeTakeFirst()) as AccountRow | undefined
}

/** Locks the account: what is decided about it stays true until the transaction ends. */
export async function lockAccount(tx: Tx, id: number): Promise<AccountRow | undefined> {
  return (await tx.selectFrom('account').select(COLUMNS).where('id', '=', id).forUpdate().executeTakeFirst()) as AccountRow | undefined
}

export async function lockAccountByPublicId(tx: Tx, publicId: string): Promise<AccountRow | undefined> {
  return (await tx.selectFrom('account').select(COLUMNS).where('publicId', '=', publicId).forUpdate().executeTakeFirst()) as AccountRow | undefined
}

export type AccountChange = Partial<{
  email: string
  emailVerifiedAt: Date | null
  pendingEmail: string | null
  name: string
  phone: string | null
  phoneVerifiedAt: Date | null
  photoId: string | null
  locale: Locale
  passwordHash: string | null
  role: Role
  suspendedAt: Date | null
}>

/** @throws `email_taken` */
export async function updateAccountRow(tx: Tx, id: number, change: AccountChange): Promise<void> {
  if (Object.keys(change).length === 0) return
  try {
    await tx.updateTable('account').set(change).where('id', '=', id).execute()
  } catch (error) {
    throw violatedConstraint(error) === 'account_email_key' ? fieldError('email_taken', 'email') : error
  }
}

/** Empties the row for good; nobody can sign in with it, nor is any mail ever sent to it. */
export async function eraseAccountRow(tx: Tx, id: number, now: Date): Promise<void> {
  await tx
    .updateTable('account')
    .set({
      // Nobody's: the domain can't exist, and the address is unique as addresses must be.
      email: sql<string>`'erased-' || public_id || '@erased.invalid'`,
      name: '—',
      phone: null,
      phoneVerifiedAt: null,
      emailVerifiedAt: null,
      pendingEmail: null,
      passwordHash: null,
      photoId: null,
      role: 'participant',
      suspendedAt: now,
      erasedAt: now,
    })
    .where('id', '=', id)
    .execute()
}

/** Replaces a hash made with outdated parameters, unless the password was changed meanwhile. */
export async function replacePasswordHash(db: Db, id: number, before: string, after: string): Promise<void> {
  await db.updateTable('account').set({ passwordHash: after }).where('id', '=', id).where('passwordHash', '=', before).execute()
}

/** The account as its holder sees it, with the organizers it has confirmed rights in. */
export async function selectAccountView(db: Db, id: number): Promise<AccountView | undefined> {
  const { rows } = await sql<AccountView>`
    SELECT a.public_id AS id, a.email, a.email_verified_at IS NOT NULL AS email_verified, a.pending_email,
           a.name, a.phone, a.photo_id AS photo, a.role, a.locale,
           (SELECT COALESCE(json_agg(json_build_object('id', o.slug, 'name', o.name, 'role', m.role) ORDER BY o.name, o.id), '[]')
              FROM membership m JOIN organizer o ON o.id = m.organizer_id
             WHERE m.account_id = a.id AND m.confirmed_at IS NOT NULL) AS organizers
      FROM account a WHERE a.id = ${id}`.execute(db)
  return rows[0]
}
