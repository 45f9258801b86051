// The stylesheets (plain CSS, read once, served compressed under addresses that change with their content) and the icon.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { ICON } from './icon.ts'
import { chooseEncoding, compress, type Encoding } from './page.ts'

type Sheet = { css: Buffer; address: string }

function sheet(name: string, files: readonly string[]): Sheet {
  const css = Buffer.from(
    files
      .map((file) => readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'))
      .join('\n')
      .replaceAll(/\/\*[^]*?\*\//g, '')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/ ?([{};]) ?/g, '$1')
      .replaceAll(/([{;][\w-]+): /g, '$1:')
      .replaceAll(';}', '}'),
  )
  return { css, address: `/assets/${name}-${createHash('sha256').update(css).digest('hex').slice(0, 10)}.css` }
}

const EVERYWHERE = sheet('styles', ['tokens.css', 'base.css', 'components.css'])
/** Of few pages each: strangers on slow networks need none of it. */
const GATE = sheet('gate', ['gate.css'])
const RAIL = sheet('rail', ['rail.css'])

/** Where pages find them. */
export const STYLESHEET = EVERYWHERE.address
export const GATE_STYLESHEET = GATE.address
export const RAIL_STYLESHEET = RAIL.address

export function serveStylesheet(server: FastifyInstance): void {
  server.get('/icon.svg', { logLevel: 'silent' }, (_request, reply) =>
    reply.header('content-type', 'image/svg+xml').header('cache-control', 'public, max-age=86400').send(ICON),
  )
  for (const { css, address } of [EVERYWHERE, GATE, RAIL]) {
    // Best compression takes milliseconds: done once per encoding, when first asked for.
    const variants = new Map<Encoding, Buffer>()
    server.get(address, { logLevel: 'silent' }, (request, reply) => {
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
}
