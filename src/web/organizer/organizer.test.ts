// The organizer's pages: from the first event to a refund, each refusal beside its field, nothing of anybody else's.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { toLocalTime } from '#src/kernel/zone.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()

const local = (days: number) => toLocalTime(new Date(Date.now() + days * 86_400_000), 'Africa/Porto-Novo')
const details = () => ({
  title: 'Nuit du conte',
  category: 'festival',
  startsAt: local(5),
  endsAt: local(6),
  timezone: 'Africa/Porto-Novo',
  city: 'Ouidah',
  country: 'BJ',
  visibility: 'public',
  venue: 'Fort portugais',
  description: '**Venez**',
})

/** An event on sale, its team, and a paid or free order of two tickets. */
async function sold(price: number) {
  const organizer = await buildOrganizer(app)
  const event = await buildEvent(app, { organizer })
  const type = await buildTicketType(app, event, { name: 'Standard', price, quantity: 10 })
  const order = await placeOrder(
    app,
    { kind: 'visitor', locale: 'fr', ip: null },
    {
      eventSlug: event.slug,
      lines: [{ ticketTypeId: type.id, quantity: 2 }],
      buyer: { name: 'Ada Dossou', email: 'ada@example.test' },
      idempotencyKey: event.slug,
      channel: 'web',
    },
  )
  return { organizer, event, type, order, owner: browse(app, organizer.owner), path: `/organizer/events/${event.slug}` }
}

/** As `sold`, paid through the cashier's desk. */
async function paid() {
  const world = await sold(5000)
  const { startPayment } = await import('#src/modules/payments/start-payment.ts')
  await startPayment(app, world.organizer.owner, {
    payable: { kind: 'order', id: world.order.id },
    eventId: world.event.id,
    organizerId: world.organizer.id,
    amount: world.order.total,
    provider: 'cash',
    payer: {},
    reference: world.order.code,
    description: 'x',
    expiresAt: world.order.expiresAt!,
    locale: 'fr',
    returnUrl: 'http://guichet.test/',
  })
  return world
}

describe('becoming an organizer', () => {
  it('comes first for somebody without a team', async () => {
    const somebody = browse(app, await buildAccount(app))
    expect((await somebody.get('/organizer')).location).toBe('/account/organizer')
    await somebody.post('/account/organizer', { organizerName: 'Les Conteurs', country: 'BJ' })
    expect((await somebody.get('/organizer')).text).toContain('Vos événements seront ici')
  })

  it('needs an account', async () => {
    const visitor = await browse(app).get('/organizer')
    expect([visitor.status, visitor.location]).toEqual([303, '/login?next=%2Forganizer'])
    expect((await browse(app).post('/organizer/events/new', details())).status).toBe(401)
  })
})

