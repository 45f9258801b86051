// The one file that a form sends. Its plugin, `@fastify/multipart`, is registered by the page that takes it.
import type { FastifyRequest } from 'fastify'
import { identityError } from '#src/modules/identity/errors.ts'

/**
 * The file's bytes; empty where none was chosen.
 * @throws `image_too_large` beyond the plugin's limit; `image_unreadable` where what came is no form at all
 */
export async function readUpload(request: FastifyRequest): Promise<Buffer> {
  try {
    return (await (await request.file())?.toBuffer()) ?? Buffer.alloc(0)
  } catch (error) {
    const { code, statusCode } = error as { code?: string; statusCode?: number }
    if (code === 'FST_REQ_FILE_TOO_LARGE') throw identityError('image_too_large')
    // Errors of the parser below the plugin have no status: the bytes are at fault, not we.
    throw statusCode === undefined ? identityError('image_unreadable') : error
  }
}
