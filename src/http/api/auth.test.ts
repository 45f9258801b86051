// Accounts over HTTP: registering, signing in, staying signed in, signing out, mailed links.
import { createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { preparePasswordReset } from '#src/modules/identity/request-password-reset.ts'
import { mintAccountToken } from '#src/modules/identity/mint-account-token.ts'
import { suspendAccount } from '#src/modules/identity/suspend-account.ts'
import { systemActor } from '#src/kernel/actor.ts'
import { testApp } from '#test/app.ts'

const app = testApp()
const PASSWORD = 'une-longue-phrase-42'

type Answer = { status: number; headers: Record<string, unknown>; body: any } // eslint-disable-line @typescript-eslint/no-explicit-any

let callers = 0
/** A caller behind a network of its own, so that limits of one test don't reach the next. */
function caller(remoteAddress = `10.1.${callers >> 8}.${callers++ & 255}`) {
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await app.server.inject({ method, url: `/api/v1${path}`, remoteAddress, headers, ...(body ? { payload: body } : {}) })
    return { status: response.statusCode, headers: response.headers, body: response.body ? (response.json() as unknown) : null }
  }
}

let people = 0
const newEmail = () => `akouvi.${++people}@example.test`
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function register(call = caller(), extra: object = {}) {
  const email = newEmail()
  const answer = await call('POST', '/auth/register', { email, password: PASSWORD, name: 'Akouvi Mensah', ...extra })
  expect(answer.status).toBe(201)
  const { id } = await app.db.selectFrom('account').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  return { call, email, accountId: id, ...(answer.body as { accessToken: string; refreshToken: string; expiresIn: number; user: any }) } // eslint-disable-line @typescript-eslint/no-explicit-any
}

const factsOf = async (subject: string) =>
  (await app.db.selectFrom('fact').select('kind').where('subject', '=', subject).orderBy('id').execute()).map((fact) => fact.kind)

describe('registering', () => {
  test('signs in a participant and asks to have the link mailed', async () => {
    const { call, email, user, accessToken, expiresIn, accountId } = await register(caller(), { phone: '01 96 00 00 01', locale: 'en' })
    expect(user).toEqual({
      id: expect.any(String),
      email,
      emailVerified: false,
      pendingEmail: null,
      name: 'Akouvi Mensah',
      phone: '+2290196000001',
      photo: null,
      role: 'participant',
      locale: 'en',
      organizers: [],
    })
    expect(expiresIn).toBe(900)
    expect((await call('GET', '/me', undefined, bearer(accessToken))).body).toEqual(user)
    expect(await factsOf(`account:${accountId}`)).toEqual(['account.registered', 'account.verification_requested'])
  })

  test('makes an organizer with its owner', async () => {
    const { call, user, accessToken } = await register(caller(), { role: 'organizer', organizerName: 'Soirées du Port', country: 'CM' })
    expect(user.role).toBe('organizer')
    expect(user.organizers).toEqual([{ id: expect.stringMatching(/^soirees-du-port/), name: 'Soirées du Port', role: 'owner' }])
    expect((await call('GET', '/organizers/mine', undefined, bearer(accessToken))).body.data).toEqual([
      { id: user.organizers[0].id, name: 'Soirées du Port', country: 'CM', currency: 'XAF', role: 'owner' },
    ])
  })

  test('gives the second organizer of a name another slug', async () => {
    const first = await register(caller(), { role: 'organizer', organizerName: 'Deux Fois' })
    const second = await register(caller(), { role: 'organizer', organizerName: 'Deux Fois' })
    expect(first.user.organizers[0].id).toBe('deux-fois')
    expect(second.user.organizers[0].id).toMatch(/^deux-fois-[0-9a-f]{6}$/)
  })

  test('takes one address once, however it is written, also when asked twice at the same moment', async () => {
    const call = caller()
    const { email } = await register(call)
    const again = await call('POST', '/auth/register', { email: ` ${email.toUpperCase()} `, password: PASSWORD, name: 'X' })
    expect(again).toMatchObject({ status: 409, body: { code: 'email_taken' } })
    const body = { email: newEmail(), password: PASSWORD, name: 'X' }
    const both = await Promise.all([call('POST', '/auth/register', body), call('POST', '/auth/register', body)])
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 409])
  })

  test.each([
    [{ password: 'court' }, 422, 'password_too_short'],
    [{ password: 'x'.repeat(129) }, 422, 'password_too_long'],
    [{ password: 'MotDePasse123' }, 422, 'password_too_common'],
    [{ password: '♥♥♥♥♥♥♥♥♥' }, 422, 'password_too_common'],
    [{ email: 'someone@example.test', password: 'Someone@example.test' }, 422, 'password_is_email'],
    [{ email: 'pas-une-adresse' }, 422, 'invalid_email'],
    [{ email: 'a@b' }, 422, 'invalid_email'],
    [{ name: '   ' }, 422, 'name_required'],
    [{ phone: '12' }, 422, 'invalid_input'],
    [{ role: 'admin' }, 422, 'invalid_input'],
    [{ admin: true }, 422, 'invalid_input'],
  ])('refuses %o', async (wrong, status, code) => {
    const answer = await caller()('POST', '/auth/register', { email: newEmail(), password: PASSWORD, name: 'A', ...wrong })
    expect(answer).toMatchObject({ status, body: { code } })
  })

  test('accepts 128 characters of any script', async () => {
    const { email, call } = await register(caller(), { password: 'ɖɔ̃ kpɛ́ɖé '.padEnd(128, 'é') })
    expect((await call('POST', '/auth/login', { email, password: 'ɖɔ̃ kpɛ́ɖé '.padEnd(128, 'é').normalize('NFD') })).status).toBe(200)
  })
})

