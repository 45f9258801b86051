// One PostgreSQL per run, with one migrated template that tests clone (test/database.ts). Nothing is left behind.
// TEST_DATABASE_URL: a server of your own (PostgreSQL 15 or newer, a role that may create databases) instead of the embedded one.
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { createPool, RUNTIME_ROLE } from '#src/platform/db.ts'
import { startEmbeddedPostgres } from '#src/platform/embedded-postgres.ts'
import { migrate } from '#src/platform/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser's or creator's address of the run's server, its path naming the migrated template. */
    templateUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL ? ownServer(process.env.TEST_DATABASE_URL) : await embeddedServer()
  const prefix = `guichet_test_${randomBytes(4).toString('hex')}`
  const templateUrl = withDatabase(server.url, prefix)
  let hadRole = true
  try {
    hadRole = await onServer(server.url, async (client) => {
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [RUNTIME_ROLE])
      await client.query(`CREATE DATABASE ${prefix}`)
      return rowCount === 1
    })
    const pool = createPool({ url: templateUrl, size: 2, role: null, scope: 'system', name: 'test-template' })
    await migrate(pool)
    await pool.end()
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('templateUrl', templateUrl)

  return async () => {
    // The embedded server's folder goes as a whole; on a server of your own every database of this run is dropped.
    if (!server.disposable) await onServer(server.url, (client) => dropAll(client, prefix, hadRole))
    await server.stop()
  }
}

type Server = { url: string; disposable: boolean; stop(): Promise<void> }

const ownServer = (url: string): Server => ({ url, disposable: false, stop: async () => {} })

async function embeddedServer(): Promise<Server> {
  removeAbandoned()
  const folder = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`))
  chmodSync(folder, 0o711)
  try {
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), say: () => {}, durable: false })
    return { url: server.url, disposable: true, stop: () => server.stop().finally(() => [folder, server.folder].forEach(remove)) }
  } catch (error) {
    remove(folder)
    throw error
  }
}

const FOLDER = 'guichet-run-'
const remove = (path: string) => rmSync(path, { recursive: true, force: true })

/** What a run that was killed could not remove. Its PostgreSQL ended with it. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(FOLDER) ? Number(name.slice(FOLDER.length).split('-')[0]) : 0
    if (pid > 0 && !isAlive(pid)) remove(join(tmpdir(), name))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function dropAll(client: pg.Client, prefix: string, hadRole: boolean): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)', [prefix])
  for (const { name } of rows) await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`)
  // Roles belong to the whole server: the one we made goes, unless another run needs it meanwhile.
  if (!hadRole) await client.query(`DROP ROLE IF EXISTS ${RUNTIME_ROLE}`).catch(() => {})
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
