// /files/{id}/{width}.{avif|webp}: cover images, and photos of people. Each address always shows the same bytes.
import type { FastifyInstance } from 'fastify'
import { findImage, type ImageFormat } from '#src/modules/events/cover-image.ts'
import { findPhoto, PHOTO_SIZE } from '#src/modules/identity/photo.ts'
import type { App } from '#src/platform/app.ts'

const VARIANT = /^(\d{1,4})\.(avif|webp)$/

export async function filePages(server: FastifyInstance, app: App): Promise<void> {
  server.get<{ Params: { id: string; variant: string } }>('/files/:id/:variant', async (request, reply) => {
    const [, width, format] = VARIANT.exec(request.params.variant) ?? []
    const { id } = request.params
    const photo = width === String(PHOTO_SIZE) && format === 'webp'
    const bytes = width === undefined ? null : photo ? await findPhoto(app, id) : await findImage(app, id, Number(width), format as ImageFormat)
    if (!bytes) return reply.callNotFound()
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('content-disposition', 'inline')
      .type(`image/${format}`)
      .send(bytes)
  })
}
