// The scanner page as it is without JavaScript: forms, and the verdict in words.
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { humanCode } from '#src/modules/ticketing/qr-text.ts'
import { testApp } from '#test/app.ts'
import { buildAgent, buildDoor, buildGate, buildTicket, countDoor, qrOf, type Door } from '#test/door.ts'
import { buildMember } from '#test/factories.ts'
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
const word = (html: string) => /class="verdict-word">([^<]*)</.exec(html)?.[1]
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
    expect(part.body).toMatch(/^<div role="status" aria-live="assertive" data-live="verdict"/)
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
})
