// SQL on stored_file, for covers.
import type { Tx } from '#src/platform/db.ts'
import type { Cover } from '../event.ts'

export async function insertStoredFile(tx: Tx, cover: Cover & { organizerId: number }): Promise<void> {
  const { id, organizerId, width, height, widths } = cover
  await tx.insertInto('storedFile').values({ id, organizerId, kind: 'cover', width, height, variants: JSON.stringify(widths) }).execute()
}

export async function deleteStoredFile(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('storedFile').where('id', '=', id).execute()
}
