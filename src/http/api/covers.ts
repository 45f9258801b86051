// /events/{slug}/cover: an upload as the request's body, or as a form's file.
import multipart from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { isDomainError, kernelError } from '#src/kernel/domain-error.ts'
import { removeCover, setCover } from '#src/modules/events/change-cover.ts'
import { MAX_UPLOAD_BYTES } from '#src/modules/events/cover-image.ts'
import type { App } from '#src/platform/app.ts'
import { getEventCard } from '#src/reads/list-events.ts'
import { eventJson, EventSchema, SlugParams } from './event-json.ts'
import type { ApiServer } from './native-api.ts'
import { refusals } from './schemas.ts'

const tags = ['Events']

export async function coversApi(parent: ApiServer, app: App): Promise<void> {
  // A scope of its own: no other route takes images or files.
  await parent.register(async (instance) => {
    const server = instance as ApiServer
    if (!server.hasContentTypeParser('multipart/form-data')) {
      await server.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: 5, parts: 6 } })
    }
    server.addContentTypeParser(/^(image\/|application\/octet-stream)/, { parseAs: 'buffer', bodyLimit: MAX_UPLOAD_BYTES }, (_request, body, done) =>
      done(null, body),
    )

    server.put(
      '/events/:slug/cover',
      {
        bodyLimit: MAX_UPLOAD_BYTES + 10_000,
        schema: {
          operationId: 'setCover',
          tags,
          summary: 'Set the cover image',
          consumes: ['image/*', 'multipart/form-data'],
          description:
            'JPEG, PNG, WebP or AVIF, at most 10 MB and 40 megapixels: as the body itself, or as a form’s file. It is re-encoded; metadata is dropped.',
          params: SlugParams,
          response: { 200: EventSchema, ...refusals },
        },
      },
      async (request) => {
        const event = await setCover(app, request.actor, request.params.slug, await uploadOf(request))
        return eventJson(app, event, await getEventCard(app.db, event.id))
      },
    )

    server.delete(
      '/events/:slug/cover',
      {
        schema: {
          operationId: 'removeCover',
          tags,
          summary: 'Take the cover image away',
          params: SlugParams,
          response: { 204: Type.Null(), ...refusals },
        },
      },
      async (request, reply) => {
        await removeCover(app, request.actor, request.params.slug)
        return reply.status(204).send(null)
      },
    )
  })
}

async function uploadOf(request: FastifyRequest): Promise<Buffer> {
  if (Buffer.isBuffer(request.body)) return request.body
  if (!request.isMultipart()) throw kernelError('unsupported_media_type')
  try {
    const file = await request.file()
    if (!file) throw kernelError('malformed_body')
    return await file.toBuffer()
  } catch (error) {
    // Errors of the parser below the plugin have no status: the bytes are at fault, not we.
    throw isDomainError(error) || (error as { statusCode?: number }).statusCode !== undefined ? error : kernelError('malformed_body')
  }
}
