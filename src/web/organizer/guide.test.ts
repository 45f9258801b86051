// Creating an event step by step: from a stranger to a published event, left and taken up again, each refusal beside its field.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { toLocalTime } from '#src/kernel/zone.ts'
import { reviewEvent } from '#src/modules/events/review-event.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, type BuiltOrganizer } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()
const ZONE = 'Africa/Porto-Novo'
const local = (days: number) => toLocalTime(new Date(Date.now() + days * 86_400_000), ZONE)
const when = (more: Record<string, string> = {}) => ({ startsAt: local(20), endsAt: '', city: 'Ouidah', country: 'BJ', timezone: ZONE, ...more })

/** A draft that has gone through the first step. */
async function begun(by?: BuiltOrganizer) {
  const organizer = by ?? (await buildOrganizer(app))
  const owner = browse(app, organizer.owner)
  const made = await owner.post('/organizer/events/new', { title: 'Nuit du conte', category: 'festival', visibility: 'public' })
  const path = made.location.replace(/\/setup\/when$/, '')
  const row = () => app.db.selectFrom('event').selectAll().where('slug', '=', path.split('/').at(-1)!).executeTakeFirstOrThrow()
  return { organizer, owner, made, path, setup: `${path}/setup`, row }
}

/** What a browser sends for a form with a file. */
function multipart(fields: Record<string, string | Buffer>): [Buffer, string] {
  const mark = 'edge-of-a-part'
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.concat([
      Buffer.from(
        `--${mark}\r\ncontent-disposition: form-data; name="${name}"${Buffer.isBuffer(value) ? '; filename="x.png"\r\ncontent-type: image/png' : ''}\r\n\r\n`,
      ),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]),
  )
  return [Buffer.concat([...parts, Buffer.from(`--${mark}--\r\n`)]), `multipart/form-data; boundary=${mark}`]
}

describe('a stranger who wants to sell', () => {
  it('registers with four answers and stands before the first step', async () => {
    const stranger = browse(app)
    const form = await stranger.get('/register?as=organizer')
    expect([...form.html.matchAll(/ name="(name|email|password|organizerName|country)"/g)].map((match) => match[1])).toEqual([
      'name',
      'email',
      'password',
      'organizerName',
      'country',
    ])
    const made = await stranger.post('/register', {
      as: 'organizer',
      name: 'Afi',
      email: `afi-${Date.now()}@example.test`,
      password: 'une phrase que je retiens',
      organizerName: 'Les Conteurs',
      country: 'TG',
    })
    expect([made.status, made.location]).toEqual([303, '/organizer/events/new'])
  })

  it('needs no second account, and no account without an organizer creates anything', async () => {
    const person = browse(app, await buildAccount(app))
    expect((await person.get('/register?as=organizer')).location).toBe('/organizer/events/new')
    expect((await person.get('/organizer/events/new')).location).toBe('/account/organizer')
    expect((await person.post('/organizer/events/new', { title: 'X', category: 'festival', visibility: 'public' })).status).toBe(403)
    expect((await browse(app).get('/organizer/events/new')).location).toBe('/login?next=%2Forganizer%2Fevents%2Fnew')
  })
})

