// What there is to back up: our tables in an order in which rows never come before what they refer to.
import type pg from 'pg'
import type { Cipher } from '../cipher.ts'
import { BackupError } from './format.ts'

export type TableShape = { name: string; columns: string[] }

// `migration` is compared, not restored. Attempts counted for rate limits may be forgiven; their table isn't even in the write-ahead log.
const LEFT_OUT = ['migration', 'rate_limit']

// What a trigger looks up, rather than a foreign key, comes first too.
const LOOKED_UP: Readonly<Record<string, readonly string[]>> = { ledger_entry: ['ledger_account', 'ledger_posting'] }

/** All tables with their columns, parents first. */
export async function listTables(client: pg.ClientBase): Promise<TableShape[]> {
  const { rows } = await client.query<{ name: string; columns: string[]; parents: string[] }>(
    `
    SELECT c.relname::text AS name,
           ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
           ARRAY(SELECT DISTINCT p.relname::text FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
                  WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS parents
      FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL ($1) ORDER BY 1`,
    [LEFT_OUT],
  )
  const sorted: TableShape[] = []
  const waiting = new Map(rows.map((row) => [row.name, row]))
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter((table) => ![...table.parents, ...(LOOKED_UP[table.name] ?? [])].some((parent) => waiting.has(parent)))
    if (ready.length === 0) throw new BackupError(`These tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}.`)
    for (const { name, columns } of ready) {
      sorted.push({ name, columns })
      waiting.delete(name)
    }
  }
  return sorted
}

export async function readMigrations(client: pg.ClientBase): Promise<{ name: string; checksum: string }[]> {
  return (await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM migration ORDER BY name')).rows
}

/** Tells two secrets apart without telling anything about either. */
export function fingerprint(cipher: Cipher): string {
  return cipher.mac('backup', 'which secret is this').toString('hex').slice(0, 16)
}
