// Environment → typed, frozen configuration. The only reader of process.env. See .env.example for each variable's meaning.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { normalizePhone } from '#src/kernel/phone.ts'

export type ProcessRole = 'web' | 'worker'

export type Config = Readonly<{
  environment: 'development' | 'test' | 'production'
  roles: readonly ProcessRole[]
  host: string
  port: number
  /** Where people reach us, without a trailing slash; null: the address that the server listens on. */
  publicUrl: string | null
  trustProxy: boolean
  /** Null: a PostgreSQL of our own runs embedded, with its data in `dataDir`. */
  databaseUrl: string | null
  databasePoolSize: number
  dataDir: string
  /** 32 bytes from which every key of ours is derived. */
  masterKey: Buffer
  /** True where the master key is the development default: refused in production. */
  masterKeyIsDefault: boolean
  smtpUrl: string | null
  mailFrom: string
  demoWorld: boolean
  simulator: boolean
  /** Basis points of each sale that the platform keeps, where an organizer has no rate of its own. */
  commissionBps: number
  /** Orders gathered into one commit at most; 1 sends each alone, as many at once as the pool has connections. */
  orderBatch: number
  /** Seconds that an unpaid order holds its places. */
  holdSeconds: number
  reviewEvents: boolean
  /** Whom people write to; null where nobody is named. */
  supportEmail: string | null
  /** E.164. */
  supportWhatsapp: string | null
  /** Within how many hours staff answers who asked for a review; said to organizers. */
  reviewHours: number
  logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /** Bearer token that opens /metrics; null: only requests from this machine may read it. */
  metricsToken: string | null
}>

