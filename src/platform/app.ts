// What every verb is given. Modules add what they bring by declaration merging, next to the code that owns it;
// src/app.ts builds the whole by hand.
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Config } from '#src/config.ts'
import type { Clock } from '#src/kernel/clock.ts'
import type { Cipher } from './cipher.ts'
import type { Db } from './db.ts'
import type { FileStore } from './files.ts'
import type { Mailer } from './mail.ts'
import type { Metrics } from './metrics.ts'

export interface App {
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  /** Sees every row (scope `system`). What belongs to a tenant is looked up through the actor, or in `inScope`. */
  readonly db: Db
  /** The same connections as `db`, for the few statements that are sent as plain SQL. */
  readonly pool: Pool
  /** Connections that see nothing until `inScope` says for whom. */
  readonly scoped: Db
  /** The same connections as `scoped`, for `inPlainScope`. */
  readonly scopedPool: Pool
  readonly cipher: Cipher
  readonly mailer: Mailer
  readonly files: FileStore
  readonly metrics: Metrics
  /** The address that people and providers reach us at, without a trailing slash. Known once the server listens. */
  publicUrl(): string
  /** Runs soon after the current transaction has committed, in this process; a crash loses it, so it is only ever a nudge. */
  nudge(what: 'facts' | 'webhooks'): void
}