describe('the guided creation', () => {
  it('leads from the title to publication, and every step is saved', async () => {
    const { owner, made, path, setup, row } = await begun()
    expect(made.status).toBe(303)
    expect((await owner.get(made.location)).text).toMatch(/Étape 2 sur 5 .*Quand et où \?/)

    expect((await owner.post(`${setup}/when`, when({ venue: 'Fort portugais' }))).location).toBe(`${setup}/tickets`)
    expect(await row()).toMatchObject({ city: 'Ouidah', venue: 'Fort portugais', unconfirmed: ['tickets', 'look'] })
    const { startsAt, endsAt } = await row()
    expect(endsAt.getTime() - startsAt.getTime()).toBe(4 * 3_600_000)

    expect((await owner.post(`${setup}/tickets`, { name: 'Standard', price: '5 000', quantity: '100', next: 'more' })).location).toBe(
      `${setup}/tickets#more`,
    )
    expect((await owner.get(`${setup}/tickets`)).text).toMatch(/Standard 5\s000\s.* 100 places/)
    expect((await owner.post(`${setup}/tickets`, { name: 'Enfant', price: '0', quantity: '20', next: 'go' })).location).toBe(`${setup}/look`)
    expect((await listTicketTypes(app, (await row()).id)).map(({ name, price, quota }) => [name, price.amount, quota.size])).toEqual([
      ['Standard', 5000, 100],
      ['Enfant', 0, 20],
    ])

    const picture = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#a43' } })
      .png()
      .toBuffer()
    expect((await owner.postRaw(`${setup}/look`, ...multipart({ description: 'Des **contes**.', cover: picture }))).location).toBe(`${setup}/check`)
    expect(await row()).toMatchObject({ description: 'Des **contes**.', unconfirmed: [] })
    expect((await row()).coverId).not.toBeNull()

    const check = await owner.get(`${setup}/check`)
    expect(check.text).toMatch(/Étape 5 sur 5 .*Standard · 100 places.*Fait : La date et la ville .*Publier met la page en ligne aussitôt/)
    expect((await owner.post(`${path}/publish`)).location).toBe(path)
    expect((await owner.get(path)).text).toContain('Votre événement est en ligne')
    // From here on it is changed on its own pages.
    for (const step of ['', '/what', '/when', '/tickets', '/look', '/check']) expect((await owner.get(setup + step)).location).toBe(path)
  })

  it('is left and taken up where it was, and every step has an address', async () => {
    const { owner, path, setup } = await begun()
    expect((await owner.get(setup)).location).toBe(`${setup}/when`)
    expect((await owner.get(path)).text).toMatch(/vous en êtes à l’étape 2 sur 5.*Continuer la création/)
    await owner.post(`${setup}/when`, when())
    expect((await owner.get(setup)).location).toBe(`${setup}/tickets`)
    await owner.post(`${setup}/tickets`, { next: 'later' })
    expect((await owner.get(setup)).location).toBe(`${setup}/look`)
    await owner.postRaw(`${setup}/look`, ...multipart({ description: '', cover: Buffer.alloc(0) }))
    expect((await owner.get(setup)).location).toBe(`${setup}/check`)
    for (const step of ['what', 'when', 'tickets', 'look', 'check']) expect((await owner.get(`${setup}/${step}`)).status).toBe(200)
    expect((await owner.get(`${setup}/what`)).html).toContain('value="Nuit du conte"')
    expect((await owner.get(path)).text).toContain('Avant de publier')
  })

  it('suggests a day and cities, and asks to confirm them before anything is published', async () => {
    const { owner, path, setup } = await begun()
    const form = await owner.get(`${setup}/when`)
    expect(form.html).toMatch(/value="\d{4}-\d\d-\d\dT20:00"/)
    expect(form.html).toContain('<option value="Ouidah">')
    const early = await owner.get(`${setup}/check`)
    expect(early.text).toMatch(/Date à choisir .*La date et la ville Il le faut/)
    expect(early.html).toContain(`href="${setup}/when#field-startsAt"`)
    expect(early.html).not.toContain(`action="${path}/publish"`)
    const refused = await owner.post(`${path}/publish`)
    expect([refused.status, refused.text.includes('Dites d’abord quand a lieu l’événement')]).toEqual([409, true])
  })

  it('keeps what was typed and says what to correct, step by step', async () => {
    const { owner, setup } = await begun()
    const what = await owner.post('/organizer/events/new', { title: ' ', category: 'fishing', visibility: 'public' })
    expect(what.status).toBe(422)
    for (const field of ['title', 'category']) expect(what.html).toContain(`id="field-${field}-error"`)
    const wrong = await owner.post(`${setup}/when`, when({ endsAt: local(19), city: '', timezone: 'Mars/Olympus' }))
    expect(wrong.status).toBe(422)
    for (const field of ['city', 'timezone']) expect(wrong.html).toContain(`id="field-${field}-error"`)
    expect((await owner.post(`${setup}/when`, when({ endsAt: local(19) }))).html).toContain('id="field-endsAt-error"')
    const past = await owner.post(`${setup}/when`, when({ startsAt: local(-2) }))
    expect([past.status, past.html.includes('id="field-startsAt-error"')]).toEqual([422, true])
    const ticket = await owner.post(`${setup}/tickets`, { name: '', price: 'cher', quantity: '0', next: 'go' })
    for (const field of ['name', 'price', 'quantity']) expect(ticket.html).toContain(`id="field-${field}-error"`)
    expect(ticket.html).toContain('value="cher"')
    const noPicture = await owner.postRaw(`${setup}/look`, ...multipart({ description: 'Gardé', cover: Buffer.from('nothing') }))
    expect([noPicture.status, noPicture.html.includes('id="field-cover-error"'), noPicture.text.includes('Gardé')]).toEqual([422, true, true])
    const tooBig = await owner.postRaw(`${setup}/look`, ...multipart({ description: 'Gardé', cover: Buffer.alloc(10_485_761) }))
    expect([tooBig.status, tooBig.html.includes('id="field-cover-error"')]).toEqual([422, true])
  })

  it('corrects and takes away ticket types where they stand', async () => {
    const { owner, setup, row } = await begun()
    await owner.post(`${setup}/tickets`, { name: 'Standard', price: '5000', quantity: '100', next: 'more' })
    await owner.post(`${setup}/tickets`, { name: 'VIP', price: '9000', quantity: '10', next: 'more' })
    const [standard, vip] = await listTicketTypes(app, (await row()).id)
    const taken = await owner.post(`${setup}/tickets/${vip!.id}`, {
      [`name-${vip!.id}`]: 'Standard',
      [`price-${vip!.id}`]: '1',
      [`quantity-${vip!.id}`]: '1',
    })
    expect([taken.status, taken.html.includes(`id="field-name-${vip!.id}-error"`)]).toEqual([409, true])
    await owner.post(`${setup}/tickets/${vip!.id}`, {
      [`name-${vip!.id}`]: 'Carré',
      [`price-${vip!.id}`]: '12000',
      [`quantity-${vip!.id}`]: '8',
    })
    await owner.post(`${setup}/tickets/${standard!.id}/delete`)
    expect((await listTicketTypes(app, (await row()).id)).map(({ name, price, quota }) => [name, price.amount, quota.size])).toEqual([
      ['Carré', 12000, 8],
    ])
    expect((await owner.post(`${setup}/tickets/${standard!.id}`, {})).status).toBe(404)
    // Pressed twice: the second time it stands there already.
    const again = { name: 'Carré', price: '12 000', quantity: '8', next: 'more' }
    expect((await owner.post(`${setup}/tickets`, again)).location).toBe(`${setup}/tickets#more`)
    expect((await owner.post(`${setup}/tickets`, { ...again, price: '1' })).status).toBe(409)
    // Nothing typed, something on sale: on to the next step.
    expect((await owner.post(`${setup}/tickets`, { name: '', price: '', quantity: '', next: 'go' })).location).toBe(`${setup}/look`)
  })

  it('is given up without a trace, as long as nobody has seen it', async () => {
    const { owner, path, setup, organizer } = await begun()
    await owner.post(`${setup}/tickets`, { name: 'Standard', price: '5000', quantity: '100', next: 'more' })
    expect((await owner.get(`${path}/delete`)).text).toContain('le brouillon disparaît')
    expect((await browse(app, await buildMember(app, organizer.id, 'cashier')).post(`${path}/delete`)).status).toBe(403)
    expect((await owner.post(`${path}/delete`)).location).toBe('/organizer')
    expect((await owner.get(path)).status).toBe(404)
    const online = await buildEvent(app, { organizer })
    const own = `/organizer/events/${online.slug}`
    expect([(await owner.get(`${own}/delete`)).location, (await owner.post(`${own}/delete`)).location]).toEqual([own, own])
    expect((await owner.get(own)).status).toBe(200)
  })

  it('opens to those who lead, for the organizer they choose', async () => {
    const { organizer, path, setup } = await begun()
    for (const role of ['cashier', 'agent'] as const) {
      const member = browse(app, await buildMember(app, organizer.id, role))
      expect([(await member.get(`${setup}/when`)).status, (await member.post(`${setup}/when`, when())).status]).toEqual([403, 403])
      expect((await member.post('/organizer/events/new', { title: 'X', category: 'festival', visibility: 'public' })).status).toBe(403)
    }
    const foreign = browse(app, (await buildOrganizer(app)).owner)
    expect([(await foreign.get(setup)).status, (await foreign.post(`${setup}/tickets`, { next: 'later' })).status]).toEqual([404, 404])
    expect((await browse(app).post(`${setup}/when`, when())).status).toBe(401)
    expect((await browse(app, organizer.owner).get(path)).status).toBe(200)

    const second = await buildOrganizer(app, { name: 'Bêta' })
    await app.db.insertInto('membership').values({ organizerId: second.id, accountId: organizer.owner.accountId, role: 'manager' }).execute()
    const both = browse(app, organizer.owner)
    expect((await both.get(`/organizer/events/new?organizer=${second.slug}`)).html).toMatch(new RegExp(`<option value="${second.slug}" selected`))
    const made = await both.post('/organizer/events/new', { title: 'Y', category: 'festival', visibility: 'public', organizer: second.slug })
    const row = await app.db.selectFrom('event').select('organizerId').where('slug', '=', made.location.split('/').at(-3)!).executeTakeFirstOrThrow()
    expect(row.organizerId).toBe(second.id)
  })
})

