// One run of the PostgreSQL server: started on a port, guarded, stopped.
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPostmaster } from './ownership.ts'
import { cantWrite, EmbeddedPostgresError, faultIn } from './refusal.ts'
import type { SystemUser } from './system-user.ts'

export type LaunchOptions = {
  folder: string
  bin: string
  user: SystemUser | null
  /** `name=value`; later ones win. */
  settings: readonly string[]
  say(line: string): void
}

/** A running server. `gone` comes true when it ends, for whatever reason. */
export type Launched = { port: number; gone: Promise<void>; stop(): Promise<void> }

const LARGEST_LOG = 10_000_000

/**
 * Starts the server on `port`, or on any free one, and waits until it answers.
 * @throws EmbeddedPostgresError with PostgreSQL's own reason
 */
export async function launch({ folder, bin, user, settings, say }: LaunchOptions, port?: number): Promise<Launched> {
  const cluster = join(folder, 'cluster')
  const logFile = join(folder, 'postgres.log')
  for (let attempt = 1; ; attempt++) {
    const at = port ?? (await freePort())
    const log = openLog(logFile)
    const server = spawn(join(bin, 'postgres'), ['-D', cluster, '-p', String(at), ...settings.flatMap((setting) => ['-c', setting])], {
      // A session of its own: Ctrl-C in the terminal must reach us alone, so that requests end before their database does.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', TZ: 'UTC' },
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    closeSync(log.fd)
    const gone = new Promise<void>((done) => server.once('exit', () => done()).once('error', () => done()))
    const guard = guardServer(server, user)
    // Whoever forgets to stop the database can still end; the guard then does it.
    server.unref()
    if (await isReady(server, gone, cluster, say)) return { port: at, gone, stop: () => stopServer(server, guard, gone) }
    guard?.kill('SIGKILL')
    const told = readFileSync(logFile).subarray(log.size).toString()
    // Somebody took the port between our look and PostgreSQL's, or what a killed PostgreSQL left is still dying: worth another try.
    if (/could not bind|Address already in use|pre-existing shared memory/.test(told) && attempt < 10) {
      await sleep(attempt * 50)
      continue
    }
    throw new EmbeddedPostgresError(`PostgreSQL did not start: ${faultIn(told)} Its log is ${logFile}.`)
  }
}

async function isReady(server: ChildProcess, gone: Promise<void>, cluster: string, say: (line: string) => void): Promise<boolean> {
  let ended = server.pid === undefined
  void gone.then(() => {
    ended = true
  })
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
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    ...(user && { uid: user.uid, gid: user.gid }),
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

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
      .on('error', fail)
      .listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo
        probe.close(() => done(port))
      })
  })
}
