// The ticket desk: sold for cash, with or without a name, and nothing shown to a cashier that isn't theirs.
import { describe, expect, it } from 'vitest'
import type { TeamRole } from '#src/kernel/actor.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { browse, hiddenFields } from '#test/pages.ts'

const app = testApp()

async function counter(event: Parameters<typeof buildEvent>[1] = {}) {
  const organizer = await buildOrganizer(app)
  const built = await buildEvent(app, { organizer, ...event })
  const type = await buildTicketType(app, built, { name: 'Standard', price: 5000, quantity: 10 })
  const cashier = browse(app, await buildMember(app, organizer.id, 'cashier'))
  return { organizer, event: built, type, cashier, path: `/organizer/events/${built.slug}` }
}

const ordersOf = (eventId: number) => app.db.selectFrom('ticketOrder').selectAll().where('eventId', '=', eventId).orderBy('id').execute()

describe('the desk', () => {
  it('says the amount, takes cash from a stranger, shows the tickets and adds up the day', async () => {
    const { event, type, cashier, path } = await counter()
    expect((await cashier.get(`${path}/desk`)).text).toMatch(/Standard 10 places libres .*Mes ventes du jour/)
    const asked = await cashier.get(`${path}/desk/sale?q-${type.id}=2`)
    expect(asked.text).toMatch(/10\s000\s.* à encaisser/)
    const sold = await cashier.post(`${path}/desk/sale`, hiddenFields(asked.html))
    expect(sold.status).toBe(303)
    const sale = await cashier.get(sold.location)
    expect(sale.text).toContain('Voici les 2 billets')
    expect(sale.html.match(/<svg[^>]*aria-label="Code QR/g)).toHaveLength(2)
    expect(await ordersOf(event.id)).toMatchObject([
      { status: 'paid', channel: 'cashier', buyerName: 'Vente au guichet', buyerEmail: null, buyerPhone: null, accountId: null },
    ])
    // Pressed twice: still one sale.
    expect((await cashier.post(`${path}/desk/sale`, hiddenFields(asked.html))).location).toBe(sold.location)
    expect(await ordersOf(event.id)).toHaveLength(1)
    expect((await cashier.get(`${path}/desk`)).text).toMatch(/Dans ma caisse 10\s000\s.*Vente au guichet/)
  })

  it('counts to each cashier what they took themselves', async () => {
    const { organizer, type, cashier, path } = await counter()
    await cashier.post(`${path}/desk/sale`, { [`q-${type.id}`]: 1, key: 'one' })
    const other = browse(app, await buildMember(app, organizer.id, 'cashier'))
    expect((await other.get(`${path}/desk`)).text).toContain('Vos ventes d’aujourd’hui paraîtront ici')
  })

  it('gives out free tickets, keeps a given name, asks for holders where the event does', async () => {
    const { event, cashier, path } = await counter({ askHolderNames: true })
    const free = await buildTicketType(app, event, { name: 'Invité', price: 0 })
    const refused = await cashier.post(`${path}/desk/sale`, { [`q-${free.id}`]: 1, key: 'a', email: 'ada@', phone: '12', name: 'Ada' })
    expect(refused.status).toBe(422)
    for (const field of ['holder-0', 'email', 'phone']) expect(refused.html).toContain(`id="field-${field}-error"`)
    expect(refused.html).toContain('value="Ada"')
    const sold = await cashier.post(`${path}/desk/sale`, { [`q-${free.id}`]: 1, key: 'b', email: 'ada@example.test', name: 'Ada', 'holder-0': 'Bio' })
    expect((await cashier.get(sold.location)).text).toContain('Bio')
    expect((await cashier.get(`${path}/desk`)).text).toContain('Ada')
  })

  it('refuses an empty choice and more than is left, and is closed outside the sale', async () => {
    const { type, cashier, path, organizer } = await counter()
    const empty = await cashier.get(`${path}/desk/sale?q-${type.id}=0`)
    expect([empty.status, empty.text.includes('Choisissez au moins un billet')]).toEqual([422, true])
    await cashier.post(`${path}/desk/sale`, { [`q-${type.id}`]: 9, key: 'most' })
    const over = await cashier.post(`${path}/desk/sale`, { [`q-${type.id}`]: 2, key: 'over' })
    expect([over.status, over.text.includes('Il ne reste plus assez de places')]).toEqual([409, true])
    const draft = await buildEvent(app, { organizer, status: 'draft' })
    expect((await cashier.get(`/organizer/events/${draft.slug}/desk`)).text).toContain('n’est pas en vente')
  })

  it('finds a waiting order by its code and marks it as paid, once', async () => {
    const { event, type, cashier, path } = await counter()
    const order = await placeOrder(
      app,
      { kind: 'visitor', locale: 'fr', ip: null },
      {
        eventSlug: event.slug,
        lines: [{ ticketTypeId: type.id, quantity: 1 }],
        buyer: { name: 'Koffi', phone: '+2290197000000' },
        idempotencyKey: event.slug,
        channel: 'web',
      },
    )
    const unknown = await cashier.get(`${path}/desk/order?code=NOPE`)
    expect([unknown.status, unknown.html.includes('id="field-code-error"')]).toEqual([422, true])
    const found = await cashier.get(`${path}/desk/order?code=${order.code.toLowerCase()}`)
    expect(found.location).toBe(`${path}/orders/${order.code}`)
    expect((await cashier.get(found.location)).text).toMatch(/5\s000\s.* reçus en espèces/)
    expect((await cashier.get((await cashier.post(`${path}/orders/${order.code}/cash`)).location)).text).toMatch(/L’argent est encaissé.*Payée/)
    expect((await cashier.post(`${path}/orders/${order.code}/cash`)).status).toBe(409)
    expect((await cashier.get(`${path}/desk`)).text).toMatch(/Dans ma caisse 5\s000.*Koffi/)
    // Of another event: not here.
    const elsewhere = await counter()
    expect((await elsewhere.cashier.get(`${elsewhere.path}/desk/order?code=${order.code}`)).status).toBe(422)
    expect((await elsewhere.cashier.get(`${elsewhere.path}/desk/sales/${order.code}`)).status).toBe(404)
  })

  it.each<[TeamRole, number]>([
    ['owner', 200],
    ['manager', 200],
    ['cashier', 200],
    ['agent', 403],
  ])('opens to the team’s sellers: %s', async (role, status) => {
    const { organizer, type, path } = await counter()
    const member = browse(app, await buildMember(app, organizer.id, role))
    expect((await member.get(`${path}/desk`)).status).toBe(status)
    expect((await member.get(`${path}/desk/sale?q-${type.id}=1`)).status).toBe(status)
    expect((await member.post(`${path}/desk/sale`, { [`q-${type.id}`]: 1, key: 'x' })).status).toBe(status === 200 ? 303 : status)
    const stranger = browse(app, (await buildOrganizer(app)).owner)
    expect((await stranger.get(`${path}/desk`)).status).toBe(404)
    expect((await stranger.post(`${path}/desk/sale`, { [`q-${type.id}`]: 1, key: 'x' })).status).toBe(404)
    expect((await browse(app).get(`${path}/desk`)).status).toBe(303)
  })
})

describe('money that isn’t the cashier’s', () => {
  it('stays hidden: revenue and refunds', async () => {
    const { organizer, type, cashier, path, event } = await counter()
    const owner = browse(app, organizer.owner)
    const sold = await cashier.post(`${path}/desk/sale`, { [`q-${type.id}`]: 2, key: 'x' })
    const code = sold.location.split('/').at(-1)!
    const [ticket] = await app.db.selectFrom('ticket').select('id').where('eventId', '=', event.id).execute()
    await owner.post(`${path}/orders/${code}/refund`, { ticket: [ticket!.id] })
    expect((await owner.get(`${path}/orders/${code}`)).text).toContain('Remboursements')
    expect((await cashier.get(`${path}/orders/${code}`)).text).not.toContain('Remboursements')
    expect((await owner.get(path)).text).toContain('Vous revient')
    expect((await cashier.get(path)).text).not.toContain('Vous revient')
  })
})
