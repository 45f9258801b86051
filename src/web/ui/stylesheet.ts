// The stylesheet (plain CSS, read once, served compressed under an address that changes with its content) and the icon.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { chooseEncoding, compress, type Encoding } from './page.ts'

const FILES = ['tokens.css', 'base.css', 'components.css', 'gate.css']

const css = Buffer.from(
  FILES.map((name) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8'))
    .join('\n')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\n\s+/g, '\n')
    .replaceAll(/\n{2,}/g, '\n'),
)

const ICON = readFileSync(new URL('./icon.svg', import.meta.url))

/** Where pages find it. */
export const STYLESHEET = `/assets/styles-${createHash('sha256').update(css).digest('hex').slice(0, 10)}.css`

export function serveStylesheet(server: FastifyInstance): void {
  server.get('/icon.svg', { logLevel: 'silent' }, (_request, reply) =>
    reply.header('content-type', 'image/svg+xml').header('cache-control', 'public, max-age=86400').send(ICON),
  )
  // Best compression takes milliseconds: done once per encoding, when first asked for.
  const variants = new Map<Encoding, Buffer>()
  server.get(STYLESHEET, { logLevel: 'silent' }, (request, reply) => {
    const encoding = chooseEncoding(request.headers['accept-encoding'])
    let body = variants.get(encoding)
    if (!body) variants.set(encoding, (body = compress(css, encoding, true)))
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    return reply
      .header('content-type', 'text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding')
      .send(body)
  })
}
