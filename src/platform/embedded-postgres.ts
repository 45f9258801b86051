// A real PostgreSQL 18 for a machine without a database server: the binaries come with npm, the data lives in one folder.
// The folder holds `cluster/` (the database), `password` (mode 600), `owner.json` (who runs it) and `postgres.log`.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareBinaries } from './embedded/binaries.ts'
import { EmbeddedPostgresError } from './embedded/refusal.ts'
import { chooseDataDir, systemUser, type SystemUser } from './embedded/system-user.ts'

export { EmbeddedPostgresError } from './embedded/refusal.ts'

export type RunningPostgres = { url: string; stop(): Promise<void> }

export type EmbeddedOptions = {
  /** The folder that is ours alone; made where it is missing. */
  dataDir: string
  /** Told what takes time or may surprise, a sentence at a time. */
  say(line: string): void
  /** False only for tests: a crash of the machine may then lose data. */
  durable?: boolean
  /** Further `name=value` settings; they win over ours. */
  settings?: readonly string[]
  /** Where another process already runs this folder: refuse (a second server), or use the same database (a command beside the server). */
  whenRunning?: 'refuse' | 'join'
}

// Connections bring their own work_mem; 256 MB of shared buffers suit a small machine and are set aside only as they are used.
const SETTINGS = [
  'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'shared_buffers=256MB', 'effective_cache_size=768MB',
  'work_mem=8MB', 'maintenance_work_mem=64MB', 'synchronous_commit=on', 'wal_compression=on', 'max_wal_size=2GB', 'checkpoint_timeout=15min',
  'random_page_cost=1.1', 'password_encryption=scram-sha-256', 'log_timezone=UTC', 'timezone=UTC', 'lc_messages=C', 'logging_collector=off',
  'log_line_prefix=%m [%p] ', 'cluster_name=guichet',
]
const CARELESS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_level=minimal', 'max_wal_senders=0', 'shared_buffers=128MB']
const SUPERUSER = 'guichet'
const MAJOR = '18'
const LARGEST_LOG = 10_000_000

