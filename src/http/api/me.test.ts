// The signed-in account over HTTP: profile, password, sessions, orders.
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { openWebSessionOf } from '#src/modules/identity/open-session.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { systemActor } from '#src/kernel/actor.ts'
import { logIn } from '#src/modules/identity/log-in.ts'
import { newOrderCode } from '#src/kernel/id.ts'
import { randomBytes } from 'node:crypto'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, type BuiltEvent } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'

const app = testApp()
const PASSWORD = 'une-longue-phrase-42'

async function call(method: 'GET' | 'PATCH' | 'DELETE', path: string, headers: Record<string, string>, body?: object) {
  const response = await app.server.inject({ method, url: `/api/v1${path}`, headers, ...(body ? { payload: body } : {}) })
  return { status: response.statusCode, body: response.body ? (response.json() as any) : null } // eslint-disable-line @typescript-eslint/no-explicit-any
}

let people = 0
async function signIn() {
  const email = `kossi.${++people}@example.test`
  const accountId = await registerAccount(app, systemActor('test'), { email, password: PASSWORD, name: 'Kossi', emailVerified: true })
  const again = () => logIn(app, systemActor('test'), { email, password: PASSWORD })
  const { accessToken, refreshToken } = await again()
  return { email, accountId, refreshToken, again, headers: { authorization: `Bearer ${accessToken}` } }
}

describe('the profile', () => {
  test('changes what is given and leaves the rest', async () => {
    const { headers, email } = await signIn()
    const changed = await call('PATCH', '/me', headers, { name: '  Kossi   Agbeko ', phone: '+228 90 12 34 56', locale: 'en' })
    expect(changed).toMatchObject({ status: 200, body: { name: 'Kossi Agbeko', phone: '+22890123456', locale: 'en', email, emailVerified: true } })
    expect(await call('PATCH', '/me', headers, { phone: null })).toMatchObject({ body: { name: 'Kossi Agbeko', phone: null } })
  })

  test('needs the current password for another address or password', async () => {
    const { headers } = await signIn()
    for (const change of [{ email: 'new@example.test' }, { password: 'un-tout-autre-secret' }]) {
      for (const currentPassword of [undefined, 'mauvais-mot']) {
        expect(await call('PATCH', '/me', headers, { ...change, ...(currentPassword ? { currentPassword } : {}) })).toMatchObject({
          status: 422,
          body: { code: 'wrong_password', errors: [{ pointer: '/body/currentPassword' }] },
        })
      }
    }
  })

  test('refuses the address of somebody else, and is silent about one’s own', async () => {
    const { headers, email } = await signIn()
    const other = await signIn()
    expect(await call('PATCH', '/me', headers, { email: other.email, currentPassword: PASSWORD })).toMatchObject({
      status: 409,
      body: { code: 'email_taken' },
    })
    expect(await call('PATCH', '/me', headers, { email })).toMatchObject({ status: 200, body: { emailVerified: true } })
  })

  test('cannot be given a role, nor fields that do not exist', async () => {
    const { headers } = await signIn()
    for (const body of [{ role: 'superadmin' }, { emailVerified: true }, { id: 1 }])
      expect((await call('PATCH', '/me', headers, body)).status).toBe(422)
  })

  test('a new password ends the other sessions and keeps this one', async () => {
    const { headers, again, refreshToken } = await signIn()
    const other = await again()
    expect((await call('PATCH', '/me', headers, { password: 'un-tout-autre-secret', currentPassword: PASSWORD })).status).toBe(200)
    expect((await call('GET', '/me', headers)).status).toBe(200)
    expect((await call('GET', '/me', { authorization: `Bearer ${other.accessToken}` })).status).toBe(401)
    expect((await app.server.inject({ method: 'POST', url: '/api/v1/auth/refresh', payload: { refreshToken } })).statusCode).toBe(200)
    await expect(again()).rejects.toMatchObject({ code: 'invalid_credentials' })
  })

  test('limits guesses at the current password', async () => {
    const { headers } = await signIn()
    const statuses = []
    for (let i = 0; i < 31; i++)
      statuses.push((await call('PATCH', '/me', headers, { password: 'un-tout-autre-secret', currentPassword: 'mauvais-mot' })).status)
    expect(statuses.slice(29)).toEqual([422, 429])
  })
})

