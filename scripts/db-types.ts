// Writes src/platform/schema.ts from a migrated database: SQL stays the only source of truth. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createPool } from '#src/platform/db.ts'
import { startEmbeddedPostgres } from '#src/platform/embedded-postgres.ts'
import { migrate } from '#src/platform/migrate.ts'

const TARGET = fileURLToPath(new URL('../src/platform/schema.ts', import.meta.url))
const TYPES: Record<string, string> = {
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float8: 'number',
  numeric: 'number',
  bool: 'boolean',
  text: 'string',
  bpchar: 'string',
  uuid: 'string',
  timestamptz: 'Timestamp',
  date: 'string',
  bytea: 'Buffer',
  jsonb: 'Json',
  json: 'Json',
  xid8: 'string',
  tsvector: 'string',
  _uuid: 'string[]',
  _text: 'string[]',
  _int8: 'number[]',
}

const camel = (name: string) => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const pascal = (name: string) => camel(`_${name}`)

type Column = { table_name: string; column_name: string; udt_name: string; is_nullable: string; has_default: boolean; always: boolean }

async function readColumns(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(`
    SELECT table_name, column_name, udt_name, is_nullable, is_identity = 'YES' OR column_default IS NOT NULL AS has_default,
           COALESCE(identity_generation = 'ALWAYS', false) AS always
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`)
  return rows
}

function render(columns: Column[]): string {
  const tables = Map.groupBy(columns, (column) => column.table_name)
  const parts = [
    '// Written by `npm run db:types` from the migrated database. Do not edit.',
    "import type { ColumnType, Generated, GeneratedAlways } from 'kysely'",
    '',
    'type Timestamp = ColumnType<Date, Date | string, Date | string>',
    'type GeneratedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>',
    'type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>',
    '/** Read parsed; written as JSON text. */',
    'type Json = ColumnType<unknown, string, string>',
    'type NullableJson = ColumnType<unknown, string | null | undefined, string | null>',
    'type GeneratedJson = ColumnType<unknown, string | undefined, string>',
    '',
  ]
  for (const [table, list] of tables) {
    parts.push(`export interface ${pascal(table)}Table {`)
    for (const column of list) {
      const base = TYPES[column.udt_name]
      if (!base) throw new Error(`no TypeScript type for ${column.udt_name} (${table}.${column.column_name})`)
      const wrapped = base === 'Timestamp' || base === 'Json'
      const type =
        column.is_nullable === 'YES'
          ? wrapped
            ? `Nullable${base}`
            : `${base} | null`
          : column.always
            ? `GeneratedAlways<${base}>`
            : column.has_default
              ? wrapped
                ? `Generated${base}`
                : `Generated<${base}>`
              : base
      parts.push(`  ${camel(column.column_name)}: ${type}`)
    }
    parts.push('}', '')
  }
  parts.push('export interface Schema {', ...[...tables.keys()].map((table) => `  ${camel(table)}: ${pascal(table)}Table`), '}', '')
  return parts.join('\n')
}

const folder = mkdtempSync(join(tmpdir(), 'guichet-types-'))
chmodSync(folder, 0o711)
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), say: () => {}, durable: false })
try {
  const pool = createPool({ url: server.url, size: 2, role: null, scope: 'system', name: 'db-types' })
  await migrate(pool)
  await pool.end()
  const client = new pg.Client(server.url)
  await client.connect()
  const text = render(await readColumns(client))
  await client.end()
  if (process.argv.includes('--check')) {
    if (text !== readFileSync(TARGET, 'utf8')) {
      console.error('src/platform/schema.ts is not what the migrations make: run npm run db:types.')
      process.exitCode = 1
    }
  } else writeFileSync(TARGET, text)
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}
