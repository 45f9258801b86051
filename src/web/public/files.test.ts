// Cover images as browsers fetch them.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { setCover } from '#src/modules/events/change-cover.ts'
import { testApp } from '#test/app.ts'
import { buildEvent } from '#test/factories.ts'

const app = testApp()

test('serves each size and format for good, and nothing else', async () => {
  const event = await buildEvent(app)
  const upload = await sharp({ create: { width: 1000, height: 500, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer()
  const { cover } = await setCover(app, event.organizer.owner, event.slug, upload)
  for (const width of [480, 960]) {
    for (const format of ['avif', 'webp']) {
      const file = await app.server.inject(`/files/${cover!.id}/${width}.${format}`)
      expect(file.statusCode).toBe(200)
      expect(file.headers).toMatchObject({
        'content-type': `image/${format}`,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      })
      expect((await sharp(file.rawPayload).metadata()).width).toBe(width)
    }
  }
  for (const path of [
    `${cover!.id}/1600.webp`,
    `${cover!.id}/480.svg`,
    `${cover!.id}/481.webp`,
    '00000000-0000-4000-8000-000000000000/480.webp',
    '..%2f..%2fsecret/480.webp',
  ]) {
    expect((await app.server.inject(`/files/${path}`)).statusCode).toBe(404)
  }
})
