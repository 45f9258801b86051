// The embedded PostgreSQL: what a first start, a second one, a killed one and an unfit folder come to.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbeddedPostgres, type RunningPostgres } from './embedded-postgres.ts'

const root = process.getuid?.() === 0
const quiet = () => {}
let home: string
let dataDir: string

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'guichet-embedded-')))
  chmodSync(home, 0o711)
  dataDir = join(home, 'postgres')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

const postmasterOf = (folder: string) => Number(readFileSync(join(folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[0])

/** A process of its own that starts the database, says its address and then only lives. */
async function startElsewhere(folder: string): Promise<{ child: ChildProcess; url: string }> {
  const module = fileURLToPath(new URL('./embedded-postgres.ts', import.meta.url))
  const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)})
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(folder)}, say() {} })
    console.log(server.url); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: line.toString().trim() }
}

describe('the embedded PostgreSQL', () => {
  test('is created once, listens on this machine only, and keeps its data from one start to the next', async () => {
    const said: string[] = []
    const first = await startEmbeddedPostgres({ dataDir, say: (line) => void said.push(line) })
    await query(first.url, "CREATE TABLE kept AS SELECT 'œuvre' AS word")
    expect(
      await query(
        first.url,
        "SELECT current_setting('listen_addresses') AS at, current_setting('synchronous_commit') AS sync, lower('ŒUVRE') AS low",
      ),
    ).toEqual([{ at: '127.0.0.1', sync: 'on', low: 'œuvre' }])
    await first.stop()
    const second = await startEmbeddedPostgres({ dataDir, say: (line) => void said.push(line) })
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'œuvre' }])
    await second.stop()
    expect(said).toEqual(['Creating the database (only the first time)…'])
    expect(existsSync(join(dataDir, 'cluster/postmaster.pid'))).toBe(false)
  })

  test('has a password that only its owner can read, and lets nobody in without it', async () => {
    const server = await startEmbeddedPostgres({ dataDir, say: quiet })
    try {
      expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600)
      const stranger = new URL(server.url)
      stranger.password = 'guichet'
      await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    } finally {
      await server.stop()
    }
  })

  test('is refused to a second server and shared with a command, while the first runs', async () => {
    const { child, url } = await startElsewhere(dataDir)
    try {
      await expect(startEmbeddedPostgres({ dataDir, say: quiet })).rejects.toThrow(`Guichet already runs in this folder (process ${child.pid})`)
      const joined = await startEmbeddedPostgres({ dataDir, say: quiet, whenRunning: 'join' })
      expect(joined.url).toBe(url)
      await joined.stop()
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  test('ends with a process that is killed, and the next start finds every committed row', async () => {
    const { child, url } = await startElsewhere(dataDir)
    await query(url, 'CREATE TABLE survived (id int); INSERT INTO survived VALUES (1)')
    const before = postmasterOf(dataDir)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = await startEmbeddedPostgres({ dataDir, say: quiet })
    expect(await query(next.url, 'SELECT id FROM survived')).toEqual([{ id: 1 }])
    expect(postmasterOf(dataDir)).not.toBe(before)
    await expect(query(url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
    await next.stop()
  })

  test('recovers when PostgreSQL itself was killed and its number now belongs to a stranger', async () => {
    const server = await startEmbeddedPostgres({ dataDir, say: quiet })
    const lock = join(dataDir, 'cluster/postmaster.pid')
    const text = readFileSync(lock, 'utf8')
    process.kill(postmasterOf(dataDir), 'SIGKILL')
    await server.stop()
    writeFileSync(lock, text.replace(/^\d+/, String(process.ppid)))
    const next = await startEmbeddedPostgres({ dataDir, say: quiet })
    expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await next.stop()
  })

  test('is started again at the same address when it is killed by itself', async () => {
    const said: string[] = []
    const server = await startEmbeddedPostgres({ dataDir, say: (line) => void said.push(line) })
    await query(server.url, 'CREATE TABLE outlived AS SELECT 1 AS one')
    process.kill(postmasterOf(dataDir), 'SIGKILL')
    await expect.poll(() => query(server.url, 'SELECT one FROM outlived').catch(() => null), { timeout: 30_000 }).toEqual([{ one: 1 }])
    expect(said).toEqual(['PostgreSQL ended by itself: starting it again…'])
    await server.stop()
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  test('says in one sentence that the data folder is no folder', async () => {
    writeFileSync(join(home, 'file'), '')
    await expect(startEmbeddedPostgres({ dataDir: join(home, 'file', 'postgres'), say: quiet })).rejects.toThrow(
      /can't be written \(a part of the path is a file\)/,
    )
  })

  test('says which version made a database that it can’t open', async () => {
    const old = join(home, 'old')
    mkdirSync(join(old, 'cluster'), { recursive: true })
    writeFileSync(join(old, 'cluster/PG_VERSION'), '14\n')
    await expect(startEmbeddedPostgres({ dataDir: old, say: quiet })).rejects.toThrow(/made by PostgreSQL 14/)
  })

  test('gives the folder back after a start that failed', async () => {
    await expect(startEmbeddedPostgres({ dataDir, say: quiet, settings: ['shared_buffers=nonsense'] })).rejects.toThrow(
      /PostgreSQL did not start: .*shared_buffers.* Its log is /,
    )
    const server = await startEmbeddedPostgres({ dataDir, say: quiet })
    await server.stop()
  })

  test.runIf(root)('keeps its data outside a folder that only root can enter, says so, and finds it again', async () => {
    const closed = join(home, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const said: string[] = []
    let server: RunningPostgres | undefined
    try {
      server = await startEmbeddedPostgres({ dataDir: join(closed, 'postgres'), say: (line) => void said.push(line), durable: false })
      expect(said.join('\n')).toContain(`no other user can reach ${join(closed, 'postgres')}: the database is kept in ${server.folder}`)
      await query(server.url, 'CREATE TABLE kept ()')
      await server.stop()
      chmodSync(closed, 0o755)
      server = await startEmbeddedPostgres({ dataDir: join(closed, 'postgres'), say: quiet, durable: false })
      expect(await query(server.url, 'SELECT * FROM kept')).toEqual([])
    } finally {
      await server?.stop()
      if (server && !server.folder.startsWith(home)) rmSync(server.folder, { recursive: true, force: true })
    }
  })
})
