// The browser itself: without it no journey means anything.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '#test/browser.ts'

describe('the browser that npm brings', () => {
  let browser: Browser
  let server: Server
  let folder: string
  let address: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'guichet-camera-'))
    const frame = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#0a0' } })
      .jpeg()
      .toBuffer()
    writeFileSync(join(folder, 'camera.mjpeg'), Buffer.concat([frame, frame, frame]))
    server = createServer((request, response) => {
      if (request.url === '/sw.js')
        return void response
          .setHeader('content-type', 'text/javascript')
          .end("addEventListener('fetch', (e) => e.respondWith(new Response('from the worker')))")
      response.setHeader('content-type', 'text/html; charset=utf-8').end('<title>Été</title><p>Bonjour')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launchBrowser({ fakeCamera: join(folder, 'camera.mjpeg') })
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('shows pages, with JavaScript off too', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false })
    await page.goto(address)
    expect(await page.title()).toBe('Été')
    expect(await page.textContent('p')).toBe('Bonjour')
  })

  test('has a camera that shows our film', async () => {
    const page = await browser.newPage()
    await page.goto(address)
    const pixel = await page.evaluate(async () => {
      const video = document.createElement('video')
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true })
      await video.play()
      const canvas = document.createElement('canvas')
      const context = canvas.getContext('2d')
      context?.drawImage(video, 0, 0)
      return [...(context?.getImageData(5, 5, 1, 1).data ?? [])]
    })
    expect(pixel[1]).toBeGreaterThan(120)
    expect(pixel[0]).toBeLessThan(60)
  })

  test('runs service workers', async () => {
    const page = await browser.newPage()
    await page.goto(address)
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/sw.js')
      await navigator.serviceWorker.ready
    })
    await page.goto(`${address}/again`)
    expect(await page.textContent('body')).toBe('from the worker')
  })
})
