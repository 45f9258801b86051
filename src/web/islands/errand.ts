// Long work, watched: the part that says how far it is comes anew every second or two, until it has ended; then the whole page does.
const WAIT_MS = 1500
const LONGEST_WAIT_MS = 15_000

let wait = WAIT_MS

async function look(): Promise<void> {
  const island = document.querySelector<HTMLElement>('[data-island="errand"]')
  if (!island) return
  // A page that nobody looks at may rest.
  if (document.visibilityState === 'visible') {
    try {
      const response = await fetch(location.href)
      if (response.status >= 400 && response.status < 500) return
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
      const next = fresh.querySelector<HTMLElement>('[data-island="errand"]')
      if (next) {
        wait = next.innerHTML === island.innerHTML ? Math.min(wait * 1.3, LONGEST_WAIT_MS) : WAIT_MS
        island.innerHTML = next.innerHTML
      } else {
        const main = fresh.querySelector('main')
        if (main) document.querySelector('main')?.replaceWith(main)
        document.title = fresh.title
        // Screen readers say that it has ended.
        main?.querySelector<HTMLElement>('h1')?.focus()
        return
      }
    } catch {
      // No network just now: the next look will tell.
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    }
  }
  setTimeout(() => void look(), wait)
}

setTimeout(() => void look(), wait)

export {}
