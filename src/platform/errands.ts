// Errands: long work that somebody asked for and watches. A row says how far it is; a job does it, in slices; what comes of it is kept in parts.
// See docs/decisions/0023.
import { sql } from 'kysely'
import type { Locale } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import type { App } from './app.ts'
import { transact, type Db, type Tx } from './db.ts'

export const ERRAND_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type ErrandState = (typeof ERRAND_STATES)[number]

export type Errand = {
  id: string
  organizerId: number
  eventId: number
  /** Which module's work it is: `tickets`, `export`. */
  kind: string
  /** Who asked. */
  accountId: number
  locale: Locale
  input: Record<string, unknown>
  state: ErrandState
  /** What it is at; `done` and `total` count within this step. */
  step: string
  done: number
  total: number
  /** The code of what stopped it. */
  error: string | null
  /** Who draws its files just now. */
  run: string | null
  /** When it last moved. */
  movedAt: Date
  createdAt: Date
  endedAt: Date | null
}

/** How long files are kept, and how long we remember that there was an errand. */
export const FILE_DAYS = 7
const ROW_DAYS = 90

export function isUnderWay(errand: Pick<Errand, 'state'>): boolean {
  return errand.state === 'waiting' || errand.state === 'running'
}

export type NewErrand = Pick<Errand, 'id' | 'organizerId' | 'eventId' | 'kind' | 'accountId' | 'locale' | 'input' | 'step' | 'total'>

export async function insertErrand(tx: Tx, errand: NewErrand): Promise<void> {
  await tx
    .insertInto('errand')
    .values({ ...errand, input: JSON.stringify(errand.input) })
    .execute()
}

export async function selectErrand(db: Db, id: string): Promise<Errand | undefined> {
  return (await db.selectFrom('errand').selectAll().where('id', '=', id).executeTakeFirst()) as Errand | undefined
}

/** The errand, locked: who works at it and who stops it take turns. */
export async function lockErrand(tx: Tx, id: string): Promise<Errand | undefined> {
  return (await tx.selectFrom('errand').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()) as Errand | undefined
}

/** The event's errands of these kinds, the latest first. */
export async function selectErrands(db: Db, eventId: number, kinds: readonly string[], limit = 20): Promise<Errand[]> {
  const rows = await db
    .selectFrom('errand')
    .selectAll()
    .where('eventId', '=', eventId)
    .where('kind', 'in', [...kinds])
    .orderBy('createdAt', 'desc')
    .limit(limit)
    .execute()
  return rows as Errand[]
}

/** Says how far it is. */
export async function advanceErrand(tx: Tx, id: string, progress: { done: number; step?: string; total?: number }): Promise<void> {
  const movedAt = sql<Date>`clock_timestamp()`
  await tx
    .updateTable('errand')
    .set({ ...progress, state: 'running', movedAt })
    .where('id', '=', id)
    .execute()
}

/** @param error the code of a refusal, where one stopped it */
export async function endErrand(tx: Tx, id: string, state: 'done' | 'failed' | 'cancelled', at: Date, error: string | null = null): Promise<void> {
  await tx.updateTable('errand').set({ state, error, endedAt: at }).where('id', '=', id).execute()
}

/** Stops an errand of which nothing is left behind but its row. */
export async function stopErrand(app: Pick<App, 'db' | 'clock'>, id: string): Promise<void> {
  await app.db
    .updateTable('errand')
    .set({ state: 'cancelled', endedAt: app.clock.now() })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .execute()
  await deleteParts(app.db, id)
}

/** Takes up an errand that had ended, for one of its steps again. */
export async function reopenErrand(tx: Tx, id: string, step: string, total: number): Promise<void> {
  await tx
    .updateTable('errand')
    .set({ state: 'waiting', step, movedAt: sql<Date>`clock_timestamp()`, done: 0, total, error: null, endedAt: null })
    .where('id', '=', id)
    .execute()
}

const PURPOSE = 'errand-part'