/**
 * Starts the cluster in `dataDir` on a free port of 127.0.0.1, after creating it the first time. Its superuser is `guichet`.
 * The database ends with this process, even where this process is killed.
 * @throws EmbeddedPostgresError with one sentence for whoever started us
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<RunningPostgres> {
  const user = await systemUser(options.dataDir)
  const binaries = await prepareBinaries(user, options.say)
  const folder = await prepareFolder(options, user)
  const cluster = join(folder, 'cluster')

  const running = await settleRunning(cluster, folder)
  if (running) {
    if (options.whenRunning !== 'join') throw new EmbeddedPostgresError(`Guichet already runs in this folder (process ${running.owner}). Stop it first, or use another DATA_DIR.`)
    return { url: urlOf(readPassword(folder), running.port), stop: async () => {} }
  }
  if (!exists(join(cluster, 'PG_VERSION'))) await createCluster(options, user, binaries.bin, folder)
  refuseOtherVersion(cluster)
  return launch(options, user, binaries.bin, folder)
}

// ── The folder ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function prepareFolder(options: EmbeddedOptions, user: SystemUser | null): Promise<string> {
  const folder = user ? await chooseDataDir(options.dataDir, user) : options.dataDir
  if (folder !== options.dataDir) options.say(`PostgreSQL can't run as root, and no other user can reach ${options.dataDir}: the database is kept in ${folder}.`)
  try {
    await mkdir(folder, { recursive: true })
    // As root the database's own user has to pass through our folder, and may see nothing else in it.
    await chmod(folder, user ? 0o711 : 0o700)
  } catch (error) {
    throw cantWrite(folder, error)
  }
  return folder
}

async function createCluster(options: EmbeddedOptions, user: SystemUser | null, bin: string, folder: string): Promise<void> {
  options.say('Creating the database (the first time only)…')
  // Made beside its place and moved when whole: an interrupted first start leaves nothing that looks like a database.
  const draft = join(folder, `new-${process.pid}-${randomBytes(3).toString('hex')}`)
  const passwordFile = join(draft, 'password')
  try {
    for (const name of await readdir(folder)) if (name.startsWith('new-') && !isAlive(Number(name.split('-')[1]))) await rm(join(folder, name), { recursive: true, force: true })
    await mkdir(draft, { mode: 0o700 })
    const password = readPassword(folder, randomBytes(24).toString('base64url'))
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
    if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid)
    const { code, output } = await run(join(bin, 'initdb'), [
      '-D', join(draft, 'cluster'), '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-locale',
      '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...(options.durable === false ? ['--no-sync'] : []),
    ], user)
    if (code !== 0) throw new EmbeddedPostgresError(`PostgreSQL could not create its database in ${folder}: ${lastLine(output)}`)
    await rename(join(draft, 'cluster'), join(folder, 'cluster'))
  } catch (error) {
    // Another start finished the same work a moment earlier: its database is the one.
    if (exists(join(folder, 'cluster', 'PG_VERSION'))) return
    throw cantWrite(folder, error)
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => {})
  }
}

/** The cluster's password; where there is none yet, `fresh` becomes it. */
function readPassword(folder: string, fresh?: string): string {
  const path = join(folder, 'password')
  try {
    if (fresh) writeFileSync(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new EmbeddedPostgresError(`The password of the database can't be read from ${path} (${reasonOf(error)}).`)
  }
}

function refuseOtherVersion(cluster: string): void {
  const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  if (version !== MAJOR) {
    throw new EmbeddedPostgresError(`The database in ${cluster} was made by PostgreSQL ${version}, and this version of Guichet brings PostgreSQL ${MAJOR}: restore a backup into a new DATA_DIR.`)
  }
}

// ── One database, one owner ──────────────────────────────────────────────────────────────────────────────────────────

type Owner = { pid: number; startedAt: string }

/**
 * Whether a live process of ours runs this cluster. A postmaster whose owner is gone (it was killed) is waited for, then stopped.
 * What PostgreSQL left behind in postmaster.pid without living is its own affair: it notices and recovers.
 */
async function settleRunning(cluster: string, folder: string): Promise<{ owner: number; port: number } | null> {
  for (let waited = 0; ; waited += 100) {
    const postmaster = readPostmaster(cluster)
    if (!postmaster) return null
    const owner = readOwner(folder)
    if (owner) {
      if (postmaster.status === 'ready') return { owner: owner.pid, port: postmaster.port }
      if (waited >= 60_000) throw new EmbeddedPostgresError(`Guichet (process ${owner.pid}) is starting or stopping the database in ${folder}; it has not finished after a minute.`)
    } else if (waited === 2000 || waited === 12_000) {
      // Its guard should have stopped it by now. Fast, then immediate: the next start recovers whatever was cut short.
      signal(postmaster.pid, waited === 2000 ? 'SIGINT' : 'SIGQUIT')
    } else if (waited >= 22_000) {
      throw new EmbeddedPostgresError(`A PostgreSQL that nobody owns (process ${postmaster.pid}) runs on ${cluster} and can't be stopped: end it, then start again.`)
    }
    await sleep(100)
  }
}

/** What postmaster.pid says, where it speaks of a PostgreSQL that lives on this very folder. */
function readPostmaster(cluster: string): { pid: number; port: number; status: string } | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n').map((line) => line.trim())
    const pid = Number(lines[0])
    // After a restart of the machine the number may belong to anybody.
    if (!Number.isInteger(pid) || pid <= 1 || !isPostgres(pid, cluster)) return null
    return { pid, port: Number(lines[3]), status: lines[7] ?? 'starting' }
  } catch {
    return null
  }
}

function isPostgres(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false
  try {
    // Only the postmaster itself has the folder among its arguments.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster)
  } catch {
    // No /proc (macOS): a live process is taken at its word.
    return process.platform !== 'linux'
  }
}

function readOwner(folder: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Owner
    return isAlive(owner.pid) && startOf(owner.pid) === owner.startedAt ? owner : null
  } catch {
    return null
  }
}

