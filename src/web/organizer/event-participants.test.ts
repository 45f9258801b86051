// The organizer's lists: found, filtered, sorted, paged; one participant served; and nothing of anybody else's.
import { beforeAll, describe, expect, it } from 'vitest'
import { declineOrderRefund, requestOrderRefund } from '#src/modules/ticketing/request-order-refund.ts'
import { listParticipants } from '#src/reads/list-participants.ts'
import { testApp } from '#test/app.ts'
import { buildAgent, buildGate, pass } from '#test/door.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent, type BuiltTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { browse } from '#test/pages.ts'
import { buy, buyAndPay, expectSound, holderOf } from '#test/sale.ts'

const app = testApp()

let event: BuiltEvent
let vip: BuiltTicketType
let free: BuiltTicketType
let path: string

beforeAll(async () => {
  event = await buildEvent(app, { startsAt: new Date(Date.now() + 3_600_000), doorsOpenAt: new Date(Date.now() - 60_000) })
  vip = await buildTicketType(app, event, { name: 'VIP', price: 5000, quantity: 200 })
  free = await buildTicketType(app, event, { name: 'Libre', price: 0, quantity: 200 })
  path = `/organizer/events/${event.slug}`
  await buyAndPay(app, event, vip, 2, { buyer: { name: 'Zoé Agbo', email: 'zoe@example.test', phone: '+22996000111' } })
  await buy(app, event, free, 1, { buyer: { name: 'Amélie 100%', email: 'amelie@example.test' }, payment: undefined })
  await buy(app, event, free, 1, { buyer: { name: 'Bio_Dun', email: 'bio@example.test' }, payment: undefined })
})

const owner = () => browse(app, event.organizer.owner)
const names = (html: string) => [...html.matchAll(/<th scope="row"><a href="[^"]*">([^<]*)<\/a>/g)].map((match) => match[1])

async function ticketOf(buyer: string): Promise<{ id: string; code: string; orderCode: string }> {
  const { data } = await listParticipants(app, event.organizer.owner, event.slug, { q: buyer })
  return { id: data[0]!.ticketId, code: data[0]!.ticketCode, orderCode: data[0]!.orderCode }
}

describe('the participants', () => {
  it.each([
    ['a part of a name, without its accents', 'q=amelie', ['Amélie 100%']],
    ['an address', 'q=bio@', ['Bio_Dun']],
    ['a number, with spaces', 'q=96 000 111', ['Zoé Agbo', 'Zoé Agbo']],
    ['signs that mean something to the database', 'q=100%25', ['Amélie 100%']],
    ['an underscore as itself', 'q=Bio_', ['Bio_Dun']],
    ['the paid ones', 'paid=yes', ['Zoé Agbo', 'Zoé Agbo']],
    ['the free ones, by name', 'paid=no&sort=name', ['Amélie 100%', 'Bio_Dun']],
    ['nobody who came yet', 'entered=yes', []],
    ['nonsense as no filter at all', 'paid=maybe&sort=price&state=lost', ['Bio_Dun', 'Amélie 100%', 'Zoé Agbo', 'Zoé Agbo']],
  ])('are found by %s', async (_, query, expected) => {
    expect(names((await owner().get(`${path}/participants?${query}`)).html)).toEqual(expected)
  })

  it('are found by the code of a ticket or of an order, and by type', async () => {
    const { code, orderCode } = await ticketOf('Zoé')
    expect(names((await owner().get(`${path}/participants?q=${code.toLowerCase()}`)).html)).toHaveLength(1)
    expect(names((await owner().get(`${path}/participants?q=${orderCode}`)).html)).toHaveLength(2)
    expect(names((await owner().get(`${path}/participants?type=${free.id}&sort=-name`)).html)).toEqual(['Bio_Dun', 'Amélie 100%'])
  })

  it('say how many they are, and sort by links in their headers that keep the filters', async () => {
    const page = await owner().get(`${path}/participants?paid=no&sort=name`)
    expect(page.text).toContain('2 résultats')
    expect(page.html).toContain('aria-sort="ascending"')
    expect(page.html).toMatch(/href="[^"]*\?paid=no&amp;sort=-name"/)
    expect((await owner().get(`${path}/participants`)).text).toContain('4 participants')
  })

  it.each(['date', 'name', 'type', 'state'] as const)('come once each when paged by %s, in both directions', async (sort) => {
    for (const descending of [false, true]) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await listParticipants(app, event.organizer.owner, event.slug, { sort, descending, limit: 1, cursor })
        expect(page.count).toBe(4)
        seen.push(...page.data.map((person) => person.ticketId))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      expect(new Set(seen).size).toBe(4)
      expect(seen).toHaveLength(4)
    }
  })

  it('are for the team, but not for gate agents, and for nobody else', async () => {
    const [agent, cashier, rival] = await Promise.all([
      buildMember(app, event.organizer.id, 'agent'),
      buildMember(app, event.organizer.id, 'cashier'),
      buildOrganizer(app),
    ])
    const { id } = await ticketOf('Zoé')
    for (const address of [`${path}/participants`, `${path}/participants/${id}`, `${path}/orders`]) {
      const statuses = await Promise.all([cashier, agent, rival.owner, undefined].map(async (who) => (await browse(app, who).get(address)).status))
      expect([address, statuses]).toEqual([address, [200, 403, 404, 303]])
    }
    // The ticket of one event is nobody's under another's address, even for who leads both.
    const other = await buildEvent(app, { organizer: event.organizer })
    expect((await owner().get(`/organizer/events/${other.slug}/participants/${id}`)).status).toBe(404)
    expect((await owner().get(`${path}/participants/not-a-ticket`)).status).toBe(404)
  })
})

