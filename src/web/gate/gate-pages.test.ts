// The scanner page as it is without JavaScript: forms, and the verdict in words.
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { humanCode } from '#src/modules/ticketing/qr-text.ts'
import { testApp } from '#test/app.ts'
import { buildAgent, buildDoor, buildGate, buildTicket, countDoor, pass, qrOf, type Door } from '#test/door.ts'
import { buildAccount, buildMember, buildTicketType, buildEvent } from '#test/factories.ts'
import { buy } from '#test/sale.ts'
import { cookieOf } from '#test/sign-in.ts'

const app = testApp()

async function browserOf(actor: AccountActor) {
  const headers = await cookieOf(app, actor)
  return {
    get: async (url: string) => app.server.inject({ method: 'GET', url, headers }),
    post: async (url: string, fields: Record<string, string>, extra: Record<string, string> = {}) =>
      app.server.inject({
        method: 'POST',
        url,
        headers: { ...headers, ...extra, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      }),
  }
}

const hidden = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
const word = (html: string) => /class="verdict-word[^"]*"[^>]*>([^<]*)</.exec(html)?.[1]
const path = (door: Door) => `/gate/${door.gate.id}`

describe('the gate page', () => {
  test('leads an agent straight to the only gate, and lets choose among several', async () => {
    const door = await buildDoor(app)
    const agent = await browserOf(door.agent)
    expect((await agent.get('/gate')).headers.location).toBe(path(door))
    const second = await buildGate(app, door.event, { name: 'Entrée du parking' })
    await buildAgent(app, door.event, second, door.agent)
    const choice = await agent.get('/gate')
    expect(choice.statusCode).toBe(200)
    expect(choice.body).toContain(`href="/gate/${second.id}"`)
    const idle = await browserOf(await buildMember(app, door.event.organizer.id, 'agent'))
    expect((await idle.get('/gate')).body).toContain('pas de poste')
    expect((await idle.get(path(door))).statusCode).toBe(404)
    expect((await app.server.inject({ url: path(door) })).headers.location).toBe(`/login?next=${encodeURIComponent(path(door))}`)
  })

  test('checks a typed code, lets in at a tap, and refuses the second time', async () => {
    const door = await buildDoor(app, { event: { capacity: 300 }, gate: { directions: 'in' } })
    const ticket = await buildTicket(app, door)
    const agent = await browserOf(door.agent)
    const judged = await agent.post(`${path(door)}/scan`, { code: humanCode(ticket.code) })
    expect(word(judged.body)).toBe('Valable')
    const fields = { token: hidden(judged.body, 'token'), scanId: hidden(judged.body, 'scanId'), type: hidden(judged.body, 'type'), direction: 'in' }
    const admitted = await agent.post(`${path(door)}/confirm`, fields)
    expect(word(admitted.body)).toBe('Entrez')
    expect(admitted.body).toMatch(/data-inside[^>]*>1</)
    // The browser sends it again when the page is reloaded.
    expect(word((await agent.post(`${path(door)}/confirm`, fields)).body)).toBe('Entrez')
    expect(await countDoor(app, door.event.id)).toMatchObject({ inside: 1, scansIn: 1 })
    const again = await agent.post(`${path(door)}/scan`, { code: await qrOf(app, door.event, ticket) })
    expect(again.statusCode).toBe(200)
    expect(word(again.body)).toBe('Déjà entré')
    expect(again.body).not.toContain('name="token"')
  })

  test('answers its script with the part that changes only', async () => {
    const door = await buildDoor(app)
    const agent = await browserOf(door.agent)
    const part = await agent.post(
      `${path(door)}/scan`,
      { code: await qrOf(app, door.event, await buildTicket(app, door, 'refunded')) },
      { 'x-fragment': 'live' },
    )
    expect(part.body).toMatch(/^<div role="status" aria-live="assertive" aria-atomic="true" data-live="verdict"/)
    expect(word(part.body)).toBe('Remboursé')
    expect(part.body).toContain('data-tone="bad"')
  })

  test('says in words what the protocol refuses', async () => {
    const door = await buildDoor(app)
    const agent = await browserOf(door.agent)
    const unknown = await agent.post(`${path(door)}/confirm`, { token: 'x', direction: 'in', scanId: uuidv7() })
    expect(unknown.statusCode).toBe(404)
    expect(unknown.body).toContain('Scannez de nouveau')
    expect((await agent.post(`${path(door)}/confirm`, { token: 'x', direction: 'sideways', scanId: uuidv7() })).statusCode).toBe(422)
    expect((await agent.post(`${path(door)}/scan`, { code: 'x' }, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403)
  })

  test('never puts a QR text into the page or a log', async () => {
    const door = await buildDoor(app)
    const qr = await qrOf(app, door.event, await buildTicket(app, door))
    const { body } = await (await browserOf(door.agent)).post(`${path(door)}/scan`, { code: qr })
    expect(word(body)).toBe('Valable')
    expect(body).not.toContain(qr.slice(0, 30))
  })

  test('lets in or out by the direction that the agent chose, and tempts nobody to confuse them', async () => {
    const door = await buildDoor(app, { gate: { directions: 'both' } })
    const ticket = await buildTicket(app, door)
    const agent = await browserOf(door.agent)
    const code = humanCode(ticket.code)
    const page = await agent.get(path(door))
    expect(page.body).toContain(`href="${path(door)}?way=out"`)
    const outside = await agent.post(`${path(door)}/scan`, { code, way: 'out' })
    expect(word(outside.body)).toBe('Jamais entré')
    // It may pass the other way, by a button of its own.
    expect(outside.body).toMatch(/data-confirm="other"[^]*value="in"[^]*Faire entrer/)
    const judged = await agent.post(`${path(door)}/scan`, { code, way: 'in' })
    expect(judged.body).toContain('data-confirm="valid"')
    await agent.post(`${path(door)}/confirm`, { token: hidden(judged.body, 'token'), scanId: uuidv7(), direction: 'in', way: 'in' })
    // A ticket handed back over the fence is red at the entrance, though it might go out.
    const again = await agent.post(`${path(door)}/scan`, { code, way: 'in' })
    expect(word(again.body)).toBe('Déjà entré')
    expect(again.body).toContain('verdict--bad')
    expect(again.body).not.toContain('data-confirm="valid"')
    const out = await agent.post(`${path(door)}/scan`, { code, way: 'out' })
    expect(word(out.body)).toBe('Valable')
    expect(out.body).toContain('Laisser sortir')
    const left = await agent.post(`${path(door)}/confirm`, { token: hidden(out.body, 'token'), scanId: uuidv7(), direction: 'out', way: 'out' })
    expect(word(left.body)).toBe('Sortie notée')
    expect(left.body).toContain(`href="${path(door)}?way=out"`)
  })

  test('counts what each agent has let in', async () => {
    const door = await buildDoor(app, { gate: { directions: 'in' } })
    const colleague = { ...door, agent: await buildAgent(app, door.event, door.gate) }
    await pass(app, door, await buildTicket(app, door))
    await pass(app, colleague, await buildTicket(app, door))
    await pass(app, door, await buildTicket(app, door, 'refunded'))
    const mine = async (who: Door) => /data-mine[^>]*>(\d+)</.exec((await (await browserOf(who.agent)).get(path(door))).body)?.[1]
    expect([await mine(door), await mine(colleague)]).toEqual(['1', '1'])
  })

  test('finds a guest by name for who sells; agents learn no names', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const gate = await buildGate(app, event, { directions: 'in' })
    await buy(app, event, type, 1, { buyer: { name: 'Reine Zinsou', email: 'reine@example.test' } })
    const cashier = await buildAgent(app, event, gate, await buildMember(app, event.organizer.id, 'cashier'))
    const desk = await browserOf(cashier)
    expect((await desk.get(`/gate/${gate.id}`)).body).toContain('Chercher par nom')
    const found = await desk.get(`/gate/${gate.id}/search?q=zinsou`)
    expect(found.body).toContain('Reine Zinsou')
    const judged = await desk.post(`/gate/${gate.id}/scan`, { code: hidden(found.body, 'code'), way: 'in' })
    expect(word(judged.body)).toBe('Valable')
    expect((await desk.get(`/gate/${gate.id}/search?q=personne`)).body).toContain('Aucun billet à ce nom')

    const agent = await browserOf(await buildAgent(app, event, gate))
    expect((await agent.get(`/gate/${gate.id}`)).body).not.toContain('Chercher par nom')
    expect((await agent.get(`/gate/${gate.id}/search?q=zinsou`)).statusCode).toBe(403)
    expect((await agent.get(`/gate/${gate.id}/log`)).body).not.toContain('Zinsou')
  })
})

describe('the log of a gate', () => {
  test('shows an agent what its own gate saw, by result, with times and who judged', async () => {
    const door = await buildDoor(app, { gate: { directions: 'in' } })
    const other = { ...door, gate: await buildGate(app, door.event, { directions: 'in', name: 'Entrée du parking' }) }
    other.agent = await buildAgent(app, door.event, other.gate)
    const inside = await buildTicket(app, door)
    await pass(app, door, inside)
    await pass(app, door, inside)
    await pass(app, other, await buildTicket(app, door, 'refunded'))
    const agent = await browserOf(door.agent)
    const all = await agent.get(`${path(door)}/log`)
    const rows = (html: string) => [...html.matchAll(/<tr><th scope="row">/g)].length
    expect(rows(all.body)).toBe(2)
    expect(all.body).toContain('Déjà entré')
    expect(all.body).not.toMatch(/badge--bad">Remboursé/)
    const { name } = await app.db.selectFrom('account').select('name').where('id', '=', door.agent.accountId).executeTakeFirstOrThrow()
    expect(all.body).toContain(name)
    expect(rows((await agent.get(`${path(door)}/log?result=in`)).body)).toBe(1)
    expect(rows((await agent.get(`${path(door)}/log?result=refused`)).body)).toBe(1)
    expect(rows((await agent.get(`${path(door)}/log?result=ALREADY_INSIDE`)).body)).toBe(1)
    expect(rows((await agent.get(`${path(door)}/log?result=out`)).body)).toBe(0)
    expect(rows((await agent.get(`${path(door)}/log?result=nonsense`)).body)).toBe(2)
    expect((await agent.get(`/gate/${other.gate.id}/log`)).statusCode).toBe(404)
  })

  test('shows who leads the event all gates, with holders and counts, and as a file', async () => {
    const door = await buildDoor(app, { gate: { directions: 'in', name: 'Porte nord' } })
    const other = { ...door, gate: await buildGate(app, door.event, { directions: 'in', name: 'Porte sud' }) }
    other.agent = await buildAgent(app, door.event, other.gate)
    const ticket = await buildTicket(app, door)
    await app.db.updateTable('ticket').set({ holderName: '=Reine Zinsou' }).where('id', '=', ticket.id).execute()
    await pass(app, door, ticket)
    await pass(app, other, ticket)
    const base = `/organizer/events/${door.event.slug}/gates`
    const owner = await browserOf(door.event.organizer.owner)
    const gates = await owner.get(base)
    expect(gates.body).toContain('1 entrée · 0 sortie · 0 refus')
    expect(gates.body).toContain(`href="${base}/log?gate=${other.gate.id}"`)
    const log = await owner.get(`${base}/log`)
    expect(log.body).toContain('Reine Zinsou')
    expect(log.body).toContain('Porte nord')
    const south = await owner.get(`${base}/log?gate=${other.gate.id}`)
    expect([...south.body.matchAll(/<tr><th scope="row">/g)].length).toBe(1)
    const csv = await owner.get(`${base}/log.csv`)
    expect(csv.headers['content-type']).toContain('text/csv')
    const lines = csv.body
      .replace(/^\uFEFF/, '')
      .trim()
      .split('\r\n')
    expect(lines[0]).toBe('Heure,Entrée,Sens,Résultat,Code,Type de billet,Participant,Agent,Lecture')
    expect(lines).toHaveLength(3)
    expect(lines[2]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,Porte nord,Entrée,Valable,OK,.*'=Reine Zinsou/)
    for (const who of [await buildMember(app, door.event.organizer.id, 'cashier'), door.agent]) {
      const member = await browserOf(who)
      expect([(await member.get(`${base}/log`)).statusCode, (await member.get(`${base}/log.csv`)).statusCode]).toEqual([403, 403])
    }
    const stranger = await browserOf(await buildAccount(app))
    expect((await stranger.get(`${base}/log`)).statusCode).toBe(404)
  })
})
