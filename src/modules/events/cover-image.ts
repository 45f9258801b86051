// Cover images: whatever comes in is decoded and written anew, in our sizes and formats. Nothing of the upload itself is kept.
import sharp, { type Sharp } from 'sharp'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import { sniffFormat } from '#src/platform/sniff-image.ts'
import { eventError } from './errors.ts'

export const MAX_UPLOAD_BYTES = 10_485_760
const MAX_PIXELS = 40_000_000
// 720: what a phone of 360 points with two dots to each asks for; it would take the 960 otherwise, with twice the bytes.
const WIDTHS = [480, 720, 960, 1600]

export const IMAGE_FORMATS = ['avif', 'webp'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

export type EncodedImage = { width: number; height: number; variants: { width: number; format: ImageFormat; bytes: Buffer }[] }

/**
 * Decodes an upload and encodes it in every width up to its own, as AVIF and WebP, upright and without metadata.
 * @throws `unsupported_media_type` for anything but JPEG, PNG, WebP and AVIF; `image_too_large`; `image_unreadable`
 */
export async function encodeImage(upload: Buffer): Promise<EncodedImage> {
  if (upload.length > MAX_UPLOAD_BYTES) throw eventError('image_too_large')
  // Decided by the first bytes, before any decoder sees the rest: neither a name nor a declared type is to be trusted.
  if (!sniffFormat(upload)) throw kernelError('unsupported_media_type')
  const source = sharp(upload, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
  const { width, height } = await uprightSize(source)
  const widths = WIDTHS.filter((w, i) => i === 0 || w <= width)
  // Decoded once; the variants are made of the widest, one after the other, so that an upload leaves room for everybody else.
  const { data, info } = await source
    .rotate()
    .resize({ width: widths.at(-1), withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw eventError('image_unreadable')
    })
  const widest = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
  const variants: EncodedImage['variants'] = []
  for (const w of widths) {
    const sized = widest.clone().resize({ width: w, withoutEnlargement: true })
    variants.push({ width: w, format: 'avif', bytes: await sized.clone().avif({ quality: 50, effort: 3, chromaSubsampling: '4:2:0' }).toBuffer() })
    variants.push({ width: w, format: 'webp', bytes: await sized.clone().webp({ quality: 78 }).toBuffer() })
  }
  return { width, height, variants }
}

async function uprightSize(source: Sharp): Promise<{ width: number; height: number }> {
  const meta = await source.metadata().catch((error: Error) => {
    throw eventError(error.message.includes('pixel limit') ? 'image_too_large' : 'image_unreadable')
  })
  if (meta.width * meta.height > MAX_PIXELS) throw eventError('image_too_large')
  // EXIF orientations 5 to 8 lie on their side.
  return (meta.orientation ?? 1) >= 5 ? { width: meta.height, height: meta.width } : { width: meta.width, height: meta.height }
}

/** Keeps every variant under the image's id. */
export async function storeImage(app: Pick<App, 'files'>, id: string, image: EncodedImage): Promise<void> {
  await Promise.all(image.variants.map((variant) => app.files.put(`${id}/${variant.width}.${variant.format}`, variant.bytes)))
}

/** Keeps a copy of an image under another id; false where the original's files are gone. */
export async function copyImage(app: Pick<App, 'files'>, from: string, to: string, widths: readonly number[]): Promise<boolean> {
  for (const width of widths) {
    for (const format of IMAGE_FORMATS) {
      const bytes = await findImage(app, from, width, format)
      if (!bytes) return false
      await app.files.put(`${to}/${width}.${format}`, bytes)
    }
  }
  return true
}

export async function removeImage(app: Pick<App, 'files'>, id: string): Promise<void> {
  await app.files.remove(id)
}

/** The bytes of one variant, or null. An image's id is random: who knows it was shown the image. */
export async function findImage(app: Pick<App, 'files'>, id: string, width: number, format: ImageFormat): Promise<Buffer | null> {
  if (!isUuid(id) || !WIDTHS.includes(width)) return null
  return app.files.get(`${id.toLowerCase()}/${width}.${format}`)
}
