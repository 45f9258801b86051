// One database folder, one process of ours: who holds it, and what to do with a PostgreSQL whose owner was killed.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cantWrite, codeOf, EmbeddedPostgresError } from './refusal.ts'

type Owner = { pid: number; startedAt: string }
export type Postmaster = { pid: number; port: number; status: string }

/**
 * Takes the folder for this process.
 * @returns null once it is ours, or the pid of the live process that holds it
 */
export function claim(folder: string): number | null {
  const path = join(folder, 'owner.json')
  for (;;) {
    try {
      writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Owner), { flag: 'wx' })
      return null
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw cantWrite(folder, error)
    }
    const owner = readOwner(path)
    if (owner) return owner.pid
    release(folder)
  }
}

export function release(folder: string): void {
  try {
    rmSync(join(folder, 'owner.json'), { force: true })
  } catch (error) {
    throw cantWrite(folder, error)
  }
}

/** Ends a PostgreSQL that still runs on our folder although its owner is gone, and clears a lock that names a stranger. */
export async function endOrphan(folder: string): Promise<void> {
  const cluster = join(folder, 'cluster')
  for (let waited = 0; ; waited += 50) {
    const postmaster = readPostmaster(cluster)
    if (!postmaster) return
    // Its guard should have stopped it by now. Fast, then immediate: the next start recovers whatever was cut short.
    if (waited === 3000) signal(postmaster.pid, 'SIGINT')
    if (waited === 13_000) signal(postmaster.pid, 'SIGQUIT')
    if (waited >= 23_000)
      throw new EmbeddedPostgresError(
        `A PostgreSQL that nobody owns (process ${postmaster.pid}) runs on ${cluster} and does not stop: end it, then start again.`,
      )
    await sleep(50)
  }
}

/** The PostgreSQL that lives on `cluster`, from what it writes about itself; null where there is none. */
export function readPostmaster(cluster: string): Postmaster | null {
  const path = join(cluster, 'postmaster.pid')
  let lines: string[]
  try {
    lines = readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim())
  } catch {
    return null
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return null
  const args = argumentsOf(pid)
  if (args && !args.includes(cluster)) {
    // The number was given to a stranger since (a restarted machine or container). PostgreSQL would not dare to start.
    rmSync(path, { force: true })
    return null
  }
  return { pid, port: Number(lines[3]), status: lines[7] ?? 'starting' }
}

function readOwner(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner
    return isAlive(owner.pid) && startOf(owner.pid) === owner.startedAt ? owner : null
  } catch {
    return null
  }
}

/** When a process began, in the kernel's words: a pid alone may belong to another process by now. */
function startOf(pid: number): string {
  return statOf(pid)[19] ?? ''
}

/** What the kernel says of a process from its state on; nothing where the system doesn't tell. */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}

/** Null where the system doesn't tell. */
function argumentsOf(pid: number): string[] | null {
  const path = `/proc/${pid}/cmdline`
  if (!existsSync(path)) return null
  try {
    return readFileSync(path, 'utf8').split('\0')
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Dead but not buried: some containers' first process never collects its children.
    return statOf(pid)[0] !== 'Z'
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It went by itself meanwhile.
  }
}