describe('signing in', () => {
  test('answers tokens and who it is, not to be cached', async () => {
    const { call, email, user } = await register()
    const answer = await call('POST', '/auth/login', { email: email.toUpperCase(), password: PASSWORD }, { 'user-agent': 'Kompa/1.0' })
    expect(answer).toMatchObject({ status: 200, body: { accessToken: expect.any(String), refreshToken: expect.any(String), expiresIn: 900, user } })
    expect(answer.headers['cache-control']).toBe('no-store')
    const sessions = await call('GET', '/me/sessions', undefined, bearer(answer.body.accessToken))
    expect(sessions.body.data[0]).toMatchObject({ kind: 'api', userAgent: 'Kompa/1.0', current: true })
  })

  test('says the same, after computing a hash, for a wrong password, an unknown address and an account without a password', async () => {
    const { call, email } = await register()
    const invited = newEmail()
    await app.db.insertInto('account').values({ email: invited, name: 'Invited', role: 'participant' }).execute()
    const hashes = async () => (await app.metrics.passwordHashes.get()).values[0]?.value ?? 0
    const answers = []
    for (const body of [
      { email, password: 'mauvais-mot' },
      { email: newEmail(), password: 'mauvais-mot' },
      { email: invited, password: 'mauvais-mot' },
    ]) {
      const before = await hashes()
      const answer = await call('POST', '/auth/login', body)
      expect((await hashes()) - before).toBe(1)
      const { instance, ...problem } = answer.body as { instance: string }
      answers.push({ status: answer.status, problem })
      expect(instance).toEqual(expect.any(String))
    }
    expect(answers[0]).toMatchObject({ status: 401, problem: { code: 'invalid_credentials' } })
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  test('works while an old access token is still being sent along', async () => {
    const { call, email } = await register()
    expect((await call('POST', '/auth/login', { email, password: PASSWORD }, bearer('a.b.c'))).status).toBe(200)
  })

  test('renews a hash that was made with weaker parameters', async () => {
    const { hash } = await import('@node-rs/argon2')
    const { call, email, accountId } = await register()
    const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 })
    await app.db.updateTable('account').set({ passwordHash: weak }).where('id', '=', accountId).execute()
    expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200)
    const { passwordHash } = await app.db.selectFrom('account').select('passwordHash').where('id', '=', accountId).executeTakeFirstOrThrow()
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200)
  })

  test('limits guesses at one account, tells when to come back, and lets the holder in from elsewhere', async () => {
    const { email } = await register()
    const thief = caller()
    const answers = await Promise.all(Array.from({ length: 33 }, () => thief('POST', '/auth/login', { email, password: 'mauvais-mot' })))
    const refused = answers.filter((answer) => answer.status === 429)
    expect(refused).toHaveLength(3)
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await thief('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(429)
    expect((await caller()('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200)
  })

  test('lets somebody sign in 40 times from one network', async () => {
    const { call, email } = await register()
    for (let i = 0; i < 40; i++) expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(200)
  })

  test('a success gives back its own attempt, not the guesses at other accounts', async () => {
    const { email } = await register()
    const thief = caller('192.0.2.7')
    for (let i = 0; i < 3; i++) await thief('POST', '/auth/login', { email: newEmail(), password: 'mauvais-mot' })
    await thief('POST', '/auth/login', { email, password: PASSWORD })
    expect((await app.db.selectFrom('rateLimit').select('count').where('key', '=', 'logIn failed 192.0.2.7').executeTakeFirstOrThrow()).count).toBe(3)
  })
})

describe('a suspended account', () => {
  test('is out at once and learns why only with the right password', async () => {
    const { call, email, accessToken, refreshToken, user } = await register()
    await suspendAccount(app, systemActor('test'), { accountId: user.id, reason: 'fraud' })
    expect(await call('GET', '/me', undefined, bearer(accessToken))).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(await call('POST', '/auth/refresh', { refreshToken })).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } })
    expect(await call('POST', '/auth/login', { email, password: PASSWORD })).toMatchObject({ status: 401, body: { code: 'account_suspended' } })
    expect(await call('POST', '/auth/login', { email, password: 'mauvais-mot' })).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    })
  })
})

