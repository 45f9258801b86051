// guichet doctor: looks at everything that a working installation needs, names the exact fault and what to do about it.
import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { ConfigError, type Config } from '#src/config.ts'
import { tryEventKeys } from '#src/modules/ticketing/event-keys.ts'
import { createDb } from '#src/platform/db.ts'
import { countJobs, jobLag } from '#src/platform/jobs.ts'
import { migrationNames } from '#src/platform/migrate.ts'
import { checkInvariant, INVARIANTS } from '#src/reads/invariants.ts'
import { seesWithoutScope } from '#src/reads/unscoped.ts'
import type { CliApp, CliContext, Command } from './command.ts'

type Finding = { status: 'ok' | 'warn' | 'fail'; says: string; todo?: string }
type Report = (name: string, finding: Finding) => void

export const doctorCommands: readonly Command[] = [
  {
    name: 'doctor',
    does: 'checks configuration, database, mail, clock, keys, disk, jobs and what must be true of the data',
    async run(context) {
      const tally = { ok: 0, warn: 0, fail: 0 }
      const report: Report = (name, { status, says, todo }) => {
        tally[status]++
        context.say(`${status.padEnd(4)}  ${name.padEnd(28)} ${says}`)
        if (todo && status !== 'ok') context.say(`${' '.repeat(35)}→ ${todo}`)
      }
      const config = examineConfig(context, report)
      if (config) {
        report('disk', await examineDisk(config))
        await examineDatabase(context, config, report)
      }
      context.say('')
      context.say(`${tally.ok} ok, ${tally.warn} warnings, ${tally.fail} faults.`)
      return tally.fail > 0 ? 1 : 0
    },
  },
]

const ok = (says: string): Finding => ({ status: 'ok', says })
const warn = (says: string, todo: string): Finding => ({ status: 'warn', says, todo })
const fail = (says: string, todo: string): Finding => ({ status: 'fail', says, todo })

function examineConfig(context: CliContext, report: Report): Config | undefined {
  try {
    const config = context.readConfig()
    report('configuration', ok(`${config.environment}, ${config.roles.join(' and ')}`))
    if (config.masterKeyIsDefault)
      report('secret', warn('the development default', 'set GUICHET_SECRET before anything real is sold: keys of events are encrypted with it'))
    return config
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const problem of error.problems) report('configuration', fail(problem, 'see .env.example'))
    return undefined
  }
}

async function examineDisk({ dataDir }: Config): Promise<Finding> {
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.W_OK)
    const { bavail, bsize } = await statfs(dataDir)
    const free = bavail * bsize
    const says = `${(free / 1e9).toFixed(1)} GB free in ${dataDir}`
    if (free < 200e6) return fail(says, 'free some space, or set DATA_DIR to a larger disk')
    return free < 2e9 ? warn(says, 'free some space soon') : ok(says)
  } catch (error) {
    return fail(`${dataDir} can't be written: ${(error as Error).message}`, 'give this user the folder, or set DATA_DIR to one of its own')
  }
}

async function examineDatabase(context: CliContext, config: Config, report: Report): Promise<void> {
  let opened
  try {
    opened = await context.openApp(config, { migrate: false })
  } catch (error) {
    report('database', fail(context.explain(error), 'nothing else was checked: it all needs the database'))
    return
  }
  const { app, close } = opened
  try {
    report('database', await examineVersion(app))
    report('durability', await examineDurability(app))
    const migrations = await examineMigrations(app)
    report('migrations', migrations)
    report('mail', await examineMail(app))
    report('clock', await examineClock(app))
    if (migrations.status === 'fail') return
    report('row security', await examineRowSecurity(app))
    report('keys', await examineKeys(app))
    report('jobs', await examineJobs(app))
    const db = createDb(app.ownerPool)
    for (const invariant of INVARIANTS) {
      const { count, examples } = await checkInvariant(db, invariant)
      report(
        invariant.id,
        count === 0
          ? ok(invariant.sentence.en)
          : {
              status: invariant.severity === 'fault' ? 'fail' : 'warn',
              todo: invariant.remedy.en,
              says: `${count} times not so: ${examples.map((example) => `${example.subject}: ${example.detail}`).join('; ')}${count > examples.length ? '; …' : ''}`,
            },
      )
    }
  } finally {
    await close()
  }
}

