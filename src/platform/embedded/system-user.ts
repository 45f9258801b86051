// PostgreSQL refuses to run as root: as whom it runs then, and where that user can reach its data.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cantWrite, codeOf, EmbeddedPostgresError } from './refusal.ts'

export type SystemUser = Readonly<{ name: string; uid: number; gid: number }>
/** Where the data really lies, and as whom PostgreSQL runs (null: as ourselves). */
export type Place = Readonly<{ folder: string; user: SystemUser | null }>

// Kept in the folder that was asked for, so that the data stays found when permissions change later.
const SIGNPOST = 'moved-to'

/**
 * Makes the data folder. As root: where another user can reach it, outside the asked-for path if need be (then it is said).
 * @throws EmbeddedPostgresError where no place will do
 */
export function preparePlace(dataDir: string, say: (line: string) => void): Place {
  if (process.getuid?.() !== 0) return { folder: makeFolder(dataDir, 0o700), user: null }
  makeFolder(dataDir, 0o711)
  const folder = signpost(dataDir) ?? dataDir
  const owner = ownerOf(join(folder, 'cluster'))
  const user = owner ?? unprivilegedUser(say)
  if (reaches(user, folder)) return { folder, user }
  if (owner)
    throw new EmbeddedPostgresError(
      `The database in ${folder} belongs to user ${user.name}, who can't reach that folder any more: give it back the right to pass (chmod o+x on the folders above).`,
    )
  const outside = join(sharedFolder(user), nameFor(dataDir))
  makeFolder(outside, 0o711)
  writeFileSync(join(dataDir, SIGNPOST), `${outside}\n`)
  say(`PostgreSQL can't run as root, and no other user can reach ${dataDir}: the database is kept in ${outside}.`)
  return { folder: outside, user: ownerOf(join(outside, 'cluster')) ?? user }
}

/** True where `user` can pass into a folder, or run a file. */
export function reaches(user: SystemUser, path: string): boolean {
  const { error, status } = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore' })
  if (error)
    throw new EmbeddedPostgresError(
      "PostgreSQL can't run as root, and this root may not act as another user: start as an ordinary user, or set DATABASE_URL.",
    )
  return status === 0
}

/** A folder of root's that every user can enter: for what can't stay in a checkout that only root can enter. */
export function sharedFolder(user: SystemUser): string {
  for (const folder of ['/var/lib/guichet', '/opt/guichet']) {
    try {
      mkdirSync(folder, { recursive: true })
      const { uid, mode } = lstatSync(folder)
      // What root runs from here must be root's alone to change.
      if (uid !== 0 || (mode & 0o022) !== 0) continue
      chmodSync(folder, 0o755)
      if (reaches(user, folder)) return folder
    } catch (error) {
      if (error instanceof EmbeddedPostgresError) throw error
    }
  }
  throw new EmbeddedPostgresError(
    "PostgreSQL can't run as root, and neither /var/lib/guichet nor /opt/guichet can be used by another user: start as an ordinary user, or set DATABASE_URL.",
  )
}

function makeFolder(folder: string, mode: number): string {
  try {
    const first = mkdirSync(folder, { recursive: true })
    // Only what we made ourselves gets our mode; the parents of ours that we made can be passed through.
    for (let made = folder; first && made.length >= first.length; made = dirname(made)) chmodSync(made, made === folder ? mode : 0o755)
    const { uid } = statSync(folder)
    const us = process.getuid?.() ?? uid
    if (us !== 0 && uid !== us)
      throw new EmbeddedPostgresError(
        `The data folder ${folder} belongs to another user: start as that user, or set DATA_DIR to a folder of your own.`,
      )
    return folder
  } catch (error) {
    throw cantWrite(folder, codeOf(error) === 'ENOENT' ? whyNotMade(folder) : error)
  }
}

/** Node says only ENOENT where a parent can't be written: the system's reason lies there. */
function whyNotMade(folder: string): unknown {
  let parent = dirname(folder)
  while (!existsSync(parent)) parent = dirname(parent)
  try {
    mkdirSync(join(parent, `.guichet-${process.pid}`))
    rmdirSync(join(parent, `.guichet-${process.pid}`))
    return new Error('it could not be made')
  } catch (error) {
    return error
  }
}

function signpost(dataDir: string): string | null {
  try {
    const folder = readFileSync(join(dataDir, SIGNPOST), 'utf8').trim()
    return statSync(join(folder, 'cluster'), { throwIfNoEntry: false }) ? folder : null
  } catch {
    return null
  }
}

/** Whoever made the cluster runs it again, be it another user than today's choice. */
function ownerOf(cluster: string): SystemUser | null {
  const stat = statSync(cluster, { throwIfNoEntry: false })
  if (!stat || stat.uid === 0) return null
  return { name: accounts().find((account) => account.uid === stat.uid)?.name ?? String(stat.uid), uid: stat.uid, gid: stat.gid }
}

function unprivilegedUser(say: (line: string) => void): SystemUser {
  const known = find('guichet') ?? find('postgres')
  if (known) return known
  const ways: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', 'guichet']],
    ['adduser', ['-S', '-D', '-H', 'guichet']],
  ]
  for (const [command, args] of ways) {
    if (spawnSync(command, args, { stdio: 'ignore' }).status !== 0) continue
    const made = find('guichet')
    if (made) {
      say("PostgreSQL can't run as root: the system user guichet was made for it.")
      return made
    }
  }
  const nobody = find('nobody')
  if (nobody) return nobody
  throw new EmbeddedPostgresError("PostgreSQL can't run as root, and this system has no other user: start as an ordinary user, or set DATABASE_URL.")
}

const find = (name: string) => accounts().find((account) => account.name === name && account.uid !== 0)

function accounts(): SystemUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name: name ?? '', uid: Number(uid), gid: Number(gid) }))
}

/** Readable and unlike any other path's. */
function nameFor(path: string): string {
  const words =
    path
      .split('/')
      .filter(Boolean)
      .slice(-3)
      .join('-')
      .replaceAll(/[^\w.-]/g, '_') || basename(path)
  return `${words}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`
}
