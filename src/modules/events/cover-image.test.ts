import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, type BuiltEvent } from '#test/factories.ts'
import { removeCover, setCover } from './change-cover.ts'
import { sniffFormat } from '#src/platform/sniff-image.ts'
import { encodeImage, findImage, MAX_UPLOAD_BYTES } from './cover-image.ts'

const refusal = (code: string) => expect.objectContaining({ code }) as Error
const SECRET = 'taken at home, 6.3703 N 2.3912 E'

/** A photo lying on its side, with a place and a text in its metadata. */
function photo(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#2a6f4e' } })
    .withExif({ IFD0: { ImageDescription: SECRET, Copyright: SECRET }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '6/1 22/1 13/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
}

/** A few bytes that claim to unfold to this size. */
async function pngClaiming(width: number, height: number): Promise<Buffer> {
  const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'black' } })
    .png()
    .toBuffer()
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  return png
}

describe('encoding', () => {
  test('makes every width up to the image’s own, upright, without metadata', async () => {
    const upload = await photo(600, 1000)
    expect((await sharp(upload).metadata()).exif).toBeDefined()
    expect(upload.includes(SECRET)).toBe(true)
    const image = await encodeImage(upload)
    expect(image).toMatchObject({ width: 1000, height: 600 })
    expect(image.variants.map(({ width, format }) => `${width}.${format}`)).toEqual(['480', '720', '960'].flatMap((w) => [`${w}.avif`, `${w}.webp`]))
    for (const { bytes, width, format } of image.variants) {
      const meta = await sharp(bytes).metadata()
      expect(meta).toMatchObject({ width, height: Math.round(width * 0.6), format: format === 'avif' ? 'heif' : 'webp' })
      expect([meta.exif, meta.xmp, meta.iptc]).toEqual([undefined, undefined, undefined])
      expect(bytes.includes(SECRET)).toBe(false)
    }
  })

  test('never enlarges a small image', async () => {
    const image = await encodeImage(
      await sharp({ create: { width: 200, height: 100, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    )
    expect(image.variants.map((variant) => variant.width)).toEqual([480, 480])
    expect(await sharp(image.variants[1]!.bytes).metadata()).toMatchObject({ width: 200, height: 100 })
  })

  test('keeps nothing of what is hidden behind an image', async () => {
    const polyglot = Buffer.concat([
      await sharp({ create: { width: 500, height: 300, channels: 3, background: 'blue' } })
        .png()
        .toBuffer(),
      Buffer.from('<script>alert(1)</script>PK\x03\x04'),
    ])
    for (const { bytes } of (await encodeImage(polyglot)).variants) {
      expect(bytes.includes('<script>')).toBe(false)
      expect(bytes.includes('PK\x03\x04')).toBe(false)
    }
  })

  test.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['SVG after an XML declaration', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['a GIF that is a script', 'GIF89a/*\x01\x00*/=alert(1)//'],
    ['a PDF', '%PDF-1.7'],
    ['a ZIP', 'PK\x03\x04'],
    ['TIFF', 'II*\0'],
    ['nothing', ''],
  ])('refuses %s', async (_, text) => {
    await expect(encodeImage(Buffer.from(text, 'latin1'))).rejects.toThrow(refusal('unsupported_media_type'))
  })

  test('refuses what only begins like an image, and an image cut short', async () => {
    const heads = [
      '\xff\xd8\xff<svg xmlns="http://www.w3.org/2000/svg"/>',
      '\x89PNG\r\n\x1a\n<script>',
      'RIFF\x10\0\0\0WEBP<script>',
      '\0\0\0\x18ftypavif<script>',
    ]
    for (const head of heads) await expect(encodeImage(Buffer.from(head, 'latin1'))).rejects.toThrow(refusal('image_unreadable'))
    const whole = await photo(800, 800)
    await expect(encodeImage(whole.subarray(0, whole.length - 800))).rejects.toThrow(refusal('image_unreadable'))
  })

  test('refuses a huge image without decoding it, and a huge file', async () => {
    await expect(encodeImage(await pngClaiming(20_000, 20_000))).rejects.toThrow(refusal('image_too_large'))
    await expect(encodeImage(Buffer.alloc(MAX_UPLOAD_BYTES + 1))).rejects.toThrow(refusal('image_too_large'))
  })

  test('tells formats by their first bytes', async () => {
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background: 'white' } })
    for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) expect(sniffFormat(await image.clone().toFormat(format).toBuffer())).toBe(format)
  })
})

describe('a cover', () => {
  const app = testApp()
  let event: BuiltEvent
  let upload: Buffer
  beforeAll(async () => {
    event = await buildEvent(app)
    upload = await sharp({ create: { width: 500, height: 250, channels: 3, background: 'green' } })
      .jpeg()
      .toBuffer()
  })

  test('is kept, replaced and taken away with its files', async () => {
    const first = (await setCover(app, event.organizer.owner, event.slug, upload)).cover!
    expect(first).toMatchObject({ width: 500, height: 250, widths: [480] })
    expect(await findImage(app, first.id, 480, 'avif')).not.toBeNull()
    const second = (await setCover(app, event.organizer.owner, event.slug, upload)).cover!
    expect(second.id).not.toBe(first.id)
    expect(await findImage(app, first.id, 480, 'avif')).toBeNull()
    expect((await removeCover(app, event.organizer.owner, event.slug)).cover).toBeNull()
    expect(await findImage(app, second.id, 480, 'webp')).toBeNull()
    expect(await app.db.selectFrom('storedFile').select('id').execute()).toEqual([])
    expect((await removeCover(app, event.organizer.owner, event.slug)).cover).toBeNull()
  })

  test('is nobody else’s to change', async () => {
    const other = await buildOrganizer(app)
    await expect(setCover(app, other.owner, event.slug, upload)).rejects.toThrow(refusal('not_found'))
    await expect(setCover(app, await buildMember(app, event.organizer.id, 'agent'), event.slug, upload)).rejects.toThrow(refusal('forbidden'))
    await expect(removeCover(app, other.owner, event.slug)).rejects.toThrow(refusal('not_found'))
  })

  test('asks for nothing outside of its own files', async () => {
    for (const id of ['../../etc/passwd', 'x', '']) expect(await findImage(app, id, 480, 'webp')).toBeNull()
    expect(await findImage(app, '00000000-0000-4000-8000-000000000000', 481, 'webp')).toBeNull()
  })
})
