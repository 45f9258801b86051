// An event's cover: set, replaced, taken away.
import { randomUUID } from 'node:crypto'
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { record } from '#src/platform/facts.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { deleteStoredFile, insertStoredImage } from '#src/platform/stored-files.ts'
import { copyImage, encodeImage, removeImage, storeImage } from './cover-image.ts'
import { eventError } from './errors.ts'
import { isEditable, type Cover, type Event } from './event.ts'
import { coverChanged } from './facts.ts'
import { getTeamEvent, lockTeamEvent } from './find-events.ts'
import { selectEventById, updateEventRow } from './store/events.ts'
import { asTeam } from './team-scope.ts'

// Encoding takes a second of a core.
const UPLOADS = { max: 60, seconds: 3600 }

/**
 * Makes the uploaded image the event's cover, re-encoded in our own sizes.
 * @param upload JPEG, PNG, WebP or AVIF; at most 10 MB and 40 megapixels
 * @throws `unsupported_media_type`, `image_too_large`, `image_unreadable`; `event_not_editable`; `rate_limited`
 */
export async function setCover(app: App, actor: Actor, slug: string, upload: Buffer): Promise<Event> {
  // Who may not change the event must not make us work on an image.
  const { id: eventId } = await getTeamEvent(app, actor, slug)
  await requireRate(app, `cover:${eventId}`, UPLOADS)
  const image = await encodeImage(upload)
  const id = randomUUID()
  await storeImage(app, id, image)
  try {
    return await changeCover(app, actor, slug, {
      id,
      width: image.width,
      height: image.height,
      widths: [...new Set(image.variants.map((v) => v.width))],
    })
  } catch (error) {
    await removeImage(app, id)
    throw error
  }
}

/** Takes the event's cover away; where there is none, nothing changes. */
export async function removeCover(app: App, actor: Actor, slug: string): Promise<Event> {
  return changeCover(app, actor, slug, null)
}

/** A copy of an event's cover for another event, whose row is still to be written; null where it has none. Remove it if that fails: `dropCover`. */
export async function copyCover(app: App, cover: Cover | null): Promise<Cover | null> {
  if (!cover) return null
  const id = randomUUID()
  if (await copyImage(app, cover.id, id, cover.widths)) return { ...cover, id }
  await removeImage(app, id)
  return null
}

export async function dropCover(app: App, cover: Cover | null): Promise<void> {
  if (cover) await removeImage(app, cover.id)
}

async function changeCover(app: App, actor: Actor, slug: string, cover: Event['cover']): Promise<Event> {
  const { before, after } = await asTeam(app, actor, async (tx) => {
    const event = await lockTeamEvent(tx, actor, slug)
    if (!isEditable(event)) throw eventError('event_not_editable', { status: event.status })
    if (cover === null && event.cover === null) return { before: null, after: event }
    if (cover) await insertStoredImage(tx, { ...cover, kind: 'cover', organizerId: event.organizerId })
    await updateEventRow(tx, event.id, { coverId: cover?.id ?? null })
    if (event.cover) await deleteStoredFile(tx, event.cover.id)
    await record(tx, actor, coverChanged(event))
    return { before: event.cover, after: (await selectEventById(tx, event.id))! }
  })
  if (before) await removeImage(app, before.id)
  return after
}
