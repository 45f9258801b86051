// A real PostgreSQL 18 for a machine without a database server: the programs come with npm, the data lives in one folder.
// The folder holds `cluster/` (the database), `password` (mode 600), `owner.json` (who runs it) and `postgres.log`.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { chown, mkdir, rename, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareBinaries } from './embedded/binaries.ts'
import { claim, endOrphan, readPostmaster, release } from './embedded/ownership.ts'
import { cantWrite, EmbeddedPostgresError, reasonOf } from './embedded/refusal.ts'
import { preparePlace, type SystemUser } from './embedded/system-user.ts'

export { EmbeddedPostgresError } from './embedded/refusal.ts'

/** `folder` is where the data really lies: as root it may be elsewhere than asked for. */
export type RunningPostgres = { url: string; folder: string; stop(): Promise<void> }

export type EmbeddedOptions = {
  /** A folder that is the database's alone; made where it is missing. */
  dataDir: string
  /** Told what takes time or may surprise, a sentence at a time. */
  say(line: string): void
  /** False only for tests: a crash of the machine may then lose data. */
  durable?: boolean
  /** Further `name=value` settings; they win over ours. */
  settings?: readonly string[]
  /** Where another process runs this folder already: refuse (a second server), or use its database (a command beside the server). */
  whenRunning?: 'refuse' | 'join'
}

const SUPERUSER = 'guichet'
const MAJOR = '18'
const LARGEST_LOG = 10_000_000
const SETTINGS = [
  'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'cluster_name=guichet', 'max_connections=200',
  'shared_buffers=256MB', 'effective_cache_size=768MB', 'work_mem=8MB', 'maintenance_work_mem=64MB', 'random_page_cost=1.1',
  'synchronous_commit=on', 'wal_compression=on', 'max_wal_size=2GB', 'checkpoint_timeout=15min',
  'timezone=UTC', 'log_timezone=UTC', 'lc_messages=C', 'log_line_prefix=%m [%p] ',
]
const CARELESS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_compression=off', 'autovacuum=off']

/**
 * Starts the cluster in `dataDir` on a free port of 127.0.0.1, after creating it the first time. Its superuser is `guichet`.
 * The database ends with this process, even where this process is killed.
 * @throws EmbeddedPostgresError with one sentence for whoever started us
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<RunningPostgres> {
  const { folder, user } = preparePlace(resolve(options.dataDir), options.say)
  const holder = claim(folder)
  if (holder !== null) {
    if (options.whenRunning === 'join') return joinRunning(folder, holder)
    throw new EmbeddedPostgresError(`Guichet already runs in this folder (process ${holder}): stop it first, or set DATA_DIR to another folder.`)
  }
  try {
    const bin = prepareBinaries(user, options.say)
    await endOrphan(folder)
    if (!existsSync(join(folder, 'cluster/PG_VERSION'))) await createCluster(options, user, bin, folder)
    refuseOtherVersion(folder)
    return await launch(options, user, bin, folder)
  } catch (error) {
    release(folder)
    throw error
  }
}

async function joinRunning(folder: string, holder: number): Promise<RunningPostgres> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    const postmaster = readPostmaster(join(folder, 'cluster'))
    if (postmaster?.status === 'ready') return { url: urlOf(readPassword(folder), postmaster.port), folder, stop: async () => {} }
    await sleep(50)
  }
  throw new EmbeddedPostgresError(`Guichet (process ${holder}) holds the database in ${folder}, but it has not answered for a minute.`)
}

async function createCluster(options: EmbeddedOptions, user: SystemUser | null, bin: string, folder: string): Promise<void> {
  options.say('Creating the database (only the first time)…')
  // Made beside its place and moved when whole: an interrupted first start leaves nothing that looks like a database.
  const draft = join(folder, 'creating')
  const passwordFile = join(draft, 'password')
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { mode: 0o700 })
    writeFileSync(passwordFile, `${newPassword(folder)}\n`, { mode: 0o600 })
    if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid)
    const { code, output } = await run(join(bin, 'initdb'), [
      '-D', join(draft, 'cluster'), '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-locale',
      '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', ...(options.durable === false ? ['--no-sync'] : []),
    ], user)
    if (code !== 0) throw new EmbeddedPostgresError(`PostgreSQL could not create its database in ${folder}: ${faultIn(output)}`)
    await rename(join(draft, 'cluster'), join(folder, 'cluster'))
  } catch (error) {
    throw cantWrite(folder, error)
  } finally {
    await rm(draft, { recursive: true, force: true }).catch(() => {})
  }
}

/** A password for a cluster about to be made; one that an interrupted start left behind is replaced. */
function newPassword(folder: string): string {
  const password = randomBytes(24).toString('base64url')
  rmSync(join(folder, 'password'), { force: true })
  writeFileSync(join(folder, 'password'), `${password}\n`, { mode: 0o600, flag: 'wx' })
  return password
}

