// The shop's pages as a browser without JavaScript meets them: find, choose, order, pay, hold the tickets.
import { describe, expect, it } from 'vitest'
import { testApp } from '#test/app.ts'
import { flushViews } from '#src/modules/events/count-views.ts'
import { workOff } from '#test/jobs.ts'
import { browse, hiddenFields as hidden } from '#test/pages.ts'
import { buy } from '#test/sale.ts'
import { buildEvent, buildOrganizer, buildTicketType, type BuiltEvent, type EventInput, type TicketTypeInput } from '#test/factories.ts'

const app = testApp()
const { get, post } = browse(app)

async function onSale(type: TicketTypeInput = {}, event: EventInput = {}): Promise<{ event: BuiltEvent; typeId: number }> {
  const built = await buildEvent(app, event)
  return { event: built, typeId: (await buildTicketType(app, built, type)).id }
}

/** Goes to the checkout of some tickets and orders them. */
async function order(event: BuiltEvent, typeId: number, quantity: number, fields: Record<string, string>) {
  const checkout = await get(`/events/${event.slug}/checkout?q-${typeId}=${quantity}`)
  expect(checkout.status).toBe(200)
  return post(`/events/${event.slug}/orders`, { ...hidden(checkout.html), ...fields })
}

const ada = { name: 'Ada Dossou', email: 'ada@example.test' }
const NNBSP = '\u202f'