describe('access tokens', () => {
  // What our own tokens are made of, to forge near misses from.
  const key = () => createSecretKey(app.cipher.mac('access token', 'key'))
  const kid = () => app.cipher.mac('access token', 'kid').toString('hex').slice(0, 8)
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string; sid: string; iat: number; exp: number }
  const now = () => Math.floor(Date.now() / 1000)
  const sign = (
    claims: { sub: string; sid: string },
    over: { aud?: string; iss?: string; typ?: string; kid?: string; exp?: number; key?: Parameters<SignJWT['sign']>[0]; alg?: string } = {},
  ) =>
    new SignJWT({ sid: claims.sid })
      .setProtectedHeader({ alg: over.alg ?? 'HS256', typ: over.typ ?? 'at+jwt', kid: over.kid ?? kid() })
      .setSubject(claims.sub)
      .setIssuer(over.iss ?? 'guichet')
      .setAudience(over.aud ?? 'guichet-api')
      .setIssuedAt(now() - 10)
      .setExpirationTime(over.exp ?? now() + 60)
      .sign(over.key ?? key())
  const status = async (token: string) => (await caller()('GET', '/me', undefined, bearer(token))).status

  test('expire after fifteen minutes', async () => {
    const { call, accessToken } = await register()
    try {
      app.clock.advance(899)
      expect((await call('GET', '/me', undefined, bearer(accessToken))).status).toBe(200)
      app.clock.advance(2)
      const answer = await call('GET', '/me', undefined, bearer(accessToken))
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    } finally {
      app.clock.set(new Date())
    }
  })

  test('are refused unsigned, signed otherwise, for others, of another type, or changed', async () => {
    const { accessToken, user } = await register()
    const other = await register()
    const claims = claimsOf(accessToken)
    expect(claims.exp - claims.iat).toBe(900)
    expect(await status(await sign(claims))).toBe(200)

    const unsecured = new UnsecuredJWT({ sid: claims.sid })
      .setSubject(claims.sub)
      .setIssuer('guichet')
      .setAudience('guichet-api')
      .setIssuedAt()
      .setExpirationTime('5m')
      .encode()
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const [head, , signature] = accessToken.split('.') as [string, string, string]
    const forgedHead = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: kid() })).toString('base64url')
    const otherPayload = Buffer.from(JSON.stringify({ ...claims, sub: other.user.id })).toString('base64url')
    const embedded = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: kid(), jwk: { kty: 'oct', k: 'AAAA' } })).toString('base64url')
    const embeddedBody = `${embedded}.${accessToken.split('.')[1]!}`
    const attacks: Record<string, string> = {
      'alg none': unsecured,
      'alg none with the old signature': `${forgedHead}.${accessToken.split('.')[1]!}.${signature}`,
      'signature cut off': `${head}.${accessToken.split('.')[1]!}.`,
      'another account in the payload': `${head}.${otherPayload}.${signature}`,
      'EdDSA with a key of their own': await sign(claims, { alg: 'EdDSA', key: privateKey }),
      'HMAC with a public key as the secret': await sign(claims, { key: createSecretKey(publicKey.export({ type: 'spki', format: 'der' })) }),
      'HS512 with our key': await sign(claims, { alg: 'HS512', key: createSecretKey(Buffer.concat([key().export(), key().export()])) }),
      'a key inside the header': `${embeddedBody}.${createHmac('sha256', Buffer.from('AAAA', 'base64url')).update(embeddedBody).digest('base64url')}`,
      'wrong audience': await sign(claims, { aud: 'somebody-else' }),
      'wrong issuer': await sign(claims, { iss: 'somebody-else' }),
      'wrong type': await sign(claims, { typ: 'JWT' }),
      'wrong key id': await sign(claims, { kid: 'deadbeef' }),
      expired: await sign(claims, { exp: now() - 1 }),
      'another account’s session': await sign({ sub: other.user.id, sid: claims.sid }),
      'an unknown session': await sign({ sub: user.id, sid: '00000000-0000-4000-8000-000000000000' }),
    }
    for (const [name, token] of Object.entries(attacks)) expect([name, await status(token)]).toEqual([name, 401])
  })

  test('expire on time, also those that were used before', async () => {
    const { call, accessToken } = await register()
    const { exp } = claimsOf(accessToken)
    const status = async () => (await call('GET', '/me', undefined, bearer(accessToken))).status
    try {
      expect(await status()).toBe(200)
      app.clock.set(new Date((exp - 60) * 1000))
      expect(await status()).toBe(200)
      app.clock.set(new Date(exp * 1000))
      expect(await status()).toBe(401)
    } finally {
      app.clock.set(new Date())
    }
  })

  test('follow what happens to the account: role, memberships and session are read anew', async () => {
    const { call, accessToken, accountId } = await register()
    const me = async () => (await call('GET', '/me', undefined, bearer(accessToken))).body
    await app.db.updateTable('account').set({ role: 'admin' }).where('id', '=', accountId).execute()
    expect((await me()).role).toBe('admin')
    await app.db.updateTable('loginSession').set({ revokedAt: new Date() }).where('accountId', '=', accountId).execute()
    expect((await me()).code).toBe('unauthenticated')
  })

  test('are not what opens an order: another bearer leaves a visitor', async () => {
    expect((await caller()('GET', '/me', undefined, bearer('not-a-jwt'))).status).toBe(401)
    expect((await caller()('POST', '/auth/login', { email: newEmail(), password: PASSWORD }, bearer('not-a-jwt'))).body.code).toBe(
      'invalid_credentials',
    )
  })
})

