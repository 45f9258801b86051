// SQL of magic links.
import { sql } from 'kysely'
import type { Db } from '#src/platform/db.ts'

export async function insertMagicLinks(
  db: Db,
  links: readonly { tokenHash: Buffer; eventId: number; orderId: number }[],
  daysAfterEvent: number,
): Promise<void> {
  await sql`
    INSERT INTO magic_link (token_hash, event_id, order_id, expires_at)
    SELECT l.token_hash, e.id, l.order_id, GREATEST(e.ends_at, now()) + make_interval(days => ${daysAfterEvent})
      FROM unnest(${links.map((l) => l.tokenHash)}::bytea[], ${links.map((l) => l.eventId)}::bigint[], ${links.map((l) => l.orderId)}::bigint[])
           AS l(token_hash, event_id, order_id) JOIN event e ON e.id = l.event_id`.execute(db)
}

export async function selectMagicLink(db: Db, tokenHash: Buffer, now: Date): Promise<{ eventId: number; orderId: number } | undefined> {
  return db
    .selectFrom('magicLink')
    .select(['eventId', 'orderId'])
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', now)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
}