describe('one participant', () => {
  it('is renamed and given an address, beside what is wrong', async () => {
    const { id } = await ticketOf('Amélie')
    const wrong = await owner().post(`${path}/participants/${id}/holder`, { name: '', email: 'nulle part' })
    expect([wrong.status, wrong.html.includes('field-name-error'), wrong.html.includes('field-email-error')]).toEqual([422, true, true])
    expect((await owner().post(`${path}/participants/${id}/holder`, { name: 'Amélie Dossou', email: 'a.dossou@example.test' })).location).toContain(
      'done=saved',
    )
    const page = await owner().get(`${path}/participants/${id}?done=saved`)
    expect(page.text).toContain('Le porteur est enregistré')
    expect(page.text).toContain('Porteur modifié')
  })

  it('gets the ticket again, alone, and a new code where the old one is lost', async () => {
    const { id, code } = await ticketOf('Zoé')
    await owner().post(`${path}/participants/${id}/resend`)
    await workOff(app)
    const mails = await app.db.selectFrom('mail').select(['ticketIds', 'recipient']).where('dedupeKey', 'like', '%:again:%').execute()
    expect(mails).toEqual([{ ticketIds: [id], recipient: 'zoe@example.test' }])
    expect((await owner().get(`${path}/participants/${id}/reissue`)).text).toContain('L’ancien code QR cesse de fonctionner')
    expect((await owner().post(`${path}/participants/${id}/reissue`, { reason: 'lost' })).location).toContain('done=reissued')
    expect((await owner().get(`${path}/participants/${id}`)).text).not.toContain(code)
    expect((await owner().get(`${path}/participants?q=${code}`)).text).toContain('Personne ne correspond')
    expect((await app.db.selectFrom('retiredCode').select('reason').where('ticketId', '=', id).executeTakeFirstOrThrow()).reason).toBe('lost')
  })

  it('is let in by hand where the reader has a gate, once, and is found by that gate', async () => {
    const gate = await buildGate(app, event, { name: 'Nord' })
    const { id } = await ticketOf('Bio_Dun')
    const cashier = await buildMember(app, event.organizer.id, 'cashier')
    expect((await browse(app, cashier).post(`${path}/participants/${id}/passage`, { gate: gate.id })).status).toBe(422)
    expect((await owner().post(`${path}/participants/${id}/passage`, { gate: gate.id })).location).toContain('done=in')
    const page = await owner().get(`${path}/participants/${id}`)
    expect(page.text).toContain('Entré, Nord')
    expect(names((await owner().get(`${path}/participants?gate=${gate.id}`)).html)).toEqual(['Bio_Dun'])
    expect(names((await owner().get(`${path}/participants?entered=yes`)).html)).toEqual(['Bio_Dun'])
    expect(await app.db.selectFrom('scan').select(['method', 'result']).where('ticketId', '=', id).execute()).toEqual([
      { method: 'manual', result: 'OK' },
    ])
    // Taking back somebody who is inside asks again.
    const refused = await owner().post(`${path}/participants/${id}/cancel`)
    expect([refused.status, refused.html.includes('name="force"')]).toEqual([409, true])
    await expectSound(app)
  })

  it('loses a free ticket, whose place goes back on sale; one that cost something is refunded instead', async () => {
    const order = await buy(app, event, free, 2, { buyer: { name: 'Deux Places', email: 'deux@example.test' }, payment: undefined })
    const [first, second] = order.tickets
    expect((await owner().post(`${path}/participants/${first!.id}/cancel`)).location).toContain('done=cancelled')
    const status = async () => (await app.db.selectFrom('ticketOrder').select('status').where('id', '=', order.id).executeTakeFirstOrThrow()).status
    expect(await status()).toBe('partially_refunded')
    expect((await owner().get(`${path}/orders/${order.code}`)).text).toContain('Annulée en partie')
    expect((await owner().post(`${path}/participants/${second!.id}/cancel`)).status).toBe(303)
    expect(await status()).toBe('cancelled')
    expect((await owner().post(`${path}/participants/${second!.id}/cancel`)).status).toBe(409)
    const { id } = await ticketOf('Zoé')
    expect((await owner().post(`${path}/participants/${id}/cancel`)).status).toBe(409)
    expect((await owner().get(`${path}/participants/${id}`)).html).toContain(`refund?ticket=${id}`)
    await expectSound(app)
  })
})