describe('an event', () => {
  it('is given tickets, published, taken back, and shows its numbers', async () => {
    const organizer = await buildOrganizer(app)
    const owner = browse(app, organizer.owner)
    const { slug } = await buildEvent(app, { organizer, title: 'Nuit du conte', status: 'draft' })
    const path = `/organizer/events/${slug}`
    expect((await owner.get(path)).text).toContain('Sans billets, sa page l’annoncera seulement')
    expect((await owner.post(`${path}/tickets`, { name: 'Standard', price: '5 000', quantity: '100', minPerOrder: 1, maxPerOrder: 10 })).status).toBe(
      303,
    )
    const types = await owner.get(`${path}/tickets`)
    expect(types.text).toMatch(/Standard 5\s000\s.*0 sur 100 En vente/)
    expect((await browse(app).get(`/events/${slug}`)).status).toBe(404)
    expect((await owner.post(`${path}/publish`)).location).toBe(path)
    app.clock.advance(2)
    expect((await browse(app).get(`/events/${slug}`)).text).toContain('Nuit du conte')
    expect((await owner.get('/organizer')).text).toMatch(/Nuit du conte .*En ligne .*0 sur 100/)
    await owner.post(`${path}/unpublish`)
    expect((await owner.get(path)).text).toContain('Brouillon')
  })

  it('keeps what was typed and says what to correct', async () => {
    const event = await buildEvent(app, { status: 'draft' })
    const owner = browse(app, event.organizer.owner)
    const edit = `/organizer/events/${event.slug}/edit`
    const refused = await owner.post(edit, {
      ...details(),
      title: '',
      endsAt: local(4),
      capacity: 'beaucoup',
      paymentUrl: 'http://x',
      venue: 'Chez <Ada>',
    })
    expect(refused.status).toBe(422)
    for (const field of ['title', 'endsAt', 'capacity']) expect(refused.html).toContain(`id="field-${field}-error"`)
    expect(refused.html).toContain('value="Chez &lt;Ada>"')
    expect(refused.html).toContain('value="beaucoup"')
    const byVerb = await owner.post(edit, { ...details(), paymentUrl: 'http://x.test' })
    expect(byVerb.status).toBe(422)
    expect(byVerb.html).toContain('id="field-paymentUrl-error"')
  })

  it('is changed, in the event’s own time zone', async () => {
    const { event, owner, path } = await sold(0)
    const form = await owner.get(`${path}/edit`)
    expect(form.html).toContain(`value="${toLocalTime(event.startsAt, 'Africa/Porto-Novo')}"`)
    expect((await owner.post(`${path}/edit`, { ...details(), title: 'Nouveau titre', reentry: 'on' })).status).toBe(303)
    const row = await app.db.selectFrom('event').selectAll().where('id', '=', event.id).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ title: 'Nouveau titre', reentry: true, askHolderNames: false })
    expect(toLocalTime(row.startsAt, 'Africa/Porto-Novo')).toBe(details().startsAt)
  })

  it('takes a cover, and refuses what is no image', async () => {
    const { owner: _, organizer, event, path } = await sold(0)
    const session = browse(app, organizer.owner)
    await session.get('/organizer')
    const send = async (bytes: Buffer) => {
      const token = `b${Math.random()}`
      const payload = Buffer.concat([
        Buffer.from(`--${token}\r\ncontent-disposition: form-data; name="cover"; filename="x.png"\r\ncontent-type: image/png\r\n\r\n`),
        bytes,
        Buffer.from(`\r\n--${token}--\r\n`),
      ])
      return session.postRaw(`${path}/cover`, payload, `multipart/form-data; boundary=${token}`)
    }
    const bad = await send(Buffer.from('<svg/>'))
    expect(bad.status).toBe(422)
    expect(bad.html).toContain('id="field-cover-error"')
    expect(
      (
        await send(
          await sharp({ create: { width: 800, height: 450, channels: 3, background: '#a40' } })
            .png()
            .toBuffer(),
        )
      ).status,
    ).toBe(303)
    expect((await session.get(`${path}/edit`)).html).toMatch(/\/files\/[0-9a-f-]{36}\/480\.webp/)
    await session.post(`${path}/cover/remove`)
    expect((await app.db.selectFrom('event').select('coverId').where('id', '=', event.id).executeTakeFirstOrThrow()).coverId).toBeNull()
  })

  it('is cancelled after being asked, in numbers', async () => {
    const { owner, path } = await paid()
    expect((await owner.get(`${path}/cancel`)).text).toMatch(/2 billets, 10\s000\s.* à rembourser/)
    await owner.post(`${path}/cancel`, { reason: 'Pluie' })
    expect((await owner.get(path)).text).toContain('Cet événement est annulé')
  })

  it('does not exist for other organizers; cashiers see sales and change nothing; agents see nothing of it', async () => {
    const { event, organizer, path } = await sold(5000)
    const stranger = browse(app, (await buildOrganizer(app)).owner)
    const cashier = browse(app, await buildMember(app, organizer.id, 'cashier'))
    const agent = browse(app, await buildMember(app, organizer.id, 'agent'))
    for (const page of ['', '/edit', '/tickets', '/orders', '/participants', '/gates', '/cancel']) {
      expect([page, (await stranger.get(path + page)).status]).toEqual([page, 404])
      expect([page, (await agent.get(path + page)).status]).toEqual([page, 403])
      const seen = ['', '/orders', '/participants'].includes(page)
      expect([page, (await cashier.get(path + page)).status]).toEqual([page, seen ? 200 : 403])
    }
    for (const action of ['publish', 'unpublish', 'cancel']) {
      expect((await stranger.post(`${path}/${action}`)).status).toBe(404)
      expect((await cashier.post(`${path}/${action}`)).status).toBe(403)
    }
    expect((await stranger.get('/organizer')).text).not.toContain(event.slug)
  })
})