describe('the check-list of a draft', () => {
  it('says what is missing and where to do it, and goes once published', async () => {
    const event = await buildEvent(app, { status: 'draft' })
    const owner = browse(app, event.organizer.owner)
    const path = `/organizer/events/${event.slug}`
    const before = await owner.get(path)
    expect(before.text).toMatch(/Avant de publier .*Des billets à prendre Sans billets, la page annonce .*Fait : La date et la ville/)
    expect(before.html).toContain(`href="${path}/edit#cover"`)
    await owner.post(`${path}/tickets`, { name: 'A', price: '0', quantity: '5', minPerOrder: 1, maxPerOrder: 10 })
    expect((await owner.get(path)).text).toContain('Fait : Des billets à prendre')
    await owner.post(`${path}/publish`)
    expect((await owner.get(path)).text).not.toContain('Avant de publier')
  })
})

describe('where nothing was sold yet', () => {
  it('the lists say what to do next, as the event stands', async () => {
    const { owner, path, setup } = await begun()
    for (const list of ['orders', 'participants']) {
      expect((await owner.get(`${path}/${list}`)).html).toContain(`href="${setup}"`)
      const online = await buildEvent(app)
      const seen = await browse(app, online.organizer.owner).get(`/organizer/events/${online.slug}/${list}`)
      expect(seen.html).toContain('https://wa.me/?text=')
      expect(seen.html).toContain(`href="/organizer/events/${online.slug}/desk"`)
      const ended = await buildEvent(app, { status: 'ended' })
      expect((await browse(app, ended.organizer.owner).get(`/organizer/events/${ended.slug}/${list}`)).html).not.toContain('wa.me')
    }
  })
})

