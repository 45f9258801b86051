// Which files we keep beside the database, and whose they are. The bytes are in the file store.
import type { Tx } from './db.ts'

/** `widths`: the variants there are of it, in pixels. */
export type StoredImage = {
  id: string
  /** Null for what is a person's. */
  organizerId: number | null
  kind: 'cover' | 'photo' | 'logo'
  width: number
  height: number
  widths: readonly number[]
}

export async function insertStoredImage(tx: Tx, image: StoredImage): Promise<void> {
  const { widths, ...row } = image
  await tx
    .insertInto('storedFile')
    .values({ ...row, variants: JSON.stringify(widths) })
    .execute()
}

export async function deleteStoredFile(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('storedFile').where('id', '=', id).execute()
}