async function examineVersion(app: CliApp): Promise<Finding> {
  const row = await one<{ number: string; version: string }>(
    app,
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version`,
  )
  const says = `PostgreSQL ${row.version}${app.config.databaseUrl ? '' : ', embedded'}`
  return Number(row.number) >= 150_000 ? ok(says) : fail(says, 'Guichet needs PostgreSQL 15 or newer: move the data to such a server')
}

/** Settings without which an answered order may be gone after a power cut. */
async function examineDurability(app: CliApp): Promise<Finding> {
  const row = await one<Record<string, string>>(
    app,
    `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit`,
  )
  const off = Object.entries(row)
    .filter(([, value]) => value === 'off')
    .map(([name]) => name)
  return off.length === 0
    ? ok('what was answered survives a power cut')
    : fail(`${off.join(', ')} off`, `set ${off.map((name) => `${name} = on`).join(', ')} in PostgreSQL`)
}

async function examineMigrations(app: CliApp): Promise<Finding> {
  const { there } = await one<{ there: boolean }>(app, `SELECT to_regclass('public.migration') IS NOT NULL AS there`)
  const applied = there ? (await app.ownerPool.query<{ name: string }>('SELECT name FROM migration')).rows.map((row) => row.name) : []
  const known = migrationNames()
  const missing = known.filter((name) => !applied.includes(name))
  const foreign = applied.filter((name) => !known.includes(name))
  if (foreign.length > 0)
    return fail(`the database has ${foreign.join(', ')}, which this version doesn't know`, 'run the newer version of Guichet that made them')
  return missing.length === 0 ? ok(`all ${known.length} applied`) : fail(`missing: ${missing.join(', ')}`, 'npm run guichet -- db migrate')
}

async function examineMail(app: CliApp): Promise<Finding> {
  if (!app.config.smtpUrl) return ok('no SMTP server: mails are kept, and shown at /dev/mail')
  try {
    await app.mailer.verify()
    return ok('the SMTP server accepts us')
  } catch (error) {
    return fail(`the SMTP server does not accept us: ${(error as Error).message}`, 'check SMTP_URL: address, port, user and password')
  }
}

/** Half the round trip is subtracted: what is left is the difference between the two clocks. */
async function examineClock(app: CliApp): Promise<Finding> {
  const before = Date.now()
  const { at } = await one<{ at: Date }>(app, 'SELECT clock_timestamp() AS at')
  const skew = Math.abs(at.getTime() - (before + Date.now()) / 2) / 1000
  const says = `${skew.toFixed(1)} s away from the database's`
  if (skew > 30) return fail(says, 'set both clocks by NTP: holds and tokens would end at the wrong time')
  return skew > 2 ? warn(says, 'set both clocks by NTP') : ok(says)
}

/** The serving role must be bound by the policies that keep organizers apart. */
async function examineRowSecurity(app: CliApp): Promise<Finding> {
  const { rows } = await app.pool.query<{ name: string; unbound: boolean; owns: boolean }>(`
    SELECT current_user AS name, rolsuper OR rolbypassrls AS unbound, EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user) AS owns
      FROM pg_roles WHERE rolname = current_user`)
  const role = rows[0]!
  if (role.unbound)
    return fail(
      `requests run as ${role.name}, whom no policy binds`,
      'let DATABASE_URL name a user that may create roles, or one that is no superuser',
    )
  if (await seesWithoutScope(app))
    return fail(`${role.name} sees events without saying for whom`, 'compare the policies with migrations/0008-row-security.sql')
  const { open } = await one<{ open: string[] }>(
    app,
    `
    SELECT ARRAY(SELECT c.relname::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)) AS open`,
  )
  if (open.length > 0) return fail(`switched off on ${open.join(', ')}`, 'ALTER TABLE … ENABLE ROW LEVEL SECURITY, then FORCE ROW LEVEL SECURITY')
  return role.owns
    ? warn(`requests run as ${role.name}, who owns the tables`, 'better: let DATABASE_URL name a user that may create the role guichet_app')
    : ok(`binds ${role.name}`)
}

async function examineKeys(app: CliApp): Promise<Finding> {
  const { tried, closed } = await tryEventKeys(app)
  if (closed.length > 0)
    return fail(
      `${closed.length} of ${tried} event keys do not open, the first of event ${closed[0]}`,
      'set GUICHET_SECRET to the one these keys were made with; without it no new ticket of theirs can be signed',
    )
  return ok(tried === 0 ? 'no event has one yet' : `${tried} event keys open`)
}

async function examineJobs(app: CliApp): Promise<Finding> {
  const [{ waiting, failing, dead }, lag] = await Promise.all([countJobs(app.db), jobLag(app.db)])
  const says = `${waiting} waiting, ${failing} being retried, ${dead} given up`
  if (dead > 0) return warn(says, 'see why in the administration (/admin), mend it, then let them run again')
  return lag > 300 ? warn(`${says}; the oldest has waited ${Math.round(lag)} s`, 'start a worker: GUICHET_ROLE=worker, or all') : ok(says)
}

async function one<Row extends object>(app: CliApp, statement: string): Promise<Row> {
  return (await app.ownerPool.query<Row>(statement)).rows[0]!
}
