// SQL on event_session.
import type { Insertable } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'
import type { EventSessionTable } from '#src/platform/schema.ts'
import type { Session } from '../session.ts'

const COLUMNS = ['id', 'title', 'description', 'speaker', 'place', 'startsAt', 'endsAt'] as const

export function selectSessions(db: Db, eventId: number): Promise<Session[]> {
  return db.selectFrom('eventSession').select(COLUMNS).where('eventId', '=', eventId).orderBy('startsAt').orderBy('id').execute()
}

export async function countSessions(db: Db, eventId: number): Promise<number> {
  const { count } = await db
    .selectFrom('eventSession')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('eventId', '=', eventId)
    .executeTakeFirstOrThrow()
  return count
}

export function insertSession(tx: Tx, row: Insertable<EventSessionTable>): Promise<Session> {
  return tx.insertInto('eventSession').values(row).returning(COLUMNS).executeTakeFirstOrThrow()
}

/** False where the event has no such session. */
export async function deleteSession(tx: Tx, eventId: number, id: number): Promise<boolean> {
  const result = await tx.deleteFrom('eventSession').where('eventId', '=', eventId).where('id', '=', id).executeTakeFirst()
  return result.numDeletedRows > 0n
}
