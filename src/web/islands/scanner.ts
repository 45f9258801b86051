// The scanner page, made fast: camera, hand-held reader, no page loads between two guests, a sound and a buzz for each verdict, the verdict on the
// whole screen, and what to do without a network. Without it the page's forms do the same.
import { openCamera, type Camera } from './scanner/camera.ts'
import { hearReader } from './scanner/reader.ts'
import { keepAwake } from './scanner/awake.ts'
import { playTone, unlockSound } from './scanner/sound.ts'

/** The same text again within this time is the same ticket still held before the camera. */
const SAME_TEXT_MS = 3000
const TRIES = 3
const ANSWER_MS = 6000
/** An answer that takes longer is announced: nobody should pass on the guest before. */
const WAITING_MS = 300
/** How long a decided verdict stays: long enough to be seen, short enough to aim at the next ticket. */
const STAYS_SECONDS = { good: 3, other: 8 }
const AUTO_KEY = 'guichet.scanner.auto'
const MUTED_KEY = 'guichet.scanner.muted'

type PanelName = 'ready' | 'waiting' | 'offline' | 'offline-confirm'
type Request = { action: string; body: URLSearchParams }

const root = document.querySelector<HTMLElement>('[data-island="scanner"]')
const find = <E extends HTMLElement>(selector: string) => root?.querySelector<E>(selector) ?? null
const isOn = (selector: string) => find<HTMLInputElement>(selector)?.checked === true

let busy = false
/** What got no answer; sent again as it was: a scan's id makes repeating it safe. */
let unanswered: Request | null = null
let lastText = ''
let lastSeen = 0
let clearing: ReturnType<typeof setTimeout> | undefined

// --- Asking and showing ---

/** Sends a form as the browser would, and shows the part of the page that comes back. */
async function send(request: Request): Promise<void> {
  if (busy) return
  busy = true
  clearTimeout(clearing)
  const patience = setTimeout(() => showPanel('waiting'), WAITING_MS)
  try {
    unanswered = request
    const parts = await post(request)
    clearTimeout(patience)
    if (parts === null) return giveUp(request)
    unanswered = null
    for (const part of parts) show(part)
  } finally {
    clearTimeout(patience)
    busy = false
  }
  tell()
  const confirmation = find<HTMLFormElement>('form[data-confirm="valid"]')
  if (confirmation && isOn('[data-auto]')) await send(requestOf(confirmation))
}

/** @returns null where no answer came */
async function post({ action, body }: Request): Promise<HTMLElement[] | null> {
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      const response = await fetch(action, {
        method: 'POST',
        body,
        headers: { 'x-fragment': 'live' },
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      // Signed out meanwhile: the whole page says so better than we can.
      if (response.type === 'opaqueredirect' || response.status === 401) {
        location.reload()
        return new Promise(() => {})
      }
      const parts = [...new DOMParser().parseFromString(await response.text(), 'text/html').querySelectorAll<HTMLElement>('[data-live]')]
      if (parts.length > 0) return parts
    } catch {
      if (!navigator.onLine) return null
    }
    if (tries < TRIES) await new Promise((resolve) => setTimeout(resolve, 400 * tries))
  }
  return null
}

function giveUp({ action }: Request): void {
  lastText = ''
  showPanel(action.endsWith('/confirm') ? 'offline-confirm' : 'offline')
  tell()
}

/** Puts a part in the place of its former self. The region of the verdict stays: screen readers say what changes inside a region that they know. */
function show(part: HTMLElement): void {
  const former = find(`[data-live="${part.dataset.live}"]`)
  if (part.dataset.live === 'verdict') former?.replaceChildren(...part.childNodes)
  else former?.replaceWith(part)
}

function showPanel(name: PanelName): void {
  const panel = find<HTMLTemplateElement>(`template[data-panel="${name}"]`)?.content.cloneNode(true)
  if (panel) find('[data-live="verdict"]')?.replaceChildren(panel)
  cover()
}

/** Colour for the eye, sound for the ear, a buzz for the hand; then the focus goes to what is next. */
function tell(): void {
  const verdict = find('.verdict')
  playTone(verdict?.dataset.tone ?? 'plain', { muted: !isOn('[data-sound]') })
  cover()
  leaveLater(verdict)
  find('.verdict-button')?.focus()
}

/** Whatever lies under a verdict on the whole screen can't be reached meanwhile. */
function cover(): void {
  const verdict = find('.verdict')
  const covered = verdict !== null && verdict.dataset.tone !== 'plain'
  for (const under of document.querySelectorAll<HTMLElement>('.skip, .top, .bottom, .scanner > :not([data-live="verdict"])')) under.inert = covered
}

