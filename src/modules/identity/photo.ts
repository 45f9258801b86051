// Photos of people: whatever comes in is decoded and written anew, square and small. Nothing of the upload itself is kept.
import sharp from 'sharp'
import { isUuid } from '#src/kernel/id.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { sniffFormat } from '#src/platform/sniff-image.ts'
import { identityError } from './errors.ts'

export const MAX_PHOTO_BYTES = 10_485_760
const MAX_PIXELS = 40_000_000
/** Pixels; shown at half of it and less. */
export const PHOTO_SIZE = 256

/**
 * A square of the picture, upright, without metadata: its middle, or the whole of it with nothing around.
 * @param upload JPEG, PNG, WebP or AVIF; at most 10 MB and 40 megapixels
 * @throws `unsupported_media_type` for anything else, `image_too_large`, `image_unreadable`
 */
export async function encodePhoto(upload: Buffer, part: 'middle' | 'whole' = 'middle'): Promise<Buffer> {
  if (upload.length > MAX_PHOTO_BYTES) throw identityError('image_too_large')
  // Decided by the first bytes, before any decoder sees the rest.
  if (!sniffFormat(upload)) throw kernelError('unsupported_media_type')
  return sharp(upload, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
    .rotate()
    .resize(
      part === 'middle'
        ? { width: PHOTO_SIZE, height: PHOTO_SIZE, fit: 'cover', position: 'attention' }
        : { width: PHOTO_SIZE, height: PHOTO_SIZE, fit: 'contain', background: { r: 0, g: 0, b: 0, alpha: 0 } },
    )
    .webp({ quality: 80 })
    .toBuffer()
    .catch((error: Error) => {
      throw identityError(error.message.includes('pixel limit') ? 'image_too_large' : 'image_unreadable')
    })
}

export function photoFile(id: string): string {
  return `${id}/${PHOTO_SIZE}.webp`
}

/** Where a photo lies on our own address. Its id is random: who knows it was shown the photo. */
export function photoAddress(id: string): string {
  return `/files/${photoFile(id)}`
}

/** The bytes, or null. */
export async function findPhoto(app: Pick<App, 'files'>, id: string): Promise<Buffer | null> {
  return isUuid(id) ? app.files.get(photoFile(id.toLowerCase())) : null
}
