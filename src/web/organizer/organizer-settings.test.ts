// How an organizer presents itself: who may change it, what is refused, what the public sees.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { photoAddress } from '#src/modules/identity/photo.ts'
import { publishEvent } from '#src/modules/events/publish-event.ts'
import { listPublicEvents } from '#src/reads/list-events.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()

const PROFILE = {
  name: 'Les Nuits du Littoral',
  description: 'Concerts au bord de l’eau.\n\nDepuis 2019.',
  country: 'TG',
  website: 'https://www.nuits.example/',
  facebook: 'https://www.facebook.com/nuits',
  instagram: '',
  whatsapp: '+229 01 96 00 00 01',
  colours: 'own',
  accent: '#ffff00',
}
const rowOf = (id: number) => app.db.selectFrom('organizer').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

describe('a profile', () => {
  it('is one form, and what the public then sees', async () => {
    const event = await buildEvent(app, { status: 'draft', title: 'Bal masqué' })
    const type = await buildTicketType(app, event)
    const { organizer } = event
    await publishEvent(app, organizer.owner, event.slug)
    const owner = browse(app, organizer.owner)
    expect((await owner.get('/organizer/settings')).location).toBe(`/organizer/settings/${organizer.slug}`)
    const saved = await owner.post(`/organizer/settings/${organizer.slug}`, PROFILE)
    expect([saved.status, saved.location]).toEqual([303, `/organizer/settings/${organizer.slug}?saved`])
    expect(await rowOf(organizer.id)).toMatchObject({
      name: PROFILE.name,
      whatsapp: '+2290196000001',
      instagram: null,
      accent: '#ffff00',
      currency: 'XOF',
    })
    // A yellow that could not be read: the page says what became of it.
    const again = await owner.get(saved.location)
    expect(again.text).toContain('#ffff00 ne se lirait pas bien partout')
    expect(again.html).not.toContain('style=')

    const visitor = browse(app)
    const page = await visitor.get(`/organizers/${organizer.slug}`)
    expect(page.text).toContain('Concerts au bord de l’eau.')
    expect(page.html).toContain('href="https://wa.me/2290196000001"')
    expect(page.html).toContain('rel="noopener external nofollow"')
    for (const path of [`/organizers/${organizer.slug}`, `/events/${event.slug}`, `/events/${event.slug}/checkout?q-${type.id}=1`]) {
      expect((await visitor.get(path)).html, path).toMatch(/<link rel="stylesheet" href="\/accent\/ffff00-\d+\.css"/)
    }
    expect((await visitor.get('/')).html).not.toContain('/accent/')
    // Found by its new name.
    expect((await listPublicEvents(app, { q: 'littoral' })).data.map((card) => card.slug)).toEqual([event.slug])
    const back = await owner.post(`/organizer/settings/${organizer.slug}`, { ...PROFILE, colours: 'ours' })
    expect([back.status, (await rowOf(organizer.id)).accent]).toEqual([303, null])
  })

  it('is refused field by field, and keeps what was typed', async () => {
    const organizer = await buildOrganizer(app)
    const owner = browse(app, organizer.owner)
    const wrong = await owner.post(`/organizer/settings/${organizer.slug}`, {
      ...PROFILE,
      name: '  ',
      website: 'javascript:alert(1)',
      facebook: 'https://facebook.com.attrape.example/nuits',
      whatsapp: '12',
      accent: 'url(x)',
      country: 'ZZ',
    })
    expect(wrong.status).toBe(422)
    for (const field of ['name', 'website', 'facebook', 'whatsapp', 'accent', 'country']) expect(wrong.html).toContain(`id="field-${field}-error"`)
    expect(wrong.html).toContain('Concerts au bord de l’eau.')
    expect((await rowOf(organizer.id)).website).toBeNull()
  })

  it('is for its owners and managers', async () => {
    const organizer = await buildOrganizer(app)
    const path = `/organizer/settings/${organizer.slug}`
    for (const role of ['cashier', 'agent'] as const) {
      const member = browse(app, await buildMember(app, organizer.id, role))
      expect([(await member.get(path)).status, (await member.post(path, PROFILE)).status, (await member.get('/organizer/settings')).status]).toEqual([
        403, 403, 403,
      ])
    }
    expect((await browse(app, await buildMember(app, organizer.id, 'manager')).post(path, PROFILE)).status).toBe(303)
    const stranger = browse(app, (await buildOrganizer(app)).owner)
    expect([(await stranger.get(path)).status, (await stranger.post(path, PROFILE)).status]).toEqual([404, 404])
  })
})

describe('a logo', () => {
  const boundary = 'x'
  const upload = (bytes: Buffer) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="logo"; filename="l.png"\r\ncontent-type: image/png\r\n\r\n`),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ])
  const type = `multipart/form-data; boundary=${boundary}`

  it('is written anew, whole on a square, replaced and taken away', async () => {
    const organizer = await buildOrganizer(app)
    const path = `/organizer/settings/${organizer.slug}`
    const owner = browse(app, organizer.owner)
    const wide = await sharp({ create: { width: 400, height: 100, channels: 3, background: '#c00' } })
      .png()
      .toBuffer()
    expect((await owner.postRaw(`${path}/logo`, upload(wide), type)).status).toBe(303)
    const first = (await rowOf(organizer.id)).logoId!
    const served = await app.server.inject(photoAddress(first))
    expect(served.headers['content-type']).toBe('image/webp')
    const { data, info } = await sharp(served.rawPayload).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height, data[3], data[(128 * 256 + 128) * 4 + 3]]).toEqual([256, 256, 0, 255])
    expect((await owner.get(path)).html).toContain(photoAddress(first))

    expect((await owner.postRaw(`${path}/logo`, upload(Buffer.from('<svg/>')), type)).status).toBe(422)
    expect((await owner.postRaw(`${path}/logo`, upload(wide), type)).status).toBe(303)
    expect((await app.server.inject(photoAddress(first))).statusCode).toBe(404)
    expect((await owner.post(`${path}/logo/remove`)).status).toBe(303)
    expect((await rowOf(organizer.id)).logoId).toBeNull()
    expect(await app.db.selectFrom('storedFile').select('id').where('organizerId', '=', organizer.id).execute()).toEqual([])
    const cashier = browse(app, await buildMember(app, organizer.id, 'cashier'))
    expect((await cashier.postRaw(`${path}/logo`, upload(wide), type)).status).toBe(403)
  })
})