describe('the list of events', () => {
  it('shows what is coming as cards, and finds by word, city, category and price', async () => {
    const { event } = await onSale({ price: 5000 }, { title: 'Nuit du Vodoun', city: 'Ouidah', category: 'festival' })
    await onSale({ price: 0 }, { title: 'Lecture publique', city: 'Lomé', category: 'community' })
    const list = await get('/events')
    expect(list.html).toContain(`href="/events/${event.slug}"`)
    expect(list.text).toMatch(/Dès 5\s000/)
    for (const query of ['city=ouidah', 'category=festival', 'price=paid', 'from=2020-01-01&to=2099-01-01&category=festival']) {
      const found = await get(`/events?${query}`)
      expect(found.text).toContain('Nuit du Vodoun')
      expect(found.text).not.toContain('Lecture publique')
    }
    expect((await get('/events?price=free')).text).toContain('Lecture publique')
  })

  it('opens with what is on soon and where, and leads to the rest', async () => {
    const { event } = await onSale(
      { price: 5000 },
      { title: 'Fête de la gaani', city: 'Nikki', startsAt: new Date(Date.now() + 3_600_000), endsAt: new Date(Date.now() + 7_200_000) },
    )
    const home = await get('/')
    expect(home.html).toContain(`href="/events/${event.slug}"`)
    expect(home.html).toContain('href="/events?city=Nikki"')
    expect(home.text).toContain('Votre place, payée par Mobile Money')
    expect(home.html).toContain('action="/events"')
  })

  it('says of what is on until when, not when it began', async () => {
    const soon = new Date(Date.now() + 2 * 3_600_000)
    await onSale({}, { title: 'Bal en cours', city: 'Savè', startsAt: new Date(Date.now() - 3_600_000), endsAt: soon })
    await onSale(
      {},
      { title: 'Foire en cours', city: 'Dassa', startsAt: new Date(Date.now() - 86_400_000), endsAt: new Date(Date.now() + 5 * 86_400_000) },
    )
    expect((await get('/events?city=Savè')).text).toMatch(/En cours jusqu’à \d\d:\d\d/)
    expect((await get('/events?city=Dassa')).text).toMatch(/En cours jusqu’au \S+ \d+ /)
  })

  it('filters by today, this weekend and this month, counted where the event is', async () => {
    const { event } = await onSale(
      {},
      { title: 'Ce soir même', city: 'Djougou', startsAt: new Date(Date.now() + 60_000), endsAt: new Date(Date.now() + 3_600_000) },
    )
    const { event: far } = await onSale(
      {},
      {
        title: 'Bien plus tard',
        city: 'Djougou',
        startsAt: new Date(Date.now() + 100 * 86_400_000),
        endsAt: new Date(Date.now() + 100 * 86_400_000 + 1),
      },
    )
    const month = await get('/events?when=month&city=Djougou')
    expect(month.html).toContain(event.slug)
    expect(month.html).not.toContain(far.slug)
    expect(month.html).toContain('href="/events?city=Djougou&amp;when=today"')
    expect((await get('/events?city=Djougou')).text).toContain('dans 3 mois')
    // Nonsense is left out.
    expect((await get('/events?when=jadis&city=Djougou')).html).toContain(far.slug)
  })

  it('shows what is under way, past or cancelled to whoever asks for it, and else what is to come', async () => {
    const hour = 3_600_000
    const at = (from: number, to: number) => ({ startsAt: new Date(Date.now() + from * hour), endsAt: new Date(Date.now() + to * hour) })
    const city = 'Savalou'
    const made = {
      upcoming: (await onSale({}, { city, ...at(24, 30) })).event.slug,
      ongoing: (await onSale({}, { city, ...at(-1, 5) })).event.slug,
      past: (await onSale({}, { city, status: 'ended', ...at(-30, -24) })).event.slug,
      cancelled: (await onSale({}, { city, status: 'cancelled', ...at(24, 30) })).event.slug,
    }
    const shown = async (query: string) => {
      const { html } = await get(`/events?city=${city}${query}`)
      return Object.entries(made).flatMap(([name, slug]) => (html.includes(slug) ? [name] : []))
    }
    expect(await shown('')).toEqual(['upcoming', 'ongoing'])
    expect(await shown('&status=ongoing')).toEqual(['ongoing'])
    expect(await shown('&status=past')).toEqual(['past'])
    expect(await shown('&status=cancelled')).toEqual(['cancelled'])
    expect(await shown('&status=draft')).toEqual(['upcoming', 'ongoing'])
    expect((await get('/events?status=past')).html).toContain('<option value="past" selected')
  })

  it('says what to do when nothing matches, and survives nonsense in the address', async () => {
    const none = await get('/events?city=Atlantide')
    expect(none.text).toContain('Aucun événement ne correspond')
    expect(none.html).toContain('value="Atlantide"')
    expect((await get('/events?q=%00&city=%00&category=%00&from=hier&to=2026-99-99&price=cher&cursor=zzz&sort=%00')).status).toBe(200)
  })

  it('leads on to the next page and keeps the filters', async () => {
    const events = await Promise.all(Array.from({ length: 26 }, () => buildEvent(app, { city: 'Parakou' })))
    const first = await get('/events?city=Parakou')
    const next = /href="(\/events\?[^"]*cursor=[^"]*)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&')
    expect(next).toContain('city=Parakou')
    const second = await get(next!)
    const shown = (html: string) => events.filter((event) => html.includes(`/events/${event.slug}"`)).length
    expect([shown(first.html), shown(second.html)]).toEqual([24, 2])
  })
})

