// SQL on the tables event and category.
import { sql, type Insertable, type Updateable } from 'kysely'
import { sqlState, type Db, type Tx } from '#src/platform/db.ts'
import type { EventTable } from '#src/platform/schema.ts'
import { DRAFT_PARTS, type Event, type EventOnSale, type EventRef, type EventStatus } from '../event.ts'

const COLUMNS = [
  'event.id',
  'event.publicRef',
  'event.organizerId',
  'event.slug',
  'event.title',
  'event.description',
  'event.status',
  'event.visibility',
  'event.startsAt',
  'event.endsAt',
  'event.doorsOpenAt',
  'event.timezone',
  'event.venue',
  'event.address',
  'event.city',
  'event.country',
  'event.latitude',
  'event.longitude',
  'event.capacity',
  'event.currency',
  'event.dressCode',
  'event.reentry',
  'event.askHolderNames',
  'event.remindHolders',
  'event.paymentUrl',
  'event.qrFormat',
  'event.capacityQuotaId',
  'event.refundDays',
  'event.refundAtOnce',
  'event.refundNote',
  'event.feeBps',
  'event.language',
  'event.translations',
  'event.unconfirmed',
  'event.reviewRequestedAt',
  'event.reviewNote',
  'event.publishedAt',
  'event.cancelledAt',
  'event.createdAt',
  'event.updatedAt',
] as const

function events(db: Db) {
  return db
    .selectFrom('event')
    .innerJoin('category', 'category.id', 'event.categoryId')
    .leftJoin('storedFile', 'storedFile.id', 'event.coverId')
    .select([...COLUMNS, 'category.slug as category', 'storedFile.id as coverId', 'storedFile.width', 'storedFile.height', 'storedFile.variants'])
}

type EventRow = Awaited<ReturnType<ReturnType<typeof events>['executeTakeFirstOrThrow']>>

function toEvent({ coverId, width, height, variants, refundDays, refundAtOnce, refundNote, ...row }: EventRow): Event {
  return {
    ...row,
    status: row.status as EventStatus,
    visibility: row.visibility as Event['visibility'],
    qrFormat: row.qrFormat as Event['qrFormat'],
    unconfirmed: row.unconfirmed as Event['unconfirmed'],
    language: row.language as Event['language'],
    translations: row.translations as Event['translations'],
    refundPolicy: { days: refundDays, atOnce: refundAtOnce, note: refundNote },
    cover: coverId === null ? null : { id: coverId, width: width!, height: height!, widths: variants as number[] },
  }
}

export async function selectEvent(db: Db, slug: string): Promise<Event | undefined> {
  const row = await events(db).where('event.slug', '=', slug).executeTakeFirst()
  return row && toEvent(row)
}

export async function selectEventById(db: Db, id: number): Promise<Event | undefined> {
  const row = await events(db).where('event.id', '=', id).executeTakeFirst()
  return row && toEvent(row)
}

export function selectEventRef(db: Db, slug: string): Promise<EventOnSale | undefined> {
  return db
    .selectFrom('event')
    .innerJoin('organizer', 'organizer.id', 'event.organizerId')
    .select([
      'event.id',
      'event.publicRef',
      'event.organizerId',
      'event.slug',
      'event.title',
      'event.status',
      'event.visibility',
      'event.publishedAt',
      'event.startsAt',
      'event.endsAt',
      'event.timezone',
      'event.country',
      'event.currency',
      'event.askHolderNames',
      'event.paymentUrl',
      'event.qrFormat',
      sql<boolean>`organizer.sales_suspended_at IS NOT NULL`.as('salesSuspended'),
    ])
    .where('event.slug', '=', slug)
    .$narrowType<Pick<EventRef, 'status' | 'visibility' | 'qrFormat'>>()
    .executeTakeFirst()
}

/** The event as it is now, locked until the transaction ends. */
export async function lockEvent(tx: Tx, id: number): Promise<Event | undefined> {
  await tx.selectFrom('event').select('id').where('id', '=', id).forUpdate().execute()
  return selectEventById(tx, id)
}

/** True where staff took the event down and has not let it be published since. */
export async function wasTakenDown(db: Db, eventId: number): Promise<boolean> {
  const { rows } = await sql<{ down: boolean }>`
    SELECT EXISTS (
      SELECT FROM fact u WHERE u.event_id = ${eventId} AND u.kind = 'event.unpublished' AND u.data ->> 'by' = 'staff'
         AND NOT EXISTS (SELECT FROM fact p WHERE p.event_id = u.event_id AND p.kind = 'event.published' AND p.id > u.id)) AS down`.execute(db)
  return rows[0]!.down
}

