// The list of events, made to follow the typing: asks for the page that the form would open and takes its results over.
const PAUSE_MS = 250

const form = document.querySelector<HTMLFormElement>('form[data-island="event-search"]')
let timer: ReturnType<typeof setTimeout> | undefined
let asking: AbortController | undefined

function address(filled: HTMLFormElement): string {
  const query = new URLSearchParams()
  for (const [name, value] of new FormData(filled)) if (typeof value === 'string' && value.trim()) query.set(name, value.trim())
  return `${filled.getAttribute('action')}${query.size > 0 ? `?${query}` : ''}`
}

async function search(filled: HTMLFormElement): Promise<void> {
  const url = address(filled)
  asking?.abort()
  asking = new AbortController()
  try {
    const response = await fetch(url, { signal: asking.signal })
    if (!response.ok) return
    const results = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('results')
    if (!results) return
    document.getElementById('results')?.replaceWith(results)
    // The address is the search: it can be shared, and reloading shows the same.
    history.replaceState(null, '', url)
    const said = document.getElementById('results-said')
    if (said) said.textContent = results.querySelector('[data-count]')?.textContent ?? ''
  } catch {
    // Overtaken by the next letter, or no network: the button still sends the form.
  }
}

form?.addEventListener('input', () => {
  clearTimeout(timer)
  timer = setTimeout(() => void search(form), PAUSE_MS)
})

export {}
