// The scanner page, made fast: camera, no page loads between two guests, a sound for each verdict. Without it the page's forms do the same.
import { openCamera, type Camera } from './scanner/camera.ts'
import { playTone } from './scanner/sound.ts'

/** The same text again within this time is the same ticket still held before the camera. */
const SAME_TEXT_MS = 3000
const TRIES = 3
const VERDICT_SECONDS = 8
const AUTO_KEY = 'guichet.scanner.auto'
const MUTED_KEY = 'guichet.scanner.muted'

const root = document.querySelector<HTMLElement>('[data-island="scanner"]')
const find = <E extends HTMLElement>(selector: string) => root?.querySelector<E>(selector) ?? null

let busy = false
let lastText = ''
let lastSeen = 0

/** Sends a form as the browser would, and shows the part of the page that comes back. A scan's id makes repeating it safe. */
async function send(form: HTMLFormElement, body: URLSearchParams): Promise<void> {
  if (busy) return
  busy = true
  try {
    const parts = await post(form.action, body)
    if (parts === null) return
    for (const part of parts) find(`[data-live="${part.dataset.live}"]`)?.replaceWith(part)
    const verdict = find('.verdict')
    playTone(verdict?.dataset.tone ?? 'plain', { muted: find<HTMLInputElement>('[data-sound]')?.checked === false })
    clearLater(verdict)
    const confirmation = find<HTMLFormElement>('form[data-confirm]')
    if (confirmation && find<HTMLInputElement>('[data-auto]')?.checked) {
      busy = false
      return await send(confirmation, fieldsOf(confirmation))
    }
    // Focus follows what is next, but never opens a phone's keyboard over the camera picture.
    const next = confirmation?.querySelector<HTMLElement>('button') ?? (camera ? null : find('#code'))
    next?.focus()
  } finally {
    busy = false
  }
}

async function post(action: string, body: URLSearchParams): Promise<HTMLElement[] | null> {
  for (let tries = 1; ; tries++) {
    try {
      const response = await fetch(action, {
        method: 'POST',
        body,
        headers: { 'x-fragment': 'live' },
        redirect: 'manual',
        signal: AbortSignal.timeout(8000),
      })
      // Signed out meanwhile: the whole page says so better than we can.
      if (response.type === 'opaqueredirect' || response.status === 401) {
        location.reload()
        return null
      }
      const parts = [...new DOMParser().parseFromString(await response.text(), 'text/html').querySelectorAll<HTMLElement>('[data-live]')]
      if (parts.length > 0) return parts
      if (tries >= TRIES) break
    } catch {
      if (tries >= TRIES) break
    }
    await new Promise((resolve) => setTimeout(resolve, 400 * tries))
  }
  showPanel('offline')
  lastText = ''
  playTone('warn')
  return null
}

function showPanel(name: 'offline' | 'ready'): void {
  const panel = find<HTMLTemplateElement>(`template[data-${name}]`)?.content.cloneNode(true)
  if (panel) find('[data-live="verdict"]')?.replaceChildren(panel)
}

let clearing: ReturnType<typeof setTimeout> | undefined

/** A verdict is about the guest before us: it leaves before the next one could take it for theirs, or when it can't be confirmed any more. */
function clearLater(verdict: HTMLElement | null): void {
  clearTimeout(clearing)
  const toConfirm = Number(verdict?.dataset.seconds)
  clearing = setTimeout(
    () => {
      if (busy || !verdict?.isConnected) return
      showPanel('ready')
      // Nobody confirmed: the ticket may be read again at once. A decided one stays decided as long as it is held before the camera.
      if (toConfirm) lastText = ''
    },
    (toConfirm || VERDICT_SECONDS) * 1000,
  )
}

function fieldsOf(form: HTMLFormElement, submitter?: HTMLElement | null): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value)
  const button = submitter ?? form.querySelector('button[name]')
  if (button instanceof HTMLButtonElement && button.name) fields.append(button.name, button.value)
  return fields
}

root?.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement
  event.preventDefault()
  void send(form, fieldsOf(form, event.submitter))
})

// --- The camera ---

let camera: Camera | null = null
const start = find<HTMLButtonElement>('[data-start]')
const torch = find<HTMLButtonElement>('[data-torch]')

function onText(text: string): void {
  const now = performance.now()
  const again = text === lastText && now - lastSeen < SAME_TEXT_MS
  lastSeen = now
  if (again || busy) return
  lastText = text
  const form = find<HTMLFormElement>('form[data-scan]')
  if (form) void send(form, new URLSearchParams({ code: text }))
}

async function startCamera(): Promise<void> {
  const video = find<HTMLVideoElement>('[data-video]')
  const problem = find('[data-camera-problem]')
  if (!video || !start || !problem) return
  try {
    camera = await openCamera(video, onText)
    problem.hidden = true
    video.hidden = false
    start.textContent = start.dataset.on ?? ''
    if (torch) torch.hidden = !camera.hasTorch
  } catch {
    problem.textContent = root?.dataset.cameraRefused ?? ''
    problem.hidden = false
    stopCamera()
  }
}

function stopCamera(): void {
  camera?.close()
  camera = null
  const video = find<HTMLVideoElement>('[data-video]')
  if (video) video.hidden = true
  if (start) start.textContent = start.dataset.off ?? ''
  if (torch) torch.hidden = true
}

async function prepare(): Promise<void> {
  const panel = find('[data-camera]')
  if (!panel || !('mediaDevices' in navigator)) return
  panel.hidden = false
  const sound = find<HTMLInputElement>('[data-sound]')
  if (sound) {
    sound.checked = localStorage.getItem(MUTED_KEY) !== '1'
    sound.addEventListener('change', () => localStorage.setItem(MUTED_KEY, sound.checked ? '0' : '1'))
  }
  const auto = find<HTMLInputElement>('[data-auto]')
  if (auto) {
    auto.checked = localStorage.getItem(AUTO_KEY) === '1'
    auto.addEventListener('change', () => localStorage.setItem(AUTO_KEY, auto.checked ? '1' : '0'))
  }
  start?.addEventListener('click', () => {
    if (camera) stopCamera()
    else void startCamera()
  })
  torch?.addEventListener('click', () => {
    const on = torch.getAttribute('aria-pressed') !== 'true'
    torch.setAttribute('aria-pressed', String(on))
    void camera?.setTorch(on)
  })
  // A camera that was allowed before starts by itself; nobody is asked without a tap.
  const permission = await navigator.permissions?.query({ name: 'camera' as PermissionName }).catch(() => null)
  if (permission?.state === 'granted') await startCamera()
}

void prepare()
