// The tickets kept on this phone. The server says what may be kept and until when; here it is only obeyed.
import { shell } from './scope.ts'

/** Another number where an older form can't be read any more: what is kept under the former one goes. */
export const TICKETS = 'guichet-tickets-1'
/** What kept pages need to look as they did: each names its own release's files. */
const FILES = 'guichet-files-1'
const MAX_ORDERS = 10
const MAX_BYTES = 2_000_000
/** Full-screen tickets that come along with their order: opened at the door, where there may be no network. */
const MAX_SCREENS = 12

const PERMIT = 'guichet-keep'
const KEPT_AT = 'guichet-kept-at'

type Permit = { until: number; title: string; when: string }
export type KeptOrder = Permit & { path: string; keptAt: number }

const TICKET_PATH = /^\/t\/([^/]+)(?:\/show\/[^/]+|\/tickets\.pdf|\/tickets\/[^/]+\.(?:pdf|png|svg))?$/

/** The secret in a ticket's address; undefined for every other address. */
export function tokenIn(path: string): string | undefined {
  return TICKET_PATH.exec(path)?.[1]
}

function permitOf(response: Response): Permit | undefined {
  try {
    const permit = JSON.parse(decodeURIComponent(response.headers.get(PERMIT) ?? '')) as Permit
    return permit.until > Date.now() ? permit : undefined
  } catch {
    return undefined
  }
}

/** The copy of this address, unless its time is over. */
export async function findKept(path: string): Promise<Response | undefined> {
  const found = await (await caches.open(TICKETS)).match(path, { ignoreVary: true })
  return found && permitOf(found) ? found : undefined
}

/** Keeps the network's answer, or forgets what it took back. */
export async function update(path: string, response: Response): Promise<void> {
  await keepOrDrop(path, response)
  await tidy()
}

async function keepOrDrop(path: string, response: Response): Promise<void> {
  const token = tokenIn(path)
  if (!token) return
  if (response.ok && permitOf(response)) return keep(path, token, response)
  // Only our own pages may take something back, not the error page of some proxy in between.
  const ours = response.headers.has('content-language')
  if (!ours || (!response.ok && response.status !== 404 && response.status !== 410)) return
  if (path === `/t/${token}`) await forget(token)
  else await (await caches.open(TICKETS)).delete(path)
}

async function keep(path: string, token: string, response: Response): Promise<void> {
  const body = await response.blob()
  if (body.size > MAX_BYTES) return
  const headers = new Headers(response.headers)
  // The body is no longer what these speak of.
  headers.delete('content-encoding')
  headers.delete('content-length')
  headers.set(KEPT_AT, String(Date.now()))
  const tickets = await caches.open(TICKETS)
  await tickets.put(path, new Response(body, { headers }))
  if (!headers.get('content-type')?.startsWith('text/html')) return
  const html = await body.text()
  await storeFiles(filesIn(html))
  if (path === `/t/${token}`) await followOrder(token, html, headers.get('content-language'))
}

/** The order's page names its valid tickets: their full-screen pages come along, what belongs to any other ticket goes. */
async function followOrder(token: string, html: string, language: string | null): Promise<void> {
  const tickets = await caches.open(TICKETS)
  const screens = [...new Set(html.match(new RegExp(`/t/${token}/show/[^"?#]+`, 'g')))]
  const valid = screens.map((screen) => screen.split('/').at(-1)!)
  for (const { url } of await tickets.keys()) {
    const path = new URL(url).pathname
    const ticket = /\/(?:show|tickets)\/([^/.]+)/.exec(path)?.[1]
    if (tokenIn(path) === token && ticket && !valid.includes(ticket)) await tickets.delete(path)
  }
  for (const screen of screens.slice(0, MAX_SCREENS)) {
    const kept = await findKept(screen)
    if (kept?.headers.get('content-language') === language) continue
    await fetch(screen).then((answer) => keepOrDrop(screen, answer), ignore)
  }
}

export async function forget(token: string): Promise<void> {
  const tickets = await caches.open(TICKETS)
  for (const { url } of await tickets.keys()) if (tokenIn(new URL(url).pathname) === token) await tickets.delete(url)
  await dropUnusedFiles()
}

export async function forgetEverything(): Promise<void> {
  await Promise.all([caches.delete(TICKETS), caches.delete(FILES)])
}

/** The orders kept here, the last opened first. */
export async function listOrders(): Promise<KeptOrder[]> {
  const tickets = await caches.open(TICKETS)
  const orders = new Map<string, KeptOrder>()
  for (const request of await tickets.keys()) {
    const path = new URL(request.url).pathname
    const kept = await findKept(path)
    const permit = kept && permitOf(kept)
    if (!kept || !permit || !kept.headers.get('content-type')?.startsWith('text/html')) continue
    const token = tokenIn(path)!
    const keptAt = Number(kept.headers.get(KEPT_AT))
    const known = orders.get(token)
    // The order's own page where there is one; a single ticket that was opened by itself otherwise.
    if (!known || path === `/t/${token}`) orders.set(token, { ...permit, path, keptAt })
  }
  return [...orders.values()].sort((a, b) => b.keptAt - a.keptAt)
}

/** What is over goes, and the oldest where there are too many. */
export async function tidy(): Promise<void> {
  const tickets = await caches.open(TICKETS)
  const orders = await listOrders()
  const staying = new Set(orders.slice(0, MAX_ORDERS).map((order) => tokenIn(order.path)))
  for (const { url } of await tickets.keys()) {
    const path = new URL(url).pathname
    if (!staying.has(tokenIn(path)) || !(await findKept(path))) await tickets.delete(url)
  }
  await dropUnusedFiles()
}

/** Built files that a page names; and the icon. */
export function filesIn(html: string): string[] {
  return [...new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"]+|\/icon\.svg)"/g)].map((match) => match[1]!))]
}

async function storeFiles(paths: readonly string[]): Promise<void> {
  const files = await caches.open(FILES)
  for (const path of paths) if (!shell.files.includes(path) && !(await files.match(path))) await files.add(path).catch(ignore)
}

async function dropUnusedFiles(): Promise<void> {
  const [tickets, files] = await Promise.all([caches.open(TICKETS), caches.open(FILES)])
  const used = new Set<string>()
  for (const response of await tickets.matchAll())
    if (response.headers.get('content-type')?.startsWith('text/html')) for (const path of filesIn(await response.text())) used.add(path)
  for (const { url } of await files.keys()) if (!used.has(new URL(url).pathname)) await files.delete(url)
}

/** When this copy was made, in milliseconds. */
export function keptAtOf(copy: Response): number {
  return Number(copy.headers.get(KEPT_AT))
}

const ignore = () => {}
