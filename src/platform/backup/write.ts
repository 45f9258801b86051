// Writes a consistent backup while people buy: everything is read in one snapshot, which blocks nobody.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { createGzip, constants as zlib, type Gzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { Cipher } from '../cipher.ts'
import type { FileStore } from '../files.ts'
import { BackupError, FORMAT, JOBS, sectionName, type BackupHeader, type BackupManifest, type BackupSection } from './format.ts'
import { fingerprint, listTables, readMigrations, type TableShape } from './shape.ts'

export type BackupSource = { ownerPool: pg.Pool; cipher: Cipher; files: FileStore }

/**
 * Writes everything into one new file that only its owner may read.
 * @throws BackupError where the file exists
 */
export async function writeBackup(source: BackupSource, path: string): Promise<BackupManifest> {
  const draft = `${path}.part`
  if (existsSync(path)) throw new BackupError(`${path} exists already: a backup never overwrites one.`)
  const file = await open(draft, 'w', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(`${path} can't be written (${error.code ?? error.message}).`)
  })
  try {
    const zip = createGzip({ level: zlib.Z_BEST_SPEED })
    const out = zip.pipe(file.createWriteStream({ flush: true }))
    const manifest = await writeSections(source, zip)
    zip.end()
    await finished(out)
    await rename(draft, path)
    return manifest
  } catch (error) {
    await file.close().catch(() => {})
    await rm(draft, { force: true })
    throw error
  }
}

async function writeSections({ ownerPool, cipher, files }: BackupSource, zip: Gzip): Promise<BackupManifest> {
  const sections: BackupManifest['sections'] = {}
  const client = await ownerPool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const header: BackupHeader = {
      guichetBackup: FORMAT,
      at: new Date().toISOString(),
      migrations: await readMigrations(client),
      secret: fingerprint(cipher),
    }
    await put(zip, `${JSON.stringify(header)}\n`)
    for (const table of await listTables(client)) await copyRows(client, zip, sections, table.name, table.columns, selectOf(table))
    await copyRows(client, zip, sections, JOBS, JOB_COLUMNS, SELECT_JOBS)
    const sequences = await readSequences(client)
    await client.query('COMMIT')

    for await (const name of files.list()) await copyFile(files, zip, sections, name)
    const manifest: BackupManifest = { end: true, sections, sequences }
    await put(zip, `${JSON.stringify(manifest)}\n`)
    return manifest
  } finally {
    // Never back into the pool half-way through a COPY.
    client.release(true)
  }
}

/**
 * What of a table goes into the backup. Transaction numbers (xid8) belong to the cluster that gave them out: in another one, old rows could
 * lie in its future and would stay unread for years. So facts carry, instead of their transaction, the number of the stretch between two
 * subscribers' cursors that they lie in (1, 2, …), and each cursor the last number of what it has read: wherever this is restored, every
 * subscriber goes on exactly where it was, and new facts come after all of these. Within a stretch the id keeps the order.
 */
function selectOf({ name, columns }: TableShape): string {
  const except = (column: string, expression: string) => columns.map((c) => (c === column ? `(${expression}) AS ${c}` : c)).join(', ')
  const stretch = (xid: string, id: string) =>
    `((SELECT count(DISTINCT (c.xid, c.id)) FROM fact_cursor c WHERE (c.xid, c.id) < (${xid}, ${id})) + 1)::text::xid8`
  switch (name) {
    case 'fact':
      return `SELECT ${except('xid', stretch('fact.xid', 'fact.id'))} FROM fact ORDER BY fact.xid, fact.id`
    // 2^53 − 1: after every id, and still a number for JavaScript.
    case 'fact_cursor':
      return `SELECT subscriber, ${stretch('fact_cursor.xid', 'fact_cursor.id')} AS xid, ${Number.MAX_SAFE_INTEGER} AS id FROM fact_cursor`
    // Scanners read by (xid, seq) and start anew after a restore: their cursor is of the old cluster.
    case 'access_feed':
      return `SELECT ${except('xid', `'1'::xid8`)} FROM access_feed`
    default:
      return `SELECT ${columns.join(', ')} FROM ${name}`
  }
}

// Of the queue, what is still to be done. A job under way is done once more: jobs are keyed, so twice is once.
const JOB_COLUMNS = ['identifier', 'payload', 'queue_name', 'run_at', 'max_attempts', 'key', 'priority', 'flags']
const SELECT_JOBS = `
  SELECT t.identifier, j.payload, q.queue_name, j.run_at, j.max_attempts, j.key, j.priority, (SELECT array_agg(f) FROM jsonb_object_keys(j.flags) f) AS flags
    FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    LEFT JOIN graphile_worker._private_job_queues q ON q.id = j.job_queue_id
   WHERE j.attempts < j.max_attempts ORDER BY j.id`

async function copyRows(
  client: pg.PoolClient,
  zip: Gzip,
  sections: BackupManifest['sections'],
  name: string,
  columns: readonly string[],
  select: string,
): Promise<void> {
  const section: BackupSection = { rows: name, columns }
  await put(zip, `${JSON.stringify(section)}\n`)
  const hash = createHash('sha256')
  const rows = client.query(copyTo(`COPY (${select}) TO STDOUT`))
  for await (const piece of rows) {
    hash.update(piece as Buffer)
    await put(zip, piece as Buffer)
  }
  await put(zip, '\\.\n')
  sections[sectionName(section)] = { count: rows.rowCount, sha256: hash.digest('hex') }
}

async function copyFile(files: FileStore, zip: Gzip, sections: BackupManifest['sections'], name: string): Promise<void> {
  const bytes = await files.get(name)
  // Removed since the list was made.
  if (!bytes) return
  const section: BackupSection = { file: name }
  await put(zip, `${JSON.stringify(section)}\n${bytes.toString('base64')}\n`)
  sections[sectionName(section)] = { count: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function readSequences(client: pg.PoolClient): Promise<Record<string, number>> {
  const { rows } = await client.query<{ name: string; value: number | null }>(
    `SELECT sequencename AS name, last_value AS value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  )
  return Object.fromEntries(rows.filter((row) => row.value !== null).map((row) => [row.name, row.value!]))
}

async function put(zip: Gzip, piece: string | Buffer): Promise<void> {
  if (!zip.write(piece)) await once(zip, 'drain')
}