/** Appends to one of the errand's files, in the transaction that says how far it is. */
export async function appendPart(
  app: Pick<App, 'cipher'>,
  tx: Tx,
  errand: Pick<Errand, 'id' | 'organizerId'>,
  file: string,
  clear: Uint8Array,
): Promise<void> {
  const sealed = app.cipher.seal(PURPOSE, clear)
  await sql`
    INSERT INTO errand_part (errand_id, organizer_id, file, part, bytes, sealed)
    SELECT ${errand.id}, ${errand.organizerId}, ${file}, COALESCE(max(part), 0) + 1, ${clear.byteLength}, ${sealed}
      FROM errand_part WHERE errand_id = ${errand.id} AND file = ${file}`.execute(tx)
}

/**
 * Begins to draw an errand's files: those of a run before are thrown away, and that run, should it still be at it, notices at its next part.
 * @returns the errand, and what `stillDrawing` wants to know; undefined where there is nothing to draw
 */
export function beginDrawing(app: Pick<App, 'db'>, id: string, step: string): Promise<{ errand: Errand; run: string } | undefined> {
  return transact(app, async (tx) => {
    const errand = await lockErrand(tx, id)
    if (!errand || !isUnderWay(errand) || errand.step !== step) return undefined
    await deleteParts(tx, id)
    const run = uuidv7()
    await tx
      .updateTable('errand')
      .set({ run, state: 'running', done: 0, movedAt: sql<Date>`clock_timestamp()` })
      .where('id', '=', id)
      .execute()
    return { errand, run }
  })
}

/** The errand, locked, if this run is still the one that draws it, and nobody stopped it. */
export async function stillDrawing(tx: Tx, id: string, run: string): Promise<Errand | undefined> {
  const errand = await lockErrand(tx, id)
  return errand && isUnderWay(errand) && errand.run === run ? errand : undefined
}

/** Errands under way that have not moved since: their job died, or was given up. */
export async function selectStuckErrands(db: Db, since: Date): Promise<Errand[]> {
  return (await db.selectFrom('errand').selectAll().where('endedAt', 'is', null).where('movedAt', '<', since).limit(50).execute()) as Errand[]
}

/** Throws the files away: what is begun anew must not end in two halves. */
async function deleteParts(db: Db, errandId: string, file?: string): Promise<void> {
  let query = db.deleteFrom('errandPart').where('errandId', '=', errandId)
  if (file !== undefined) query = query.where('file', '=', file)
  await query.execute()
}

export type ErrandFile = { name: string; bytes: number }

export async function listErrandFiles(db: Db, errandId: string): Promise<ErrandFile[]> {
  const rows = await db
    .selectFrom('errandPart')
    .select((eb) => ['file as name', eb.fn.sum<number>('bytes').as('bytes')])
    .where('errandId', '=', errandId)
    .groupBy('file')
    .orderBy('file', 'desc')
    .execute()
  return rows.map((row) => ({ name: row.name, bytes: Number(row.bytes) }))
}

/** The file, a part at a time: each is read when the former has gone, so that a slow download holds nothing. */
export async function* readErrandFile(app: Pick<App, 'db' | 'cipher'>, errandId: string, file: string): AsyncGenerator<Buffer> {
  for (let part = 1; ; part++) {
    const row = await app.db
      .selectFrom('errandPart')
      .select('sealed')
      .where('errandId', '=', errandId)
      .where('file', '=', file)
      .where('part', '=', part)
      .executeTakeFirst()
    if (!row) return
    yield app.cipher.open(PURPOSE, row.sealed)
  }
}

/** Forgets files after a week, and errands after three months. */
export async function forgetErrands(app: Pick<App, 'db' | 'clock'>): Promise<void> {
  const days = (count: number) => new Date(app.clock.now().getTime() - count * 86_400_000)
  await app.db
    .deleteFrom('errandPart')
    .where('errandId', 'in', (eb) => eb.selectFrom('errand').select('id').where('endedAt', '<', days(FILE_DAYS)))
    .execute()
  await app.db.deleteFrom('errand').where('endedAt', '<', days(ROW_DAYS)).execute()
}
