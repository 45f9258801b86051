// The database's files: made once, with a password, by the version that we bring.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { chown, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cantWrite, EmbeddedPostgresError, faultIn, reasonOf } from './refusal.ts'
import type { SystemUser } from './system-user.ts'

export const SUPERUSER = 'guichet'
const MAJOR = '18'

export type ClusterOptions = { bin: string; user: SystemUser | null; durable: boolean }

/** Runs initdb. */
export async function createCluster(folder: string, { bin, user, durable }: ClusterOptions): Promise<void> {
  // Made beside its place and moved when whole: an interrupted first start leaves nothing that looks like a database.
  const draft = join(folder, 'creating')
  const passwordFile = join(draft, 'password')
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { mode: 0o700 })
    writeFileSync(passwordFile, `${newPassword(folder)}\n`, { mode: 0o600 })
    if (user) for (const path of [draft, passwordFile]) await chown(path, user.uid, user.gid)
    const { code, output } = await run(
      join(bin, 'initdb'),
      [
        '-D',
        join(draft, 'cluster'),
        '-U',
        SUPERUSER,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--no-locale',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      user,
    )
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

export function readPassword(folder: string): string {
  const path = join(folder, 'password')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new EmbeddedPostgresError(`The password of the database can't be read from ${path} (${reasonOf(error)}).`)
  }
}

/** @throws EmbeddedPostgresError where another major version made the files */
export function refuseOtherVersion(folder: string): void {
  const version = readFileSync(join(folder, 'cluster/PG_VERSION'), 'utf8').trim()
  if (version === MAJOR) return
  throw new EmbeddedPostgresError(
    `The database in ${folder} was made by PostgreSQL ${version}, and this Guichet brings PostgreSQL ${MAJOR}: restore a backup into another DATA_DIR.`,
  )
}

function run(command: string, args: string[], user: SystemUser | null): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
    child.on('error', fail).on('close', (code) => done({ code, output }))
  })
}
