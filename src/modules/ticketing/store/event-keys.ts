// SQL of event keys.
import type { Insertable, Selectable } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'
import type { EventKeyTable } from '#src/platform/schema.ts'

export type EventKeyRow = Selectable<EventKeyTable>

export async function selectEventKeys(db: Db, eventId: number): Promise<EventKeyRow[]> {
  return db.selectFrom('eventKey').selectAll().where('eventId', '=', eventId).orderBy('kid').execute()
}

/** The keys in use of the newest events. */
export async function selectNewestKeys(db: Db, limit: number): Promise<{ eventId: number; privateKeyEnc: Buffer }[]> {
  return db
    .selectFrom('eventKey')
    .select(['eventId', 'privateKeyEnc'])
    .where('status', 'in', ['active', 'verify_only'])
    .orderBy('eventId', 'desc')
    .limit(limit)
    .execute()
}

export async function insertEventKey(tx: Tx, key: Insertable<EventKeyTable>): Promise<void> {
  await tx
    .insertInto('eventKey')
    .values(key)
    .onConflict((oc) => oc.doNothing())
    .execute()
}
