// Teams over HTTP: who may put whom in, and what an invitation gives before and after it is confirmed.
import { describe, expect, test } from 'vitest'
import type { AccountActor, TeamRole } from '#src/kernel/actor.ts'
import { mintAccountToken } from '#src/modules/identity/mint-account-token.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildMember, buildOrganizer } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'

const app = testApp()

async function call(
  actor: AccountActor | null,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const response = await app.server.inject({
    method,
    url: `/api/v1${path}`,
    headers: { ...(actor ? await bearerOf(app, actor) : {}), ...headers },
    ...(body ? { payload: body } : {}),
  })
  return { status: response.statusCode, headers: response.headers, body: response.body ? (response.json() as any) : null } // eslint-disable-line @typescript-eslint/no-explicit-any
}
const add = (actor: AccountActor | null, slug: string, email: string, role: TeamRole) =>
  call(actor, 'POST', `/organizers/${slug}/members`, { email, role })
let people = 0
const newEmail = () => `essi.${++people}@example.test`

describe('an organizer', () => {
  test('made by a participant makes an organizer of them, at once', async () => {
    const actor = await buildAccount(app)
    const made = await call(actor, 'POST', '/organizers', { name: 'Cotonou Live' })
    expect(made).toMatchObject({ status: 201, body: { name: 'Cotonou Live', country: 'BJ', currency: 'XOF', role: 'owner' } })
    expect((await call(actor, 'GET', '/me')).body).toMatchObject({ role: 'organizer', organizers: [{ id: made.body.id, role: 'owner' }] })
  })

  test('is made once per Idempotency-Key; another request under the key is refused', async () => {
    const actor = await buildAccount(app)
    const make = (name: string, by = actor) => call(by, 'POST', '/organizers', { name }, { 'idempotency-key': 'k-1' })
    const [first, second] = [await make('Une Fois'), await make('Une Fois')]
    expect(second).toMatchObject({ status: 201, body: first.body })
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(await make('Autre Chose')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect((await make('Une Fois', await buildAccount(app))).body.id).not.toBe(first.body.id)
    expect((await call(actor, 'GET', '/organizers/mine')).body.data).toHaveLength(1)
  })

  test('made ten times at the same moment under one key is made once', async () => {
    const actor = await buildAccount(app)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(actor, 'POST', '/organizers', { name: 'Dix Fois' }, { 'idempotency-key': 'k-10' })),
    )
    expect(new Set(answers.map((answer) => answer.status))).not.toContain(500)
    for (const answer of answers) expect([201, 409]).toContain(answer.status)
    expect((await call(actor, 'GET', '/organizers/mine')).body.data).toHaveLength(1)
  })

  test('of others does not exist', async () => {
    const { slug } = await buildOrganizer(app)
    const { owner: stranger } = await buildOrganizer(app)
    expect((await call(stranger, 'GET', `/organizers/${slug}/members`)).status).toBe(404)
    expect((await add(stranger, slug, newEmail(), 'agent')).status).toBe(404)
    expect((await call(stranger, 'DELETE', `/organizers/${slug}/members/${stranger.publicId}`)).status).toBe(404)
    expect((await add(null, slug, newEmail(), 'agent')).status).toBe(401)
  })
})

