// Transactions of few round trips, for the paths that thousands of people wait for: BEGIN and the scope travel together, and each
// statement is planned once per connection. Everywhere else `inScope` reads better.
import type { Pool, PoolClient } from 'pg'
import { isConnectionLost, retried, type Scope } from './db.ts'

/** SQL with a name of its own, under which each connection keeps its plan. */
export type Statement = Readonly<{ name: string; text: string }>

/** Runs one statement; columns are named by the statement itself (`AS "ticketId"`). */
export type RunStatement = <Row>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>

// Left to itself, PostgreSQL plans a statement of many joins anew for each set of values, which takes longer than running it.
const ONE_PLAN = 'SET LOCAL plan_cache_mode = force_generic_plan'

/**
 * As `inScope`, with prepared statements instead of Kysely.
 * @param options `losable`: the commit doesn't wait for the disk; a crash may forget it, so nothing that was promised may depend on it
 */
export function inPlainScope<T>(
  app: { scopedPool: Pool },
  scope: Scope,
  work: (run: RunStatement) => Promise<T>,
  options: { losable?: boolean } = {},
): Promise<T> {
  const begin = `BEGIN; ${ONE_PLAN}; ${options.losable ? 'SET LOCAL synchronous_commit = off; ' : ''}${setScope(scope)}`
  return retried(async () => {
    const client = await app.scopedPool.connect()
    let broken: Error | undefined
    try {
      await client.query(begin)
      const answer = await work(runOn(client))
      await client.query('COMMIT')
      return answer
    } catch (error) {
      broken = isConnectionLost(error)
        ? (error as Error)
        : await client.query('ROLLBACK').then(
            () => undefined,
            (failed: Error) => failed,
          )
      throw error
    } finally {
      client.release(broken)
    }
  })
}

function runOn(client: PoolClient): RunStatement {
  return async <Row>(statement: Statement, values: readonly unknown[]) => (await client.query({ ...statement, values: [...values] })).rows as Row[]
}

// Several statements in one message take no parameters: only numbers are written into it, and they are checked.
function setScope(scope: Scope): string {
  const ids = scope.kind === 'tenant' ? scope.organizerIds : [scope.accountId]
  if (!ids.every(Number.isSafeInteger)) throw new TypeError('a scope is made of ids')
  const [organizers, account] = scope.kind === 'tenant' ? [ids.join(','), ''] : ['', String(ids[0])]
  return `SELECT set_config('app.scope', '${scope.kind}', true), set_config('app.organizers', '${organizers}', true), set_config('app.account_id', '${account}', true)`
}
