// How we talk to PostgreSQL: pools, transactions, scopes of row-level security.
import { CamelCasePlugin, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { DomainError, kernelError } from '#src/kernel/domain-error.ts'
import type { Schema } from './schema.ts'

/** Reads. A `Tx` may stand where a `Db` is wanted, never the reverse: writing outside a transaction doesn't compile. */
export type Db = Kysely<Schema>
/** Writes. */
export type Tx = Transaction<Schema>

/** For whom a transaction sees rows; see migrations/0008-row-security.sql. */
export type Scope = { kind: 'tenant'; organizerIds: readonly number[] } | { kind: 'agent'; accountId: number }

/** The role that owns nothing; absent on servers that didn't let us create it. */
export const RUNTIME_ROLE = 'guichet_app'

// bigint and numeric sums as numbers: our amounts and ids stay far below 2^53. Dates without time stay text.
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 20 || oid === 1700) return Number as never
    if (oid === 1082) return ((text: string) => text) as never
    if (oid === 1016) return ((text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number))) as never
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

export type PoolOptions = { url: string; size: number; role: string | null; scope: 'system' | null; name: string; statementTimeoutMs?: number }

/** A pool whose connections start in the given role and scope. */
export function createPool(options: PoolOptions): pg.Pool {
  const settings = [
    options.role && `-c role=${options.role}`,
    options.scope && `-c app.scope=${options.scope}`,
    `-c statement_timeout=${options.statementTimeoutMs ?? 15_000}`,
    '-c lock_timeout=3000',
    '-c idle_in_transaction_session_timeout=60000',
    '-c timezone=UTC',
    '-c jit=off',
  ].filter(Boolean)
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: options.name,
    options: settings.join(' '),
    types,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
  })
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  return pool
}

export function createDb(pool: pg.Pool): Db {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] })
}

/**
 * Runs `work` in one transaction that sees every row. Deadlocks and serialization failures are tried again, twice.
 * @throws DomainError as `work` does; `unavailable` or `busy` where the database can't answer
 */
export function transact<T>(app: { db: Db }, work: (tx: Tx) => Promise<T>): Promise<T> {
  return retried(() => app.db.transaction().execute(work))
}

/** Runs `work` in one transaction that sees only the rows of `scope`: row-level security refuses the rest. */
export function inScope<T>(app: { scoped: Db }, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return retried(() =>
    app.scoped.transaction().execute(async (tx) => {
      const [organizers, account] = scope.kind === 'tenant' ? [scope.organizerIds.join(','), ''] : ['', String(scope.accountId)]
      await sql`SELECT set_config('app.scope', ${scope.kind}, true), set_config('app.organizers', ${organizers}, true), set_config('app.account_id', ${account}, true)`.execute(
        tx,
      )
      return work(tx)
    }),
  )
}

/** Tries again, twice, what lost a deadlock or a race; turns outages into refusals. */
export async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (isRaceLost(error) && tries < 3) continue
      throw toDomainError(error)
    }
  }
}

/** True where the transaction lost a deadlock or a race: nothing of it was done, and it may well succeed if tried again. */
export function isRaceLost(error: unknown): boolean {
  const code = sqlState(error)
  return code === '40P01' || code === '40001'
}

/** The SQLSTATE of a PostgreSQL error, or undefined. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** True where row-level security refused a row: what the scope allowed when the transaction looked, it no longer did when it wrote. */
export function isScopeLost(error: unknown): boolean {
  return sqlState(error) === '42501' && error instanceof Error && error.message.includes('row-level security')
}

/** The violated constraint's name where `error` is a violation (unique, check, foreign key). */
export function violatedConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') && error instanceof Error && 'constraint' in error ? String(error.constraint) : undefined
}

const OUTAGE = /^(08|53|57P|58|XX)|^25006$/
const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])

/** True where the connection broke, so that what we sent may or may not have been done; also of the refusal made from it. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof DomainError) return isConnectionLost(error.cause)
  if (!(error instanceof Error)) return false
  const code = sqlState(error)
  if (code && (CONNECTION_CODES.has(code) || /^(08|57P)/.test(code))) return true
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(error.message)
}

/** Outages and lock timeouts become refusals that a caller may retry; everything else stays as it is. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error
  const code = sqlState(error)
  if (code === '55P03' || code === '57014' || isRaceLost(error)) return withCause(kernelError('busy'), error)
  // A NUL character, which no text of ours may hold.
  if (code === '22021' || code === '22P05') return withCause(kernelError('invalid_input'), error)
  if (isConnectionLost(error) || (code && OUTAGE.test(code))) return withCause(kernelError('unavailable'), error)
  return error
}

function withCause(refusal: DomainError, cause: unknown): DomainError {
  refusal.cause = cause
  return refusal
}