describe('a team', () => {
  test('owners give every role, managers those below their own, cashiers and agents none', async () => {
    const { id, slug, owner } = await buildOrganizer(app)
    const [manager, cashier, agent] = await Promise.all([
      buildMember(app, id, 'manager'),
      buildMember(app, id, 'cashier'),
      buildMember(app, id, 'agent'),
    ])
    for (const role of ['owner', 'manager', 'cashier', 'agent'] as const) expect((await add(owner, slug, newEmail(), role)).status).toBe(201)
    expect((await add(manager, slug, newEmail(), 'owner')).status).toBe(403)
    expect((await add(manager, slug, newEmail(), 'manager')).status).toBe(403)
    expect((await add(manager, slug, newEmail(), 'cashier')).status).toBe(201)
    for (const actor of [cashier, agent]) {
      expect((await add(actor, slug, newEmail(), 'agent')).status).toBe(403)
      expect((await call(actor, 'GET', `/organizers/${slug}/members`)).status).toBe(403)
    }
    expect((await call(manager, 'GET', `/organizers/${slug}/members`)).body.data).toHaveLength(9)
  })

  test('gives no rights by an unproven address before the mailed link was followed', async () => {
    const { slug, owner } = await buildOrganizer(app)
    // Somebody registered with the address beforehand; it may be anybody.
    const squatter = await buildAccount(app, { email: newEmail() })
    await app.db.updateTable('account').set({ emailVerifiedAt: null, passwordHash: 'x' }).where('id', '=', squatter.accountId).execute()
    expect(await add(owner, slug, squatter.email, 'manager')).toMatchObject({ status: 201, body: { confirmed: false } })
    expect((await call(squatter, 'GET', `/organizers/${slug}/members`)).status).toBe(404)

    const token = await mintAccountToken(app, squatter.accountId, 'join_team')
    expect((await call(null, 'POST', '/auth/password-reset/confirm', { token, password: 'une-longue-phrase-42', name: 'Essi Dossou' })).status).toBe(
      204,
    )
    expect((await call(squatter, 'GET', '/me')).status).toBe(401)
    const signedIn = await call(null, 'POST', '/auth/login', { email: squatter.email, password: 'une-longue-phrase-42' })
    expect(signedIn.body.user).toMatchObject({ name: 'Essi Dossou', emailVerified: true, organizers: [{ id: slug, role: 'manager' }] })
  })

  test('gives rights at once by a proven address, and to agents who have an account', async () => {
    const { slug, owner } = await buildOrganizer(app)
    const proven = await buildAccount(app)
    expect((await add(owner, slug, proven.email, 'manager')).body).toMatchObject({ id: proven.publicId, confirmed: true })
    expect((await call(proven, 'GET', `/organizers/${slug}/members`)).status).toBe(200)
    const agent = await buildAccount(app)
    await app.db.updateTable('account').set({ emailVerifiedAt: null, passwordHash: 'x' }).where('id', '=', agent.accountId).execute()
    expect((await add(owner, slug, agent.email, 'agent')).body.confirmed).toBe(true)
    expect((await add(owner, slug, newEmail(), 'agent')).body.confirmed).toBe(false)
  })

  test('asked for twice changes nothing; for another role is refused', async () => {
    const { slug, owner } = await buildOrganizer(app)
    const email = newEmail()
    const first = await add(owner, slug, email, 'cashier')
    expect(await add(owner, slug, email, 'cashier')).toMatchObject({ status: 201, body: first.body })
    expect(await add(owner, slug, email, 'agent')).toMatchObject({ status: 409, body: { code: 'already_member', role: 'cashier' } })
    const path = `/organizers/${slug}/members/${first.body.id as string}`
    expect((await call(owner, 'PATCH', path, { role: 'manager' })).body).toMatchObject({ role: 'manager' })
  })

  test('takes rights away at once', async () => {
    const { id, slug, owner } = await buildOrganizer(app)
    const manager = await buildMember(app, id, 'manager')
    expect((await call(manager, 'GET', `/organizers/${slug}/members`)).status).toBe(200)
    expect((await call(owner, 'DELETE', `/organizers/${slug}/members/${manager.publicId}`)).status).toBe(204)
    expect((await call(manager, 'GET', `/organizers/${slug}/members`)).status).toBe(404)
    expect((await call(owner, 'DELETE', `/organizers/${slug}/members/${manager.publicId}`)).status).toBe(404)
  })

  test('keeps its last owner, also when two leave at the same moment', async () => {
    const { id, slug, owner } = await buildOrganizer(app)
    const path = (actor: AccountActor) => `/organizers/${slug}/members/${actor.publicId}`
    expect(await call(owner, 'DELETE', path(owner))).toMatchObject({ status: 409, body: { code: 'last_owner' } })
    expect((await call(owner, 'PATCH', path(owner), { role: 'manager' })).body.code).toBe('last_owner')
    // An owner who was only invited doesn't count.
    await add(owner, slug, newEmail(), 'owner')
    expect((await call(owner, 'DELETE', path(owner))).body.code).toBe('last_owner')
    const second = await buildMember(app, id, 'owner')
    const both = await Promise.all([call(owner, 'DELETE', path(owner)), call(second, 'DELETE', path(second))])
    expect(both.map((answer) => answer.status).sort()).toEqual([204, 409])
  })

  test('lets everybody leave, but a manager not put out an owner', async () => {
    const { id, slug, owner } = await buildOrganizer(app)
    await buildMember(app, id, 'owner')
    const [manager, agent] = await Promise.all([buildMember(app, id, 'manager'), buildMember(app, id, 'agent')])
    expect((await call(manager, 'DELETE', `/organizers/${slug}/members/${owner.publicId}`)).status).toBe(403)
    expect((await call(agent, 'DELETE', `/organizers/${slug}/members/${manager.publicId}`)).status).toBe(403)
    expect((await call(manager, 'PATCH', `/organizers/${slug}/members/${manager.publicId}`, { role: 'owner' })).status).toBe(403)
    expect((await call(agent, 'DELETE', `/organizers/${slug}/members/${agent.publicId}`)).status).toBe(204)
  })

  test('records who was invited, by number and not by address', async () => {
    const { id, slug, owner } = await buildOrganizer(app)
    const { body } = await add(owner, slug, newEmail(), 'cashier')
    const fact = await app.db
      .selectFrom('fact')
      .selectAll()
      .where('organizerId', '=', id)
      .where('kind', '=', 'member.invited')
      .executeTakeFirstOrThrow()
    const { id: accountId } = await app.db
      .selectFrom('account')
      .select('id')
      .where('publicId', '=', body.id as string)
      .executeTakeFirstOrThrow()
    expect(fact).toMatchObject({
      actor: `account:${owner.accountId}`,
      subject: `account:${accountId}`,
      data: { accountId, role: 'cashier', confirmed: false },
    })
    expect(JSON.stringify(fact)).not.toContain('@')
  })
})
