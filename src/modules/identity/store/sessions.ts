// Sessions and refresh tokens, as SQL. Times come from the caller's clock.
import { sql } from 'kysely'
import type { Pool } from 'pg'
import type { Membership, Role, Locale } from '#src/kernel/actor.ts'
import type { Db, Tx } from '#src/platform/db.ts'

export type SessionKind = 'web' | 'api'
export type NewSession = {
  accountId: number
  kind: SessionKind
  tokenHash?: Buffer
  userAgent: string | null
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  provenAt: Date
}

export async function insertSession(tx: Tx, session: NewSession): Promise<{ id: number; publicId: string }> {
  return tx.insertInto('loginSession').values(session).returning(['id', 'publicId']).executeTakeFirstOrThrow()
}

/** Who a session stands for, read anew at each request. */
export type SessionOwner = {
  sessionId: number
  lastUsedAt: Date
  expiresAt: Date
  provenAt: Date
  accountId: number
  publicId: string
  email: string
  emailVerified: boolean
  role: Role
  locale: Locale
  memberships: Membership[]
}

type SessionKey = { publicId: string; accountPublicId: string } | { tokenHash: Buffer }

const OWNER = (key: string) => `
  SELECT s.id AS "sessionId", s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt", s.proven_at AS "provenAt", a.id AS "accountId", a.public_id AS "publicId", a.email,
         a.email_verified_at IS NOT NULL AS "emailVerified", a.role, a.locale,
         (SELECT COALESCE(json_agg(json_build_object('organizerId', m.organizer_id, 'role', m.role) ORDER BY m.organizer_id), '[]')
            FROM membership m WHERE m.account_id = a.id AND m.confirmed_at IS NOT NULL) AS memberships
    FROM login_session s JOIN account a ON a.id = s.account_id
   WHERE s.kind = $1 AND s.expires_at > $2 AND s.revoked_at IS NULL AND a.suspended_at IS NULL AND ${key}`

// Named, so that each connection plans them once: every request of somebody signed in asks this, and planning takes four times as long as answering.
const BY_IDS = { name: 'identity.owner-by-ids', text: OWNER('s.public_id = $3::uuid AND a.public_id = $4::uuid') }
const BY_TOKEN = { name: 'identity.owner-by-token', text: OWNER('s.token_hash = $3') }

/** One query: the live session, its account unless suspended, and the account's confirmed memberships. */
export async function selectSessionOwner(pool: Pool, kind: SessionKind, key: SessionKey, now: Date): Promise<SessionOwner | undefined> {
  const { rows } = await pool.query<SessionOwner>(
    'tokenHash' in key ? { ...BY_TOKEN, values: [kind, now, key.tokenHash] } : { ...BY_IDS, values: [kind, now, key.publicId, key.accountPublicId] },
  )
  return rows[0]
}

export async function touchSession(db: Db, id: number, now: Date, expiresAt?: Date): Promise<void> {
  await db
    .updateTable('loginSession')
    .set({ lastUsedAt: now, ...(expiresAt ? { expiresAt } : {}) })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute()
}

/** The holder has just proven the password on this session. */
export async function updateSessionProof(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.updateTable('loginSession').set({ provenAt: now }).where('id', '=', id).execute()
}

export type SessionRow = {
  id: number
  publicId: string
  kind: SessionKind
  userAgent: string | null
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

export async function selectLiveSessions(db: Db, accountId: number, now: Date): Promise<SessionRow[]> {
  return (await db
    .selectFrom('loginSession')
    .select(['id', 'publicId', 'kind', 'userAgent', 'createdAt', 'lastUsedAt', 'expiresAt'])
    .where('accountId', '=', accountId)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', now)
    .orderBy('lastUsedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(100)
    .execute()) as SessionRow[]
}

/** @returns how many live sessions were revoked */
async function revoke(tx: Tx, where: ReturnType<typeof sql>, now: Date, reason: string): Promise<number> {
  const { numAffectedRows } =
    await sql`UPDATE login_session SET revoked_at = ${now}, revoked_reason = ${reason} WHERE revoked_at IS NULL AND ${where}`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

export function revokeSession(tx: Tx, id: number, now: Date, reason: string): Promise<number> {
  return revoke(tx, sql`id = ${id}`, now, reason)
}

export function revokeSessionByTokenHash(tx: Tx, tokenHash: Buffer, now: Date, reason: string): Promise<number> {
  return revoke(tx, sql`token_hash = ${tokenHash}`, now, reason)
}

export function revokeSessionByPublicId(tx: Tx, accountId: number, publicId: string, now: Date, reason: string): Promise<number> {
  return revoke(tx, sql`account_id = ${accountId} AND public_id = ${publicId}::uuid`, now, reason)
}

/** Revokes an account's sessions, except the one that asked for it. */
export function revokeSessionsOf(tx: Tx, accountId: number, now: Date, reason: string, exceptId: number | null = null): Promise<number> {
  return revoke(tx, sql`account_id = ${accountId} AND id IS DISTINCT FROM ${exceptId}::bigint`, now, reason)
}

export async function insertRefreshToken(tx: Tx, token: { tokenHash: Buffer; sessionId: number; createdAt: Date; expiresAt: Date }): Promise<void> {
  await tx.insertInto('refreshToken').values(token).execute()
}

export type RefreshTokenRow = {
  sessionId: number
  sessionPublicId: string
  usedAt: Date | null
  expiresAt: Date
  revokedAt: Date | null
  accountId: number
  accountPublicId: string
  suspendedAt: Date | null
}

/** Finds a refresh token and locks its session: the tokens of one family are decided about one at a time. */
export async function lockRefreshToken(tx: Tx, tokenHash: Buffer): Promise<RefreshTokenRow | undefined> {
  const found = await tx.selectFrom('refreshToken').select('sessionId').where('tokenHash', '=', tokenHash).executeTakeFirst()
  if (!found) return undefined
  await tx.selectFrom('loginSession').select('id').where('id', '=', found.sessionId).forUpdate().executeTakeFirst()
  // Read only now, under the lock: another request may have used the token while we waited.
  return tx
    .selectFrom('refreshToken as t')
    .innerJoin('loginSession as s', 's.id', 't.sessionId')
    .innerJoin('account as a', 'a.id', 's.accountId')
    .select([
      't.sessionId',
      's.publicId as sessionPublicId',
      't.usedAt',
      's.expiresAt',
      's.revokedAt',
      's.accountId',
      'a.publicId as accountPublicId',
      'a.suspendedAt',
    ])
    .where('t.tokenHash', '=', tokenHash)
    .executeTakeFirst()
}

/** Undefined: there is no such token. Null: it exists and was not used yet. */
export async function selectRefreshTokenUse(db: Db, tokenHash: Buffer): Promise<Date | null | undefined> {
  const row = await db.selectFrom('refreshToken').select('usedAt').where('tokenHash', '=', tokenHash).executeTakeFirst()
  return row && row.usedAt
}

export async function markRefreshTokenUsed(tx: Tx, tokenHash: Buffer, now: Date): Promise<void> {
  await tx.updateTable('refreshToken').set({ usedAt: now }).where('tokenHash', '=', tokenHash).execute()
}

/** Forgets sessions that ended before `before`; their refresh tokens go with them. */
export async function deleteEndedSessions(tx: Tx, before: Date): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('loginSession')
    .where((eb) => eb.or([eb('expiresAt', '<', before), eb('revokedAt', '<', before)]))
    .executeTakeFirst()
  return Number(numDeletedRows)
}
