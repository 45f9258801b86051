// Which worker processes are alive, known by advisory locks: PostgreSQL lets go of them when a process dies, however it dies.
import type pg from 'pg'

// The first half of each lock's key; any constants will do, as long as every process uses the same.
const TIMERS = 72_819_001
const WORKERS = 72_819_002

export type Presence = Readonly<{
  /** True in one process at a time: the one that runs what recurs every few seconds. */
  leads(): Promise<boolean>
  /** Says that this process takes jobs under `name` as long as it lives. */
  announce(name: string): Promise<void>
  /**
   * Frees the jobs of workers that died while running them, so that another takes them now and not after four hours.
   * @returns how many workers had died
   */
  freeOrphans(): Promise<number>
  close(): void
}>

/** Holds one connection of `pool`; after a lost connection it takes another and announces itself anew. */
export function createPresence(pool: pg.Pool): Presence {
  const announced = new Set<string>()
  let connecting: Promise<pg.PoolClient> | undefined
  let closed = false
  let leading = false

  const held = new Set<pg.PoolClient>()
  // Destroyed, not returned: its locks must not outlive us in the pool. The pool takes each back once only.
  const destroy = (client: pg.PoolClient) => {
    if (held.delete(client)) client.release(true)
  }
  const connection = () =>
    (connecting ??= connect().catch((error: unknown) => {
      connecting = undefined
      throw error
    }))
  const connect = async () => {
    const client = await pool.connect()
    // Also after it was given up: what a dying connection still reports must not end the process.
    client.on('error', () => {
      if (!held.has(client)) return
      connecting = undefined
      leading = false
      destroy(client)
    })
    held.add(client)
    for (const name of announced) await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [WORKERS, name])
    return client
  }

  return {
    async leads() {
      if (closed) return false
      const client = await connection()
      if (!leading) {
        const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1, 0) AS locked', [TIMERS])
        leading = rows[0]!.locked
      }
      return leading
    },
    async announce(name) {
      announced.add(name)
      const client = await connection()
      await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [WORKERS, name])
    },
    async freeOrphans() {
      // A dead worker's lock is free to take, and this one ends with the statement. Who has just begun may not have its own yet.
      const { rowCount } = await pool.query(
        `
        WITH dead AS MATERIALIZED (
          SELECT locked_by, count(*) FROM graphile_worker.jobs WHERE locked_at < now() - interval '10 seconds'
           GROUP BY 1 HAVING pg_try_advisory_xact_lock($1, hashtext(locked_by)))
        SELECT graphile_worker.force_unlock_workers(ARRAY[locked_by]) FROM dead`,
        [WORKERS],
      )
      return rowCount ?? 0
    },
    close() {
      closed = true
      const last = connecting
      connecting = undefined
      void last?.then(destroy, () => {})
    },
  }
}
