// SQL of ticket types and their quotas.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'
import type { Quota } from '../quota.ts'
import type { TicketType, TicketTypeDetails, TypeTranslations } from '../ticket-type.ts'

type Row = Omit<TicketType, 'price' | 'facePrice' | 'fee' | 'quota'> & {
  facePrice: number
  fee: number
  currency: string
  quotaId: number
  quotaName: string
  quotaKind: Quota['kind']
  size: number
  held: number
  sold: number
}

function toTicketType(row: Row): TicketType {
  const { facePrice, fee, currency, quotaId, quotaName, quotaKind, size, held, sold, ...rest } = row
  const money = (amount: number) => ({ amount, currency })
  return {
    ...rest,
    price: money(facePrice + fee),
    facePrice: money(facePrice),
    fee: money(fee),
    quota: { id: quotaId, name: quotaName, kind: quotaKind, size, held, sold },
  }
}

const SELECT = sql`
  SELECT tt.id, tt.event_id, tt.ordinal, tt.name, tt.description, tt.translations, tt.price AS face_price,
         tt.price * COALESCE(e.fee_bps, 0) / 10000 AS fee, e.currency, tt.min_per_order, tt.max_per_order, tt.sale_starts_at, tt.sale_ends_at,
         tt.valid_from, tt.valid_to, tt.usage_limit, tt.usage_period, tt.reentry, tt.admit_issued, tt.hidden, tt.position,
         q.id AS quota_id, q.name AS quota_name, q.kind AS quota_kind, c.size, c.held, c.sold,
         LEAST(c.size - c.held - c.sold, COALESCE(cap.size - cap.held - cap.sold, c.size)) AS remaining
    FROM ticket_type tt JOIN event e ON e.id = tt.event_id JOIN quota q ON q.id = tt.quota_id
    JOIN quota_counter c ON c.event_id = tt.event_id AND c.quota_id = tt.quota_id
    LEFT JOIN quota_counter cap ON cap.event_id = e.id AND cap.quota_id = e.capacity_quota_id
   WHERE tt.archived_at IS NULL`

export async function selectTicketTypes(db: Db, eventId: number): Promise<TicketType[]> {
  const { rows } = await sql<Row>`${SELECT} AND tt.event_id = ${eventId} ORDER BY tt.position, tt.id`.execute(db)
  return rows.map(toTicketType)
}

export async function selectTicketType(db: Db, id: number): Promise<TicketType | undefined> {
  const { rows } = await sql<Row>`${SELECT} AND tt.id = ${id}`.execute(db)
  return rows[0] && toTicketType(rows[0])
}

/** The event's slug that a ticket type belongs to. */
export async function selectSlugOfTicketType(db: Db, id: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('ticketType')
    .innerJoin('event', 'event.id', 'ticketType.eventId')
    .select('event.slug')
    .where('ticketType.id', '=', id)
    .where('ticketType.archivedAt', 'is', null)
    .executeTakeFirst()
  return row?.slug
}

/** @throws a violation of `ticket_type_name` where the event has a type of that name */
export async function insertTicketType(tx: Tx, eventId: number, quotaId: number, details: TicketTypeDetails): Promise<number> {
  // The event's row serializes the ordinals; only its organizer's team takes this lock.
  await tx.selectFrom('event').select('id').where('id', '=', eventId).forNoKeyUpdate().execute()
  const { ordinal } = await tx
    .selectFrom('ticketType')
    .select((eb) => eb.fn.coalesce(eb.fn.max('ordinal'), eb.lit(0)).as('ordinal'))
    .where('eventId', '=', eventId)
    .executeTakeFirstOrThrow()
  const row = await tx
    .insertInto('ticketType')
    .values({ eventId, quotaId, ordinal: Number(ordinal) + 1, ...details })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}

export async function updateTicketTypeRow(tx: Tx, id: number, details: TicketTypeDetails): Promise<void> {
  await tx.updateTable('ticketType').set(details).where('id', '=', id).execute()
}

export async function updateTypeTranslations(tx: Tx, id: number, translations: TypeTranslations): Promise<void> {
  await tx
    .updateTable('ticketType')
    .set({ translations: JSON.stringify(translations) })
    .where('id', '=', id)
    .execute()
}

export async function archiveTicketType(tx: Tx, id: number): Promise<void> {
  await tx.updateTable('ticketType').set({ archivedAt: new Date() }).where('id', '=', id).execute()
}

export async function deleteTicketTypeRow(tx: Tx, id: number): Promise<void> {
  await tx.deleteFrom('ticketType').where('id', '=', id).execute()
}

export async function hasTickets(tx: Tx, eventId: number, ticketTypeId: number): Promise<{ any: boolean; live: boolean }> {
  const { rows } = await sql<{ any: boolean; live: boolean }>`
    SELECT count(*) > 0 AS any, count(*) FILTER (WHERE status NOT IN ('invalid', 'refunded')) > 0 AS live
      FROM ticket WHERE event_id = ${eventId} AND ticket_type_id = ${ticketTypeId}`.execute(tx)
  return rows[0]!
}

export async function selectQuotas(db: Db, eventId: number): Promise<Quota[]> {
  const rows = await db
    .selectFrom('quota')
    .innerJoin('quotaCounter', (join) => join.onRef('quotaCounter.quotaId', '=', 'quota.id').onRef('quotaCounter.eventId', '=', 'quota.eventId'))
    .select(['quota.id', 'quota.name', 'quota.kind', 'quotaCounter.size', 'quotaCounter.held', 'quotaCounter.sold'])
    .where('quota.eventId', '=', eventId)
    .orderBy('quota.id')
    .execute()
  return rows.map((row) => ({ ...row, kind: row.kind as Quota['kind'] }))
}

/** Names and ordinals of all the event's ticket types, archived ones too: tickets already sold still need them. */
export async function selectTypeLabels(
  db: Db,
  eventId: number,
): Promise<{ id: number; ordinal: number; name: string; translations: TypeTranslations }[]> {
  const rows = await db.selectFrom('ticketType').select(['id', 'ordinal', 'name', 'translations']).where('eventId', '=', eventId).execute()
  return rows.map((row) => ({ ...row, translations: row.translations as TypeTranslations }))
}