describe('where the platform reviews events', () => {
  const reviewing = testApp({ REVIEW_EVENTS: 'on', REVIEW_HOURS: '48' })

  it('says what happens next and by when, and what to correct where it is sent back', async () => {
    const organizer = await buildOrganizer(reviewing)
    const event = await buildEvent(reviewing, { organizer, status: 'draft' })
    await reviewing.db.updateTable('event').set({ publishedAt: null }).where('id', '=', event.id).execute()
    const owner = browse(reviewing, organizer.owner)
    const path = `/organizer/events/${event.slug}`
    const check = await owner.get(`${path}/setup/check`)
    expect(check.text).toMatch(/Notre équipe relit d’abord votre événement Réponse sous 48 heures, par e-mail\..*Demander la publication/)
    await owner.post(`${path}/publish`)
    expect((await owner.get(path)).text).toMatch(/Réponse au plus tard le .* par e-mail/)
    const asked = new Date(reviewing.clock.now().getTime() - 49 * 3_600_000)
    await reviewing.db.updateTable('event').set({ reviewRequestedAt: asked }).where('id', '=', event.id).execute()
    expect((await owner.get(path)).text).toContain('La relecture prend plus de temps que prévu')
    await reviewEvent(reviewing, await buildAccount(reviewing, { role: 'admin' }), event.slug, { decision: 'reject', reason: 'L’adresse manque' })
    expect((await owner.get(path)).text).toMatch(/Notre équipe vous a rendu cet événement L’adresse manque/)
  })
})
