// /robots.txt and /sitemap.xml: what search engines may read, and every public event that is still to come.
import type { FastifyInstance } from 'fastify'
import type { App } from '#src/platform/app.ts'
import { createMemory } from '#src/platform/memory.ts'
import { listAnnounced, type Announced } from '#src/reads/list-announced.ts'

/** What is somebody's own or leads to a payment. The secret addresses of orders aren't named: naming them would say where secrets lie. */
const PRIVATE = ['/account', '/admin', '/api/', '/gate', '/organizer/', '/orders/', '/login', '/register']
const HOUR = 'public, max-age=3600'

export async function crawlerFiles(server: FastifyInstance, app: App): Promise<void> {
  server.get('/robots.txt', { logLevel: 'silent' }, (_request, reply) => {
    const lines = [
      'User-agent: *',
      ...PRIVATE.map((path) => `Disallow: ${path}`),
      'Disallow: /events/*/checkout',
      '',
      `Sitemap: ${app.publicUrl()}/sitemap.xml`,
    ]
    return reply
      .header('cache-control', HOUR)
      .type('text/plain; charset=utf-8')
      .send(`${lines.join('\n')}\n`)
  })

  // Anybody may ask, as often as they like: the database is asked once a minute.
  const memory = createMemory<'all', Announced>({ keptMs: 60_000, max: 1 })
  server.get('/sitemap.xml', async (_request, reply) => {
    const announced = (await memory.get('all', () => listAnnounced(app)))!
    return reply.header('cache-control', HOUR).type('application/xml; charset=utf-8').send(sitemap(app.publicUrl(), announced))
  })
}

function sitemap(origin: string, { events, organizers }: Announced): string {
  const urls = [
    { path: '/' },
    { path: '/events' },
    ...events.map(({ slug, updatedAt }) => ({ path: `/events/${slug}`, updatedAt })),
    ...organizers.map((slug) => ({ path: `/organizers/${slug}` })),
  ]
  const entries = urls.map(({ path, updatedAt }: { path: string; updatedAt?: Date }) => {
    const changed = updatedAt ? `<lastmod>${updatedAt.toISOString()}</lastmod>` : ''
    return `<url><loc>${origin}${path}</loc>${changed}</url>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries.join('\n')}\n</urlset>\n`
}
