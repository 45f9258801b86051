// The pages of one's own account, as a browser without JavaScript meets them.
import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { systemActor } from '#src/kernel/actor.ts'
import { addMember } from '#src/modules/identity/add-member.ts'
import { mintAccountToken } from '#src/modules/identity/mint-account-token.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { startTestApp, testApp } from '#test/app.ts'
import { buildEvent, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { buyAndPay } from '#test/sale.ts'
import { ownPath } from './browser-session.ts'

const app = testApp()
const PASSWORD = 'une-longue-phrase-42'
const system = systemActor('test')

/** A browser: keeps its cookies, sends forms from our own pages. */
function browser(target: Pick<typeof app, 'server'> = app) {
  const jar = new Map<string, string>()
  const send = async (method: 'GET' | 'POST', url: string, fields?: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await target.server.inject({
      method,
      url,
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        'user-agent': 'Mozilla/5.0 (Android 14; Mobile) Firefox/140.0',
        ...(method === 'POST' ? { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(method === 'POST' ? { payload: new URLSearchParams(fields).toString() } : {}),
    })
    for (const cookie of response.cookies) {
      if (cookie.value) jar.set(cookie.name, cookie.value)
      else jar.delete(cookie.name)
    }
    return { status: response.statusCode, html: response.body, to: response.headers.location, headers: response.headers, cookies: response.cookies }
  }
  return {
    jar,
    get: (url: string) => send('GET', url),
    post: (url: string, fields: Record<string, string> = {}, headers?: Record<string, string>) => send('POST', url, fields, headers),
  }
}

let people = 0
async function somebody() {
  const email = `sena.${++people}@example.test`
  const accountId = await registerAccount(app, system, { email, password: PASSWORD, name: 'Sena', emailVerified: true })
  return { email, accountId }
}
async function signedIn() {
  const { email, accountId } = await somebody()
  const user = browser()
  expect((await user.post('/login', { email, password: PASSWORD })).status).toBe(303)
  return { ...user, email, accountId }
}

describe('signing in', () => {
  test('asks whom it doesn’t know, and leads back to where they were going', async () => {
    const { email } = await somebody()
    const user = browser()
    const away = await user.get('/account/security')
    expect(away).toMatchObject({ status: 303, to: '/login?next=%2Faccount%2Fsecurity' })
    const form = await user.get(away.to as string)
    expect(form.html).toContain('name="next" value="/account/security"')
    const back = await user.post('/login', { email, password: PASSWORD, next: '/account/security' })
    expect(back).toMatchObject({ status: 303, to: '/account/security' })
    expect((await user.get('/account/security')).status).toBe(200)
    expect(await user.get('/login')).toMatchObject({ status: 303, to: '/account' })
  })

  test('gives a cookie that scripts and other sites can’t use', async () => {
    const { email } = await somebody()
    const { cookies } = await browser().post('/login', { email, password: PASSWORD })
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatchObject({ name: 'guichet_session', httpOnly: true, sameSite: 'Lax', path: '/' })
    const { app: served, stop } = await startTestApp({ PUBLIC_URL: 'https://guichet.test' })
    try {
      await registerAccount(served, system, { email, password: PASSWORD, name: 'Sena' })
      const secure = await browser(served).post('/login', { email, password: PASSWORD })
      expect(secure.cookies[0]).toMatchObject({ name: '__Host-guichet_session', httpOnly: true, secure: true, path: '/' })
      expect(secure.cookies[0]).not.toHaveProperty('domain')
    } finally {
      await stop()
    }
  })

  test('never leads to another site', async () => {
    const { email } = await somebody()
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/ok\r\nX: y']) {
      expect(ownPath(next)).toBeUndefined()
      expect((await browser().post('/login', { email, password: PASSWORD, next })).to).toBe('/account')
    }
  })

  test('keeps the address, never the password, and says one and the same sentence', async () => {
    const { email } = await somebody()
    for (const address of [email, 'nobody@example.test']) {
      const answer = await browser().post('/login', { email: address, password: 'mauvais-mot' })
      expect(answer.status).toBe(401)
      expect(answer.html).toContain('Adresse e-mail ou mot de passe incorrect.')
      expect(answer.html).toContain(`value="${address}"`)
      expect(answer.html).not.toContain('mauvais-mot')
    }
    const empty = await browser().post('/login', {})
    expect(empty.status).toBe(422)
    expect(empty.html.match(/class="field-error"/g)).toHaveLength(2)
  })

  test('is refused from another site', async () => {
    const { email } = await somebody()
    expect((await browser().post('/login', { email, password: PASSWORD }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  test('again ends the session that the browser had, and signing out ends it at once', async () => {
    const user = await signedIn()
    const first = user.jar.get('guichet_session')!
    await user.post('/login', { email: user.email, password: PASSWORD })
    const replay = browser()
    replay.jar.set('guichet_session', first)
    expect((await replay.get('/account')).status).toBe(303)
    const second = user.jar.get('guichet_session')!
    expect(await user.post('/logout')).toMatchObject({ status: 303, to: '/events' })
    expect(user.jar.has('guichet_session')).toBe(false)
    replay.jar.set('guichet_session', second)
    expect((await replay.get('/account')).status).toBe(303)
  })
})

describe('registering', () => {
  test('signs in and shows what is left to do', async () => {
    const user = browser()
    expect(await user.post('/register', { name: 'Afi', email: 'afi@example.test', password: PASSWORD })).toMatchObject({
      status: 303,
      to: '/account',
    })
    const home = await user.get('/account')
    expect(home.html).toContain('Confirmez votre adresse e-mail')
    expect(home.headers['cache-control']).toBe('no-store')
    expect(await user.post('/account/verification')).toMatchObject({ status: 303, to: '/account?mailed=1' })
    expect((await user.get('/account?mailed=1')).html).toContain('Le lien est en route')
  })

  test('says at once all that is missing or wrong', async () => {
    const answer = await browser().post('/register', {
      as: 'organizer',
      organizerName: '',
      country: 'TG',
      name: 'Edem',
      email: 'edem@',
      password: 'court',
    })
    expect(answer.status).toBe(422)
    for (const field of ['organizerName', 'email', 'password']) expect(answer.html).toContain(`id="field-${field}-error"`)
    expect(answer.html).not.toContain('id="field-name-error"')
  })

  test('as an organizer makes the organizer', async () => {
    const user = browser()
    expect((await user.get('/register?as=organizer')).html).toContain('name="organizerName"')
    const answer = await user.post('/register', {
      as: 'organizer',
      organizerName: 'Les Nuits',
      country: 'TG',
      name: 'Edem',
      email: 'edem@example.test',
      password: PASSWORD,
    })
    expect(answer).toMatchObject({ status: 303, to: '/organizer/events/new' })
    expect((await user.get('/account')).html).toContain('Les Nuits')
  })

  test.each([
    [{ email: 'pas-une-adresse' }, 'email', 'Cette adresse e-mail n’est pas valable.'],
    [{ password: 'court' }, 'password', 'au moins 8 caractères'],
    [{ password: 'motdepasse123' }, 'password', 'trop courant'],
    [{ name: '' }, 'name', 'À remplir.'],
  ])('says beside the field what is wrong: %o', async (wrong, field, sentence) => {
    const sent = { name: 'Afi', email: 'afi2@example.test', password: PASSWORD, ...wrong }
    const answer = await browser().post('/register', sent)
    expect(answer.status).toBe(422)
    expect(new RegExp(`id="field-${field}-error">[^<]*${sentence}`).test(answer.html)).toBe(true)
    expect(answer.html).not.toContain(PASSWORD)
    if (field !== 'name') expect(answer.html).toContain('value="Afi"')
  })

  test('is in English for who reads English', async () => {
    const user = browser()
    expect((await user.get('/register?lang=en')).html).toContain('Create an account')
    await user.post('/register', { name: 'Ann', email: 'ann@example.test', password: PASSWORD })
    expect((await app.db.selectFrom('account').select('locale').where('email', '=', 'ann@example.test').executeTakeFirstOrThrow()).locale).toBe('en')
  })
})

describe('mailed links', () => {
  test('confirm the address by a button, not by being opened', async () => {
    const { email } = await somebody()
    const account = await app.db
      .updateTable('account')
      .set({ emailVerifiedAt: null })
      .where('email', '=', email)
      .returning('id')
      .executeTakeFirstOrThrow()
    const token = await mintAccountToken(app, account.id, 'verify_email')
    const user = browser()
    const page = await user.get(`/verify-email/${token}`)
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex' })
    const verified = async () =>
      (await app.db.selectFrom('account').select('emailVerifiedAt').where('id', '=', account.id).executeTakeFirstOrThrow()).emailVerifiedAt
    expect(await verified()).toBeNull()
    expect((await user.post(`/verify-email/${token}`)).html).toContain('Votre adresse est confirmée')
    expect(await verified()).not.toBeNull()
    expect(await user.post(`/verify-email/${token}`)).toMatchObject({ status: 422 })
  })

  test('a forgotten password: asked for, chosen, signed in; the link is dead after that', async () => {
    const { email, accountId } = await somebody()
    const user = browser()
    for (const address of [email, 'nobody2@example.test'])
      expect((await user.post('/forgot-password', { email: address })).html).toContain('Regardez votre boîte de réception')
    const token = await mintAccountToken(app, accountId, 'reset_password')
    expect((await user.get(`/reset-password/${token}`)).html).toContain(email)
    expect((await user.post(`/reset-password/${token}`, { password: 'court' })).status).toBe(422)
    expect(await user.post(`/reset-password/${token}`, { password: 'un-tout-autre-secret' })).toMatchObject({ status: 303, to: '/account' })
    expect((await user.get('/account')).status).toBe(200)
    expect(await browser().get(`/reset-password/${token}`)).toMatchObject({ status: 410 })
    expect(await browser().post(`/reset-password/${token}`, { password: 'un-tout-autre-secret' })).toMatchObject({ status: 410 })
  })

  test('somebody invited says who they are and is in the team', async () => {
    const { id } = await buildOrganizer(app)
    const member = await addMember(app, system, { organizerId: id, email: 'invited@example.test', role: 'cashier' })
    const token = await mintAccountToken(app, member.accountId, 'join_team')
    const user = browser()
    expect((await user.get(`/join-team/${token}`)).html).toMatch(/vous invite.*Caisse\..*Vend au guichet/s)
    expect((await user.post(`/join-team/${token}`, { password: PASSWORD })).html).toContain('id="field-name-error"')
    expect(await user.post(`/join-team/${token}`, { password: PASSWORD, name: 'Yao' })).toMatchObject({ status: 303, to: '/organizer' })
  })
})

describe('my account', () => {
  test('lists my orders, each leading to its tickets', async () => {
    const user = await signedIn()
    const event = await buildEvent(app, { title: 'Nuit du Port' })
    await app.db
      .insertInto('ticketOrder')
      .values({
        eventId: event.id,
        code: 'ABCDEFGHJK',
        organizerId: event.organizer.id,
        accountId: user.accountId,
        status: 'paid',
        channel: 'web',
        buyerName: 'Sena',
        locale: 'fr',
        quantity: 2,
        total: 10_000,
        currency: 'XOF',
        idemKey: Buffer.alloc(32, 1),
        requestHash: Buffer.alloc(32, 1),
      })
      .execute()
    const home = await user.get('/account')
    expect(home.html).toContain('Nuit du Port')
    expect(home.html).toContain('href="/orders/ABCDEFGHJK"')
    expect(home.html).toMatch(/10\s000/)
  })

  test('changes my details and my language', async () => {
    const user = await signedIn()
    const wrong = await user.post('/account/profile', { name: 'Sena', phone: '12', locale: 'fr' })
    expect(wrong.status).toBe(422)
    expect(wrong.html).toContain('id="field-phone-error"')
    expect(wrong.html).toContain('value="12"')
    expect(await user.post('/account/profile', { name: 'Sena Ahouansou', phone: '01 97 11 22 33', locale: 'en' })).toMatchObject({
      status: 303,
      to: '/account?lang=en',
    })
    const home = await user.get('/account?lang=en')
    expect(home.html).toContain('My account')
    expect(home.html).toMatch(/\+229\s01\s97\s11\s22\s33/)
  })

  test('changes the password, with the current one, and signs the others out', async () => {
    const user = await signedIn()
    const other = browser()
    await other.post('/login', { email: user.email, password: PASSWORD })
    const refused = await user.post('/account/security/password', { currentPassword: 'mauvais-mot', password: 'un-tout-autre-secret' })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('id="field-currentPassword-error"')
    expect(refused.html).not.toContain('un-tout-autre-secret')
    expect(await user.post('/account/security/password', { currentPassword: PASSWORD, password: 'un-tout-autre-secret' })).toMatchObject({
      status: 303,
      to: '/account/security?done=password',
    })
    expect((await user.get('/account')).status).toBe(200)
    expect((await other.get('/account')).status).toBe(303)
  })

  test('changes the address, with the current password: once the new one is proven, and not before', async () => {
    const user = await signedIn()
    const wanted = `sena.new.${user.accountId}@example.test`
    const refused = await user.post('/account/security/address', { email: wanted, addressPassword: 'mauvais-mot' })
    expect(refused.html).toContain('id="field-addressPassword-error"')
    expect(refused.html).toContain(`value="${wanted}"`)
    expect((await user.post('/account/security/address', { email: wanted, addressPassword: PASSWORD })).status).toBe(303)

    const addresses = () =>
      app.db.selectFrom('account').select(['email', 'pendingEmail', 'emailVerifiedAt']).where('id', '=', user.accountId).executeTakeFirstOrThrow()
    expect(await addresses()).toMatchObject({ email: user.email, pendingEmail: wanted })
    expect((await user.get('/account/security')).html).toContain(`${wanted} attend d’être confirmée`)
    await workOff(app)
    const mails = await app.db.selectFrom('mail').select(['recipient', 'kind', 'body']).where('recipient', 'in', [user.email, wanted]).execute()
    expect(mails.map((mail) => [mail.recipient, mail.kind])).toEqual(
      expect.arrayContaining([
        [user.email, 'email_change_notice'],
        [wanted, 'change_email'],
      ]),
    )
    const link = /\/verify-email\/\S+/.exec(mails.find((mail) => mail.kind === 'change_email')!.body)![0]
    expect((await browser().post(link)).html).toContain('Votre adresse est confirmée')
    expect(await addresses()).toMatchObject({ email: wanted, pendingEmail: null })
    expect(await browser().post(link)).toMatchObject({ status: 422 })
    expect((await browser().post('/login', { email: wanted, password: PASSWORD })).status).toBe(303)
  })

  test('a wish for another address can be taken back: its link is dead then, as is one whose address was taken meanwhile', async () => {
    const user = await signedIn()
    const ask = (email: string) => user.post('/account/security/address', { email, addressPassword: PASSWORD })
    await ask(`first.${user.accountId}@example.test`)
    const first = await mintAccountToken(app, user.accountId, 'change_email')
    await ask(`second.${user.accountId}@example.test`)
    expect((await browser().post(`/verify-email/${first}`)).status).toBe(422)
    const second = await mintAccountToken(app, user.accountId, 'change_email')
    expect((await user.post('/account/security/address/keep')).status).toBe(303)
    expect((await browser().post(`/verify-email/${second}`)).status).toBe(422)

    const taken = `taken.${user.accountId}@example.test`
    await ask(taken)
    const third = await mintAccountToken(app, user.accountId, 'change_email')
    await registerAccount(app, system, { email: taken, password: PASSWORD, name: 'Quelqu’un' })
    expect((await browser().post(`/verify-email/${third}`)).status).toBe(409)
    expect((await ask(taken)).html).toContain('id="field-email-error"')
    expect((await user.get('/account')).html).toContain(user.email)
  })

  test('whoever gets an account back by its mail, or sets another password, undoes what a thief of the former one wished for', async () => {
    for (const how of ['link', 'holder'] as const) {
      const user = await signedIn()
      const wanted = `thief.${user.accountId}@example.test`
      await user.post('/account/security/address', { email: wanted, addressPassword: PASSWORD })
      const link = await mintAccountToken(app, user.accountId, 'change_email', wanted)
      const password = 'un-tout-autre-secret'
      if (how === 'link') {
        const token = await mintAccountToken(app, user.accountId, 'reset_password', user.email)
        expect((await browser().post(`/reset-password/${token}`, { password })).status).toBe(303)
      } else expect((await user.post('/account/security/password', { password, currentPassword: PASSWORD })).status).toBe(303)
      expect((await browser().post(`/verify-email/${link}`)).status).toBe(422)
      const account = await app.db.selectFrom('account').select(['email', 'pendingEmail']).where('id', '=', user.accountId).executeTakeFirstOrThrow()
      expect(account).toEqual({ email: user.email, pendingEmail: null })
    }
  })

  test('a link is only ever made for the address that its mail goes to', async () => {
    const user = await signedIn()
    await user.post('/account/security/address', { email: `own.${user.accountId}@example.test`, addressPassword: PASSWORD })
    // Wished for while the mail to the first one was being written.
    await user.post('/account/security/address', { email: `other.${user.accountId}@example.test`, addressPassword: PASSWORD })
    await expect(mintAccountToken(app, user.accountId, 'change_email', `own.${user.accountId}@example.test`)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('mails no stranger again and again', async () => {
    const user = await signedIn()
    const ask = () => user.post('/account/security/address', { email: `stranger.${user.accountId}@example.test`, addressPassword: PASSWORD })
    for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(303)
    expect((await ask()).status).toBe(429)
  })

  test('keeps a photo square, without what the phone wrote into it, and lets it go', async () => {
    const user = await signedIn()
    const send = (bytes: Buffer, type = 'image/jpeg') => {
      const head = `--cut\r\ncontent-disposition: form-data; name="photo"; filename="moi.jpg"\r\ncontent-type: ${type}\r\n\r\n`
      return app.server.inject({
        method: 'POST',
        url: '/account/photo',
        headers: {
          cookie: `guichet_session=${user.jar.get('guichet_session')}`,
          'sec-fetch-site': 'same-origin',
          'content-type': 'multipart/form-data; boundary=cut',
        },
        payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--cut--\r\n')]),
      })
    }
    const photo = async () =>
      (await app.db.selectFrom('account').select('photoId').where('id', '=', user.accountId).executeTakeFirstOrThrow()).photoId
    const picture = await sharp({ create: { width: 800, height: 400, channels: 3, background: '#a8452a' } })
      .withExif({ IFD0: { Artist: 'Sena' }, IFD3: { GPSLatitudeRef: 'N' } })
      .jpeg()
      .toBuffer()
    for (const [bytes, sentence] of [
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'image'],
      [Buffer.concat([picture.subarray(0, 300), Buffer.alloc(50)]), 'Cette image est illisible'],
      [Buffer.alloc(0), 'Choisissez d’abord une image'],
      [Buffer.concat([picture, Buffer.alloc(10_500_000)]), 'trop grande'],
    ] as const) {
      const answer = await send(bytes, 'image/jpeg')
      expect([answer.statusCode >= 400 && answer.statusCode < 500, answer.payload.includes('id="field-photo-error"')]).toEqual([true, true])
      expect(answer.payload).toContain(sentence)
      expect(await photo()).toBeNull()
    }

    for (const contentType of ['multipart/form-data', 'multipart/form-data; boundary=cut', 'text/plain']) {
      const headers = { cookie: `guichet_session=${user.jar.get('guichet_session')}`, 'sec-fetch-site': 'same-origin', 'content-type': contentType }
      const { statusCode } = await app.server.inject({ method: 'POST', url: '/account/photo', headers, payload: 'junk' })
      expect([contentType, statusCode >= 400 && statusCode < 500]).toEqual([contentType, true])
    }
    // As large as phones make them.
    const noise = await sharp(randomBytes(2000 * 1500 * 3), { raw: { width: 2000, height: 1500, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer()
    expect([noise.length > 3_000_000, (await send(noise)).statusCode]).toEqual([true, 303])
    await user.post('/account/photo/remove')

    expect((await send(picture)).statusCode).toBe(303)
    const first = (await photo())!
    const served = await app.server.inject({ url: `/files/${first}/256.webp` })
    expect(served.headers['content-type']).toBe('image/webp')
    const meta = await sharp(served.rawPayload).metadata()
    expect(meta).toMatchObject({ width: 256, height: 256, format: 'webp' })
    expect(meta.exif).toBeUndefined()
    expect((await user.get('/account')).html).toContain(`/files/${first}/256.webp`)

    await send(picture)
    expect(await photo()).not.toBe(first)
    expect((await app.server.inject({ url: `/files/${first}/256.webp` })).statusCode).toBe(404)
    await user.post('/account/photo/remove')
    expect(await photo()).toBeNull()
    expect(await app.db.selectFrom('storedFile').select('id').where('kind', '=', 'photo').execute()).toEqual([])
    expect((await browser().post('/account/photo/remove')).status).toBe(401)
  })

  test('shows what comes next, large; then the rest, what is past, and what became of each order', async () => {
    const user = await signedIn()
    const soon = await buildEvent(app, { title: 'Nuit du Port' })
    const later = await buildEvent(app, { title: 'Foire de Parakou', startsAt: new Date(Date.now() + 30 * 86_400_000) })
    const gone = await buildEvent(app, { title: 'Bal de janvier', startsAt: new Date(Date.now() + 3_600_000) })
    const buyer = { name: 'Sena', email: user.email }
    for (const event of [later, soon, gone]) await buyAndPay(app, event, await buildTicketType(app, event), 1, { buyer })
    const stranger = await buyAndPay(app, soon, await buildTicketType(app, soon), 1)
    await app.db
      .updateTable('event')
      .set({ startsAt: new Date(Date.now() - 7_200_000), endsAt: new Date(Date.now() - 3_600_000) })
      .where('id', '=', gone.id)
      .execute()
    const { html } = await user.get('/account')
    expect(html).not.toContain(stranger.code)
    const places = ['next-title">Nuit du Port', 'Foire de Parakou', 'Déjà passés (1)', 'Bal de janvier', 'id="orders"'].map((words) =>
      html.indexOf(words),
    )
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    const [show] = /\/orders\/\w+\/show\/[0-9a-f-]{36}/.exec(html)!
    expect((await user.get(show)).html).toContain('Nuit du Port')
    expect(html.match(/receipt\.pdf/g)).toHaveLength(3)

    // Bought with an address that isn't proven: nothing of it is shown, and the page says how to see it.
    await app.db.updateTable('account').set({ emailVerifiedAt: null }).where('id', '=', user.accountId).execute()
    const unproven = (await user.get('/account')).html
    expect(unproven).not.toContain('Nuit du Port')
    expect(unproven).toContain('Les billets déjà achetés avec cette adresse apparaîtront ici.')
  })

  test('shows where I am signed in, and ends what isn’t mine any more', async () => {
    const user = await signedIn()
    const other = browser()
    await other.post('/login', { email: user.email, password: PASSWORD })
    const page = await user.get('/account/security')
    expect(page.html).toContain('Firefox, Android')
    const action = /action="(\/account\/sessions\/[^"]+\/end)"/.exec(page.html)![1]!
    expect(await user.post(action)).toMatchObject({ status: 303 })
    expect((await other.get('/account')).status).toBe(303)
    expect((await user.post(action)).status).toBe(404)
    expect(page.html.match(/ id="[^"]+"/g)!.length).toBe(new Set(page.html.match(/ id="[^"]+"/g)).size)
  })

  test('becomes an organizer’s', async () => {
    const user = await signedIn()
    expect((await user.post('/account/organizer', { organizerName: ' ', country: 'BJ' })).html).toContain('id="field-organizerName-error"')
    expect(await user.post('/account/organizer', { organizerName: 'Sena Live', country: 'BJ' })).toMatchObject({
      status: 303,
      to: '/organizer/events/new',
    })
    expect((await user.get('/account')).html).toContain('Sena Live')
  })

  test('is nobody else’s to change', async () => {
    for (const path of ['/account/profile', '/account/security/password', '/account/organizer', '/account/verification']) {
      const answer = await browser().post(path, { name: 'x', locale: 'fr' })
      expect([path, answer.status]).toEqual([path, 401])
    }
  })
})
