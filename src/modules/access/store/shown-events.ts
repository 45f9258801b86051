// The few things that a QR text's event reference leads to.
import type { Db } from '#src/platform/db.ts'

export function selectEventByPublicRef(db: Db, publicRef: number): Promise<{ id: number; organizerId: number } | undefined> {
  return db.selectFrom('event').select(['id', 'organizerId']).where('publicRef', '=', publicRef).executeTakeFirst()
}

export async function selectEventTitle(db: Db, id: number): Promise<string | undefined> {
  return (await db.selectFrom('event').select('title').where('id', '=', id).executeTakeFirst())?.title
}