describe('ticket types', () => {
  it('are changed, and refused beside the field', async () => {
    const { owner, path, type, event } = await sold(0)
    const taken = await owner.post(`${path}/tickets`, { name: 'standard', price: 'cher', quantity: '' })
    expect(taken.status).toBe(422)
    expect(taken.html).toMatch(/field-price-error/)
    const same = await owner.post(`${path}/tickets`, { name: 'standard', price: '0', quantity: '5' })
    expect(same.html).toContain('id="field-name-error"')
    const small = await owner.post(`${path}/tickets/${type.id}`, { name: 'Standard', price: '0', quantity: '1' })
    expect(small.html).toContain('id="field-quantity-error"')
    expect((await owner.post(`${path}/tickets/${type.id}`, { name: 'Entrée', price: '2500', quantity: '50', maxPerOrder: 4 })).status).toBe(303)
    expect(await app.db.selectFrom('ticketType').select(['name', 'price', 'maxPerOrder']).where('id', '=', type.id).executeTakeFirst()).toEqual({
      name: 'Entrée',
      price: 2500,
      maxPerOrder: 4,
    })
    const kept = await owner.post(`${path}/tickets/${type.id}/delete`)
    expect(kept.status).toBe(409)
    expect(kept.text).toContain('déjà vendus')
    const unsold = await buildTicketType(app, event, { name: 'Autre' })
    expect((await owner.post(`${path}/tickets/${unsold.id}/delete`)).status).toBe(303)
    const elsewhere = await sold(0)
    expect((await owner.get(`${path}/tickets/${elsewhere.type.id}`)).status).toBe(404)
  })
})

