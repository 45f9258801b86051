// changeProfileIn, setLogo, removeLogo: what an organizer shows of itself. Changing the name goes through events, whose search knows it.
import { randomUUID } from 'node:crypto'
import { isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { transact, type Tx } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { deleteStoredFile, insertStoredImage } from '#src/platform/stored-files.ts'
import { profileChanged } from './facts.ts'
import { getOwnOrganizer } from './find-organizers.ts'
import { currencyOf, type Organizer } from './organizer.ts'
import { encodePhoto, PHOTO_SIZE, photoFile } from './photo.ts'
import { readProfile, type Profile } from './profile.ts'
import { lockOrganizer, selectOrganizer, selectOrganizerBySlug, updateOrganizerRow } from './store/organizers.ts'

/**
 * Sets the profile inside the caller's transaction; what is left out stays.
 * @returns the organizer as it is now, and whether its name is another
 * @throws `not_found`, `forbidden`, `invalid_input` with the fields to correct
 */
export async function changeProfileIn(
  tx: Tx,
  actor: Actor,
  slug: string,
  changes: Partial<Profile>,
): Promise<{ organizer: Organizer; renamed: boolean }> {
  const organizer = await lockLed(tx, actor, slug)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const { profile, problems } = readProfile({ ...organizer, ...given })
  if (problems.length > 0) throw invalidInput(...problems)
  const fields = (Object.keys(profile) as (keyof Profile)[]).filter((field) => profile[field] !== organizer[field])
  if (fields.length === 0) return { organizer, renamed: false }
  // Events keep the currency that they were made in.
  const currency = fields.includes('country') ? { currency: currencyOf(profile.country) } : {}
  await updateOrganizerRow(tx, organizer.id, { ...profile, ...currency })
  await record(tx, actor, profileChanged(organizer.id, fields))
  return { organizer: (await selectOrganizer(tx, organizer.id))!, renamed: fields.includes('name') }
}

async function lockLed(tx: Tx, actor: Actor, slug: string): Promise<Organizer> {
  const found = await selectOrganizerBySlug(tx, slug)
  if (!found || !(isStaff(actor) || worksFor(actor, found.id, 'owner', 'manager', 'cashier', 'agent'))) throw kernelError('not_found')
  if (!isStaff(actor) && !worksFor(actor, found.id, 'owner', 'manager')) throw kernelError('forbidden')
  return (await lockOrganizer(tx, found.id))!
}

const UPLOADS = { max: 20, seconds: 3600 }

/**
 * Makes the uploaded picture the organizer's logo: whole, on a square, re-encoded.
 * @param upload JPEG, PNG, WebP or AVIF; at most 10 MB and 40 megapixels
 * @throws as `encodePhoto`; `not_found`, `forbidden`; `rate_limited`
 */
export async function setLogo(app: App, actor: Actor, slug: string, upload: Buffer): Promise<Organizer> {
  // Who may not change it must not make us work on an image.
  const { id: organizerId } = await getOwnOrganizer(app, actor, slug)
  await requireRate(app, `logo:${organizerId}`, UPLOADS)
  const bytes = await encodePhoto(upload, 'whole')
  const id = randomUUID()
  await app.files.put(photoFile(id), bytes)
  try {
    return await changeLogo(app, actor, slug, id)
  } catch (error) {
    await app.files.remove(id)
    throw error
  }
}

/** Where there is none, nothing changes. @throws `not_found`, `forbidden` */
export function removeLogo(app: App, actor: Actor, slug: string): Promise<Organizer> {
  return changeLogo(app, actor, slug, null)
}

async function changeLogo(app: App, actor: Actor, slug: string, logoId: string | null): Promise<Organizer> {
  const { before, after } = await transact(app, async (tx) => {
    const organizer = await lockLed(tx, actor, slug)
    if (logoId === organizer.logoId) return { before: null, after: organizer }
    if (logoId) {
      const size = { width: PHOTO_SIZE, height: PHOTO_SIZE, widths: [PHOTO_SIZE] }
      await insertStoredImage(tx, { id: logoId, organizerId: organizer.id, kind: 'logo', ...size })
    }
    await updateOrganizerRow(tx, organizer.id, { logoId })
    if (organizer.logoId) await deleteStoredFile(tx, organizer.logoId)
    await record(tx, actor, profileChanged(organizer.id, ['logo']))
    return { before: organizer.logoId, after: { ...organizer, logoId } }
  })
  if (before) await app.files.remove(before)
  return after
}
