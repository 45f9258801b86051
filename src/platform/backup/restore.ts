// Puts a backup into an empty, migrated database: all of it, in one transaction, or nothing.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { FileStore } from '../files.ts'
import {
  BackupError,
  FORMAT,
  JOBS,
  readBackup,
  sectionName,
  type BackupHeader,
  type BackupManifest,
  type BackupReader,
  type BackupSection,
} from './format.ts'
import { fingerprint, listTables, readMigrations, type TableShape } from './shape.ts'
import type { BackupSource } from './write.ts'

export type RestoreReport = {
  header: BackupHeader
  manifest: BackupManifest
  /** The keys inside were sealed with another GUICHET_SECRET: they won't open. */
  otherSecret: boolean
  /** Rows that were there before and are gone. */
  replaced: number
}

/**
 * Restores the file; every count and checksum is compared with its manifest before anything is committed.
 * @param options.force replace what the database holds; otherwise one that holds anything is refused
 * @throws BackupError where the file is damaged or of another version, or the database isn't empty; the database is then as it was
 */
export async function restoreBackup(target: BackupSource, path: string, options: { force: boolean }): Promise<RestoreReport> {
  const file = createReadStream(path)
  const unzipped = file.pipe(createGunzip())
  file.on('error', (error) => unzipped.destroy(error))
  const reader = readBackup(unzipped)
  const client = await target.ownerPool.connect()
  try {
    const header = await reader.header<BackupHeader>()
    if (header.guichetBackup !== FORMAT) throw new BackupError('This is no backup that this version of Guichet can read.')
    await requireSameMigrations(client, header)
    await client.query('BEGIN')
    const tables = await listTables(client)
    const replaced = await emptyTables(client, tables, options.force)
    const forced = await selectForced(client)
    // COPY FROM refuses where a policy binds the table's owner; nobody else sees the table before the commit, when all are bound again.
    for (const name of forced) await client.query(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`)
    const manifest = await readSections(client, reader, target.files, tables)
    for (const name of forced) await client.query(`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`)
    await setSequences(client, manifest)
    await client.query('COMMIT')
    await client.query('ANALYZE')
    return { header, manifest, otherSecret: header.secret !== fingerprint(target.cipher), replaced }
  } finally {
    // Whatever was not committed goes with the connection.
    client.release(true)
    file.destroy()
  }
}

async function requireSameMigrations(client: pg.PoolClient, header: BackupHeader): Promise<void> {
  const ours = await readMigrations(client)
  const wanted = new Map(header.migrations.map((migration) => [migration.name, migration.checksum]))
  const odd = [
    ...ours.filter((migration) => wanted.get(migration.name) !== migration.checksum).map((migration) => migration.name),
    ...[...wanted.keys()].filter((name) => !ours.some((migration) => migration.name === name)),
  ]
  if (odd.length > 0) {
    throw new BackupError(
      `The backup and this database are of different versions (they differ in ${odd.join(', ')}). Restore it with the version of Guichet that made it, then upgrade.`,
    )
  }
}

// Not data of anybody's: the migrations fill the first, a worker that merely started the second.
const MAY_HOLD_ROWS = ['category', 'fact_cursor']

/** Makes room. Returns how many rows had to go; none without `force`. */
async function emptyTables(client: pg.PoolClient, tables: readonly TableShape[], force: boolean): Promise<number> {
  const names = tables.map((table) => table.name)
  await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS EXCLUSIVE MODE`)
  const full: { name: string; count: number }[] = []
  for (const name of names) {
    const count = await countRows(client, name)
    if (count > 0 && !MAY_HOLD_ROWS.includes(name)) full.push({ name, count })
  }
  if (full.length > 0 && !force) {
    const examples = full
      .slice(0, 4)
      .map(({ name, count }) => `${count} in ${name}`)
      .join(', ')
    throw new BackupError(
      `This database is not empty (${examples}${full.length > 4 ? ', …' : ''}). Restore into a new one, or say --force to replace everything in it.`,
    )
  }
  await client.query(`TRUNCATE ${names.join(', ')}`)
  if (force) await client.query('DELETE FROM graphile_worker._private_jobs')
  return full.reduce((sum, { count }) => sum + count, 0)
}

async function selectForced(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relforcerowsecurity`,
  )
  return rows.map((row) => row.name)
}

async function readSections(client: pg.PoolClient, reader: BackupReader, files: FileStore, tables: readonly TableShape[]): Promise<BackupManifest> {
  const found: BackupManifest['sections'] = {}
  while (true) {
    const section = await reader.header<BackupSection | BackupManifest>()
    if ('end' in section) {
      compare(section.sections, found)
      return section
    }
    found[sectionName(section)] =
      'file' in section
        ? await readFile(reader, files, section.file)
        : section.rows === JOBS
          ? await readJobs(client, reader)
          : await readTable(client, reader, tables, section)
  }
}

async function readTable(
  client: pg.PoolClient,
  reader: BackupReader,
  tables: readonly TableShape[],
  section: { rows: string; columns: readonly string[] },
) {
  const table = tables.find((candidate) => candidate.name === section.rows)
  // Names from a file never go into a statement: they must be names that this database has.
  if (!table || section.columns.some((column) => !table.columns.includes(column)))
    throw new BackupError(`The backup holds a table that this version doesn't know: ${section.rows}.`)
  const sha256 = await copyIn(client, reader, `COPY ${table.name} (${section.columns.join(', ')}) FROM STDIN`)
  return { count: await countRows(client, table.name), sha256 }
}

async function readJobs(client: pg.PoolClient, reader: BackupReader) {
  await client.query(`CREATE TEMP TABLE restored_job (identifier text, payload json, queue_name text, run_at timestamptz, max_attempts integer, key text,
                                                      priority integer, flags text[]) ON COMMIT DROP`)
  const sha256 = await copyIn(client, reader, 'COPY restored_job FROM STDIN')
  const { rowCount } = await client.query(`
    SELECT graphile_worker.add_job(identifier, payload, queue_name => queue_name, run_at => run_at, max_attempts => max_attempts, job_key => key,
                                   priority => priority, flags => flags) FROM restored_job`)
  return { count: rowCount ?? 0, sha256 }
}

async function copyIn(client: pg.PoolClient, reader: BackupReader, statement: string): Promise<string> {
  const rows = client.query(copyFrom(statement))
  const done = finished(rows)
  done.catch(() => {})
  const sha256 = await reader.rows(async (piece) => {
    if (!rows.write(piece)) await Promise.race([once(rows, 'drain'), done])
  })
  rows.end()
  await done
  return sha256
}

async function readFile(reader: BackupReader, files: FileStore, name: string) {
  const bytes = Buffer.from((await reader.line()).toString('latin1'), 'base64')
  await files.put(name, bytes)
  return { count: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function compare(expected: BackupManifest['sections'], found: BackupManifest['sections']): void {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [wanted, got] = [expected[name], found[name]]
    if (!wanted || !got)
      throw new BackupError(`The backup is damaged: ${name} stands ${got ? 'in it, but not in' : 'in'} its manifest${got ? '' : ', but not in it'}.`)
    if (wanted.sha256 !== got.sha256) throw new BackupError(`The backup is damaged: the checksum of ${name} is not the one in its manifest.`)
    if (wanted.count !== got.count) throw new BackupError(`The backup is damaged: ${got.count} of ${name} arrived, ${wanted.count} were saved.`)
  }
}

async function setSequences(client: pg.PoolClient, manifest: BackupManifest): Promise<void> {
  for (const [name, value] of Object.entries(manifest.sequences)) await client.query('SELECT setval(quote_ident($1)::regclass, $2)', [name, value])
}

async function countRows(client: pg.PoolClient, name: string): Promise<number> {
  return (await client.query<{ count: number }>(`SELECT count(*) FROM ${name}`)).rows[0]!.count
}