describe('orders and participants', () => {
  it('are found by name, mail or code, and by state', async () => {
    const { owner, path, order } = await sold(0)
    for (const query of ['', '?q=dossou', '?q=ada@example', `?q=${order.code}`, '?status=paid'])
      expect((await owner.get(`${path}/orders${query}`)).text).toContain('Ada Dossou')
    for (const query of ['?q=personne', '?status=refunded'])
      expect((await owner.get(`${path}/orders${query}`)).text).toContain('Aucune commande ne correspond')
    expect((await owner.get(`${path}/participants?q=ada`)).text).toMatch(/Ada Dossou .*Standard .*Valable/)
    for (const link of /href="([^"]+\.csv)"[^]*href="([^"]+\.xlsx)"/.exec((await owner.get(`${path}/participants`)).html)!.slice(1)) {
      const file = await owner.get(link)
      expect([file.status, file.headers['cache-control']]).toEqual([200, 'no-store'])
    }
    expect((await owner.get(`${path}/participants.csv`)).text).toContain('Ada Dossou')
    const pdf = await owner.get(`${path}/participants.pdf`)
    expect([pdf.status, pdf.headers['content-type'], pdf.html.startsWith('%PDF')]).toEqual([200, 'application/pdf', true])
    expect((await browse(app).get(`${path}/participants.csv`)).status).toBe(303)
  })

  it('let a name be corrected and tickets be sent again', async () => {
    const { owner, path, order } = await sold(0)
    const ticketId = order.tickets![0]!.id
    expect((await owner.get(`${path}/orders/${order.code}`)).html).toContain(`${path}/participants/${ticketId}`)
    const refused = await owner.post(`${path}/participants/${ticketId}/holder`, { name: ' ' })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('id="field-name-error"')
    const done = await owner.post(`${path}/participants/${ticketId}/holder`, { name: 'Bio Adjovi' })
    expect((await owner.get(done.location)).text).toContain('Le porteur est enregistré.')
    expect((await owner.get(`${path}/orders/${order.code}`)).text).toContain('Bio Adjovi')
    expect((await owner.get((await owner.post(`${path}/orders/${order.code}/resend`)).location)).text).toContain('renvoyés')
  })

  it('refunds chosen tickets after saying how much, then the rest', async () => {
    const { owner, path, order } = await paid()
    const address = `${path}/orders/${order.code}`
    const [first, second] = (await app.db.selectFrom('ticket').select('id').where('orderId', '=', order.id).orderBy('id').execute()).map(
      ({ id }) => id,
    ) as [string, string]
    expect((await owner.get(`${address}/refund`)).text).toMatch(/2 billets, 10\s000\s.* à rembourser/)
    expect((await owner.get(`${address}/refund?ticket=${first}`)).text).toMatch(/1 billet, 5\s000\s.* à rembourser/)
    const done = await owner.post(`${address}/refund`, { ticket: [first], reason: 'Malade' })
    expect((await owner.get(done.location)).text).toMatch(/Le remboursement est en route.*Remboursée en partie/)
    expect((await owner.post(`${address}/refund`, { ticket: [first] })).status).toBe(409)
    await owner.post(`${address}/refund`, { ticket: [second] })
    expect((await owner.get(address)).text).toContain('Remboursée')
  })

  it('cancels an unpaid order, and does not refund for a cashier', async () => {
    const { owner, path, order } = await sold(5000)
    expect((await owner.get(`${path}/orders/${order.code}/cancel`)).text).toContain('2 billets à annuler')
    await owner.post(`${path}/orders/${order.code}/cancel`)
    expect((await owner.get(`${path}/orders/${order.code}`)).text).toContain('Annulée')
    const other = await paid()
    const cashier = browse(app, await buildMember(app, other.organizer.id, 'cashier'))
    expect((await cashier.get(`${other.path}/orders/${other.order.code}`)).text).not.toContain('Rembourser')
    expect((await cashier.post(`${other.path}/orders/${other.order.code}/refund`, { ticket: [] })).status).toBe(403)
    // The order of another event is not here.
    expect((await owner.get(`${path}/orders/${other.order.code}`)).status).toBe(404)
  })
})

describe('gates', () => {
  it('are opened, given agents, and closed', async () => {
    const { owner, path, event } = await sold(0)
    expect((await owner.get(`${path}/gates`)).text).toContain('Aucune entrée pour le moment')
    expect((await owner.post(`${path}/gates`, { name: ' ', directions: 'both' })).html).toContain('id="field-name-error"')
    expect((await owner.post(`${path}/gates`, { name: 'Entrée nord', directions: 'in' })).status).toBe(303)
    expect((await owner.post(`${path}/gates`, { name: 'entrée nord', directions: 'in' })).html).toContain('id="field-name-error"')
    const { id } = await app.db.selectFrom('gate').select('id').where('eventId', '=', event.id).executeTakeFirstOrThrow()
    expect((await owner.post(`${path}/gates/${id}/agents`, { [`email-${id}`]: 'pas une adresse' })).html).toContain(`id="field-email-${id}-error"`)
    expect((await owner.post(`${path}/gates/${id}/agents`, { [`email-${id}`]: 'agent@example.test' })).status).toBe(303)
    const page = await owner.get(`${path}/gates`)
    expect(page.text).toContain('agent@example.test')
    const release = /action="([^"]+\/release)"/.exec(page.html)![1]!
    await owner.post(release)
    expect((await owner.get(`${path}/gates`)).text).toContain('Aucun agent à cette entrée.')
    await owner.post(`${path}/gates/${id}/close`)
    expect((await owner.get(`${path}/gates`)).text).toContain('Aucune entrée pour le moment')
  })
})