describe('sessions', () => {
  test('are listed without their secrets, and ended one by one', async () => {
    const { headers, accountId, again } = await signIn()
    const other = await again()
    await openWebSessionOf(app, systemActor('test'), accountId, 'Firefox')
    const { body } = await call('GET', '/me/sessions', headers)
    expect(body.data).toHaveLength(3)
    expect(Object.keys(body.data[0]).sort()).toEqual(['createdAt', 'current', 'expiresAt', 'id', 'kind', 'lastUsedAt', 'userAgent'])
    expect(body.data.filter((session: { current: boolean }) => session.current)).toHaveLength(1)

    const otherHeaders = { authorization: `Bearer ${other.accessToken}` }
    const otherId = (await call('GET', '/me/sessions', otherHeaders)).body.data.find((session: { current: boolean }) => session.current).id as string
    expect((await call('DELETE', `/me/sessions/${otherId}`, headers)).status).toBe(204)
    expect((await call('DELETE', `/me/sessions/${otherId}`, headers)).status).toBe(404)
    expect((await call('GET', '/me', otherHeaders)).status).toBe(401)
  })

  test('of others do not exist', async () => {
    const { headers } = await signIn()
    const other = await signIn()
    const id = (await call('GET', '/me/sessions', other.headers)).body.data[0].id as string
    for (const wanted of [id, 'x', '00000000-0000-4000-8000-000000000000'])
      expect((await call('DELETE', `/me/sessions/${wanted}`, headers)).status).toBe(404)
    expect((await call('GET', '/me', other.headers)).status).toBe(200)
  })
})

describe('own orders', () => {
  async function order(event: BuiltEvent, buyer: { accountId?: number; email?: string; phone?: string }, at = new Date()) {
    const code = newOrderCode()
    await app.db
      .insertInto('ticketOrder')
      .values({
        eventId: event.id,
        code,
        organizerId: event.organizer.id,
        accountId: buyer.accountId ?? null,
        status: 'paid',
        channel: 'web',
        buyerName: 'B',
        buyerEmail: buyer.email ?? null,
        buyerPhone: buyer.phone ?? null,
        locale: 'fr',
        quantity: 1,
        total: 5000,
        currency: 'XOF',
        createdAt: at,
        idemKey: randomBytes(32),
        requestHash: randomBytes(32),
      })
      .execute()
    return code
  }
  const codes = async (actor: AccountActor, query = '') =>
    ((await call('GET', `/me/orders${query}`, await bearerOf(app, actor))).body.data as { code: string }[]).map((found) => found.code)

  test('are those of the account, of its proven address and of its proven phone, newest first', async () => {
    const actor = await buildAccount(app)
    const event = await buildEvent(app)
    const phone = '+2290197000001'
    const signedIn = await order(event, { accountId: actor.accountId }, new Date('2026-01-01'))
    const byMail = await order(event, { email: actor.email }, new Date('2026-01-03'))
    const byPhone = await order(event, { phone }, new Date('2026-01-02'))
    await order(event, { email: 'somebody@example.test', phone: '+2290197000002' })
    expect(await codes(actor)).toEqual([byMail, signedIn])
    await app.db.updateTable('account').set({ phone, emailVerifiedAt: null }).where('id', '=', actor.accountId).execute()
    expect(await codes(actor)).toEqual([signedIn])
    await app.db.updateTable('account').set({ phoneVerifiedAt: new Date(), emailVerifiedAt: new Date() }).where('id', '=', actor.accountId).execute()
    expect(await codes(actor)).toEqual([byMail, byPhone, signedIn])
  })

  test('come in pages, each order once', async () => {
    const actor = await buildAccount(app)
    const event = await buildEvent(app)
    const at = new Date('2026-01-01')
    for (let i = 0; i < 5; i++) await order(event, { accountId: actor.accountId, email: actor.email }, at)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await call('GET', `/me/orders?limit=2${cursor && `&cursor=${cursor}`}`, await bearerOf(app, actor))
      expect(page.status).toBe(200)
      seen.push(...(page.body.data as { code: string }[]).map((found) => found.code))
      cursor = page.body.nextCursor as string | null
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen).size).toBe(5)
    for (const bad of ['x', 'WzEsMl0', 'WyIyMDI2LTAxLTAxIiwieCJd']) {
      expect(await call('GET', `/me/orders?cursor=${bad}`, await bearerOf(app, actor))).toMatchObject({ status: 400, body: { code: 'bad_cursor' } })
    }
  })

  test('are nobody’s without signing in', async () => {
    expect((await call('GET', '/me/orders', {})).status).toBe(401)
  })
})
