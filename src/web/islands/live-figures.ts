// Figures that stay current while somebody looks: asks whether there is anything new, less and less often while there is not, and never while
// the page is hidden. What has changed is put in place when no finger, selection or focus is on it.
const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 60_000
// On a network that is down, or a server that is busy.
const LONGEST_RETRY_MS = 300_000
const ANNOUNCE_EVERY_MS = 60_000
const STILL_MS = 1000

const root = document.querySelector<HTMLElement>('[data-island="live-figures"]')
const state = root?.querySelector<HTMLElement>('[data-live-state]')
const status = root?.querySelector<HTMLElement>('[data-live-said]')
const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
const shortest = saving ? LONGEST_WAIT_MS : FIRST_WAIT_MS

let etag = root?.dataset.etag ?? ''
let wait = shortest
let timer: ReturnType<typeof setTimeout> | undefined
let asking = false
let currentAt = Date.now()
let fresh: HTMLElement | undefined
let down = false
let movedAt = 0
let saidAt = 0

function schedule(): void {
  clearTimeout(timer)
  if (document.visibilityState === 'visible') timer = setTimeout(() => void look(), wait)
}

async function look(): Promise<void> {
  if (!root?.dataset.href || asking) return
  asking = true
  try {
    const response = await fetch(root.dataset.href, { headers: { 'if-none-match': etag } })
    // Signed out, or not in the team any more: there is nothing to wait for.
    if (response.redirected || (response.status >= 400 && response.status < 500 && response.status !== 429)) return say('ended')
    if (response.status !== 304 && !response.ok) throw new Error(String(response.status))
    currentAt = Date.now()
    if (response.status === 304) wait = Math.min(wait * 1.3, LONGEST_WAIT_MS)
    else {
      etag = response.headers.get('etag') ?? ''
      fresh =
        new DOMParser().parseFromString(await response.text(), 'text/html').querySelector<HTMLElement>('[data-island="live-figures"]') ?? undefined
      wait = shortest
      place()
    }
    say('current')
  } catch {
    wait = Math.min(wait * 2, LONGEST_RETRY_MS)
    say('lost')
  } finally {
    asking = false
  }
  schedule()
}

/** Puts in place what came, block by block; what somebody is busy with waits. */
function place(): void {
  if (!fresh || !root) return
  const hands = down || Date.now() - movedAt < STILL_MS
  let left = hands
  if (!hands) {
    for (const block of root.querySelectorAll<HTMLElement>('[data-live]')) {
      const next = fresh.querySelector<HTMLElement>(`[data-live="${block.dataset.live}"]`)
      if (!next || next.innerHTML === block.dataset.was) continue
      if (isBusy(block)) left = true
      else replace(block, next)
    }
  }
  if (left) setTimeout(place, STILL_MS)
  else announce(fresh.dataset.said ?? '')
}

function isBusy(block: HTMLElement): boolean {
  const selection = document.getSelection()
  return block.contains(document.activeElement) || (selection !== null && !selection.isCollapsed && selection.containsNode(block, true))
}

function replace(block: HTMLElement, next: HTMLElement): void {
  const open = [...block.querySelectorAll('details')].map((details) => details.open)
  const html = next.innerHTML
  block.innerHTML = html
  block.dataset.was = html
  block.querySelectorAll('details').forEach((details, index) => (details.open = open[index] ?? false))
}

/** Only what matters, and not at every sale. */
function announce(words: string): void {
  if (!root || !status || words === root.dataset.said || Date.now() - saidAt < ANNOUNCE_EVERY_MS) return
  saidAt = Date.now()
  root.dataset.said = words
  status.textContent = words
}

function say(what: 'current' | 'lost' | 'ended'): void {
  if (!state) return
  // As the rest of the page writes hours; English alone would mean the American twelve.
  const time = new Date(currentAt).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const words = (state.dataset[what] ?? '').replace('{time}', time)
  if (state.textContent !== words) state.textContent = words
}

function wake(): void {
  if (document.visibilityState !== 'visible') return clearTimeout(timer)
  wait = shortest
  void look()
}

if (root) {
  for (const block of root.querySelectorAll<HTMLElement>('[data-live]')) block.dataset.was = block.innerHTML
  addEventListener('pointerdown', () => (down = true), { passive: true })
  for (const end of ['pointerup', 'pointercancel'] as const)
    addEventListener(
      end,
      () => {
        down = false
        movedAt = Date.now()
      },
      { passive: true },
    )
  addEventListener('scroll', () => (movedAt = Date.now()), { passive: true })
  document.addEventListener('visibilitychange', wake)
  addEventListener('online', wake)
  say('current')
  schedule()
}

export {}