/** The configuration contradicts itself or lacks something. `problems` are sentences for the operator. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The configuration can't be used:\n${problems.map((p) => `  - ${p}`).join('\n')}`)
    this.problems = problems
  }
}

const DEVELOPMENT_KEY = 'development-only-master-key'
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/**
 * Reads and decides the configuration.
 * @param env the environment's variables
 * @returns the frozen configuration
 * @throws ConfigError naming every contradiction at once
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = []
  const text = (name: string) => env[name]?.trim() || null
  const integer = (name: string, fallback: number, min: number, max: number) => {
    const value = text(name)
    if (value === null) return fallback
    const number = Number(value)
    if (!Number.isInteger(number) || number < min || number > max) {
      problems.push(`${name} must be a whole number from ${min} to ${max}, not "${value}".`)
      return fallback
    }
    return number
  }
  const flag = (name: string, fallback: boolean) => {
    const value = text(name)
    if (value === null) return fallback
    if (['1', 'true', 'on', 'yes'].includes(value)) return true
    if (['0', 'false', 'off', 'no'].includes(value)) return false
    problems.push(`${name} must be on or off, not "${value}".`)
    return fallback
  }
  const choice = <T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const value = text(name)
    if (value === null) return fallback
    if ((choices as readonly string[]).includes(value)) return value as T
    problems.push(`${name} must be one of ${choices.join(', ')}, not "${value}".`)
    return fallback
  }

  const environment = choice('NODE_ENV', ['development', 'test', 'production'] as const, 'development')
  const production = environment === 'production'
  const secret = text('GUICHET_SECRET')
  if (production && !secret) problems.push('GUICHET_SECRET must be set in production: at least 32 random characters (openssl rand -base64 48).')
  if (secret && secret.length < 32) problems.push('GUICHET_SECRET is too short: at least 32 random characters.')
  if (production && secret && (secret.includes(DEVELOPMENT_KEY) || new Set(secret).size < 10)) {
    problems.push('GUICHET_SECRET looks like a default or an example: make a random one (openssl rand -base64 48).')
  }

  const publicUrl = text('PUBLIC_URL')?.replace(/\/+$/, '') ?? null
  if (publicUrl && !/^https?:\/\/[^/]+/.test(publicUrl)) problems.push(`PUBLIC_URL must start with http:// or https://, not "${publicUrl}".`)
  if (production && !publicUrl) problems.push('PUBLIC_URL must be set in production: mails and payment providers need the address that people use.')
  if (production && publicUrl?.startsWith('http://') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(publicUrl)) {
    problems.push('PUBLIC_URL must be https:// in production: cookies and tickets would travel in the clear.')
  }

  const databaseUrl = text('DATABASE_URL')
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl)) problems.push('DATABASE_URL must start with postgres:// or postgresql://.')
  const smtpUrl = text('SMTP_URL')
  if (smtpUrl && !/^smtps?:\/\//.test(smtpUrl)) problems.push('SMTP_URL must start with smtp:// or smtps://.')
  if (production && !smtpUrl) problems.push('SMTP_URL must be set in production: buyers get their tickets by mail.')

  const supportEmail = text('SUPPORT_EMAIL')
  if (supportEmail && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(supportEmail))
    problems.push(`SUPPORT_EMAIL must be an e-mail address, not "${supportEmail}".`)
  const supportWhatsapp = text('SUPPORT_WHATSAPP')
  if (supportWhatsapp && !normalizePhone(supportWhatsapp)) problems.push(`SUPPORT_WHATSAPP must be a phone number, not "${supportWhatsapp}".`)

  const demoWorld = flag('DEMO_WORLD', environment === 'development')
  if (production && demoWorld) problems.push('DEMO_WORLD must be off in production: its passwords are public.')
  const simulator = flag('PAYMENT_SIMULATOR', !production)
  if (production && simulator) problems.push('PAYMENT_SIMULATOR must be off in production: anybody could approve a payment.')

  const rolesText = choice('GUICHET_ROLE', ['all', 'web', 'worker'] as const, 'all')
  if (rolesText === 'worker' && !publicUrl)
    problems.push('PUBLIC_URL must be set for a worker: it does not listen itself, yet writes links into mails.')
  if (rolesText !== 'all' && !databaseUrl)
    problems.push(`GUICHET_ROLE=${rolesText} needs DATABASE_URL: the embedded database belongs to one process, which does everything.`)
  const config: Config = {
    environment,
    roles: rolesText === 'all' ? ['web', 'worker'] : [rolesText],
    host: text('HOST') ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: integer('PORT', 3000, 0, 65_535),
    publicUrl,
    trustProxy: flag('TRUST_PROXY', false),
    databaseUrl,
    databasePoolSize: integer('DATABASE_POOL_SIZE', 10, 2, 200),
    dataDir: resolve(text('DATA_DIR') ?? 'data'),
    masterKey: createHash('sha256')
      .update(secret ?? DEVELOPMENT_KEY)
      .digest(),
    masterKeyIsDefault: !secret,
    smtpUrl,
    mailFrom: text('MAIL_FROM') ?? 'Guichet <billets@guichet.localhost>',
    demoWorld,
    simulator,
    commissionBps: integer('COMMISSION_BPS', 300, 0, 5000),
    orderBatch: integer('ORDER_BATCH', 256, 1, 1000),
    holdSeconds: integer('HOLD_SECONDS', 900, 60, 86_400),
    reviewEvents: flag('REVIEW_EVENTS', false),
    supportEmail,
    supportWhatsapp: supportWhatsapp && normalizePhone(supportWhatsapp),
    reviewHours: integer('REVIEW_HOURS', 24, 1, 336),
    logLevel: choice('LOG_LEVEL', LOG_LEVELS, environment === 'test' ? 'silent' : 'info'),
    metricsToken: text('METRICS_TOKEN'),
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(config)
}

/** The configuration as it may be shown: secrets and passwords masked. */
export function maskConfig(config: Config): Record<string, unknown> {
  const mask = (url: string | null) => url?.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:***@') ?? null
  return {
    ...config,
    databaseUrl: mask(config.databaseUrl) ?? `embedded, in ${config.dataDir}`,
    smtpUrl: mask(config.smtpUrl) ?? 'none: mails are kept and shown at /dev/mail',
    masterKey: config.masterKeyIsDefault ? 'development default' : '***',
    metricsToken: config.metricsToken ? '***' : null,
  }
}
