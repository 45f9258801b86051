// What superadmins decide about the platform while it runs. What they have not changed holds the environment's value.
import { sql } from 'kysely'
import { hasRecentProof, isSuperadmin, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError, type FieldProblem } from '#src/kernel/domain-error.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import type { Config } from '#src/config.ts'
import type { App } from './app.ts'
import { transact, type Db, type Tx } from './db.ts'
import { record } from './facts.ts'
import { createMemory, type Memory } from './memory.ts'

/** Whose events staff looks at before the public does: nobody's, those of organizers of whom none was ever published, everybody's. */
export const REVIEW_RULES = ['never', 'new_organizers', 'always'] as const
export type ReviewRule = (typeof REVIEW_RULES)[number]

export type Settings = Readonly<{
  /** Basis points of each sale that the platform keeps, where an organizer has no rate of its own. */
  commissionBps: number
  reviewEvents: ReviewRule
  /** Whom people write to; null where nobody is named. */
  supportEmail: string | null
  /** E.164. */
  supportWhatsapp: string | null
}>
export type SettingName = keyof Settings

export type Support = Pick<Settings, 'supportEmail' | 'supportWhatsapp'>

/** How people reach somebody: the link, and what it reads. */
export function supportWays({ supportEmail, supportWhatsapp }: Support): { href: string; text: string }[] {
  return [
    ...(supportEmail ? [{ href: `mailto:${supportEmail}`, text: supportEmail }] : []),
    ...(supportWhatsapp ? [{ href: `https://wa.me/${supportWhatsapp.slice(1)}`, text: `WhatsApp ${supportWhatsapp}` }] : []),
  ]
}

/** How old what a process remembers of the settings may be, in milliseconds. */
const KEPT_MS = 3000

export type SettingsMemory = Memory<'settings', Settings>

declare module './app.ts' {
  interface App {
    readonly settingsMemory: SettingsMemory
  }
}

export function createSettingsMemory(): SettingsMemory {
  return createMemory({ keptMs: KEPT_MS, max: 1 })
}

/** What the environment says. */
export function defaultSettings(config: Config): Settings {
  return {
    commissionBps: config.commissionBps,
    reviewEvents: config.reviewEvents ? 'always' : 'never',
    supportEmail: config.supportEmail,
    supportWhatsapp: config.supportWhatsapp,
  }
}

// How each setting's value is recognized; undefined where it can't be one. What this version doesn't understand is as if it weren't there.
const READERS: { [Name in SettingName]: (value: unknown) => Settings[Name] | undefined } = {
  commissionBps: (value) => (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 5000 ? value : undefined),
  reviewEvents: (value) => REVIEW_RULES.find((rule) => rule === value),
  supportEmail: (value) => (value === null || (typeof value === 'string' && /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(value)) ? value : undefined),
  supportWhatsapp: (value) => (value === null ? null : typeof value === 'string' ? (normalizePhone(value) ?? undefined) : undefined),
}
export const SETTING_NAMES = Object.keys(READERS) as readonly SettingName[]

const keyOf = (name: SettingName) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The settings as they are now. */
export async function selectSettings(db: Db, config: Config): Promise<Settings> {
  return { ...defaultSettings(config), ...(await selectChanged(db)) }
}

/** The settings, at most three seconds old: for what everybody asks all the time. */
export async function readSettings(app: Pick<App, 'db' | 'config' | 'settingsMemory'>): Promise<Settings> {
  return (await app.settingsMemory.get('settings', () => selectSettings(app.db, app.config)))!
}

/** What was changed here, and so differs from the environment or will stay when that changes. */
export async function selectChanged(db: Db): Promise<Partial<Settings>> {
  const rows = await db.selectFrom('platformSetting').select(['key', 'value']).execute()
  const values = new Map(rows.map((row) => [row.key, row.value]))
  const known = SETTING_NAMES.flatMap((name) => {
    const value = values.has(keyOf(name)) ? READERS[name](values.get(keyOf(name))) : undefined
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(known) as Partial<Settings>
}

/**
 * Changes settings; `undefined` gives one back to the environment. Each change is a fact; what stays as it was is none.
 * @throws `forbidden` unless the actor is a superadmin; `password_needed`; `invalid_input` naming each wrong setting
 */
export async function changeSettings(app: App, actor: Actor, changes: { [Name in SettingName]?: Settings[Name] | undefined }): Promise<Settings> {
  if (!isSuperadmin(actor)) throw kernelError('forbidden')
  if (!hasRecentProof(actor, app.clock.now())) throw kernelError('password_needed')
  const wanted = readChanges(changes)
  const settings = await transact(app, async (tx) => {
    // One change at a time: each fact says what was there before.
    await sql`LOCK TABLE platform_setting IN SHARE ROW EXCLUSIVE MODE`.execute(tx)
    const before = await selectSettings(tx, app.config)
    for (const [name, value] of wanted) await store(tx, keyOf(name), value, app.clock.now())
    const after = await selectSettings(tx, app.config)
    await record(
      tx,
      actor,
      ...wanted
        .filter(([name]) => before[name] !== after[name])
        .map(([name]) => ({ kind: 'settings.changed', subject: `setting:${keyOf(name)}`, data: { from: before[name], to: after[name] } })),
    )
    return after
  })
  app.settingsMemory.forget('settings')
  return settings
}

function readChanges(changes: Partial<Record<SettingName, unknown>>): [name: SettingName, value: unknown][] {
  const problems: FieldProblem[] = []
  const wanted = SETTING_NAMES.filter((name) => name in changes).map((name): [SettingName, unknown] => {
    const value = changes[name]
    const read = value === undefined ? undefined : READERS[name](value)
    if (value !== undefined && read === undefined) problems.push({ pointer: `/body/${name}`, code: 'invalid' })
    return [name, read]
  })
  if (problems.length > 0) throw invalidInput(...problems)
  return wanted
}

async function store(tx: Tx, key: string, value: unknown, at: Date): Promise<void> {
  if (value === undefined) {
    await tx.deleteFrom('platformSetting').where('key', '=', key).execute()
    return
  }
  const row = { value: JSON.stringify(value), changedAt: at }
  await tx
    .insertInto('platformSetting')
    .values({ key, ...row })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute()
}
