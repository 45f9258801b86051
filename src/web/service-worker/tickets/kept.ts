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

let turn: Promise<unknown> = Promise.resolve()

/** One change after the other, since each looks at everything that is kept. Nothing in a turn waits for the network. */
function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const done = turn.then(change, change)
  turn = done
  return done
}

/** Keeps the network's answer, or forgets what it took back. */
export async function update(path: string, response: Response): Promise<void> {
  const token = tokenIn(path)
  if (!token) return
  const html = await inTurn(async () => {
    const kept = await keepOrDrop(path, token, response)
    await dropSurplus()
    return kept
  })
  if (html === undefined) return
  await storeFiles(filesIn(html))
  if (path === `/t/${token}`) await bringScreens(token, html, response.headers.get('content-language'))
}

/** @returns the page that is now kept; undefined where there is none, or no page */
async function keepOrDrop(path: string, token: string, response: Response): Promise<string | undefined> {
  const tickets = await caches.open(TICKETS)
  if (!response.ok || !permitOf(response)) {
    // Only our own pages may take something back, not the error page of some proxy in between.
    const ours = response.headers.has('content-language') && (response.ok || response.status === 404 || response.status === 410)
    if (ours && path === `/t/${token}`) await dropOrder(token)
    else if (ours) await tickets.delete(path)
    return undefined
  }
  const body = await response.blob()
  if (body.size > MAX_BYTES) return undefined
  const headers = new Headers(response.headers)
  // The body is no longer what these speak of.
  headers.delete('content-encoding')
  headers.delete('content-length')
  headers.set(KEPT_AT, String(Date.now()))
  await tickets.put(path, new Response(body, { headers }))
  if (!isPage(headers)) return undefined
  const html = await body.text()
  if (path === `/t/${token}`) await dropOthers(token, screensIn(token, html))
  return html
}

/** The order's page names its valid tickets: what belongs to any other of the order's goes. */
async function dropOthers(token: string, screens: readonly string[]): Promise<void> {
  const tickets = await caches.open(TICKETS)
  for (const { url } of await tickets.keys()) {
    const path = new URL(url).pathname
    const ticket = /\/(?:show|tickets)\/([^/.]+)/.exec(path)?.[1]
    if (ticket && tokenIn(path) === token && !screens.includes(`/t/${token}/show/${ticket}`)) await tickets.delete(path)
  }
}

/** Full-screen tickets come along with their order, in its language. */
async function bringScreens(token: string, html: string, language: string | null): Promise<void> {
  for (const screen of screensIn(token, html).slice(0, MAX_SCREENS)) {
    if ((await findKept(screen))?.headers.get('content-language') === language) continue
    const answer = await fetch(screen).catch(() => undefined)
    // Forgotten meanwhile, it must not come back.
    if (answer) await inTurn(async () => (await findKept(`/t/${token}`)) && keepOrDrop(screen, token, answer))
  }
}

function screensIn(token: string, html: string): string[] {
  return [...new Set(html.match(new RegExp(`/t/${token}/show/[^"?#]+`, 'g')))]
}

export function forget(token: string): Promise<void> {
  return inTurn(async () => {
    await dropOrder(token)
    await dropUnusedFiles()
  })
}

async function dropOrder(token: string): Promise<void> {
  const tickets = await caches.open(TICKETS)
  for (const { url } of await tickets.keys()) if (tokenIn(new URL(url).pathname) === token) await tickets.delete(url)
}

export function forgetEverything(): Promise<void> {
  return inTurn(async () => {
    await Promise.all([caches.delete(TICKETS), caches.delete(FILES)])
  })
}

/** The orders kept here, the last opened first. */
export async function listOrders(): Promise<KeptOrder[]> {
  const tickets = await caches.open(TICKETS)
  const orders = new Map<string, KeptOrder & { rank: number }>()
  for (const request of await tickets.keys()) {
    const path = new URL(request.url).pathname
    const kept = await findKept(path)
    const permit = kept && permitOf(kept)
    if (!kept || !permit) continue
    const token = tokenIn(path)!
    // The order's own page stands for it; else a single ticket that was opened by itself, or a file.
    const rank = path === `/t/${token}` ? 0 : isPage(kept.headers) ? 1 : 2
    if (rank < (orders.get(token)?.rank ?? 3)) orders.set(token, { ...permit, path, keptAt: keptAtOf(kept), rank })
  }
  return [...orders.values()].sort((a, b) => b.keptAt - a.keptAt)
}

/** What is over goes, and the oldest where there are too many. */
export function tidy(): Promise<void> {
  return inTurn(dropSurplus)
}

async function dropSurplus(): Promise<void> {
  const tickets = await caches.open(TICKETS)
  const surplus = new Set((await listOrders()).slice(MAX_ORDERS).map((order) => tokenIn(order.path)))
  for (const { url } of await tickets.keys()) {
    const path = new URL(url).pathname
    if (surplus.has(tokenIn(path)) || !(await findKept(path))) await tickets.delete(url)
  }
  await dropUnusedFiles()
}

/** Built files that a page names; and the icon. */
function filesIn(html: string): string[] {
  return [...new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"]+|\/icon\.svg)"/g)].map((match) => match[1]!))]
}

/** Of a page that is kept already: nobody takes its files for unused meanwhile. */
async function storeFiles(paths: readonly string[]): Promise<void> {
  const files = await caches.open(FILES)
  for (const path of paths) if (!shell.files.includes(path) && !(await files.match(path))) await files.add(path).catch(() => {})
}

async function dropUnusedFiles(): Promise<void> {
  const [tickets, files] = await Promise.all([caches.open(TICKETS), caches.open(FILES)])
  const stored = await files.keys()
  const used = new Set<string>()
  for (const response of await tickets.matchAll()) if (isPage(response.headers)) for (const path of filesIn(await response.text())) used.add(path)
  for (const { url } of stored) if (!used.has(new URL(url).pathname)) await files.delete(url)
}

/** When this copy was made, in milliseconds. */
export function keptAtOf(copy: Response): number {
  return Number(copy.headers.get(KEPT_AT))
}

export function isPage(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('text/html') ?? false
}