describe('the event page', () => {
  it('can be shared, put in a calendar and found on a map', async () => {
    const { event } = await onSale({}, { title: 'Bal & fanfare' })
    const page = await get(`/events/${event.slug}`)
    expect(page.html).toContain(`https://wa.me/?text=Bal%20%26%20fanfare%2C%20`)
    expect(page.html).toMatch(/https:\/\/www\.google\.com\/maps\/dir\/\?api=1&amp;destination=/)
    const picture = /property="og:image" content="http:\/\/guichet\.test([^"]+)"/.exec(page.html)![1]!
    expect(page.html).toMatch(/og:locale" content="fr_FR".*og:image:width" content="1200"/)
    const drawn = await app.server.inject(picture)
    expect([drawn.statusCode, drawn.headers['content-type']]).toEqual([200, 'image/jpeg'])
    const calendar = await app.server.inject(`/events/${event.slug}/event.ics`)
    expect(calendar.payload).toContain('SUMMARY:Bal & fanfare')
    expect(calendar.payload).not.toContain('DESCRIPTION')
  })

  it('gives nothing of a private event or a draft to strangers', async () => {
    for (const input of [{ visibility: 'private' }, { status: 'draft' }] as const) {
      const { event } = await onSale({}, input)
      for (const file of ['event.ics', 'share-fr.jpg']) expect((await app.server.inject(`/events/${event.slug}/${file}`)).statusCode).toBe(404)
    }
  })

  it('leads to its organizer, whose page shows what is coming and what has been', async () => {
    const { event } = await onSale({}, { title: 'Prochain concert' })
    const { event: over } = await onSale(
      {},
      { title: 'Concert d’hier', organizer: event.organizer, startsAt: new Date(Date.now() - 8e6), endsAt: new Date(Date.now() - 4e6) },
    )
    const { event: secret } = await onSale({}, { visibility: 'unlisted', organizer: event.organizer })
    expect((await get(`/events/${event.slug}`)).html).toContain(`href="/organizers/${event.organizer.slug}"`)
    const page = await get(`/organizers/${event.organizer.slug}`)
    expect(page.text).toMatch(/À venir.*Prochain concert.*Déjà passés.*Concert d’hier/)
    expect(page.html).toContain(over.slug)
    expect(page.html).not.toContain(secret.slug)
    expect((await get('/organizers/personne')).status).toBe(404)
  })

  it('offers tickets with their price, and what is left when it is little', async () => {
    const { event, typeId } = await onSale({ name: 'Standard', price: 5000, quantity: 3, maxPerOrder: 10 }, { title: 'Concert à Cotonou' })
    const page = await get(`/events/${event.slug}`)
    expect(page.text).toContain('Concert à Cotonou')
    expect(page.html).toContain(`5${NNBSP}000`)
    expect(page.text).toContain(`Plus que 3 places`)
    expect([...page.html.matchAll(/<option value="(\d+)"/g)].map((m) => m[1])).toEqual(['0', '1', '2', '3'])
    expect(page.html).toContain(`name="q-${typeId}"`)
  })

  it('says why a ticket can not be had', async () => {
    const soon = new Date(Date.now() + 3_600_000)
    const past = new Date(Date.now() - 3_600_000)
    const event = await buildEvent(app)
    await buildTicketType(app, event, { name: 'Bientôt', saleStartsAt: soon })
    await buildTicketType(app, event, { name: 'Trop tard', saleEndsAt: past })
    await buildTicketType(app, event, { name: 'Parti', quantity: 0 })
    await buildTicketType(app, event, { name: 'Caché', hidden: true })
    const page = await get(`/events/${event.slug}`)
    expect(page.text).toMatch(/Bientôt .*En vente le .*Trop tard .*Vente terminée .*Parti .*Complet/)
    expect(page.text).not.toContain('Caché')
    expect(page.text).toContain('La vente ouvre le')
    expect(page.html).not.toContain('<select')
  })

  it('says when a sale opens, that it is over, or that all is gone, where nothing can be bought', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000)
    const pageOf = async (type: TicketTypeInput) => (await get(`/events/${(await onSale(type)).event.slug}`)).text
    expect(await pageOf({ saleStartsAt: inAnHour })).toContain('La vente ouvre le')
    expect(await pageOf({ saleEndsAt: new Date(Date.now() - 1000) })).toContain('La vente en ligne est terminée.')
    expect(await pageOf({ quantity: 0 })).toContain('C’est complet')
    const empty = await buildEvent(app)
    expect((await get(`/events/${empty.slug}`)).text).toContain('Les billets ne sont pas encore en vente.')
  })

  it('sells nothing of what is cancelled, over, or sold elsewhere', async () => {
    const cancelled = await onSale({}, { status: 'cancelled' })
    expect((await get(`/events/${cancelled.event.slug}`)).text).toContain('Cet événement est annulé')
    const over = await onSale({}, { startsAt: new Date(Date.now() - 8e6), endsAt: new Date(Date.now() - 4e6) })
    expect((await get(`/events/${over.event.slug}`)).text).toContain('Cet événement a eu lieu')
    const elsewhere = await onSale()
    await app.db.updateTable('event').set({ paymentUrl: 'https://billets.example/x' }).where('id', '=', elsewhere.event.id).execute()
    const page = await get(`/events/${elsewhere.event.slug}`)
    expect(page.html).toContain('href="https://billets.example/x"')
    for (const { html } of [page]) expect(html).not.toContain('<select')
    for (const { event, typeId } of [cancelled, over, elsewhere]) expect((await get(`/events/${event.slug}/checkout?q-${typeId}=1`)).status).toBe(422)
  })

  it('shows markup of the description, never of a stranger', async () => {
    const event = await buildEvent(app, { title: '<img src=x onerror=alert(1)>' })
    await app.db.updateTable('event').set({ description: '**Venez** <script>alert(1)</script>' }).where('id', '=', event.id).execute()
    const page = await get(`/events/${event.slug}`)
    expect(page.html).toContain('<strong>Venez</strong>')
    expect(page.html).not.toContain('<script>alert')
    expect(page.html).not.toContain('<img src=x')
  })

  it('hides drafts from everybody', async () => {
    const event = await buildEvent(app, { status: 'draft' })
    expect((await get(`/events/${event.slug}`)).status).toBe(404)
    expect((await get(`/events/${event.slug}/checkout`)).status).toBe(404)
  })

  it.each(['draft', 'pending_review'])('shows its team the buyers’ own pages before publication, and sells nothing: %s', async (status) => {
    const event = await buildEvent(app, { status })
    const type = await buildTicketType(app, event, { price: 5000 })
    const path = `/events/${event.slug}`
    const choice = `q-${type.id}`
    const team = browse(app, event.organizer.owner)
    const page = await team.get(path)
    expect(page.text).toMatch(/Aperçu\s: vos acheteurs verront ceci/)
    expect(page.html).toContain(`name="${choice}"`)
    expect(page.html).toContain('noindex')
    for (const hiddenPart of ['application/ld+json', 'wa.me']) expect(page.html).not.toContain(hiddenPart)
    const checkout = await team.get(`${path}/checkout?${choice}=2`)
    expect([checkout.status, /Aperçu\s: vos acheteurs/.test(checkout.text)]).toEqual([200, true])
    expect(checkout.html).toMatch(/<button[^>]*disabled[^>]*>[^<]*10\s000/)
    const forced = await team.post(`${path}/orders`, { ...hidden(checkout.html), ...ada, provider: 'simulator' })
    expect(forced.status).toBe(422)
    expect(await app.db.selectFrom('ticketOrder').select('id').where('eventId', '=', event.id).execute()).toEqual([])
    await flushViews(app)
    expect(await app.db.selectFrom('eventView').select('views').where('eventId', '=', event.id).execute()).toEqual([])
    for (const other of [browse(app), browse(app, (await buildOrganizer(app)).owner)]) expect((await other.get(path)).status).toBe(404)
  })
})

