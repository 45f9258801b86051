// Taking one's data along, and leaving.
import { describe, expect, test } from 'vitest'
import { systemActor } from '#src/kernel/actor.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { forgetBuyers } from '#src/modules/ticketing/forget-buyers.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { browse } from '#test/pages.ts'
import { buyAndPay, expectSound } from '#test/sale.ts'

const app = testApp()
const PASSWORD = 'une-longue-phrase-42'
let people = 0

async function somebody() {
  const email = `leaver.${++people}@example.test`
  const accountId = await registerAccount(app, systemActor('test'), {
    email,
    password: PASSWORD,
    name: 'Sena Ahouansou',
    phone: '0197112233',
    emailVerified: true,
  })
  const row = await app.db.selectFrom('account').select('publicId').where('id', '=', accountId).executeTakeFirstOrThrow()
  const actor = { ...(await buildAccount(app)), accountId, publicId: row.publicId, email }
  return { accountId, email, browser: browse(app, actor) }
}

async function bought(event: BuiltEvent, email: string) {
  const type = await buildTicketType(app, event, { price: 5000 })
  return buyAndPay(app, event, type, 2, {
    buyer: { name: 'Sena Ahouansou', email },
    holders: [{ name: 'sena ahouansou' }, { name: 'Koffi Mensah', email: 'koffi@example.test' }],
  })
}

async function over(event: BuiltEvent): Promise<void> {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000)
  await app.db
    .updateTable('event')
    .set({ startsAt: ago(5), endsAt: ago(1) })
    .where('id', '=', event.id)
    .execute()
}

const accountRow = (id: number) => app.db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const orderRow = (id: number) => app.db.selectFrom('ticketOrder').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const holdersOf = async (id: number) =>
  (await app.db.selectFrom('ticket').select(['holderName', 'holderEmail']).where('orderId', '=', id).orderBy('id').execute()).map((t) => t.holderName)

describe('my data', () => {
  test('come as one file with what is mine, and nothing that opens anything', async () => {
    const { email, browser } = await somebody()
    const order = await bought(await buildEvent(app, { title: 'Nuit du Port' }), email)
    const stranger = await bought(await buildEvent(app), 'somebody.else@example.test')
    const file = await browser.get('/account/data.json')
    expect(file.headers['content-disposition']).toContain('attachment')
    expect(file.headers['cache-control']).toBe('no-store')
    const data = JSON.parse(file.html) as { account: object; orders: object[] }
    expect(data.account).toMatchObject({ email, name: 'Sena Ahouansou', phone: '+2290197112233' })
    expect(data.orders).toMatchObject([
      { code: order.code, event: 'Nuit du Port', total: 10_000, tickets: [{}, {}], payments: [{ status: 'SUCCEEDED' }] },
    ])
    expect(file.html).not.toContain(stranger.code)
    expect(file.html).not.toMatch(/password|token|hash/i)
    expect((await browse(app).get('/account/data.json')).status).toBe(303)
  })
})

describe('leaving', () => {
  test('asks for the password and a clear word, and does nothing without', async () => {
    const { accountId, email, browser } = await somebody()
    expect((await browser.get('/account/data')).text).toContain('Supprimer mon compte')
    for (const [fields, field] of [
      [{ sure: 'on' }, 'currentPassword'],
      [{ currentPassword: PASSWORD }, 'sure'],
      [{ sure: 'on', currentPassword: 'mauvais-mot' }, 'currentPassword'],
    ] as const) {
      const answer = await browser.post('/account/data/erase', fields)
      expect([answer.status, answer.html.includes(`id="field-${field}-error"`)]).toEqual([422, true])
    }
    expect((await accountRow(accountId)).email).toBe(email)
    expect((await browse(app).post('/account/data/erase', { sure: 'on', currentPassword: PASSWORD })).status).toBe(401)
  })

  test('erases the person at once, the buyer of past orders with them, and of coming ones when they are over; the money stays', async () => {
    const { accountId, email, browser } = await somebody()
    const [past, coming] = [await buildEvent(app), await buildEvent(app)]
    const [old, next] = [await bought(past, email), await bought(coming, email)]
    await over(past)
    expect((await browser.get('/account/data')).text).toContain('Vous avez 2 billets à venir')
    const gone = await browser.post('/account/data/erase', { sure: 'on', currentPassword: PASSWORD })
    expect(gone.text).toContain('Votre compte est supprimé')
    expect((await browser.get('/account')).status).toBe(303)
    expect((await browse(app).post('/login', { email, password: PASSWORD })).status).toBe(401)
    expect(await accountRow(accountId)).toMatchObject({ name: '—', phone: null, passwordHash: null, photoId: null, emailVerifiedAt: null })
    expect((await accountRow(accountId)).email).toMatch(/^erased-.*@erased\.invalid$/)

    await workOff(app)
    expect(await orderRow(old.id)).toMatchObject({ buyerName: '—', buyerEmail: null, buyerPhone: null, status: 'paid', total: 10_000, accountId })
    // Who was named by the buyer is somebody else.
    expect(await holdersOf(old.id)).toEqual([null, 'Koffi Mensah'])
    expect(await orderRow(next.id)).toMatchObject({ buyerName: 'Sena Ahouansou', buyerEmail: email, accountId })

    await over(coming)
    await forgetBuyers(app)
    await forgetBuyers(app)
    expect(await orderRow(next.id)).toMatchObject({ buyerName: '—', buyerEmail: null })
    await expectSound(app)
    // The address is free for whoever has it: somebody new, with nothing of the former one's.
    const again = await registerAccount(app, systemActor('test'), { email, password: PASSWORD, name: 'Sena', emailVerified: true })
    expect(again).not.toBe(accountId)
  })

  test('takes people out of their teams, but no organizer’s last owner', async () => {
    const { browser, accountId } = await somebody()
    const organizer = await buildOrganizer(app)
    await app.db.insertInto('membership').values({ organizerId: organizer.id, accountId, role: 'owner' }).execute()
    const alone = await somebody()
    const own = await buildOrganizer(app)
    await app.db.updateTable('membership').set({ accountId: alone.accountId }).where('organizerId', '=', own.id).execute()
    const refused = await alone.browser.post('/account/data/erase', { sure: 'on', currentPassword: PASSWORD })
    expect([refused.status, (await accountRow(alone.accountId)).erasedAt]).toEqual([409, null])
    expect((await browser.post('/account/data/erase', { sure: 'on', currentPassword: PASSWORD })).status).toBe(200)
    expect(await app.db.selectFrom('membership').select('organizerId').where('accountId', '=', accountId).execute()).toEqual([])
    await buildMember(app, own.id, 'owner')
    expect((await alone.browser.post('/account/data/erase', { sure: 'on', currentPassword: PASSWORD })).status).toBe(200)
  })
})
