// A real PostgreSQL 18 for a machine without a database server: the programs come with npm, the data lives in one folder.
// The folder holds `cluster/` (the database), `password` (mode 600), `owner.json` (who runs it) and `postgres.log`.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareBinaries } from './embedded/binaries.ts'
import { createCluster, readPassword, refuseOtherVersion, SUPERUSER } from './embedded/cluster.ts'
import { claim, endOrphan, readPostmaster, release } from './embedded/ownership.ts'
import { EmbeddedPostgresError } from './embedded/refusal.ts'
import { launch, type Launched, type LaunchOptions } from './embedded/server.ts'
import { preparePlace } from './embedded/system-user.ts'

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

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'cluster_name=guichet',
  'max_connections=200',
  'shared_buffers=256MB',
  'effective_cache_size=768MB',
  'work_mem=8MB',
  'maintenance_work_mem=64MB',
  'random_page_cost=1.1',
  'synchronous_commit=on',
  'wal_compression=on',
  'max_wal_size=2GB',
  'checkpoint_timeout=15min',
  'timezone=UTC',
  'log_timezone=UTC',
  'lc_messages=C',
  'log_line_prefix=%m [%p] ',
]
const CARELESS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'wal_compression=off', 'autovacuum=off']

/**
 * Starts the cluster in `dataDir` on a free port of 127.0.0.1, after creating it the first time. Its superuser is `guichet`.
 * The database ends with this process, even where this process is killed.
 * @throws EmbeddedPostgresError with one sentence for whoever started us
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<RunningPostgres> {
  const { durable = true } = options
  const { folder, user } = preparePlace(resolve(options.dataDir), options.say)
  const holder = claim(folder)
  if (holder !== null) {
    if (options.whenRunning === 'join') return joinRunning(folder, holder)
    throw new EmbeddedPostgresError(`Guichet already runs in this folder (process ${holder}): stop it first, or set DATA_DIR to another folder.`)
  }
  try {
    const bin = prepareBinaries(user, options.say)
    await endOrphan(folder)
    if (!existsSync(join(folder, 'cluster/PG_VERSION'))) {
      options.say('Creating the database (only the first time)…')
      await createCluster(folder, { bin, user, durable })
    }
    refuseOtherVersion(folder)
    const settings = [...SETTINGS, ...(durable ? [] : CARELESS), ...(options.settings ?? [])]
    const server = await superviseServer({ folder, bin, user, settings, say: options.say })
    return { url: urlOf(folder, server.port), folder, stop: () => server.stop().finally(() => release(folder)) }
  } catch (error) {
    release(folder)
    throw error
  }
}

/** A server that is started again, on the same port, when it ends by itself (killed for want of memory, say). */
async function superviseServer(how: LaunchOptions): Promise<Pick<Launched, 'port' | 'stop'>> {
  let current: Promise<Launched> = launch(how)
  let stopping = false
  const { port } = await current
  const watch = async (): Promise<void> => {
    await (
      await current
    ).gone
    if (stopping) return
    how.say('PostgreSQL ended by itself: starting it again…')
    current = launch(how, port)
    await watch()
  }
  // Where it can't be started again it was said why; requests are refused as unavailable, and a restart is up to the operator.
  watch().catch((error: unknown) => how.say(error instanceof Error ? error.message : String(error)))
  return {
    port,
    async stop() {
      stopping = true
      await (await current.catch(() => undefined))?.stop()
    },
  }
}

async function joinRunning(folder: string, holder: number): Promise<RunningPostgres> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    const postmaster = readPostmaster(join(folder, 'cluster'))
    if (postmaster?.status === 'ready') return { url: urlOf(folder, postmaster.port), folder, stop: async () => {} }
    await sleep(50)
  }
  throw new EmbeddedPostgresError(`Guichet (process ${holder}) holds the database in ${folder}, but it has not answered for a minute.`)
}

const urlOf = (folder: string, port: number) => `postgres://${SUPERUSER}:${readPassword(folder)}@127.0.0.1:${port}/postgres`