describe('refreshing', () => {
  test('rotates: new tokens, and the session stays one', async () => {
    const { call, refreshToken } = await register()
    const first = await call('POST', '/auth/refresh', { refreshToken })
    expect(first.status).toBe(200)
    expect(first.body.refreshToken).not.toBe(refreshToken)
    const second = await call('POST', '/auth/refresh', { refreshToken: first.body.refreshToken })
    expect(second.status).toBe(200)
    expect((await call('GET', '/me/sessions', undefined, bearer(second.body.accessToken))).body.data).toHaveLength(1)
  })

  test('answers two at the same moment with the same successor', async () => {
    const { call, refreshToken } = await register()
    const answers = await Promise.all(Array.from({ length: 4 }, () => call('POST', '/auth/refresh', { refreshToken })))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map((answer) => answer.body.refreshToken as string)).size).toBe(1)
    expect((await call('POST', '/auth/refresh', { refreshToken: answers[0]!.body.refreshToken })).status).toBe(200)
  })

  test('ends the family when a token comes again after its successor was used', async () => {
    const { call, refreshToken, accountId } = await register()
    const first = await call('POST', '/auth/refresh', { refreshToken })
    const second = await call('POST', '/auth/refresh', { refreshToken: first.body.refreshToken })
    expect(await call('POST', '/auth/refresh', { refreshToken })).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } })
    expect((await call('POST', '/auth/refresh', { refreshToken: second.body.refreshToken })).status).toBe(401)
    expect((await call('GET', '/me', undefined, bearer(second.body.accessToken))).status).toBe(401)
    const { id } = await app.db.selectFrom('loginSession').select('id').where('accountId', '=', accountId).executeTakeFirstOrThrow()
    expect(await factsOf(`session:${id}`)).toEqual(['session.opened', 'session.refresh_token_reused'])
  })

  test('ends the family when a token comes again after the time for lost answers', async () => {
    const { call, refreshToken } = await register()
    const first = await call('POST', '/auth/refresh', { refreshToken })
    try {
      app.clock.advance(21)
      expect((await call('POST', '/auth/refresh', { refreshToken })).status).toBe(401)
      expect((await call('POST', '/auth/refresh', { refreshToken: first.body.refreshToken })).status).toBe(401)
    } finally {
      app.clock.set(new Date())
    }
  })

  test('catches a thief who was quick: the second to use the shared successor ends it for both', async () => {
    const { call, refreshToken } = await register()
    const holder = await call('POST', '/auth/refresh', { refreshToken })
    const thief = await caller()('POST', '/auth/refresh', { refreshToken })
    expect(thief.body.refreshToken).toBe(holder.body.refreshToken)
    const used = await caller()('POST', '/auth/refresh', { refreshToken: thief.body.refreshToken })
    try {
      app.clock.advance(60)
      expect((await call('POST', '/auth/refresh', { refreshToken: holder.body.refreshToken })).status).toBe(401)
      expect((await call('POST', '/auth/refresh', { refreshToken: used.body.refreshToken })).status).toBe(401)
    } finally {
      app.clock.set(new Date())
    }
  })

  test('ends thirty days after the login, however often it was refreshed', async () => {
    const { call, refreshToken } = await register()
    try {
      app.clock.advance(29 * 86_400)
      const later = await call('POST', '/auth/refresh', { refreshToken })
      expect(later.status).toBe(200)
      app.clock.advance(86_401)
      expect((await call('POST', '/auth/refresh', { refreshToken: later.body.refreshToken })).status).toBe(401)
    } finally {
      app.clock.set(new Date())
    }
  })

  test('stores no token in the clear', async () => {
    const { refreshToken } = await register()
    const rows = await app.db.selectFrom('refreshToken').selectAll().execute()
    expect(JSON.stringify(rows.map((row) => row.tokenHash.toString('utf8')))).not.toContain(refreshToken)
  })

  test('refuses what was never a token', async () => {
    expect(await caller()('POST', '/auth/refresh', { refreshToken: 'x'.repeat(43) })).toMatchObject({
      status: 401,
      body: { code: 'refresh_token_invalid' },
    })
  })
})

