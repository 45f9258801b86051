// The second during which a public page is kept.
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { hashToken, newToken } from '#src/kernel/id.ts'

const app = testApp()
const rename = (event: BuiltEvent, title: string) => app.db.updateTable('event').set({ title }).where('id', '=', event.id).execute()
/** One moment, held: nothing grows old by itself. */
let moment = new Date()
const fresh = () => { moment = new Date(moment.getTime() + 2000); app.clock.set(moment) }

beforeEach(() => fresh())

describe('public pages', () => {
  it('are made once a second for people who are not signed in', async () => {
    const event = await buildEvent(app, { title: 'Avant' })
    const address = `/events/${event.slug}`
    const first = await app.server.inject(address)
    expect(first.body).toContain('Avant')
    expect(first.headers).toMatchObject({ 'cache-control': 'no-cache', vary: 'accept-encoding, accept-language, cookie', 'content-type': 'text/html; charset=utf-8' })
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
    await app.db.insertInto('loginSession').values({ accountId: account.accountId, kind: 'web', tokenHash: hashToken(token), expiresAt: new Date(Date.now() + 1e8) }).execute()
    const cookie = `guichet_session=${token}`
    const signedIn = await app.server.inject({ url: address, headers: { cookie } })
    expect(signedIn.headers['cache-control']).toBe('no-store')
    expect(signedIn.body).toContain('Mon compte')
    expect(signedIn.headers.etag).toBeUndefined()
    const visitor = await app.server.inject(address)
    expect(visitor.body).not.toContain('Mon compte')
    expect((await app.server.inject({ url: address, headers: { cookie } })).body).toContain('Mon compte')
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
    await app.db.insertInto('eventInvitation').values({ eventId: event.id, email: 'a@example.test', tokenHash: hashToken(token) }).execute()
    const invited = await app.server.inject(`/events/${event.slug}?invitation=${token}`)
    expect(invited.body).toContain('Mariage de Fifa')
    expect(invited.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' })
    expect((await app.server.inject(`/events/${event.slug}`)).statusCode).toBe(404)
    expect((await app.server.inject(`/events/${event.slug}?invitation=${newToken()}`)).statusCode).toBe(404)
  })
})
