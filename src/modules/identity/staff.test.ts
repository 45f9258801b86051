// What staff may do to accounts, and what web sessions live and die by.
import { describe, expect, test } from 'vitest'
import { systemActor, type AccountActor, type Role } from '#src/kernel/actor.ts'
import { hashToken } from '#src/kernel/id.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildMember, buildOrganizer } from '#test/factories.ts'
import { forgetCredentials } from './jobs.ts'
import { closeWebSession, openWebSession } from './open-session.ts'
import { registerAccount } from './register-account.ts'
import { resolveWebSession } from './resolve-actor.ts'
import { setAccountRole } from './set-account-role.ts'
import { reinstateAccount, suspendAccount } from './suspend-account.ts'

const app = testApp()
const system = systemActor('test')
const context = { locale: null, ip: null }

const roleOf = async (actor: AccountActor) =>
  (await app.db.selectFrom('account').select('role').where('id', '=', actor.accountId).executeTakeFirstOrThrow()).role

describe('staff', () => {
  test.each<[Role, Role, Role, 'may' | 'forbidden']>([
    ['superadmin', 'participant', 'admin', 'may'],
    ['superadmin', 'admin', 'participant', 'may'],
    ['superadmin', 'superadmin', 'participant', 'may'],
    ['admin', 'participant', 'organizer', 'may'],
    ['admin', 'participant', 'admin', 'forbidden'],
    ['admin', 'admin', 'participant', 'forbidden'],
    ['admin', 'superadmin', 'participant', 'forbidden'],
    ['organizer', 'participant', 'organizer', 'forbidden'],
    ['participant', 'participant', 'admin', 'forbidden'],
  ])('%s makes %s into %s: %s', async (by, from, to, expected) => {
    const [actor, account] = await Promise.all([buildAccount(app, { role: by }), buildAccount(app, { role: from })])
    const change = setAccountRole(app, actor, { accountId: account.publicId, role: to })
    if (expected === 'may') await change
    else await expect(change).rejects.toMatchObject({ code: 'forbidden' })
    expect(await roleOf(account)).toBe(expected === 'may' ? to : from)
  })

  test('never change their own role nor suspend themselves', async () => {
    const actor = await buildAccount(app, { role: 'superadmin' })
    await expect(setAccountRole(app, actor, { accountId: actor.publicId, role: 'participant' })).rejects.toMatchObject({ code: 'own_account' })
    await expect(suspendAccount(app, actor, { accountId: actor.publicId, reason: '' })).rejects.toMatchObject({ code: 'own_account' })
  })

  test('learn nothing about accounts from being refused', async () => {
    const actor = await buildAccount(app)
    for (const accountId of [(await buildAccount(app)).publicId, '00000000-0000-4000-8000-000000000000', 'x']) {
      await expect(suspendAccount(app, actor, { accountId, reason: '' })).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  test('admins suspend the public and not each other; reinstating brings no old session back', async () => {
    const admin = await buildAccount(app, { role: 'admin' })
    await expect(suspendAccount(app, admin, { accountId: (await buildAccount(app, { role: 'admin' })).publicId, reason: '' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const email = 'afi@example.test'
    const id = await registerAccount(app, system, { email, password: 'une-longue-phrase-42', name: 'Afi' })
    const { publicId } = await app.db.selectFrom('account').select('publicId').where('id', '=', id).executeTakeFirstOrThrow()
    const token = await openWebSession(app, system, { email, password: 'une-longue-phrase-42' })
    expect(await resolveWebSession(app, token, context)).toMatchObject({ accountId: id, locale: 'fr' })
    await suspendAccount(app, admin, { accountId: publicId, reason: 'fraud' })
    await suspendAccount(app, admin, { accountId: publicId, reason: 'fraud' })
    expect(await resolveWebSession(app, token, context)).toBeNull()
    await reinstateAccount(app, admin, { accountId: publicId })
    expect(await resolveWebSession(app, token, context)).toBeNull()
    await openWebSession(app, system, { email, password: 'une-longue-phrase-42' })
    const kinds = await app.db.selectFrom('fact').select('kind').where('subject', '=', `account:${id}`).orderBy('id').execute()
    expect(kinds.map((fact) => fact.kind)).toEqual([
      'account.registered',
      'account.verification_requested',
      'account.suspended',
      'account.reinstated',
    ])
  })

  test('are made by the system and by superadmins only', async () => {
    const registration = { password: 'une-longue-phrase-42', name: 'Staff', role: 'admin' as const }
    await expect(
      registerAccount(app, await buildAccount(app, { role: 'admin' }), { ...registration, email: 'a1@example.test' }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await registerAccount(app, await buildAccount(app, { role: 'superadmin' }), { ...registration, email: 'a2@example.test', emailVerified: true })
    // Who registers doesn't say whether the address is proven; only the system knows.
    expect(
      (await app.db.selectFrom('account').select('emailVerifiedAt').where('email', '=', 'a2@example.test').executeTakeFirstOrThrow()).emailVerifiedAt,
    ).toBeNull()
  })
})

describe('web sessions', () => {
  const open = async () => {
    const email = `dela-${Math.random()}@example.test`
    await registerAccount(app, system, { email, password: 'une-longue-phrase-42', name: 'Dela', emailVerified: true })
    return openWebSession(app, system, { email, password: 'une-longue-phrase-42', userAgent: 'x'.repeat(5000) })
  }

  test('last thirty days from their last use', async () => {
    const token = await open()
    try {
      for (let i = 0; i < 3; i++) {
        app.clock.advance(29 * 86_400)
        expect(await resolveWebSession(app, token, context)).not.toBeNull()
      }
      app.clock.advance(30 * 86_400 + 1)
      expect(await resolveWebSession(app, token, context)).toBeNull()
    } finally {
      app.clock.set(new Date())
    }
  })

  test('end when closed, and are stored hashed', async () => {
    const token = await open()
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    const rows = await app.db.selectFrom('loginSession').select(['tokenHash', 'userAgent']).execute()
    expect(rows.some((row) => row.tokenHash?.toString('base64url') === token)).toBe(false)
    expect(Math.max(...rows.map((row) => row.userAgent?.length ?? 0))).toBe(200)
    await closeWebSession(app, token)
    await closeWebSession(app, token)
    expect(await resolveWebSession(app, token, context)).toBeNull()
    expect(await resolveWebSession(app, 'never-was', context)).toBeNull()
  })

  test('carry the memberships of this moment, the confirmed ones', async () => {
    const { id } = await buildOrganizer(app)
    const member = await buildMember(app, id, 'cashier')
    const other = await buildOrganizer(app)
    await app.db.insertInto('membership').values({ organizerId: other.id, accountId: member.accountId, role: 'manager', confirmedAt: null }).execute()
    await app.db
      .updateTable('loginSession')
      .set({ kind: 'web', tokenHash: hashToken('cookie') })
      .where('id', '=', member.sessionId)
      .execute()
    expect(await resolveWebSession(app, 'cookie', { locale: 'en', ip: '192.0.2.1' })).toMatchObject({
      locale: 'en',
      ip: '192.0.2.1',
      memberships: [{ organizerId: id, role: 'cashier' }],
    })
  })
})

test('what no credential needs any more is forgotten, what is alive stays', async () => {
  const alive = await buildAccount(app)
  const ended = await buildAccount(app)
  const old = new Date(Date.now() - 31 * 86_400_000)
  await app.db.updateTable('loginSession').set({ revokedAt: old }).where('id', '=', ended.sessionId).execute()
  await app.db
    .insertInto('refreshToken')
    .values({ tokenHash: Buffer.alloc(32, 1), sessionId: ended.sessionId, expiresAt: old, usedAt: old })
    .execute()
  await forgetCredentials(app)
  const left = await app.db.selectFrom('loginSession').select('id').where('id', 'in', [alive.sessionId, ended.sessionId]).execute()
  expect(left.map((row) => row.id)).toEqual([alive.sessionId])
  expect(await app.db.selectFrom('refreshToken').selectAll().where('sessionId', '=', ended.sessionId).execute()).toEqual([])
})