describe('signing out', () => {
  test('ends the session of the bearer and of the refresh token, and works twice', async () => {
    const { call, accessToken, refreshToken } = await register()
    expect((await call('POST', '/auth/logout', undefined, bearer(accessToken))).status).toBe(204)
    expect((await call('GET', '/me', undefined, bearer(accessToken))).status).toBe(401)
    expect((await call('POST', '/auth/refresh', { refreshToken })).status).toBe(401)
    expect((await call('POST', '/auth/logout', { refreshToken }, bearer(accessToken))).status).toBe(204)
    expect((await call('POST', '/auth/logout', {})).status).toBe(204)
  })

  test('needs only the refresh token once the access token is dead', async () => {
    const { call, refreshToken } = await register()
    expect((await call('POST', '/auth/logout', { refreshToken })).status).toBe(204)
    expect((await call('POST', '/auth/refresh', { refreshToken })).status).toBe(401)
  })
})

describe('a forgotten password', () => {
  test('is answered alike whether the address is known or not', async () => {
    const { email, accountId } = await register()
    const call = caller()
    for (const address of [email, newEmail()])
      expect(await call('POST', '/auth/password-reset', { email: address })).toMatchObject({ status: 202, body: null })
    expect(await factsOf(`account:${accountId}`)).not.toContain('account.password_reset_requested')
    await preparePasswordReset(app, { email })
    await preparePasswordReset(app, { email: newEmail() })
    expect((await factsOf(`account:${accountId}`)).filter((kind) => kind === 'account.password_reset_requested')).toHaveLength(1)
  })

  test('is limited per address, known or not', async () => {
    for (const email of [(await register()).email, newEmail()]) {
      const statuses = []
      for (let i = 0; i < 6; i++) statuses.push((await caller()('POST', '/auth/password-reset', { email })).status)
      expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
    }
  })

  test('sets a new password once, signs out everywhere, and proves the address', async () => {
    const { call, email, accountId, accessToken, refreshToken } = await register()
    const token = await mintAccountToken(app, accountId, 'reset_password')
    const weak = await call('POST', '/auth/password-reset/confirm', { token, password: 'court' })
    expect(weak).toMatchObject({
      status: 422,
      body: { code: 'password_too_short', errors: [{ pointer: '/body/password', code: 'password_too_short' }] },
    })

    const body = { token, password: 'un-tout-autre-secret' }
    const both = await Promise.all([call('POST', '/auth/password-reset/confirm', body), call('POST', '/auth/password-reset/confirm', body)])
    expect(both.map((answer) => answer.status).sort()).toEqual([204, 422])
    expect(await call('POST', '/auth/password-reset/confirm', body)).toMatchObject({ status: 422, body: { code: 'link_expired' } })

    expect((await call('GET', '/me', undefined, bearer(accessToken))).status).toBe(401)
    expect((await call('POST', '/auth/refresh', { refreshToken })).status).toBe(401)
    expect((await call('POST', '/auth/login', { email, password: PASSWORD })).status).toBe(401)
    expect((await call('POST', '/auth/login', { email, password: body.password })).body.user.emailVerified).toBe(true)
  })

  test('the link dies after an hour, and is for nothing else', async () => {
    const { call, accountId } = await register()
    const verify = await mintAccountToken(app, accountId, 'verify_email')
    expect((await call('POST', '/auth/password-reset/confirm', { token: verify, password: 'un-tout-autre-secret' })).body.code).toBe('link_expired')
    const token = await mintAccountToken(app, accountId, 'reset_password')
    expect((await call('POST', '/auth/email-verification/confirm', { token })).body.code).toBe('link_expired')
    try {
      app.clock.advance(3601)
      expect((await call('POST', '/auth/password-reset/confirm', { token, password: 'un-tout-autre-secret' })).body.code).toBe('link_expired')
    } finally {
      app.clock.set(new Date())
    }
  })

  test('no hash is computed for a made-up link', async () => {
    const before = (await app.metrics.passwordHashes.get()).values[0]?.value ?? 0
    await caller()('POST', '/auth/password-reset/confirm', { token: 'x'.repeat(43), password: 'un-tout-autre-secret' })
    expect((await app.metrics.passwordHashes.get()).values[0]?.value ?? 0).toBe(before)
  })
})

