// Accounts as staff sees them: found, filtered, and one with what hangs on it.
import { sql } from 'kysely'
import { pageLimit, toPage, type Page, type PageRequest } from '#src/kernel/page.ts'
import type { Db } from '#src/platform/db.ts'
import { before, containing } from './admin-search.ts'

export type AdminUser = {
  id: number
  publicId: string
  email: string
  name: string
  phone: string | null
  role: string
  locale: string
  verified: boolean
  suspended: boolean
  createdAt: Date
  teams: { slug: string; name: string; role: string }[]
}

export const ACCOUNT_STATES = ['active', 'unverified', 'suspended'] as const
export type AccountState = (typeof ACCOUNT_STATES)[number]

const USER = sql`
  SELECT a.id, a.public_id, a.email, a.name, a.phone, a.role, a.locale, a.email_verified_at IS NOT NULL AS verified, a.suspended_at IS NOT NULL AS suspended, a.created_at,
         COALESCE((SELECT jsonb_agg(jsonb_build_object('slug', o.slug, 'name', o.name, 'role', m.role) ORDER BY o.name)
                     FROM membership m JOIN organizer o ON o.id = m.organizer_id WHERE m.account_id = a.id), '[]') AS teams
    FROM account a`

export type UserSearch = PageRequest & { q?: string | undefined; role?: string | undefined; state?: AccountState | undefined }

/** Accounts, the newest first; `q` is part of a name or an address. */
export async function listUsers(db: Db, request: UserSearch): Promise<Page<AdminUser>> {
  const limit = pageLimit(request)
  const like = containing(request.q)
  const { role = null, state = null } = request
  const { rows } = await sql<AdminUser>`
    ${USER} WHERE (${like}::text IS NULL OR a.email ILIKE ${like} OR a.name ILIKE ${like}) AND (${role}::text IS NULL OR a.role = ${role})
      AND CASE ${state}::text WHEN 'suspended' THEN a.suspended_at IS NOT NULL WHEN 'unverified' THEN a.email_verified_at IS NULL
                              WHEN 'active' THEN a.suspended_at IS NULL AND a.email_verified_at IS NOT NULL ELSE true END
      AND a.id < ${before(request)} ORDER BY a.id DESC LIMIT ${limit + 1}`.execute(db)
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row) => row,
  )
}

/** The account with this public id. */
export async function findUser(db: Db, publicId: string): Promise<AdminUser | undefined> {
  const { rows } = await sql<AdminUser>`${USER} WHERE a.public_id = ${publicId}::uuid`.execute(db)
  return rows[0]
}

export type UserSession = { kind: string; userAgent: string | null; lastUsedAt: Date; createdAt: Date }

/** Where the account is signed in now, the latest first. */
export async function listUserSessions(db: Db, accountId: number): Promise<UserSession[]> {
  const { rows } = await sql<UserSession>`
    SELECT kind, user_agent, last_used_at, created_at FROM login_session
     WHERE account_id = ${accountId} AND revoked_at IS NULL AND expires_at > now() ORDER BY last_used_at DESC LIMIT 50`.execute(db)
  return rows
}
