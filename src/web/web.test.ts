// What holds for all pages: language, errors, requests from elsewhere, the stylesheet.
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'

const app = testApp()

describe('every page', () => {
  it('answers an unknown address with a friendly page and 404', async () => {
    const page = await app.server.inject('/nulle-part')
    expect(page.statusCode).toBe(404)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.body).toContain('<html lang="fr">')
    expect(page.body).toContain('Il n’y a rien à cette adresse')
  })

  it('speaks the language of the browser, and the one that the reader chose before all', async () => {
    const browser = { 'accept-language': 'en-GB,en;q=0.9' }
    expect((await app.server.inject({ url: '/nowhere', headers: browser })).body).toContain('There is nothing at this address')
    const chosen = await app.server.inject({ url: '/nowhere?lang=fr', headers: browser })
    expect(chosen.body).toContain('Il n’y a rien à cette adresse')
    const cookie = String(chosen.headers['set-cookie'])
    expect(cookie).toMatch(/^guichet_lang=fr; .*HttpOnly; SameSite=Lax/)
    expect((await app.server.inject({ url: '/nowhere', headers: { ...browser, cookie: 'guichet_lang=fr' } })).body).toContain('Il n’y a rien')
    expect((await app.server.inject({ url: '/nowhere?lang=xx', headers: browser })).headers['set-cookie']).toBeUndefined()
  })

  it('offers the other language at the same address', async () => {
    expect((await app.server.inject('/nulle-part?ville=Lom%C3%A9&lang=fr')).body).toContain('href="/nulle-part?ville=Lom%C3%A9&amp;lang=en"')
  })

  it('compresses for browsers that can read it', async () => {
    const page = await app.server.inject({ url: '/nulle-part', headers: { 'accept-encoding': 'gzip, deflate, br' } })
    expect(page.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(page.rawPayload).toString()).toContain('Il n’y a rien')
  })
})

describe('requests that change something', () => {
  const post = (headers: Record<string, string>) =>
    app.server.inject({ method: 'POST', url: '/nulle-part', headers: { host: 'guichet.test', ...headers } })

  it('are refused when they come from another site, or from nowhere', async () => {
    expect((await post({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
    expect((await post({ 'sec-fetch-site': 'same-site' })).statusCode).toBe(403)
    expect((await post({ origin: 'https://evil.test' })).statusCode).toBe(403)
    expect((await post({ origin: 'null' })).statusCode).toBe(403)
    expect((await post({ 'sec-fetch-site': 'cross-site', origin: 'http://guichet.test' })).statusCode).toBe(403)
    expect((await post({})).statusCode).toBe(403)
  })

  it('are let through from our own pages', async () => {
    expect((await post({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(404)
    expect((await post({ origin: 'http://guichet.test' })).statusCode).toBe(404)
  })
})

describe('the stylesheet', () => {
  it('may be kept for ever, since its address changes with it', async () => {
    const href = /<link rel="stylesheet" href="([^"]+)"/.exec((await app.server.inject('/nulle-part')).body)?.[1] ?? ''
    const css = await app.server.inject({ url: href, headers: { 'accept-encoding': 'br' } })
    expect(css.statusCode).toBe(200)
    expect(css.headers['content-type']).toBe('text/css; charset=utf-8')
    expect(css.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(brotliDecompressSync(css.rawPayload).toString()).toContain('@layer tokens, base, components;')
    expect(css.rawPayload.length).toBeLessThan(6000)
  })
})