describe('confirming the address', () => {
  test('works once, and only for the address that the link was sent to', async () => {
    const { call, accountId, accessToken } = await register()
    const stale = await mintAccountToken(app, accountId, 'verify_email')
    const changed = await call('PATCH', '/me', { email: newEmail(), currentPassword: PASSWORD }, bearer(accessToken))
    expect(changed).toMatchObject({ status: 200, body: { emailVerified: false } })
    expect((await call('POST', '/auth/email-verification/confirm', { token: stale })).body.code).toBe('link_expired')
    const token = await mintAccountToken(app, accountId, 'verify_email')
    expect((await call('POST', '/auth/email-verification/confirm', { token })).status).toBe(204)
    expect((await call('POST', '/auth/email-verification/confirm', { token })).body.code).toBe('link_expired')
    expect((await call('GET', '/me', undefined, bearer(accessToken))).body.emailVerified).toBe(true)
    expect((await factsOf(`account:${accountId}`)).filter((kind) => kind === 'account.verification_requested')).toHaveLength(2)
  })

  test('another mail is asked for by who is signed in, a few times an hour', async () => {
    const { call, accessToken, accountId } = await register()
    expect((await call('POST', '/auth/email-verification')).status).toBe(401)
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await call('POST', '/auth/email-verification', undefined, bearer(accessToken))).status)
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
    expect((await factsOf(`account:${accountId}`)).filter((kind) => kind === 'account.verification_requested')).toHaveLength(6)
  })
})