/** True where an event of the organizer was published at some time. */
export async function wasOrganizerShown(db: Db, organizerId: number): Promise<boolean> {
  const row = await db
    .selectFrom('event')
    .select('id')
    .where('organizerId', '=', organizerId)
    .where('publishedAt', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** One at a time begins events of an organizer, until its transaction ends. */
export async function lockBeginnings(tx: Tx, organizerId: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('event.begin', ${organizerId}))`.execute(tx)
}

/** A draft of the organizer with just these first words and nothing else said, begun after `since`. */
export async function selectTwinDraft(
  tx: Tx,
  organizerId: number,
  words: Pick<Event, 'title' | 'category' | 'visibility'>,
  since: Date,
): Promise<Event | undefined> {
  const row = await events(tx)
    .where('event.organizerId', '=', organizerId)
    .where('event.status', '=', 'draft')
    .where('event.title', '=', words.title)
    .where('category.slug', '=', words.category)
    .where('event.visibility', '=', words.visibility)
    .where(sql<boolean>`cardinality(event.unconfirmed) = ${DRAFT_PARTS.length}`)
    .where('event.createdAt', '>', since)
    .orderBy('event.id')
    .executeTakeFirst()
  return row && toEvent(row)
}

/** The new event's id, or undefined where the slug or the public reference is taken. */
export async function insertEvent(tx: Tx, row: Insertable<EventTable>): Promise<number | undefined> {
  const inserted = await tx
    .insertInto('event')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted?.id
}

export async function updateEventRow(tx: Tx, id: number, changes: Updateable<EventTable>): Promise<void> {
  await tx
    .updateTable('event')
    .set({ ...changes, updatedAt: sql`now()` })
    .where('id', '=', id)
    .execute()
}

export async function deleteEventRow(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('event').where('id', '=', id).execute()
}

/** Published events whose end has passed, at most `limit`, locked; those that another process holds are left to it. */
export function lockOverdueEvents(tx: Tx, now: Date, limit: number): Promise<{ id: number; organizerId: number; slug: string }[]> {
  return tx
    .selectFrom('event')
    .select(['id', 'organizerId', 'slug'])
    .where('status', '=', 'published')
    .where('endsAt', '<=', now)
    .orderBy('endsAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute()
}

export async function endEventRows(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx
    .updateTable('event')
    .set({ status: 'ended', updatedAt: sql`now()` })
    .where('id', 'in', ids)
    .execute()
}

/** True where PostgreSQL knows the zone, which has its own list. */
export async function isZoneOfDatabase(db: Db, zone: string): Promise<boolean> {
  try {
    await sql`SELECT now() AT TIME ZONE ${zone}::text`.execute(db)
    return true
  } catch (error) {
    if (sqlState(error) === '22023') return false
    throw error
  }
}

export type Category = { id: number; slug: string; /** By language; see `textIn`. */ names: Record<string, string> }

export async function selectCategories(db: Db): Promise<Category[]> {
  return db.selectFrom('category').select(['id', 'slug', 'names']).$narrowType<Category>().orderBy('position').orderBy('id').execute()
}

export async function selectCategoryId(db: Db, slug: string): Promise<number | undefined> {
  return (await db.selectFrom('category').select('id').where('slug', '=', slug).executeTakeFirst())?.id
}

/** Events that may still sell and whose fee is not their organizer's rate (its own, or the platform's), brought to it. */
export async function refreshFeeRows(tx: Tx, platformBps: number): Promise<{ id: number; organizerId: number; feeBps: number }[]> {
  const { rows } = await sql<{ id: number; organizerId: number; feeBps: number }>`
    UPDATE event e SET fee_bps = COALESCE(o.commission_bps, ${platformBps}), updated_at = now() FROM organizer o
     WHERE o.id = e.organizer_id AND e.fee_bps IS NOT NULL AND e.fee_bps <> COALESCE(o.commission_bps, ${platformBps})
       AND e.status IN ('draft', 'pending_review', 'published') RETURNING e.id, e.organizer_id, e.fee_bps`.execute(tx)
  return rows
}
