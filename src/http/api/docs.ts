// GET /api/docs: the API's description as a page.
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { DocsPage, type ApiDescription } from './docs-page.tsx'

const css = readFileSync(new URL('./docs.css', import.meta.url))

export async function docsPages(server: FastifyInstance): Promise<void> {
  let html: string | undefined
  server.get('/api/docs', async (_request, reply) => {
    // The description belongs to the API's own plugin: asked for as anybody would, once.
    html ??= `<!doctype html>${render(h(DocsPage, { api: (await server.inject('/api/v1/openapi.json')).json<ApiDescription>() }))}`
    return reply.type('text/html; charset=utf-8').send(html)
  })
  server.get('/api/docs.css', async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(css),
  )
}