function readPassword(folder: string): string {
  const path = join(folder, 'password')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new EmbeddedPostgresError(`The password of the database can't be read from ${path} (${reasonOf(error)}).`)
  }
}

function refuseOtherVersion(folder: string): void {
  const version = readFileSync(join(folder, 'cluster/PG_VERSION'), 'utf8').trim()
  if (version === MAJOR) return
  throw new EmbeddedPostgresError(`The database in ${folder} was made by PostgreSQL ${version}, and this Guichet brings PostgreSQL ${MAJOR}: restore a backup into another DATA_DIR.`)
}

async function launch(options: EmbeddedOptions, user: SystemUser | null, bin: string, folder: string): Promise<RunningPostgres> {
  const cluster = join(folder, 'cluster')
  const logFile = join(folder, 'postgres.log')
  const settings = [...SETTINGS, ...(options.durable === false ? CARELESS : []), ...(options.settings ?? [])].flatMap((setting) => ['-c', setting])
  const password = readPassword(folder)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const log = openLog(logFile)
    const server = spawn(join(bin, 'postgres'), ['-D', cluster, '-p', String(port), ...settings], {
      // A session of its own: Ctrl-C in the terminal must reach us alone, so that requests end before their database does.
      detached: true, stdio: ['ignore', log.fd, log.fd], cwd: '/', env: { PATH: '/usr/bin:/bin', TZ: 'UTC' }, ...ids(user),
    })
    closeSync(log.fd)
    const gone = new Promise<void>((done) => server.once('exit', () => done()).once('error', () => done()))
    const guard = guardServer(server, user)
    // Whoever forgets to stop the database can still end; the guard then does it.
    server.unref()
    if (await isReady(server, gone, cluster, options.say)) {
      return { url: urlOf(password, port), folder, stop: () => stopServer(server, guard, gone).finally(() => release(folder)) }
    }
    guard?.kill('SIGKILL')
    const told = readFileSync(logFile, 'utf8').slice(log.size)
    // Somebody took the port between our look and PostgreSQL's: another one will do.
    if (/could not bind|Address already in use/.test(told) && attempt < 5) continue
    throw new EmbeddedPostgresError(`PostgreSQL did not start: ${faultIn(told)} Its log is ${logFile}.`)
  }
}

async function isReady(server: ChildProcess, gone: Promise<void>, cluster: string, say: (line: string) => void): Promise<boolean> {
  let ended = server.pid === undefined
  void gone.then(() => { ended = true })
  for (let waited = 0; !ended; waited += 20) {
    const postmaster = readPostmaster(cluster)
    if (postmaster?.pid === server.pid && postmaster?.status === 'ready') return true
    if (waited === 4000) say('PostgreSQL recovers from an interrupted stop; this may take a moment…')
    await Promise.race([sleep(20), gone])
  }
  return false
}

/** A tiny shell that stops PostgreSQL once our end of its pipe is closed, which happens even where we are killed. */
function guardServer(server: ChildProcess, user: SystemUser | null): ChildProcess | null {
  if (server.pid === undefined || process.platform === 'win32') return null
  const guard = spawn('/bin/sh', ['-c', 'while read -r _; do :; done; kill -INT "$1"', 'guichet-guard', String(server.pid)], {
    detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', ...ids(user),
  })
  guard.on('error', () => {}).unref()
  const pipe = guard.stdin as Socket | null
  pipe?.unref()
  pipe?.on('error', () => {})
  // A PostgreSQL that ended by itself needs no guard any more: its number may be given to another process.
  server.once('exit', () => guard.kill('SIGKILL'))
  return guard
}

async function stopServer(server: ChildProcess, guard: ChildProcess | null, gone: Promise<void>): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    // Fast: open transactions are rolled back, then a checkpoint. Where the disk is too slow for it, the next start recovers.
    server.kill('SIGINT')
    const late = setTimeout(() => server.kill('SIGQUIT'), 20_000)
    await gone
    clearTimeout(late)
  }
  guard?.kill('SIGKILL')
}

function openLog(path: string): { fd: number; size: number } {
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size > LARGEST_LOG) rmSync(path)
    return { fd: openSync(path, 'a', 0o600), size: size > LARGEST_LOG ? 0 : size }
  } catch (error) {
    throw cantWrite(path, error)
  }
}

/** The first line of what PostgreSQL said that tells what is wrong. */
function faultIn(log: string): string {
  const line = log.split('\n').find((text) => /\b(FATAL|PANIC|ERROR|error): |error while loading/.test(text)) ?? lastLine(log)
  return `${line.replace(/^.*?\b(FATAL|PANIC|ERROR|error): */, '').replace(/\.$/, '')}.`
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.trim() || 'it gave no reason'
const urlOf = (password: string, port: number) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
const ids = (user: SystemUser | null) => (user ? { uid: user.uid, gid: user.gid } : {})

function run(command: string, args: string[], user: SystemUser | null): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }, ...ids(user) })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.on('error', fail).on('close', (code) => done({ code, output }))
  })
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer().on('error', fail).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
}
