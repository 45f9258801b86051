// Pages as the worker gives them out: a kept copy that says so, the offline page with the list of what is kept.
import { isPage, keptAtOf, listOrders, tokenIn, type KeptOrder } from './kept.ts'
import { shell, type Language } from './scope.ts'

const SHELL = 'guichet-shell-'
const LANGUAGE = 'guichet-language'
const SHELL_CACHE = SHELL + shell.version

/** Brings the offline pages and what they need. All or nothing: half an offline page is none. */
export async function storeShell(): Promise<void> {
  const cache = await caches.open(SHELL_CACHE)
  // Past the browser's own cache, where the former release may lie; what lies under /assets/ never changes under its name.
  await cache.addAll(shell.files.map((path) => new Request(path, { cache: path.startsWith('/assets/') ? 'default' : 'reload' })))
}

export async function dropFormerShells(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(SHELL) && name !== SHELL_CACHE) await caches.delete(name)
}

/** A ticket's page as it was kept, with a line that says from when. */
export async function copyOf(kept: Response): Promise<Response> {
  if (!isPage(kept.headers)) return kept
  const language = kept.headers.get('content-language') ?? ''
  const line = speak(language).copy.replace('{time}', timeOf(keptAtOf(kept), language))
  const html = (await kept.text()).replace(/<main\b[^>]*>/, (main) => `${main}<p class="hint" data-copy>${escape(line)}</p>`)
  return new Response(html, { headers: kept.headers })
}

/** What stands in for a page that can't be reached. */
export async function offlinePage(url: URL): Promise<Response> {
  const language = await languageOf(url)
  const page = await caches.match(shell.languages[language]!.page, { ignoreVary: true })
  return page ? withList(new Response(page.body, { status: 503, headers: page.headers })) : Response.error()
}

/** The page with what is kept on this phone in its place. */
export async function withList(page: Response): Promise<Response> {
  const [html, orders] = await Promise.all([page.text(), listOrders()])
  const language = page.headers.get('content-language') ?? ''
  const headers = new Headers(page.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  const list = orders.map((order) => itemOf(order, language)).join('')
  return new Response(list ? html.replace(/<!--kept-->[^]*<!--\/kept-->/, () => `<ul class="tickets" data-kept-list>${list}</ul>`) : html, {
    status: page.status,
    headers,
  })
}

function itemOf(order: KeptOrder, language: string): string {
  const { path, title, when } = order
  const values: Record<string, string> = { path, title, when, time: timeOf(order.keptAt, language), forget: `/t/${tokenIn(path)}/forget` }
  // In one go: what stands in a title is never taken for a place to fill.
  return speak(language).item.replaceAll(/\{(\w+)\}/g, (place, name: string) => escape(values[name] ?? place))
}

let known: string | undefined

/** The reader's language is in each page's header; it is needed when no page comes. */
export async function rememberLanguage(response: Response): Promise<void> {
  const language = response.headers.get('content-language')
  if (!language || !(language in shell.languages) || language === known) return
  known = language
  await (await caches.open(LANGUAGE)).put('/', new Response(language))
}

async function languageOf(url: URL): Promise<string> {
  const stored = known ?? (await (await caches.match('/', { cacheName: LANGUAGE }))?.text())
  const wishes = [url.searchParams.get('lang'), stored, navigator.language.slice(0, 2), ...Object.keys(shell.languages)]
  return wishes.find((wish) => wish && wish in shell.languages)!
}

function speak(language: string): Language {
  return shell.languages[language] ?? Object.values(shell.languages)[0]!
}

function timeOf(milliseconds: number, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeStyle: 'short' }).format(milliseconds)
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