/** When a process began, in the kernel's words: a pid alone may have been given to another process since. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

// ── Running it ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function launch(options: EmbeddedOptions, user: SystemUser | null, bin: string, folder: string): Promise<RunningPostgres> {
  const cluster = join(folder, 'cluster')
  const logFile = join(folder, 'postgres.log')
  const settings = [...SETTINGS, ...(options.durable === false ? CARELESS : []), ...(options.settings ?? [])].flatMap((setting) => ['-c', setting])
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const log = openLog(logFile)
    const server = spawn(join(bin, 'postgres'), ['-D', cluster, '-p', String(port), ...settings], {
      // Its own session: Ctrl-C in the terminal must reach us alone, so that requests end before their database does.
      detached: true, stdio: ['ignore', log.fd, log.fd], cwd: '/', env: { PATH: process.env.PATH, TZ: 'UTC' }, ...ids(user),
    })
    closeSync(log.fd)
    const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()).once('error', () => resolve()))
    if (await isReady(server, gone, cluster, options.say)) {
      const guard = guardServer(server, user)
      writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Owner))
      return { url: urlOf(readPassword(folder), port), stop: () => stopServer(server, guard, gone, folder) }
    }
    const told = readFileSync(logFile, 'utf8').slice(log.size)
    // Somebody took the port between our look and PostgreSQL's: another one will do.
    if (/could not bind|Address already in use/.test(told) && attempt < 5) continue
    if (/lock file "postmaster\.pid" already exists/.test(told)) throw new EmbeddedPostgresError('Guichet already runs in this folder. Stop it first, or use another DATA_DIR.')
    throw new EmbeddedPostgresError(`PostgreSQL did not start: ${faultIn(told)} The whole log is in ${logFile}.`)
  }
}

async function isReady(server: ChildProcess, gone: Promise<void>, cluster: string, say: (line: string) => void): Promise<boolean> {
  let ended = server.pid === undefined
  void gone.then(() => { ended = true })
  for (let waited = 0; !ended; waited += 20) {
    const postmaster = readPostmaster(cluster)
    if (postmaster?.pid === server.pid && postmaster?.status === 'ready') return true
    if (waited === 4000) say('PostgreSQL is recovering from an interrupted stop; this may take a moment…')
    await Promise.race([sleep(20), gone])
  }
  return false
}

/** A tiny shell that stops PostgreSQL when our end of its pipe closes: it does so even where we are killed. */
function guardServer(server: ChildProcess, user: SystemUser | null): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'while read -r _; do :; done; kill -INT "$1"', 'guichet-guard', String(server.pid)], {
    detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', ...ids(user),
  })
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  // A PostgreSQL that ended by itself needs no guard any more; its number may be given to another process.
  server.once('exit', () => guard.kill('SIGKILL'))
  return guard
}

async function stopServer(server: ChildProcess, guard: ChildProcess, gone: Promise<void>, folder: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    // Fast: open transactions are rolled back. Its final checkpoint may be slow on a slow disk; at last the next start recovers.
    server.kill('SIGINT')
    const patience = new AbortController()
    const late = sleep(20_000, 'late', { signal: patience.signal }).catch(() => {})
    if ((await Promise.race([gone, late])) === 'late') server.kill('SIGQUIT')
    patience.abort()
    await gone
  }
  guard.kill('SIGKILL')
  rmSync(join(folder, 'owner.json'), { force: true })
}

function openLog(path: string): { fd: number; size: number } {
  try {
    const size = exists(path) ? statSync(path).size : 0
    if (size > LARGEST_LOG) rmSync(path)
    return { fd: openSync(path, 'a', 0o600), size: size > LARGEST_LOG ? 0 : size }
  } catch (error) {
    throw cantWrite(path, error)
  }
}

/** The first sentence in PostgreSQL's log that says what is wrong. */
function faultIn(log: string): string {
  const lines = log.split('\n').filter((line) => /\b(FATAL|PANIC|ERROR):|error while loading/.test(line))
  const text = (lines[0] ?? lastLine(log)).replace(/^.*?(FATAL|PANIC|ERROR): */, '')
  return /[.!?]$/.test(text) ? text : `${text || 'it ended without a word'}.`
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.trim() || 'it gave no reason.'
const urlOf = (password: string, port: number) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
const ids = (user: SystemUser | null) => (user ? { uid: user.uid, gid: user.gid } : {})

function run(command: string, args: string[], user: SystemUser | null): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }, ...ids(user) })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It went by itself meanwhile.
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return { EACCES: 'permission denied', EPERM: 'not permitted', EROFS: 'the disk is read-only', ENOSPC: 'the disk is full', EDQUOT: 'the disk quota is used up', ENOTDIR: 'a part of the path is a file', ENOENT: 'it is missing' }[code] ?? (error as Error).message
}

function cantWrite(path: string, error: unknown): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error
  return new EmbeddedPostgresError(`The data folder ${path} can't be written (${reasonOf(error)}).`)
}
