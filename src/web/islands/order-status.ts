// The waiting page, made to update itself: asks how the payment stands, and shows the page anew when something changed.
const FIRST_WAIT_MS = 2000
const LONGEST_WAIT_MS = 10_000

let wait = FIRST_WAIT_MS

async function look(): Promise<void> {
  const island = document.querySelector<HTMLElement>('[data-island="order-status"]')
  // Nothing waits any more: the page that came instead has no island.
  if (!island?.dataset.status) return
  try {
    // A page that nobody looks at may rest.
    if (document.visibilityState === 'visible') {
      const answer = (await (await fetch(island.dataset.status, { headers: { accept: 'application/json' } })).json()) as {
        state?: string
        left?: string
      }
      const left = island.querySelector('[data-left]')
      if (left && answer.left) left.textContent = answer.left
      if (answer.state && answer.state !== island.dataset.state) await showAnew()
    }
  } catch {
    // No network just now: the next look will tell.
  }
  wait = Math.min(wait * 1.15, LONGEST_WAIT_MS)
  setTimeout(() => void look(), wait)
}

async function showAnew(): Promise<void> {
  const response = await fetch(location.href)
  if (!response.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  const main = fresh.querySelector('main')
  if (!main) return
  document.title = fresh.title
  document.querySelector('main')?.replaceWith(main)
  // Screen readers read the new heading; nobody else notices the focus.
  main.querySelector('h1')?.focus()
  wait = FIRST_WAIT_MS
}

document.addEventListener('visibilitychange', () => {
  wait = FIRST_WAIT_MS
})
setTimeout(() => void look(), wait)

export {}