/** A verdict is about the guest before us: it leaves before the next one could take it for theirs, or when it can't be confirmed any more. */
function leaveLater(verdict: HTMLElement | null): void {
  clearTimeout(clearing)
  if (!verdict || unanswered) return
  const toConfirm = Number(verdict.dataset.seconds)
  const decided = verdict.dataset.tone === 'good' ? STAYS_SECONDS.good : STAYS_SECONDS.other
  clearing = setTimeout(
    () => {
      if (busy || !verdict.isConnected) return
      // Nobody confirmed: the ticket may be read again at once. A decided one stays decided as long as it is held before the camera.
      if (toConfirm) lastText = ''
      makeReady()
    },
    (toConfirm || decided) * 1000,
  )
}

function makeReady(): void {
  unanswered = null
  clearTimeout(clearing)
  showPanel('ready')
  // The focus never opens a phone's keyboard over the camera's picture.
  if (!camera) find('#code')?.focus()
}

function requestOf(form: HTMLFormElement, submitter?: HTMLElement | null): Request {
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value)
  const button = submitter ?? form.querySelector('button[name]')
  if (button instanceof HTMLButtonElement && button.name) body.append(button.name, button.value)
  return { action: form.action, body }
}

/** A ticket's text, from the camera or a hand-held reader, goes the way of a typed code. */
function present(text: string): void {
  const form = find<HTMLFormElement>('form[data-scan]')
  if (!form) return
  const request = requestOf(form)
  request.body.set('code', text)
  void send(request)
}

root?.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement
  if (form.method !== 'post') return
  event.preventDefault()
  void send(requestOf(form, event.submitter))
})

root?.addEventListener('click', (event) => {
  const target = event.target as HTMLElement
  if (target.closest('[data-next]')) {
    event.preventDefault()
    makeReady()
  } else if (target.closest('[data-retry]') && unanswered) void send(unanswered)
})

// --- The network ---

function watchNetwork(): void {
  const banner = find('[data-network]')
  const note = () => {
    if (banner) banner.hidden = navigator.onLine
  }
  note()
  addEventListener('offline', note)
  addEventListener('online', () => {
    note()
    if (unanswered) void send(unanswered)
  })
}

// --- The camera ---

let camera: Camera | null = null
const start = find<HTMLButtonElement>('[data-start]')
const torch = find<HTMLButtonElement>('[data-torch]')

function onText(text: string): void {
  const now = performance.now()
  const again = text === lastText && now - lastSeen < SAME_TEXT_MS
  lastSeen = now
  // Somebody's verdict waits for a yes, or for the network: the next guest's ticket must not take its place.
  if (again || busy || unanswered || find('form[data-confirm="valid"], form[data-confirm="remarked"]')) return
  lastText = text
  present(text)
}

async function startCamera(): Promise<void> {
  const video = find<HTMLVideoElement>('[data-video]')
  const picture = find('[data-picture]')
  const problem = find('[data-camera-problem]')
  if (!video || !picture || !start || !problem) return
  try {
    picture.hidden = false
    camera = await openCamera(video, onText)
    problem.hidden = true
    start.textContent = start.dataset.on ?? ''
    start.classList.replace('button--primary', 'button--secondary')
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
  const picture = find('[data-picture]')
  if (picture) picture.hidden = true
  if (start) {
    start.textContent = start.dataset.off ?? ''
    start.classList.replace('button--secondary', 'button--primary')
  }
  if (torch) {
    torch.hidden = true
    torch.setAttribute('aria-pressed', 'false')
  }
}

async function prepareCamera(): Promise<void> {
  const panel = find('[data-camera]')
  if (!panel || !('mediaDevices' in navigator)) return
  panel.hidden = false
  start?.addEventListener('click', () => {
    if (camera) stopCamera()
    else void startCamera()
  })
  torch?.addEventListener('click', () => {
    const on = torch.getAttribute('aria-pressed') !== 'true'
    torch.setAttribute('aria-pressed', String(on))
    void camera?.setTorch(on)
  })
  // Phones take the camera away while the screen is locked or another app is in front.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || !camera?.isLost()) return
    stopCamera()
    void startCamera()
  })
  // A camera that was allowed before starts by itself; nobody is asked without a tap.
  const permission = await navigator.permissions?.query({ name: 'camera' as PermissionName }).catch(() => null)
  if (permission?.state === 'granted') await startCamera()
}

// --- Settings, kept on this device ---

function remember(selector: string, key: string, storedWhen: boolean): void {
  const box = find<HTMLInputElement>(selector)
  if (!box) return
  box.checked = (localStorage.getItem(key) === '1') === storedWhen
  box.addEventListener('change', () => localStorage.setItem(key, box.checked === storedWhen ? '1' : '0'))
}

if (root) {
  root.dataset.scripted = ''
  const settings = find('[data-settings]')
  if (settings) settings.hidden = false
  remember('[data-auto]', AUTO_KEY, true)
  remember('[data-sound]', MUTED_KEY, false)
  addEventListener('pointerdown', unlockSound, { once: true })
  keepAwake()
  watchNetwork()
  hearReader((text) => {
    // A reader is pulled on purpose: whatever is on the screen was about the guest before.
    if (!busy && !unanswered) present(text)
  })
  cover()
  void prepareCamera()
}