describe('addresses that nobody made', () => {
  it('lead nowhere, without a fuss', async () => {
    const { owner, path } = await sold(0)
    for (const id of ['abc', '-1', '1e3', '99999999999999999999']) {
      expect((await owner.post(`${path}/gates/${id}/close`)).status).toBe(404)
      expect((await owner.post(`${path}/programme/${id}/remove`)).status).toBe(404)
      expect((await owner.post(`${path}/guests/${id}/revoke`)).status).toBe(404)
      expect((await owner.get(`${path}/tickets/${id}`)).status).toBe(404)
    }
    const cursor = (keys: unknown[]) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    for (const bad of ['zzz', cursor(['2026-01-01 00:00:00+00', 'x']), cursor(['hier', 1]), cursor([1, 1])])
      expect((await owner.get(`/organizer?cursor=${bad}`)).status).toBe(400)
    for (const list of ['orders', 'participants', 'guests'])
      expect((await owner.get(`${path}/${list}?cursor=zzz&q=%00&status=constructor&type=x`)).status).toBeLessThan(500)
    expect((await owner.get(`${path}/orders?status=toString`)).status).toBe(200)
  })
})

describe('the programme and the guests', () => {
  it('gives the event’s page its programme, within the event’s time', async () => {
    const { owner, path, event } = await sold(0)
    const zone = 'Africa/Porto-Novo'
    const item = {
      title: 'Ouverture',
      speaker: 'Trio Zinsou',
      startsAt: toLocalTime(event.startsAt, zone),
      endsAt: toLocalTime(new Date(event.startsAt.getTime() + 3_600_000), zone),
    }
    // The form leaves seconds out, which the factory's event has.
    await app.db
      .updateTable('event')
      .set({ startsAt: new Date(Math.floor(event.startsAt.getTime() / 60_000) * 60_000) })
      .where('id', '=', event.id)
      .execute()
    expect((await owner.post(`${path}/programme`, { ...item, title: '' })).html).toContain('id="field-title-error"')
    expect((await owner.post(`${path}/programme`, { ...item, endsAt: local(30) })).html).toContain('id="field-endsAt-error"')
    expect((await owner.post(`${path}/programme`, item)).status).toBe(303)
    app.clock.advance(2)
    expect((await browse(app).get(`/events/${event.slug}`)).text).toMatch(/Programme .*Ouverture Trio Zinsou/)
    const remove = /action="([^"]+\/remove)"/.exec((await owner.get(`${path}/programme`)).html)![1]!
    await owner.post(remove)
    expect((await owner.get(`${path}/programme`)).text).toContain('Aucun programme pour le moment')
  })

  it('invites people to a private event, and withdraws invitations', async () => {
    const organizer = await buildOrganizer(app)
    const event = await buildEvent(app, { organizer, visibility: 'private' })
    const owner = browse(app, organizer.owner)
    const path = `/organizer/events/${event.slug}`
    expect((await owner.post(`${path}/guests`, { email: 'pas une adresse' })).html).toContain('id="field-email-error"')
    expect((await owner.post(`${path}/guests`, { email: 'bio@example.test', name: 'Bio' })).status).toBe(303)
    const page = await owner.get(`${path}/guests`)
    expect(page.text).toContain('bio@example.test')
    await owner.post(/action="([^"]+\/revoke)"/.exec(page.html)![1]!)
    expect((await owner.get(`${path}/guests`)).text).toContain('Personne n’est invité')
    const open = await sold(0)
    expect((await open.owner.post(`${open.path}/guests`, { email: 'bio@example.test' })).text).toContain('événements privés')
  })
})
