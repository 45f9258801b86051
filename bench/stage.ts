// What every benchmark needs: a durable PostgreSQL of its own, the server and the load generator as processes of their own, tables to print.
import { fork, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildApp, type BuiltApp } from '#src/app.ts'
import { readConfig } from '#src/config.ts'
import { createDb } from '#src/platform/db.ts'
import { startEmbeddedPostgres } from '#src/platform/embedded-postgres.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import type { Constant } from './constant.ts'
import type { Load, LoadResult } from './load.ts'

export type Stage = { app: BuiltApp; databaseUrl: string; close(): Promise<void> }

/** A database that flushes each commit to disk, as in production, with an App beside the server's to set scenes and check results. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-bench-'))
  chmodSync(folder, 0o711)
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), say: () => {} })
  const config = readConfig({ NODE_ENV: 'development', DATA_DIR: folder, LOG_LEVEL: 'silent', DEMO_WORLD: 'off', PUBLIC_URL: 'http://127.0.0.1' })
  const app = await buildApp({ config, databaseUrl: server.url })
  return {
    app,
    databaseUrl: server.url,
    async close() {
      await app.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type ServerProcess = {
  port: number
  /** Processor time taken so far. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export function startServer(stage: Stage, env: Record<string, string> = {}): Promise<ServerProcess> {
  return listening(
    fork(script('server.ts'), {
      execArgv: ['--import', script('../scripts/tsx-hook.mjs')],
      env: {
        ...process.env,
        NODE_ENV: 'development',
        DATABASE_URL: stage.databaseUrl,
        DATA_DIR: stage.app.config.dataDir,
        LOG_LEVEL: 'error',
        DEMO_WORLD: 'off',
        PORT: '0',
        HOST: '127.0.0.1',
        GUICHET_ROLE: 'web',
        ...env,
      },
    }),
  )
}

/** A bare Fastify server that gives these answers. */
export function startConstantServer(constants: Constant[]): Promise<ServerProcess> {
  const child = fork(script('constant.ts'))
  child.send(constants)
  return listening(child)
}

async function listening(child: ChildProcess): Promise<ServerProcess> {
  const { url } = await message<{ url: string }>(child)
  return {
    port: Number(new URL(url).port),
    async cpuSeconds() {
      child.send('cpu')
      const { user, system } = await message<NodeJS.CpuUsage>(child)
      return (user + system) / 1e6
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.send('stop')
      }),
  }
}

/** Runs the load in a process of its own. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const child = fork(script('load.ts'))
  child.send(load)
  const result = await message<LoadResult>(child)
  child.kill()
  return result
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a child process ended with ${code} before it answered`))
    child.once('exit', ended)
    child.once('message', (value) => {
      child.off('exit', ended)
      resolve(value as T)
    })
  })
}

/** @throws Error naming what doesn't hold */
export async function requireInvariants(stage: Stage): Promise<void> {
  // As the owner, whose statements take the time that they need: autovacuum has not yet seen what a run of some seconds left behind.
  const { ownerPool } = stage.app
  await ownerPool.query('ANALYZE')
  const broken = (await checkInvariants(createDb(ownerPool))).filter((check) => check.count > 0)
  if (broken.length > 0) throw new Error(`broken: ${broken.map((check) => `${check.invariant.id} (${check.count})`).join(', ')}`)
}

export function printTable(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? format(cell) : cell)))]
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)))
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`
  console.log(`\n### ${title}\n\n${line(cells[0]!)}\n|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|\n${cells.slice(1).map(line).join('\n')}`)
}

export function format(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function describeMachine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, PostgreSQL 18 embedded, fsync on; load, server and database share the machine`
}
