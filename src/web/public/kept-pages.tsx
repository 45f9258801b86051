// Tickets without a network: the service worker at the root, the pages that it shows offline, and /kept, the list of what is on this phone.
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { renderToString } from 'preact-render-to-string'
import type { Locale } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { LOCALES, messages } from '#src/locales/locale.ts'
import type { Shell } from '../service-worker/tickets/scope.ts'
import { asset, workerScript } from '../ui/assets.ts'
import { Ticket } from '../ui/components.tsx'
import { Layout } from '../ui/layout.tsx'
import { chooseEncoding, compress, pageOf, renderPage, sendPage, type Encoding, type PageContext } from '../ui/page.ts'
import { STYLESHEET } from '../ui/stylesheet.ts'

const SHELL_FILES = ['/icon.svg', STYLESHEET]

export async function keptPages(server: FastifyInstance): Promise<void> {
  const offline = (locale: Locale) => <OfflinePage page={strangersPage(locale)} />

  for (const locale of LOCALES)
    server.get(offlineAddress(locale), (request, reply) => {
      request.actor = { kind: 'visitor', locale, ip: request.ip }
      return sendPage(reply, offline(locale))
    })

  server.get('/kept', (request, reply) => sendPage(reply, <KeptPage page={pageOf(request)} />))

  // The worker answers this itself. Where there is none, nothing is kept, and nothing has to be forgotten.
  server.post('/t/:token/forget', { config: { addressIsSecret: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect('/kept', 303),
  )

  const script = workerScript('tickets')
  const shell = makeShell(offline, script ?? '')
  const bytes = Buffer.from(script?.replaceAll('GUICHET_SHELL', () => JSON.stringify(shell)) ?? '')
  const variants = new Map<Encoding, Buffer>()
  // At the root, since a worker governs what lies below its address. Never from a browser's memory: it must see each release.
  server.get('/service-worker.js', { logLevel: 'silent' }, (request, reply) => {
    if (!script) throw kernelError('not_found')
    const encoding = chooseEncoding(request.headers['accept-encoding'])
    let body = variants.get(encoding)
    if (!body) variants.set(encoding, (body = compress(bytes, encoding, true)))
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    return reply.header('cache-control', 'no-cache').header('vary', 'accept-encoding').type('text/javascript; charset=utf-8').send(body)
  })
}

/** What the worker stores, under a version that changes with any byte of it or of the worker. */
function makeShell(offline: (locale: Locale) => ReturnType<typeof OfflinePage>, script: string): Shell {
  const digest = createHash('sha256').update(script)
  const languages: Record<string, Shell['languages'][string]> = {}
  for (const locale of LOCALES) {
    const { copy } = messages(locale).offline
    languages[locale] = { page: offlineAddress(locale), copy, item: renderToString(<KeptItem page={strangersPage(locale)} />) }
    digest.update(renderPage(offline(locale)))
  }
  const files = [...Object.values(languages).map(({ page }) => page), ...SHELL_FILES, asset('islands/offline.ts')]
  return {
    version: digest
      .update(JSON.stringify([files, languages]))
      .digest('hex')
      .slice(0, 12),
    files,
    languages,
  }
}

function offlineAddress(locale: Locale): string {
  return `/offline/${locale}`
}

/** Nobody's page: it lies on phones whoever is signed in. Other languages are asked for at the start page. */
function strangersPage(locale: Locale): PageContext {
  return { locale, t: messages(locale), actor: { kind: 'visitor', locale, ip: null }, path: '/', query: '' }
}

function OfflinePage({ page }: { page: PageContext }) {
  const t = page.t.offline
  return (
    <Layout page={page} title={t.title} noindex narrow>
      <div class="stack stack--loose">
        <div class="stack">
          <h1>{t.title}</h1>
          <p class="lead">{t.lead}</p>
          <p>{t.paying}</p>
          <p>
            {/* Where this page stands in for another, the empty address is the other's. */}
            <a class="button button--primary" href="">
              {t.retry}
            </a>
          </p>
        </div>
        <section class="stack" aria-labelledby="kept">
          <h2 id="kept">{t.keptTitle}</h2>
          <KeptList page={page} />
        </section>
      </div>
    </Layout>
  )
}

function KeptPage({ page }: { page: PageContext }) {
  const t = page.t.offline
  return (
    <Layout page={page} title={t.keptTitle} noindex narrow>
      <div class="stack">
        <h1>{t.keptTitle}</h1>
        <p class="lead">{t.keptLead}</p>
        <KeptList page={page} />
      </div>
    </Layout>
  )
}

/** One order of the list. The phone fills in what stands between braces. */
function KeptItem({ page }: { page: PageContext }) {
  const t = page.t.offline
  return (
    <Ticket
      as="li"
      stub={
        <form method="post" action="{forget}" class="spread small">
          <span class="soft">{t.kept}</span>
          <button class="link-button">{t.forget}</button>
        </form>
      }
    >
      <p>
        <a href="{path}">
          <strong>{'{title}'}</strong>
        </a>
      </p>
      <p class="soft">{'{when}'}</p>
    </Ticket>
  )
}

/** Only the phone knows what is on it: its worker puts the list between the two comments. */
function KeptList({ page }: { page: PageContext }) {
  return <div dangerouslySetInnerHTML={{ __html: `<!--kept--><p>${page.t.offline.none}</p><!--/kept-->` }} />
}
