// The second during which a public page is kept.
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { h } from 'preact'
import { describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { hashToken, newToken } from '#src/kernel/id.ts'
import { createPageCache } from './page-cache.ts'

const app = testApp()
const rename = (event: BuiltEvent, title: string) => app.db.updateTable('event').set({ title }).where('id', '=', event.id).execute()

describe('a kept page', () => {
  it('is made once, however many ask at a time, and again when its second is over', async () => {
    let now = new Date('2026-11-20T20:00:00Z')
    let made = 0
    const cache = createPageCache({ now: () => now })
    const server = Fastify()
    server.addHook('onRequest', (request, reply, done) => {
      if (cache.answerAtOnce(request, reply)) return
      request.actor = { kind: 'visitor', locale: 'fr', ip: null }
      done()
    })
    server.get('/', (request, reply) => cache.send(request, reply, async () => ({ page: h('p', null, `page ${++made}`) })))
    const ask = async () => (await server.inject('/')).body
    expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set(['<!doctype html><p>page 1</p>']))
    now = new Date(now.getTime() + 999)
    expect(await ask()).toContain('page 1')
    now = new Date(now.getTime() + 1)
    expect(await ask()).toContain('page 2')
    await server.close()
  })
})

describe('public pages', () => {
  it('are made once a second for people who are not signed in', async () => {
    const event = await buildEvent(app, { title: 'Avant' })
    const address = `/events/${event.slug}`
    const first = await app.server.inject(address)
    expect(first.body).toContain('Avant')
    expect(first.headers).toMatchObject({
      'cache-control': 'no-cache',
      vary: 'accept-encoding, accept-language, cookie',
      'content-type': 'text/html; charset=utf-8',
    })
    app.clock.advance(10)
    await rename(event, 'Après')
    expect((await app.server.inject(address)).body).toContain('Après')
  })

  it('answer 304 to who has the page already, and the page again once it changed', async () => {
    const event = await buildEvent(app, { title: 'Toujours pareil' })
    const address = `/events/${event.slug}`
    const { etag } = (await app.server.inject(address)).headers as { etag: string }
    app.clock.advance(10)
    const same = await app.server.inject({ url: address, headers: { 'if-none-match': etag } })
    expect(same.statusCode).toBe(304)
    expect(same.body).toBe('')
    await rename(event, 'Autrement')
    app.clock.advance(10)
    const changed = await app.server.inject({ url: address, headers: { 'if-none-match': etag } })
    expect(changed.statusCode).toBe(200)
    expect(changed.body).toContain('Autrement')
  })

  it('come in each language and each encoding', async () => {
    const event = await buildEvent(app)
    await buildTicketType(app, event, { price: 5000 })
    const address = `/events/${event.slug}`
    const get = (headers: Record<string, string>) => app.server.inject({ url: address, headers })
    expect((await get({ 'accept-language': 'en' })).body).toContain('<html lang="en">')
    expect((await get({})).body).toContain('<html lang="fr">')
    const br = await get({ 'accept-encoding': 'gzip, br' })
    expect(br.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(br.rawPayload).toString()).toContain('<html lang="fr">')
    const gzip = await get({ 'accept-encoding': 'gzip' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.rawPayload).toString()).toContain('<html lang="fr">')
  })

  it('come the short way with the very same headers, and are still measured', async () => {
    const event = await buildEvent(app)
    const get = (headers: Record<string, string>) =>
      app.server.inject({ url: `/events/${event.slug}`, headers: { 'accept-encoding': 'br', ...headers } })
    const measured = async () =>
      (await app.metrics.httpSeconds.get()).values.find(
        (v) => v.metricName?.endsWith('_count') && v.labels.route === '/events/:slug' && v.labels.status === 200,
      )?.value ?? 0
    const before = await measured()
    const long = await get({})
    const short = await get({})
    const withoutDate = ({ date: _, ...headers }: Record<string, unknown>) => headers
    expect(withoutDate(short.headers)).toEqual(withoutDate(long.headers))
    expect(short.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'self'") as string,
      'content-encoding': 'br',
    })
    expect(short.rawPayload).toEqual(long.rawPayload)
    expect(await measured()).toBe(before + 2)
    // A language just chosen sets its cookie each time, and a cookie chooses the language.
    expect((await app.server.inject(`/events/${event.slug}?lang=en`)).headers['set-cookie']).toBeDefined()
    expect((await app.server.inject(`/events/${event.slug}?lang=en`)).headers['set-cookie']).toBeDefined()
    expect((await app.server.inject({ url: `/events/${event.slug}`, headers: { cookie: 'guichet_lang=en' } })).body).toContain('<html lang="en">')
    expect((await app.server.inject(`/events/${event.slug}`)).headers['set-cookie']).toBeUndefined()
  })

  it('count each view, also those served from memory', async () => {
    const event = await buildEvent(app)
    for (let i = 0; i < 5; i++) await app.server.inject(`/events/${event.slug}`)
    expect(app.eventMemory.views.get(event.id)).toBe(5)
  })

  it('never show anybody what a signed-in person sees', async () => {
    const event = await buildEvent(app)
    const address = `/events/${event.slug}`
    const account = await buildAccount(app)
    const token = newToken()
    await app.db
      .insertInto('loginSession')
      .values({ accountId: account.accountId, kind: 'web', tokenHash: hashToken(token), expiresAt: new Date(Date.now() + 1e8) })
      .execute()
    const cookie = `guichet_session=${token}`
    const signedIn = await app.server.inject({ url: address, headers: { cookie } })
    expect(signedIn.headers['cache-control']).toBe('no-store')
    expect(signedIn.body).toContain('>Compte<')
    expect(signedIn.headers.etag).toBeUndefined()
    const visitor = await app.server.inject(address)
    expect(visitor.body).not.toContain('>Compte<')
    expect((await app.server.inject({ url: address, headers: { cookie } })).body).toContain('>Compte<')
  })

  it('are made for everybody when a cookie opens nothing', async () => {
    const event = await buildEvent(app)
    const page = await app.server.inject({ url: `/events/${event.slug}`, headers: { cookie: `guichet_session=${newToken()}` } })
    expect(page.headers['cache-control']).toBe('no-cache')
    expect(page.body).toContain('Se connecter')
  })

  it('keep neither errors nor invitations', async () => {
    expect((await app.server.inject('/events/nulle-part')).statusCode).toBe(404)
    const event = await buildEvent(app, { title: 'Mariage de Fifa', visibility: 'private' })
    const token = newToken()
    await app.db
      .insertInto('eventInvitation')
      .values({ eventId: event.id, email: 'a@example.test', tokenHash: hashToken(token) })
      .execute()
    const invited = await app.server.inject(`/events/${event.slug}?invitation=${token}`)
    expect(invited.body).toContain('Mariage de Fifa')
    expect(invited.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' })
    expect((await app.server.inject(`/events/${event.slug}`)).statusCode).toBe(404)
    expect((await app.server.inject(`/events/${event.slug}?invitation=${newToken()}`)).statusCode).toBe(404)
  })
})