describe('the orders', () => {
  it('show who asks for the money back, count them in the tab, and take an answer in a sentence', async () => {
    const order = await buyAndPay(app, event, vip, 2, { buyer: { name: 'Ada Regrette', email: 'ada@example.test' } })
    const [, second] = await app.db.selectFrom('ticket').select('id').where('orderId', '=', order.id).orderBy('id').execute()
    await requestOrderRefund(app, holderOf(order), { code: order.code, reason: 'Je suis malade', ticketIds: [second!.id] })
    const list = await owner().get(`${path}/orders`)
    expect(list.text).toContain('1 demande de remboursement attend votre réponse')
    expect(list.text).toContain('Commandes (1 à traiter)')
    expect((await owner().get(`${path}/participants`)).text).toContain('Commandes (1 à traiter)')
    expect(names((await owner().get(`${path}/orders?refund=open`)).html)).toEqual(['Ada Regrette'])
    const page = await owner().get(`${path}/orders/${order.code}`)
    expect(page.text).toContain('Je suis malade')
    expect(page.html).toContain(`/refund?ticket=${second!.id}`)
    // A cashier sees it, and has no answer to give.
    const cashier = browse(app, await buildMember(app, event.organizer.id, 'cashier'))
    expect((await cashier.get(`${path}/orders`)).text).not.toContain('à traiter')
    expect((await cashier.post(`${path}/orders/${order.code}/refund-request/decline`, { answer: 'Non' })).status).toBe(403)

    await owner().post(`${path}/orders/${order.code}/refund-request/decline`, { answer: 'Trop tard, désolé.' })
    const row = await app.db.selectFrom('ticketOrder').select(['refundAnswer']).where('id', '=', order.id).executeTakeFirstOrThrow()
    expect(row.refundAnswer).toBe('Trop tard, désolé.')
    expect((await owner().get(`${path}/orders`)).text).not.toContain('à traiter')
    expect((await owner().get(`${path}/orders/${order.code}`)).text).toContain('Remboursement refusé')
    expect(names((await owner().get(`${path}/orders?refund=declined`)).html)).toEqual(['Ada Regrette'])
    await declineOrderRefund(app, event.organizer.owner, order.code)
  })

  it('are filtered by day, channel and state, and sorted by amount', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const count = async (query: string) => names((await owner().get(`${path}/orders?${query}`)).html).length
    const all = await count('')
    expect(await count(`from=${today}&to=${today}`)).toBe(all)
    expect(await count('from=2020-01-01&to=2020-01-02')).toBe(0)
    expect(await count('from=tomorrow')).toBe(all)
    expect(await count('channel=cashier')).toBe(0)
    expect(await count('channel=api')).toBe(all)
    expect(names((await owner().get(`${path}/orders?sort=-total`)).html)[0]).toMatch(/Ada|Zoé/)
    expect((await owner().get(`${path}/orders?cursor=nonsense`)).status).toBe(400)
  })
})

describe('at the gate', () => {
  it('leaves a trace in the history of a ticket, refusals included', async () => {
    const door = { event, type: vip, gate: await buildGate(app, event, { name: 'Sud' }) }
    const agent = await buildAgent(app, event, door.gate)
    const order = await buyAndPay(app, event, vip, 1, { buyer: { name: 'Trace', email: 'trace@example.test' } })
    const ticket = await app.db.selectFrom('ticket').selectAll().where('orderId', '=', order.id).executeTakeFirstOrThrow()
    const shown = { ...ticket, type: vip }
    expect(await pass(app, { ...door, agent }, shown)).toBe('OK')
    expect(await pass(app, { ...door, agent }, shown)).not.toBe('')
    await workOff(app)
    const page = await owner().get(`${path}/participants/${ticket.id}`)
    for (const words of ['Commande passée', 'Payée ou confirmée', 'E-mail retenu', 'Entré, Sud']) expect(page.text).toContain(words)
  })
})
