// A real browser for journeys: the Chromium that npm brought, or the one that CHROMIUM_PATH names.
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { unpackBrowser } from '#scripts/unpack-browser.mjs'

export type BrowserOptions = {
  /** A `.mjpeg` or `.y4m` file that the camera shows, over and over; the permission is given without a question. */
  fakeCamera?: string
  /** Where tools of others may command the browser too. */
  debuggingPort?: number
}

const FLAGS = [
  // Journeys load pages of our own from this machine only; the sandbox needs rights that root in a container lacks.
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

/**
 * Starts a browser of its own for the caller, who closes it.
 * @throws Error where this machine has no Chromium for us
 */
export async function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const own = process.env.CHROMIUM_PATH
  const folder = own ? null : await unpackBrowser(console.log)
  const home = mkdtempSync(join(tmpdir(), 'guichet-browser-'))
  const camera = options.fakeCamera
    ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${options.fakeCamera}`]
    : []
  const browser = await chromium.launch({
    executablePath: own ?? join(folder ?? '', 'chromium'),
    headless: true,
    args: [...FLAGS, ...camera, ...(options.debuggingPort ? [`--remote-debugging-port=${options.debuggingPort}`] : [])],
    env: { ...process.env, HOME: home, ...(folder ? { LD_LIBRARY_PATH: libraryPath(folder), FONTCONFIG_PATH: folder } : {}) },
  })
  browser.on('disconnected', () => void rm(home, { recursive: true, force: true }))
  return browser
}

// The machine's own libraries come first: ours only fill what a bare Linux lacks.
function libraryPath(folder: string): string {
  return [process.env.LD_LIBRARY_PATH, '/usr/lib/x86_64-linux-gnu', '/usr/lib64', join(folder, 'lib')].filter(Boolean).join(':')
}
