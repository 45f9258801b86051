// The service worker of all pages: tickets that were opened stay on the phone, and without a network there is a page that says so.
// Everything else goes to the network untouched. Why it may keep tickets, and how long: docs/decisions/0018.
import { findKept, forget, forgetEverything, TICKETS, tidy, tokenIn, update } from './tickets/kept.ts'
import { worker, type FetchEvent } from './tickets/scope.ts'
import { copyOf, dropFormerShells, offlinePage, rememberLanguage, storeShell, withList } from './tickets/show.ts'

/** Longer than this and somebody at a door is better served by the copy. The answer still renews it when it comes. */
const PATIENCE_MS = 3000
/** The gate's pages are somebody else's: a worker of their own, with this scope, takes precedence over this one. */
const GATE = /^\/gate(?:\/|$)/
/** Signing out, and leaving for good: somebody expects that nothing of theirs stays. */
const LEAVING = /^\/(?:logout|account\/data\/erase)$/

worker.addEventListener('install', (event) => {
  // Taking over at once is safe: pages come from the network, and a kept one brings the files of its own release.
  event.waitUntil(storeShell().then(() => worker.skipWaiting()))
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

async function takeOver(): Promise<void> {
  await worker.registration.navigationPreload?.enable()
  await worker.clients.claim()
  await dropFormerShells()
  for (const name of await caches.keys()) if (name.startsWith('guichet-tickets-') && name !== TICKETS) await caches.delete(name)
  await tidy()
  // A ticket opened from a mail is often the first page of ours on a phone: it was there before this worker.
  for (const { url } of await worker.clients.matchAll({ type: 'window', includeUncontrolled: true })) {
    const path = new URL(url).pathname
    if (tokenIn(path))
      await fetch(path).then(
        (answer) => update(path, answer),
        () => {},
      )
  }
}

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== worker.location.origin) return
  if (request.method === 'POST') answerPost(event, url)
  if (request.method !== 'GET') return
  if (tokenIn(url.pathname)) event.respondWith(showTicket(event, url))
  else if (request.mode === 'navigate') event.respondWith(GATE.test(url.pathname) ? fromNetwork(event) : showPage(event, url))
  else if (/^\/(?:assets\/|icon\.svg$)/.test(url.pathname) && !GATE.test(pathOf(request.referrer))) event.respondWith(findFile(request))
})

/** No answer to a POST is ever kept. Signing out forgets; so does the button that says so. */
function answerPost(event: FetchEvent, url: URL): void {
  if (LEAVING.test(url.pathname)) event.respondWith(leave(event.request))
  const token = /^\/t\/([^/]+)\/forget$/.exec(url.pathname)?.[1]
  if (token) event.respondWith(forget(token).then(() => Response.redirect('/kept', 303)))
}

/** A wish to leave that was refused (a wrong password, another site's form) is none; without an answer, what is on the phone goes all the same. */
async function leave(request: Request): Promise<Response> {
  const answer = await fetch(request).catch(() => Response.error())
  if (answer.status < 400) await forgetEverything()
  return answer
}

/** The network's answer where it comes in time: a refunded ticket must say so. Else the copy, if there is one. */
async function showTicket(event: FetchEvent, url: URL): Promise<Response> {
  const path = url.pathname
  const network = fromNetwork(event).then((response) => {
    // Read and kept while the page is already being shown.
    event.waitUntil(update(path, response.clone()).catch(() => {}))
    return response
  })
  event.waitUntil(network.catch(() => {}))
  const kept = await findKept(path)
  if (!kept) return network.catch(() => (event.request.mode === 'navigate' ? offlinePage(url) : Response.error()))
  const inTime = await Promise.race([
    network.then(
      (response) => (response.status >= 500 || response.status === 429 ? undefined : response),
      () => undefined,
    ),
    new Promise<undefined>((resolve) => {
      setTimeout(resolve, PATIENCE_MS)
    }),
  ])
  return inTime ?? copyOf(kept)
}

async function showPage(event: FetchEvent, url: URL): Promise<Response> {
  try {
    const response = await fromNetwork(event)
    event.waitUntil(rememberLanguage(response))
    return url.pathname === '/kept' ? await withList(response) : response
  } catch {
    return offlinePage(url)
  }
}

/** A built file that a kept page or the offline page needs; every other comes from the network, or from the browser's own cache. */
async function findFile(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

async function fromNetwork(event: FetchEvent): Promise<Response> {
  return (await event.preloadResponse) ?? fetch(event.request)
}

/** Of a referrer, which is empty where the page tells nobody. */
function pathOf(address: string): string {
  return address ? new URL(address).pathname : ''
}
