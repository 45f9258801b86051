// Migrations, from nothing and again.
import { describe, expect, test } from 'vitest'
import { emptyDatabase, freshDatabase } from '#test/database.ts'
import { createPool } from './db.ts'
import { migrate, migrationNames } from './migrate.ts'

const poolOf = (url: string) => createPool({ url, size: 2, role: null, scope: 'system', name: 'test' })

describe('migrate', () => {
  test('applies every migration to an empty database, once, with several processes starting together', async () => {
    const database = await emptyDatabase()
    const pools = [poolOf(database.url), poolOf(database.url), poolOf(database.url)]
    try {
      const reports = await Promise.all(pools.map((pool) => migrate(pool)))
      expect(reports.flatMap((report) => report.applied)).toEqual(migrationNames())
    } finally {
      await Promise.all(pools.map((pool) => pool.end()))
      await database.drop()
    }
  })

  test('finds nothing to do on the template that tests clone', async () => {
    const database = await freshDatabase()
    const pool = poolOf(database.url)
    try {
      expect(await migrate(pool)).toEqual({ applied: [], total: migrationNames().length })
      const { rows } = await pool.query<{ version: string }>("SELECT current_setting('server_version_num') AS version")
      expect(Number(rows[0]?.version)).toBeGreaterThanOrEqual(150_000)
    } finally {
      await pool.end()
      await database.drop()
    }
  })

  test('refuses a database that is newer than this version', async () => {
    const database = await freshDatabase()
    const pool = poolOf(database.url)
    try {
      await pool.query("INSERT INTO migration (name, checksum) VALUES ('9999-later.sql', '')")
      await expect(migrate(pool)).rejects.toThrow(/newer than this version/)
    } finally {
      await pool.end()
      await database.drop()
    }
  })

  test('refuses a migration that was changed after it had been applied', async () => {
    const database = await freshDatabase()
    const pool = poolOf(database.url)
    try {
      await pool.query("UPDATE migration SET checksum = 'other' WHERE name = $1", [migrationNames()[0]])
      await expect(migrate(pool)).rejects.toThrow(/was changed after it had been applied/)
    } finally {
      await pool.end()
      await database.drop()
    }
  })
})
