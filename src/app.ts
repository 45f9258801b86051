// Builds the App: every dependency, by hand, in one place.
import { join } from 'node:path'
import { pino, type DestinationStream, type Logger } from 'pino'
import type pg from 'pg'
import type { Config } from './config.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import { flushViews } from './modules/events/count-views.ts'
import { createEventMemory } from './modules/events/event-memory.ts'
import { buildPaymentLanes } from './modules/payments/lanes.ts'
import { buildProviders } from './modules/payments/providers.ts'
import { accessTicketHooks } from './modules/access/revoke-tickets.ts'
import { ticketingEventHooks } from './modules/ticketing/event-hooks.ts'
import { canSeePayments } from './modules/ticketing/find-orders.ts'
import { orderRefundEnded, settleOrders } from './modules/ticketing/settle-orders.ts'
import type { App } from './platform/app.ts'
import { createCipher } from './platform/cipher.ts'
import { createDb, createPool, RUNTIME_ROLE } from './platform/db.ts'
import { createDiskFiles } from './platform/files.ts'
import { createMailer, type Mailer } from './platform/mail.ts'
import { createMetrics } from './platform/metrics.ts'
import { migrate } from './platform/migrate.ts'
import { createSettingsMemory } from './platform/settings.ts'

export type BuildOptions = {
  config: Config
  databaseUrl: string
  clock?: Clock
  log?: Logger
  mailer?: Mailer
  /** False where the caller has migrated already. */
  migrate?: boolean
  /** False where the database will not be asked anything: for the API's description, which routes alone make. */
  connect?: boolean
}

export type BuiltApp = App & {
  /** Connections of the role that owns the tables: migrations and the job worker only. */
  readonly ownerPool: pg.Pool
  /** Tells the address once the server listens. */
  setPublicUrl(url: string): void
  onNudge(listener: (what: 'facts' | 'webhooks') => void): void
  close(): Promise<void>
}

/** What never stands in a log line, wherever it hides in a logged object. PostgreSQL tells with an error whose row it was. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  '*.password',
  '*.token',
  '*.accessToken',
  '*.refreshToken',
  '*.qr',
  '*.secret',
  'err.detail',
  'err.where',
]

/** @param destination where lines go; standard output unless a test reads them */
export function createLogger(config: Config, destination?: DestinationStream): Logger {
  return pino({ level: config.logLevel, redact: { paths: REDACTED, censor: '***' }, base: null }, destination ?? pino.destination(1))
}

/** Connects, migrates and wires everything. The caller closes it. */
export async function buildApp(options: BuildOptions): Promise<BuiltApp> {
  const { config, databaseUrl } = options
  const log = options.log ?? createLogger(config)
  const ownerPool = createPool({ url: databaseUrl, size: 5, role: null, scope: 'system', name: 'guichet owner', statementTimeoutMs: 0 })
  const role =
    options.connect === false
      ? null
      : await prepareDatabase(ownerPool, log, options.migrate !== false).catch(async (error: unknown) => {
          await ownerPool.end()
          throw error
        })
  const pool = createPool({ url: databaseUrl, size: config.databasePoolSize, role, scope: 'system', name: 'guichet' })
  const scopedPool = createPool({ url: databaseUrl, size: config.databasePoolSize, role, scope: null, name: 'guichet scoped' })
  const mailer = options.mailer ?? createMailer(config)
  const listeners: ((what: 'facts' | 'webhooks') => void)[] = []
  let address = config.publicUrl

  const app: BuiltApp = {
    config,
    log,
    ownerPool,
    pool,
    scopedPool,
    mailer,
    clock: options.clock ?? systemClock,
    db: createDb(pool),
    scoped: createDb(scopedPool),
    cipher: createCipher(config.masterKey),
    files: createDiskFiles(join(config.dataDir, 'files')),
    metrics: createMetrics({ defaults: config.environment !== 'test' }),
    providers: new Map(),
    paymentLanes: undefined as never,
    eventHooks: ticketingEventHooks,
    ticketHooks: accessTicketHooks,
    eventMemory: createEventMemory(),
    settingsMemory: createSettingsMemory(),
    payables: { order: { settle: settleOrders, refundEnded: orderRefundEnded, canSee: canSeePayments } },
    publicUrl: () => {
      if (!address) throw new Error('the public address is not known before the server listens')
      return address
    },
    setPublicUrl: (url) => {
      address ??= url
    },
    nudge: (what) => {
      for (const listener of listeners) setImmediate(listener, what)
    },
    onNudge: (listener) => {
      listeners.push(listener)
    },
    async close() {
      mailer.close()
      await flushViews(app).catch((error: unknown) => log.warn({ err: error }, 'the last views could not be saved'))
      await Promise.all([pool.end(), scopedPool.end()])
      await ownerPool.end()
    },
  }
  return Object.assign(app, { providers: buildProviders(app), paymentLanes: buildPaymentLanes(app) })
}

/** Migrates where wanted. Returns the role to serve in, or null where the owner must serve itself. */
async function prepareDatabase(ownerPool: pg.Pool, log: Logger, mayMigrate: boolean): Promise<string | null> {
  if (mayMigrate) {
    const report = await migrate(ownerPool)
    if (report.applied.length > 0) log.info({ applied: report.applied.length }, 'migrated the database')
  }
  const { rows } = await ownerPool.query<{ ok: boolean }>(
    `SELECT COALESCE((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = $1), false) AS ok`,
    [RUNTIME_ROLE],
  )
  return rows[0]?.ok ? RUNTIME_ROLE : null
}
