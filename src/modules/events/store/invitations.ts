// SQL on event_invitation. Tokens are kept hashed.
import { hashToken } from '#src/kernel/id.ts'
import type { Db } from '#src/platform/db.ts'

/** True where an invitation that still stands was sent to this address, or carries this token. */
export async function isInvited(db: Db, eventId: number, by: { token: string | null; email: string | null }): Promise<boolean> {
  if (by.token === null && by.email === null) return false
  const row = await db.selectFrom('eventInvitation').select('id').where('eventId', '=', eventId).where('revokedAt', 'is', null)
    .where((eb) => eb.or([
      ...(by.token === null ? [] : [eb('tokenHash', '=', hashToken(by.token))]),
      ...(by.email === null ? [] : [eb('email', '=', by.email.toLowerCase())]),
    ])).executeTakeFirst()
  return row !== undefined
}
