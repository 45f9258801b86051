// Brings a database to this version's schema. Forward only; several processes may call it at once: one migrates, the others wait.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runMigrations } from 'graphile-worker'
import type pg from 'pg'

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url))
// Any constant will do; it only has to be the same in every process.
const LOCK = 7_281_904_355

export type MigrationReport = { applied: string[]; total: number }

/** The names of all migrations of this version, in order. */
export function migrationNames(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
}

/**
 * Applies the migrations that the database lacks, each in a transaction of its own, then the grants.
 * @param pool connections of the role that owns the tables
 * @throws Error where an applied migration's file was changed, or the database is newer than this version
 */
export async function migrate(pool: pg.Pool): Promise<MigrationReport> {
  const client = await pool.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query('SET lock_timeout = 0; SET statement_timeout = 0')
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    )
    const { rows } = await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM migration')
    const known = new Map(rows.map((row) => [row.name, row.checksum]))
    const names = migrationNames()
    const foreign = [...known.keys()].filter((name) => !names.includes(name))
    if (foreign.length > 0) throw new Error(`The database is newer than this version of Guichet: it has ${foreign.join(', ')}.`)

    const applied: string[] = []
    for (const name of names) {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      const checksum = createHash('sha256').update(text).digest('hex')
      const before = known.get(name)
      if (before === checksum) continue
      if (before)
        throw new Error(`Migration ${name} was changed after it had been applied. Migrations are forward only: restore the file and add a new one.`)
      await client.query('BEGIN')
      try {
        await client.query(text)
        await client.query('INSERT INTO migration (name, checksum) VALUES ($1, $2)', [name, checksum])
        await client.query('COMMIT')
      } catch (error) {
        await client.query('ROLLBACK')
        throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error })
      }
      applied.push(name)
    }
    await runMigrations({ pgPool: pool })
    await client.query(readFileSync(join(FOLDER, 'grants.sql'), 'utf8'))
    return { applied, total: names.length }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => {})
    client.release()
  }
}