describe('the price at the thumb', () => {
  it('leads to the tickets, and says from which price', async () => {
    const { event } = await onSale({ price: 5000 })
    await buildTicketType(app, event, { name: 'VIP', price: 20_000 })
    const { html, text } = await get(`/events/${event.slug}`)
    expect(html).toMatch(/<p class="buy-bar"><a class="button button--primary" href="#tickets">/)
    expect(html).toContain('<h2 id="tickets">')
    expect(text).toMatch(/Billets dès 5\s000/)
  })

  it('says nothing of a price where all is free, and is not there where nothing is on sale', async () => {
    const { event } = await onSale({ price: 0 })
    expect((await get(`/events/${event.slug}`)).text).toContain('Billets gratuits')
    const later = await onSale({ price: 5000, saleStartsAt: new Date(Date.now() + 3_600_000) })
    expect((await get(`/events/${later.event.slug}`)).html).not.toContain('buy-bar')
  })
})

describe('checkout', () => {
  it('asks for a choice first', async () => {
    const { event } = await onSale()
    const page = await get(`/events/${event.slug}/checkout`)
    expect(page.status).toBe(422)
    expect(page.text).toContain('Choisissez au moins un billet.')
    expect(page.text).toContain('Billets')
  })

  it('gives free tickets in one step', async () => {
    const { event, typeId } = await onSale({ price: 0, name: 'Entrée libre' })
    const placed = await order(event, typeId, 2, ada)
    expect(placed.status).toBe(303)
    expect(placed.location).toMatch(/^\/t\/[\w-]{43}$/)
    const tickets = await get(placed.location)
    expect(tickets.text).toContain(`Voici vos 2 billets`)
    expect(tickets.html.match(/<svg[^>]*role="img"/g)).toHaveLength(2)
    expect(tickets.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' })
    expect(tickets.html).toContain('<meta name="robots" content="noindex"')
  })

  it('keeps what was typed and says what to correct, beside the field and on top', async () => {
    const { event, typeId } = await onSale({ price: 0 }, { askHolderNames: true })
    const refused = await order(event, typeId, 2, { name: '', email: 'ada@exemple', phone: '12', 'holder-0': 'Ada', 'holder-1': ' ' })
    expect(refused.status).toBe(422)
    const html = refused.html
    expect(html).toContain('<title>Erreur')
    for (const field of ['name', 'email', 'phone', 'holder-1']) {
      expect(html).toContain(`href="#field-${field}"`)
      expect(html).toContain(`id="field-${field}-error"`)
    }
    expect(html).not.toContain('id="field-holder-0-error"')
    expect(html).toMatch(/<input[^>]*name="email"[^>]*value="ada@exemple"/)
    expect(html).toMatch(/<input[^>]*name="holder-0"[^>]*value="Ada"/)
    expect(await app.db.selectFrom('ticketOrder').select('id').where('eventId', '=', event.id).execute()).toEqual([])
    const done = await post(`/events/${event.slug}/orders`, { ...hidden(html), ...ada, 'holder-0': 'Ada', 'holder-1': 'Bio' })
    expect(done.status).toBe(303)
    expect((await get(done.location)).text).toMatch(/Ada .*Bio/)
  })

  it('makes one order of a form sent twice, and lets a changed form order again after a word', async () => {
    const { event, typeId } = await onSale({ price: 0 })
    const checkout = await get(`/events/${event.slug}/checkout?q-${typeId}=1`)
    const fields = { ...hidden(checkout.html), ...ada }
    const [first, second] = [await post(`/events/${event.slug}/orders`, fields), await post(`/events/${event.slug}/orders`, fields)]
    expect([first.status, second.status]).toEqual([303, 303])
    const orders = () => app.db.selectFrom('ticketOrder').select('id').where('eventId', '=', event.id).execute()
    expect(await orders()).toHaveLength(1)
    const changed = await post(`/events/${event.slug}/orders`, { ...fields, name: 'Ada D.' })
    expect(changed.status).toBe(409)
    expect(changed.text).toContain('Ce formulaire a déjà servi')
    expect((await get(/href="(\/t\/[^"]+)"/.exec(changed.html)![1]!)).text).toContain('Voici votre billet')
    expect((await post(`/events/${event.slug}/orders`, { ...hidden(changed.html), ...ada, name: 'Ada D.' })).status).toBe(303)
    expect(await orders()).toHaveLength(2)
  })

  it('leads whoever comes back to the order that holds their places, and starts anew with other tickets or once it is paid', async () => {
    const { event, typeId } = await onSale({ price: 5000 })
    const url = `/events/${event.slug}/checkout?q-${typeId}=2`
    const first = await get(url)
    const cookie = /guichet_order=[\w-]+/.exec(String(first.headers['set-cookie']))![0]
    const comeBack = (address: string, jar = cookie) => app.server.inject({ url: address, headers: { cookie: jar, 'accept-language': 'fr' } })
    // Reloaded before anything was sent: the same form.
    expect(hidden((await comeBack(url)).body).key).toBe(hidden(first.html).key)
    const placed = await post(`/events/${event.slug}/orders`, { ...hidden(first.html), ...ada, phone: '0197000000', provider: 'simulator' })
    const back = await comeBack(url)
    expect([back.statusCode, /^\/t\/[\w-]{43}$/.test(String(back.headers.location))]).toEqual([303, true])
    const codeOf = (html: string) => /Commande ([A-Z0-9]{10})/.exec(html)![1]
    expect(codeOf((await get(String(back.headers.location))).html)).toBe(codeOf((await get(placed.location)).html))
    expect((await get(url)).status).toBe(200)
    expect((await comeBack(`/events/${event.slug}/checkout?q-${typeId}=1`)).statusCode).toBe(200)
    expect((await comeBack(url, 'guichet_order=x')).statusCode).toBe(200)
    await app.db.updateTable('ticketOrder').set({ status: 'paid' }).where('eventId', '=', event.id).execute()
    const another = await comeBack(url)
    expect([another.statusCode, hidden(another.body).key === hidden(first.html).key]).toEqual([200, false])
  })

  it('leads nobody to an order that was placed by the API under the same key, which programs choose as they like', async () => {
    const { event, typeId } = await onSale({ price: 5000 })
    const key = 'my-shop--cart-number-1'
    await buy(app, event, { id: typeId }, 1, { idempotencyKey: key })
    const checkout = `/events/${event.slug}/checkout?q-${typeId}=1`
    expect((await get(checkout, { cookie: `guichet_order=${key}` })).status).toBe(200)
    const answer = await order(event, typeId, 2, { ...ada, key, provider: 'simulator', phone: '01 96 00 01 01' })
    expect([answer.status, answer.html]).toEqual([303, expect.not.stringContaining('/t/')])
  })

  it('sends each holder their own ticket, where the buyer gives their address', async () => {
    const { event, typeId } = await onSale({ price: 0 }, { askHolderNames: true })
    const holders = { 'holder-0': 'Ada', 'holder-1': 'Koffi', 'holder-email-1': 'koffi@example.test' }
    const wrong = await order(event, typeId, 2, { ...ada, ...holders, 'holder-email-1': 'koffi@' })
    expect([wrong.status, wrong.html.includes('id="field-holder-email-1-error"')]).toEqual([422, true])
    expect((await order(event, typeId, 2, { ...ada, ...holders })).status).toBe(303)
    await workOff(app)
    const mails = await app.db
      .selectFrom('mail')
      .select(['recipient', 'ticketIds'])
      .where('eventId', '=', event.id)
      .where('kind', '=', 'tickets')
      .execute()
    expect(mails.map((mail) => [mail.recipient, mail.ticketIds?.length ?? 'all']).toSorted()).toEqual([
      ['ada@example.test', 'all'],
      ['koffi@example.test', 1],
    ])
  })

  it('takes what people paste', async () => {
    const { event, typeId } = await onSale({ price: 0 })
    const placed = await order(event, typeId, 1, { name: 'A\0da\r\n', email: ' ADA@Example.TEST ' })
    expect(placed.status).toBe(303)
    expect((await get(placed.location)).text).toContain('ada@example.test')
  })

  it('says honestly that the last place has gone', async () => {
    const { event, typeId } = await onSale({ price: 0, quantity: 1 })
    const late = await get(`/events/${event.slug}/checkout?q-${typeId}=1`)
    await order(event, typeId, 1, ada)
    const refused = await post(`/events/${event.slug}/orders`, { ...hidden(late.html), ...ada })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('Il ne reste plus assez de places.')
  })

  it('refuses forms of other sites', async () => {
    const { event, typeId } = await onSale({ price: 0 })
    const response = await app.server.inject({
      method: 'POST',
      url: `/events/${event.slug}/orders`,
      payload: `q-${typeId}=1&name=Ada&email=a%40b.test`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' },
    })
    expect(response.statusCode).toBe(403)
  })
})

describe('paying', () => {
  const paid = { ...ada, phone: '0197000000', provider: 'simulator' }

  it('tells the whole total before the last step, then what to do on the phone', async () => {
    const { event, typeId } = await onSale({ price: 5000, name: 'VIP' })
    const checkout = await get(`/events/${event.slug}/checkout?q-${typeId}=2`)
    expect(checkout.text).toMatch(/Payer 10\s000\s.*CFA/)
    const placed = await post(`/events/${event.slug}/orders`, { ...hidden(checkout.html), ...paid })
    const page = await get(placed.location)
    expect(page.text).toContain('Validez sur votre téléphone')
    expect(page.text).toMatch(/À payer 10\s000/)
    expect(page.text).toMatch(/Vos places sont gardées encore 1[45] min/)
    expect(page.html).toContain('<noscript><meta http-equiv="refresh"')
    expect(page.html).toMatch(/href="\/simulator\/[0-9a-f-]{36}\?back=%2Ft%2F/)
    expect(page.html).not.toContain('role="img"')
    const status = await app.server.inject(`${placed.location}/status`)
    expect(status.json()).toMatchObject({ state: expect.stringContaining('awaiting_payment/') as string })
    expect(page.html).toContain(`data-state="${(status.json() as { state: string }).state}"`)
  })

  it('shows the tickets once the payer has approved', async () => {
    const { event, typeId } = await onSale({ price: 5000 })
    const placed = await order(event, typeId, 1, paid)
    const address = placed.location
    const simulator = /\/simulator\/([0-9a-f-]{36})/.exec((await get(address)).html)![1]!
    await app.server.inject({ method: 'POST', url: `/api/v1/simulator/payments/${simulator}/approve` })
    await expect.poll(async () => (await get(address)).text).toContain('Voici votre billet')
    expect((await get(address)).html).toContain('role="img"')
  })

  it('offers another try after a refusal, while the places are held', async () => {
    const { event, typeId } = await onSale({ price: 5000 })
    // This number refuses by itself: not enough money.
    const placed = await order(event, typeId, 1, { ...paid, payerPhone: '0190000002' })
    const address = placed.location
    await expect.poll(async () => (await get(address)).text).toContain('Le solde du compte est insuffisant.')
    const page = await get(address)
    expect(page.text).toContain('Réessayer le paiement')
    const wrong = await post(`${address}/payments`, { provider: 'simulator', payerPhone: '12' })
    expect(wrong.status).toBe(422)
    expect(wrong.html).toContain('id="field-payerPhone-error"')
    expect(wrong.html).toMatch(/name="payerPhone"[^>]*value="12"|value="12"[^>]*name="payerPhone"/)
    const again = await post(`${address}/payments`, { provider: 'simulator', payerPhone: '0197000000' })
    expect(again.status).toBe(303)
    expect(again.location).toBe(address)
    expect((await get(address)).text).toContain('Validez sur votre téléphone')
    // Pressed twice: the page says how things stand.
    expect((await post(`${address}/payments`, { provider: 'simulator', payerPhone: '0197000000' })).status).toBe(303)
  })

  it('lets the payer take the request back and pay another way, without losing the places', async () => {
    const { event, typeId } = await onSale({ price: 5000 })
    const { location: address } = await order(event, typeId, 1, paid)
    const waiting = await get(address)
    expect(waiting.text).toContain('+229 01 97 00 00 00')
    expect(waiting.html).toContain(`action="${address}/payments/withdraw"`)
    const withdrawn = await post(`${address}/payments/withdraw`)
    expect(withdrawn.location).toBe(`${address}?withdrawn=1`)
    const again = await get(withdrawn.location)
    expect(again.text).toContain('La demande de paiement est retirée')
    expect(again.html).toContain(`action="${address}/payments"`)
    expect(await app.db.selectFrom('quotaCounter').select('held').where('eventId', '=', event.id).executeTakeFirstOrThrow()).toEqual({ held: 1 })
    // Said twice, or once paid: nothing is taken away.
    expect((await post(`${address}/payments/withdraw`)).status).toBe(303)
    expect((await post(`${address}/payments`, { provider: 'simulator', payerPhone: '0196000000' })).status).toBe(303)
    const simulator = /\/simulator\/([0-9a-f-]{36})/.exec((await get(address)).html)![1]!
    await app.server.inject({ method: 'POST', url: `/api/v1/simulator/payments/${simulator}/approve` })
    await expect.poll(async () => (await get(address)).text).toContain('Voici votre billet')
    expect((await post(`${address}/payments/withdraw`)).status).toBe(303)
    expect((await get(address)).text).toContain('Voici votre billet')
  })

  it('needs a way to pay', async () => {
    const { event, typeId } = await onSale({ price: 5000 })
    const refused = await order(event, typeId, 1, { ...paid, provider: 'cash' })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('id="field-provider')
  })

  it('opens nothing with a wrong link', async () => {
    expect((await get('/t/nothing')).status).toBe(404)
    expect((await get('/t/nothing/status')).status).toBe(404)
    expect((await post('/t/nothing/payments', {})).status).toBe(404)
  })
})
