// Brings the service worker that keeps tickets on the phone. Last of all: after the page has loaded, when nothing else is to do.
async function bring(): Promise<void> {
  await navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' })
  await navigator.serviceWorker.ready
  // What is only true where a worker keeps pages.
  for (const part of document.querySelectorAll<HTMLElement>('[data-kept]')) part.hidden = false
}

function later(): void {
  const start = () => void bring().catch(() => {})
  if ('requestIdleCallback' in window) requestIdleCallback(start)
  else setTimeout(start, 500)
}

if ('serviceWorker' in navigator) {
  if (document.readyState === 'complete') later()
  else addEventListener('load', later, { once: true })
}

export {}
