// The wire of the door: statuses, names of codes, and whose gates somebody is shown.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { inScope } from '#src/platform/db.ts'
import { testApp } from '#test/app.ts'
import { buildAgent, buildDoor, buildGate, buildTicket, pass, present, qrOf } from '#test/door.ts'
import { buildAccount, buildEvent, buildMember, buildTicketType } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'

const app = testApp()

type Call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => Promise<{ status: number; body: any }>

async function callerOf(actor?: AccountActor): Promise<Call> {
  const headers = actor ? await bearerOf(app, actor) : {}
  return async (method, path, payload) => {
    const response = await app.server.inject({ method, url: `/api/v1${path}`, headers, ...(payload && { payload }) })
    return { status: response.statusCode, body: response.body ? response.json() : undefined }
  }
}

describe('scanning over HTTP', () => {
  test('admits in two steps, in the shape that scanners rely on', async () => {
    const door = await buildDoor(app, { event: { capacity: 500 } })
    const ticket = await buildTicket(app, door)
    const call = await callerOf(door.agent)
    const first = await call('POST', '/scan/request', { qr: await qrOf(app, door.event, ticket), deviceTime: new Date().toISOString() })
    expect(first).toMatchObject({
      status: 200,
      body: {
        decision: 'ELIGIBLE',
        code: 'OK',
        in: 'OK',
        out: 'OUT_WITHOUT_IN',
        suggestedDirection: 'in',
        flags: [],
        hint: null,
        ticket: { entriesUsed: 0, usageLimit: null, last: null },
        gate: { id: door.gate.id },
      },
    })
    expect(Date.parse(first.body.expiresAt)).toBeGreaterThan(Date.parse(first.body.serverTime))
    const scanId = uuidv7()
    const confirmation = { scanSessionToken: first.body.scanSessionToken, direction: 'in', scanId, deviceTime: new Date().toISOString() }
    expect(await call('POST', '/scan/confirm', confirmation)).toEqual({
      status: 200,
      body: {
        decision: 'ADMITTED',
        code: 'OK',
        scanId,
        replayed: false,
        flags: [],
        hint: null,
        occupancy: { inside: 1, capacity: 500 },
      },
    })
    expect(await call('POST', '/scan/confirm', confirmation)).toMatchObject({ status: 200, body: { decision: 'ADMITTED', replayed: true } })
    expect(await call('GET', `/scan/${scanId}`)).toMatchObject({
      status: 200,
      body: { id: scanId, step: 'confirm', direction: 'in', code: 'OK', gate: { id: door.gate.id } },
    })
    const again = await call('POST', '/scan/request', { qr: await qrOf(app, door.event, ticket) })
    expect(again.body.ticket).toMatchObject({ entriesUsed: 1, last: { dir: 'in', gate: expect.any(String) } })
  })

  test('refuses the protocol by status and by the protocol’s names', async () => {
    const door = await buildDoor(app)
    const ticket = await buildTicket(app, door)
    const call = await callerOf(door.agent)
    const open = async () => (await present(app, door, ticket)).scanSessionToken!
    const confirm = (scanSessionToken: string, scanId: string = uuidv7(), by = call, direction = 'in') =>
      by('POST', '/scan/confirm', { scanSessionToken, direction, scanId })

    expect(await confirm('A'.repeat(22))).toMatchObject({ status: 404, body: { code: 'SESSION_UNKNOWN' } })
    const stranger = await callerOf(await buildMember(app, door.event.organizer.id, 'agent'))
    expect(await confirm(await open(), uuidv7(), stranger)).toMatchObject({ status: 403, body: { code: 'AGENT_NOT_ASSIGNED' } })
    const colleague = await callerOf(await buildAgent(app, door.event, door.gate))
    expect(await confirm(await open(), uuidv7(), colleague)).toMatchObject({ status: 403, body: { code: 'SESSION_AGENT_MISMATCH' } })

    const expired = await open()
    await app.db
      .updateTable('scanRequest')
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where('gateId', '=', door.gate.id)
      .execute()
    expect(await confirm(expired)).toMatchObject({ status: 410, body: { code: 'SESSION_EXPIRED', title: expect.stringContaining('Scannez') } })

    const used = await open()
    const scanId = uuidv7()
    await confirm(used, scanId)
    expect(await confirm(used)).toMatchObject({ status: 409, body: { code: 'SESSION_ALREADY_USED' } })
    expect(await confirm(used, scanId, call, 'out')).toMatchObject({ status: 409, body: { code: 'SCAN_ID_REUSED' } })
    expect(await confirm(await open(), 'not-a-uuid')).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    expect(await (await callerOf())('POST', '/scan/request', { qr: 'x' })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
    expect(await call('POST', '/scan/request', {})).toMatchObject({ status: 422 })
    expect(await call('POST', '/scan/request', { qr: 'x', device: 'y' })).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
  })

  test('locks out who tries codes, with a time to wait', async () => {
    const door = await buildDoor(app)
    const call = await callerOf(door.agent)
    for (let n = 0; n < 20; n++) expect((await call('POST', '/scan/request', { qr: `${n}` })).body.code).toBe('MALFORMED_QR')
    const { headers, statusCode } = await app.server.inject({
      method: 'POST',
      url: '/api/v1/scan/request',
      headers: await bearerOf(app, door.agent),
      payload: { qr: 'x' },
    })
    expect(statusCode).toBe(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })

  test('S48 ends with the shift, with the gate, and with the team', async () => {
    const door = await buildDoor(app)
    const qr = await qrOf(app, door.event, await buildTicket(app, door))
    const request = async (actor = door.agent) => (await callerOf(actor))('POST', '/scan/request', { qr })
    const shift = (values: object) => app.db.updateTable('gateAgent').set(values).where('accountId', '=', door.agent.accountId).execute()
    const refused = { status: 403, body: { code: 'AGENT_NOT_ASSIGNED' } }
    expect(await request()).toMatchObject({ status: 200 })
    await shift({ validTo: new Date(Date.now() - 1000) })
    expect(await request()).toMatchObject(refused)
    await shift({ validTo: new Date(Date.now() + 60_000), validFrom: new Date(Date.now() + 30_000) })
    expect(await request()).toMatchObject(refused)
    await shift({ validFrom: new Date(Date.now() - 1000) })
    expect(await request()).toMatchObject({ status: 200 })
    await app.db.deleteFrom('membership').where('accountId', '=', door.agent.accountId).execute()
    expect(await request()).toMatchObject(refused)
    expect(await request(await buildAccount(app))).toMatchObject(refused)
  })

  test('does not ask for the gate because of a shift that nobody ended when its event was over', async () => {
    const long = await buildDoor(app, { event: { startsAt: new Date(Date.now() - 80 * 3_600_000), endsAt: new Date(Date.now() - 76 * 3_600_000) } })
    const event = await buildEvent(app, { organizer: long.event.organizer })
    const tonight = { event, type: await buildTicketType(app, event), gate: await buildGate(app, event), agent: long.agent }
    await buildAgent(app, event, tonight.gate, long.agent)
    const qr = await qrOf(app, event, await buildTicket(app, tonight))
    expect(await (await callerOf(long.agent))('POST', '/scan/request', { qr })).toMatchObject({
      status: 200,
      body: { code: 'OK', gate: { id: tonight.gate.id } },
    })
  })

  test('asks which gate where there are several, and lets owners scan at any of theirs', async () => {
    const door = await buildDoor(app)
    const qr = await qrOf(app, door.event, await buildTicket(app, door))
    expect(await (await callerOf(door.event.organizer.owner))('POST', '/scan/request', { qr })).toMatchObject({
      status: 200,
      body: { gate: { id: door.gate.id } },
    })
    const second = await buildGate(app, door.event)
    await buildAgent(app, door.event, second, door.agent)
    const agent = await callerOf(door.agent)
    expect(await agent('POST', '/scan/request', { qr })).toMatchObject({
      status: 422,
      body: { code: 'gate_required', gates: [{ id: door.gate.id }, { id: second.id }] },
    })
    expect(await agent('POST', '/scan/request', { qr, gateId: second.id })).toMatchObject({ status: 200, body: { gate: { id: second.id } } })
    const owner = await callerOf(door.event.organizer.owner)
    expect(await owner('POST', '/scan/request', { qr })).toMatchObject({ status: 422, body: { code: 'gate_required' } })
    const answer = await owner('POST', '/scan/request', { qr, gateId: second.id })
    expect(await owner('POST', '/scan/confirm', { scanSessionToken: answer.body.scanSessionToken, direction: 'in', scanId: uuidv7() })).toMatchObject(
      { status: 200, body: { decision: 'ADMITTED' } },
    )
    const foreign = await buildDoor(app)
    expect(await owner('POST', '/scan/request', { qr, gateId: foreign.gate.id })).toMatchObject({ status: 403, body: { code: 'AGENT_NOT_ASSIGNED' } })
    expect(await agent('POST', '/scan/request', { qr, gateId: foreign.gate.id })).toMatchObject({ status: 403, body: { code: 'AGENT_NOT_ASSIGNED' } })
    expect((await agent('GET', '/scan/gates')).body.data.map((gate: { id: number }) => gate.id).sort()).toEqual([door.gate.id, second.id].sort())
    expect((await owner('GET', '/scan/gates')).body.data).toHaveLength(2)
  })
})

describe('the log of a door', () => {
  async function twoGates() {
    const door = await buildDoor(app)
    const gate = await buildGate(app, door.event)
    const other = { ...door, gate, agent: await buildAgent(app, door.event, gate) }
    const [first, second] = [await buildTicket(app, door), await buildTicket(app, door)]
    await pass(app, door, first)
    await pass(app, other, second)
    await present(app, other, await buildTicket(app, door, 'refunded'))
    return { door, other }
  }

  test('S49 shows an agent its own gate only, and the team all of them', async () => {
    const { door, other } = await twoGates()
    const gatesOf = async (actor: AccountActor) => {
      const { body } = await (await callerOf(actor))('GET', `/events/${door.event.slug}/scans`)
      return body.data.map((scan: { gate: { id: number }; code: string }) => [scan.gate.id, scan.code])
    }
    expect(await gatesOf(door.agent)).toEqual([[door.gate.id, 'OK']])
    expect(await gatesOf(other.agent)).toEqual([
      [other.gate.id, 'TICKET_REFUNDED'],
      [other.gate.id, 'OK'],
    ])
    expect(await gatesOf(door.event.organizer.owner)).toEqual([
      [other.gate.id, 'TICKET_REFUNDED'],
      [other.gate.id, 'OK'],
      [door.gate.id, 'OK'],
    ])
    const { scanId } = await app.db.selectFrom('scan').select('scanId').where('gateId', '=', other.gate.id).executeTakeFirstOrThrow()
    expect(await (await callerOf(door.agent))('GET', `/scan/${scanId}`)).toMatchObject({ status: 404 })
    expect(await (await callerOf(door.event.organizer.owner))('GET', `/scan/${scanId}`)).toMatchObject({ status: 200 })
    expect(await (await callerOf((await buildDoor(app)).agent))('GET', `/events/${door.event.slug}/scans`)).toMatchObject({ status: 404 })
  })

  test('S49 is kept from an agent by the database itself, whatever is asked', async () => {
    const { door, other } = await twoGates()
    await inScope(app, { kind: 'agent', accountId: door.agent.accountId }, async (tx) => {
      for (const table of ['scan', 'scan_request']) {
        const { rows } = await sql<{ gateId: number }>`SELECT DISTINCT gate_id FROM ${sql.table(table)}`.execute(tx)
        expect(rows).toEqual([{ gateId: door.gate.id }])
      }
    })
    await expect(
      inScope(app, { kind: 'agent', accountId: door.agent.accountId }, (tx) =>
        sql`
      INSERT INTO scan (scan_id, req_hash, event_id, gate_id, agent_id, dir, result)
      VALUES (${uuidv7()}, '\\x00', ${door.event.id}, ${other.gate.id}, ${door.agent.accountId}, 'in', 'OK')`.execute(tx),
      ),
    ).rejects.toThrow(/row-level security/)
    await app.db
      .updateTable('gateAgent')
      .set({ validTo: new Date(Date.now() - 1000) })
      .where('accountId', '=', door.agent.accountId)
      .execute()
    await inScope(app, { kind: 'agent', accountId: door.agent.accountId }, async (tx) => {
      expect((await sql`SELECT FROM scan`.execute(tx)).rows).toEqual([])
    })
  })

  test('is never rewritten', async () => {
    await twoGates()
    await expect(app.db.updateTable('scan').set({ result: 'OK' }).execute()).rejects.toThrow(/permission denied|append-only/)
    await expect(app.db.deleteFrom('scan').execute()).rejects.toThrow(/permission denied|append-only/)
  })

  test('is read page by page without losing a row, and by reason', async () => {
    const door = await buildDoor(app)
    for (let n = 0; n < 3; n++) await present(app, door, await buildTicket(app, door, 'invalid'))
    for (let n = 0; n < 4; n++) await pass(app, door, await buildTicket(app, door))
    const call = await callerOf(door.agent)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await call('GET', `/events/${door.event.slug}/scans?limit=2${cursor}`)
      seen.push(...body.data.map((scan: { id: string }) => scan.id))
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
    } while (cursor)
    expect(seen).toHaveLength(7)
    expect(new Set(seen).size).toBe(7)
    expect((await call('GET', `/events/${door.event.slug}/scans?code=TICKET_INVALID`)).body.data).toHaveLength(3)
    expect((await call('GET', `/events/${door.event.slug}/scans?outcome=refused`)).body.data).toHaveLength(3)
    expect((await call('GET', `/events/${door.event.slug}/scans?outcome=in`)).body.data).toHaveLength(4)
    expect((await call('GET', `/events/${door.event.slug}/scans?outcome=out`)).body.data).toEqual([])
    expect(await call('GET', `/events/${door.event.slug}/scans?outcome=sideways`)).toMatchObject({ status: 422 })
    expect(await call('GET', `/events/${door.event.slug}/scans?cursor=WzEsMl0`)).toMatchObject({ status: 400 })
  })

  test('names holders to who leads the event only, and is a file for them', async () => {
    const door = await buildDoor(app)
    const ticket = await buildTicket(app, door)
    await app.db.updateTable('ticket').set({ holderName: 'Reine Zinsou' }).where('id', '=', ticket.id).execute()
    await pass(app, door, ticket)
    const path = `/events/${door.event.slug}/scans`
    const log = async (actor: AccountActor) => (await (await callerOf(actor))('GET', path)).body.data[0]
    const { name } = await app.db.selectFrom('account').select('name').where('id', '=', door.agent.accountId).executeTakeFirstOrThrow()
    expect(await log(door.event.organizer.owner)).toMatchObject({ holder: 'Reine Zinsou', agent: name })
    expect(await log(door.agent)).toMatchObject({ holder: null, agent: name })
    const file = await app.server.inject({ url: `/api/v1${path}.csv`, headers: await bearerOf(app, door.event.organizer.owner) })
    expect([file.statusCode, file.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(file.body.trim().split('\r\n')).toHaveLength(2)
    expect(file.body).toContain('Reine Zinsou')
    expect(await (await callerOf(door.agent))('GET', `${path}.csv`)).toMatchObject({ status: 403 })
  })
})

describe('gates over HTTP', () => {
  test('are made, changed and taken out of use by who leads the event', async () => {
    const door = await buildDoor(app)
    const call = await callerOf(door.event.organizer.owner)
    const made = await call('POST', `/events/${door.event.slug}/gates`, { name: ' Entrée VIP ', directions: 'in', ticketTypeIds: [door.type.id] })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Entrée VIP', directions: 'in', ticketTypeIds: [door.type.id], strictCapacity: false, sessionSeconds: 20 },
    })
    expect(await call('POST', `/events/${door.event.slug}/gates`, { name: 'entrée vip' })).toMatchObject({
      status: 409,
      body: { code: 'gate_name_taken' },
    })
    const path = `/gates/${made.body.id}`
    expect(await call('PATCH', path, { openFrom: '2026-12-01T18:00:00Z', openTo: '2026-12-01T17:00:00Z' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/body/openTo' }] },
    })
    expect(await call('PATCH', path, { openFrom: '2026-12-01T18:00:00Z', strictCapacity: true })).toMatchObject({
      status: 200,
      body: { openFrom: '2026-12-01T18:00:00.000Z', directions: 'in', strictCapacity: true },
    })
    const foreignType = await buildTicketType(app, (await buildDoor(app)).event)
    expect(await call('PATCH', path, { ticketTypeIds: [foreignType.id] })).toMatchObject({ status: 422 })
    expect((await call('GET', `/events/${door.event.slug}/gates`)).body.data).toHaveLength(2)
    expect(await call('DELETE', path)).toMatchObject({ status: 204 })
    expect((await call('GET', `/events/${door.event.slug}/gates`)).body.data).toHaveLength(1)
    expect(await call('DELETE', path)).toMatchObject({ status: 404 })
    const facts = await app.db
      .selectFrom('fact')
      .select('kind')
      .where('eventId', '=', door.event.id)
      .where('subject', '=', `gate:${made.body.id}`)
      .orderBy('id')
      .execute()
    expect(facts.map((fact) => fact.kind)).toEqual(['gate.created', 'gate.updated', 'gate.archived'])
  })

  test('are not there for others, and not to be changed by agents', async () => {
    const door = await buildDoor(app)
    const stranger = await callerOf((await buildDoor(app)).event.organizer.owner)
    expect(await stranger('POST', `/events/${door.event.slug}/gates`, { name: 'X' })).toMatchObject({ status: 404 })
    expect(await stranger('PATCH', `/gates/${door.gate.id}`, { name: 'X' })).toMatchObject({ status: 404 })
    const agent = await callerOf(door.agent)
    expect(await agent('PATCH', `/gates/${door.gate.id}`, { name: 'X' })).toMatchObject({ status: 403 })
    await buildGate(app, door.event)
    expect((await agent('GET', `/events/${door.event.slug}/gates`)).body.data.map((gate: { id: number }) => gate.id)).toEqual([door.gate.id])
    expect(await (await callerOf())('GET', `/events/${door.event.slug}/gates`)).toMatchObject({ status: 401 })
  })

  test('get agents by e-mail: a stranger is invited, somebody of the team keeps the role', async () => {
    const door = await buildDoor(app)
    const call = await callerOf(door.event.organizer.owner)
    const path = `/gates/${door.gate.id}/agents`
    const invited = await call('POST', path, { email: 'Koffi@Example.test', validTo: '2027-01-01T00:00:00Z' })
    expect(invited).toMatchObject({ status: 201, body: { email: 'koffi@example.test', validFrom: null, validTo: '2027-01-01T00:00:00.000Z' } })
    const cashier = await buildMember(app, door.event.organizer.id, 'cashier')
    await call('POST', path, { email: cashier.email })
    const roles = await app.db
      .selectFrom('membership')
      .innerJoin('account', 'account.id', 'membership.accountId')
      .select(['email', 'membership.role'])
      .where('organizerId', '=', door.event.organizer.id)
      .where('email', 'in', ['koffi@example.test', cashier.email])
      .orderBy('email')
      .execute()
    expect(roles).toEqual([
      { email: 'koffi@example.test', role: 'agent' },
      { email: cashier.email, role: 'cashier' },
    ])
    expect((await call('GET', path)).body.data).toHaveLength(3)
    expect(await call('DELETE', `${path}/${invited.body.id}`)).toMatchObject({ status: 204 })
    expect(await call('DELETE', `${path}/${invited.body.id}`)).toMatchObject({ status: 404 })
    expect((await call('GET', path)).body.data).toHaveLength(2)
  })
})
