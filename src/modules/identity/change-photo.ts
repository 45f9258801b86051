// An account's photo: set, replaced, taken away.
import { randomUUID } from 'node:crypto'
import type { AccountActor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { deleteStoredFile, insertStoredImage } from '#src/platform/stored-files.ts'
import { accountUpdated } from './facts.ts'
import { encodePhoto, PHOTO_SIZE, photoFile } from './photo.ts'
import { lockAccount, updateAccountRow } from './store/accounts.ts'

// Encoding takes a part of a second of a core.
const UPLOADS = { max: 20, seconds: 3600 }

/** @throws as `encodePhoto`; `rate_limited` */
export async function setPhoto(app: App, actor: AccountActor, upload: Buffer): Promise<void> {
  await requireRate(app, `photo:${actor.accountId}`, UPLOADS)
  const bytes = await encodePhoto(upload)
  const id = randomUUID()
  await app.files.put(photoFile(id), bytes)
  try {
    await changePhoto(app, actor, id)
  } catch (error) {
    await app.files.remove(id)
    throw error
  }
}

/** Where there is none, nothing changes. */
export async function removePhoto(app: App, actor: AccountActor): Promise<void> {
  await changePhoto(app, actor, null)
}

async function changePhoto(app: App, actor: AccountActor, photoId: string | null): Promise<void> {
  const before = await transact(app, async (tx) => {
    const account = await lockAccount(tx, actor.accountId)
    if (!account) throw kernelError('unauthenticated')
    if (photoId === account.photoId) return null
    if (photoId)
      await insertStoredImage(tx, { id: photoId, organizerId: null, kind: 'photo', width: PHOTO_SIZE, height: PHOTO_SIZE, widths: [PHOTO_SIZE] })
    await updateAccountRow(tx, account.id, { photoId })
    if (account.photoId) await deleteStoredFile(tx, account.photoId)
    await record(tx, actor, accountUpdated(account.id, ['photo']))
    return account.photoId
  })
  if (before) await app.files.remove(before)
}
