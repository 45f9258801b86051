// The back office as its staff meets it: who gets in, what each list finds, what each decision does and leaves behind.
import { describe, expect, test } from 'vitest'
import type { AccountActor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { LOCALES } from '#src/locales/locale.ts'
import { registerAccount } from '#src/modules/identity/register-account.ts'
import { openWebSessionOf } from '#src/modules/identity/open-session.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { transact } from '#src/platform/db.ts'
import { countJobs, enqueue } from '#src/platform/jobs.ts'
import { readSettings } from '#src/platform/settings.ts'
import { systemActor } from '#src/kernel/actor.ts'
import { startTestApp, testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { browse, type Fields } from '#test/pages.ts'
import { listRoutes } from '#test/security/operations.ts'
import { approveSilently, buy, buyAndPay, expectSound, outcomeOf, wish, visitor } from '#test/sale.ts'
import { refundOrder } from '#src/modules/ticketing/refund-order.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'

const app = testApp()
const LISTS = [
  '',
  '/reviews',
  '/events',
  '/orders',
  '/payments',
  '/refunds',
  '/ledger',
  '/users',
  '/organizers',
  '/categories',
  '/mails',
  '/jobs',
  '/checks',
  '/facts',
  '/settings',
].map((name) => `/admin${name}`)
const staff = async (role: 'admin' | 'superadmin' = 'admin') => browse(app, await buildAccount(app, { role }))
const factsOf = (subject: string) =>
  app.db.selectFrom('fact').select(['kind', 'actor', 'data']).where('subject', '=', subject).orderBy('id').execute()
const mailsTo = (recipient: string) =>
  app.db.selectFrom('mail').select(['kind', 'subject', 'body']).where('recipient', '=', recipient).orderBy('id').execute()

/** Something of everything: a sale, a refund, a payment under review. */
async function busyEvent() {
  const event = await buildEvent(app)
  const type = await buildTicketType(app, event, { price: 5000 })
  const order = await buyAndPay(app, event, type, 2, { buyer: { name: 'Afi Agbo', email: 'afi.agbo@example.test', phone: '0196000042' } })
  const odd = await buy(app, event, type, 1, { payment: { provider: 'simulator', phone: '+2290197000009' } })
  await approveSilently(app, odd.payment!.id)
  await settlePayments(app, [odd.payment!.id])
  return { event, type, order, odd, paymentId: odd.payment!.id }
}

/** Staff whose session was opened an hour ago. */
async function staleStaff(role: 'admin' | 'superadmin') {
  const email = `stale-${uuidv7()}@example.test`
  const id = await registerAccount(app, systemActor('test'), { email, password: 'une-longue-phrase-42', name: 'Ancienne' })
  await app.db.updateTable('account').set({ role }).where('id', '=', id).execute()
  const token = await openWebSessionOf(app, systemActor('test'), id)
  await app.db
    .updateTable('loginSession')
    .set({ provenAt: new Date(Date.now() - 3_600_000) })
    .where('accountId', '=', id)
    .execute()
  const headers = { cookie: `guichet_session=${token}`, 'sec-fetch-site': 'same-origin' }
  return {
    get: (url: string) => app.server.inject({ url, headers }),
    post: (url: string, fields: Fields) =>
      app.server.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields as Record<string, string>).toString(),
      }),
  }
}

describe('the administration', () => {
  test('opens to staff, and to nobody else: each page and each form', async () => {
    const { event, order, paymentId } = await busyEvent()
    const person = await buildAccount(app)
    const pages = [
      ...LISTS,
      `/admin/events/${event.slug}`,
      `/admin/orders/${order.code}`,
      `/admin/payments/${paymentId}`,
      `/admin/users/${person.publicId}`,
      `/admin/organizers/${event.organizer.slug}`,
      '/admin/categories/concert',
    ]
    const forms = [
      `/admin/events/${event.slug}/approve`,
      `/admin/events/${event.slug}/send-back`,
      `/admin/events/${event.slug}/unpublish`,
      `/admin/orders/${order.code}/resend`,
      `/admin/payments/${paymentId}/review`,
      `/admin/refunds/${uuidv7()}/close`,
      `/admin/refunds/${uuidv7()}/retry-by-provider`,
      `/admin/refunds/${uuidv7()}/retry-by-hand`,
      ...['suspend', 'reinstate', 'reset-link', 'end-sessions', 'role'].map((verb) => `/admin/users/${person.publicId}/${verb}`),
      ...['commission', 'suspend-sales', 'resume-sales'].map((verb) => `/admin/organizers/${event.organizer.slug}/${verb}`),
      '/admin/categories',
      ...['', '/up', '/down', '/merge', '/delete'].map((verb) => `/admin/categories/concert${verb}`),
      '/admin/mails/1/resend',
      '/admin/jobs',
      '/admin/jobs/1',
      '/admin/settings',
    ]
    const browser = await staff()
    for (const url of pages) expect((await browser.get(url)).status, url).toBe(200)
    for (const actor of [event.organizer.owner, await buildMember(app, event.organizer.id, 'agent'), person]) {
      const other = browse(app, actor)
      for (const url of pages) expect((await other.get(url)).status, url).toBe(403)
      for (const url of forms) expect((await other.post(url, { password: 'x' })).status, url).toBe(403)
    }
    for (const url of forms) expect((await browse(app).post(url)).status, url).toBe(401)
    expect((await browse(app).get('/admin')).location).toBe('/login?next=%2Fadmin')
    const posts = listRoutes(app).filter(([method, path]) => method === 'POST' && path.startsWith('/admin'))
    expect(posts, 'each form that there is was tried').toHaveLength(forms.length)
  })

  test('is whole in every language, and says failures in words', async () => {
    const { event } = await busyEvent()
    await app.db
      .updateTable('payment')
      .set({ status: 'FAILED', failure: 'declined_by_payer' })
      .where('eventId', '=', event.id)
      .where('status', '=', 'REVIEW')
      .execute()
    const browser = await staff()
    const page = await browser.get('/admin')
    expect(page.text).toContain('La demande a été refusée sur le téléphone.')
    expect(page.text).not.toContain('declined_by_payer')
    for (const locale of LOCALES)
      for (const url of LISTS) expect((await browser.get(`${url}?lang=${locale}`)).text, url).not.toMatch(/undefined|\[object/)
  })

  test('answers nonsense in filters and addresses', async () => {
    const browser = await staff()
    for (const url of LISTS) {
      for (const query of ['?q=%00', '?status=x&status=y', '?q=%25_%27', '?from=2026-13-45&to=x', '?cursor=WyJ4Il0', '?state=nonsense&name=x'])
        expect((await browser.get(url + query)).status, url + query).toBeLessThan(500)
    }
    for (const url of [
      '/admin/payments/x',
      '/admin/refunds/x',
      '/admin/orders/%00',
      '/admin/mails/0',
      '/admin/users/nobody',
      '/admin/organizers/none',
      '/admin/events/none',
      '/admin/categories/none',
    ])
      expect((await browser.get(url)).status, url).toBe(404)
  })
})

describe('events', () => {
  test('that wait for a review are published, or sent back with a sentence that the team reads and is mailed', async () => {
    const browser = await staff()
    const [good, bad] = [
      await buildEvent(app, { status: 'pending_review', title: 'Bal des pompiers' }),
      await buildEvent(app, { status: 'pending_review', title: 'Loterie truquée' }),
    ]
    expect((await browser.get('/admin')).text).toContain('2 événements à relire')
    expect((await browser.get('/admin/reviews')).text).toContain('Bal des pompiers')
    expect((await browser.post(`/admin/events/${good.slug}/approve`)).location).toBe('/admin/reviews?done=approved')
    const path = `/admin/events/${bad.slug}/send-back`
    const mute = await browser.post(path, { reason: ' ' })
    expect([mute.status, mute.html.includes('id="field-reason-error"')]).toEqual([422, true])
    await browser.post(path, { reason: 'Ajoutez l’adresse exacte.' })
    const states = await app.db.selectFrom('event').select('status').where('id', 'in', [good.id, bad.id]).orderBy('id').execute()
    expect(states.map((row) => row.status)).toEqual(['published', 'draft'])
    expect((await browser.get('/admin/reviews')).text).toContain('Aucun événement n’attend une relecture.')
    // Somebody else was faster: nothing is decided twice.
    const late = await browser.post(`/admin/events/${good.slug}/send-back`, { reason: 'trop tard' })
    expect(late.status).toBe(409)
    expect((await browse(app, bad.organizer.owner).get(`/organizer/events/${bad.slug}`)).text).toContain('Ajoutez l’adresse exacte.')
    await workOff(app)
    expect(await mailsTo(bad.organizer.owner.email)).toMatchObject([
      { kind: 'event_review', body: expect.stringContaining('Ajoutez l’adresse exacte.') },
    ])
    expect(await mailsTo(good.organizer.owner.email)).toMatchObject([{ kind: 'event_review', subject: expect.stringContaining('En ligne') }])
  })

  test('are decided once: of two who disagree at the same moment, one is told', async () => {
    const event = await buildEvent(app, { status: 'pending_review' })
    const [one, other] = [await staff(), await staff()]
    const answers = await Promise.all([
      one.post(`/admin/events/${event.slug}/approve`),
      other.post(`/admin/events/${event.slug}/send-back`, { reason: 'Non.' }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 409])
  })

  test('are found and filtered, and taken off sale with a reason and a mail', async () => {
    const { event } = await busyEvent()
    await app.db.updateTable('event').set({ title: 'Fête du 100%_vrai' }).where('id', '=', event.id).execute()
    const browser = await staff()
    expect((await browser.get(`/admin/events?q=${encodeURIComponent('100%_')}&status=published`)).text).toContain('Fête du 100%_vrai')
    expect((await browser.get(`/admin/events?q=${encodeURIComponent('100%_')}&status=draft`)).text).toContain('Aucun événement ne correspond.')
    const path = `/admin/events/${event.slug}`
    expect((await browser.get(path)).text).toContain('Les 2 billets vendus restent valables')
    expect((await browser.post(`${path}/unpublish`)).status).toBe(422)
    await browser.post(`${path}/unpublish`, { reason: 'Signalé comme faux.' })
    expect((await browse(app).get(`/events/${event.slug}`)).status).toBe(404)
    expect((await factsOf(`event:${event.id}`)).at(-1)).toMatchObject({
      kind: 'event.unpublished',
      data: { by: 'staff', reason: 'Signalé comme faux.' },
    })
    await workOff(app)
    expect((await mailsTo(event.organizer.owner.email)).at(-1)?.body).toContain('Signalé comme faux.')
  })
})

describe('accounts', () => {
  test('are suspended with a reason, let back in and given roles; each is in the log', async () => {
    const admin = await buildAccount(app, { role: 'admin' })
    const browser = browse(app, admin)
    const person = await buildAccount(app, { name: 'Afi Agbo' })
    const path = `/admin/users/${person.publicId}`
    expect((await browser.get(`/admin/users?q=${encodeURIComponent(person.email)}`)).html).toContain(path)
    const refused = await browser.post(`${path}/suspend`, { reason: ' ' })
    expect([refused.status, refused.html.includes('id="field-reason-error"')]).toEqual([422, true])
    await browser.post(`${path}/suspend`, { reason: 'Fraude' })
    expect((await browser.get(path)).text).toContain('Suspendu')
    expect((await browser.get(`/admin/users?state=suspended&q=${encodeURIComponent(person.email)}`)).html).toContain(path)
    expect((await browser.get(`/admin/users?state=active&q=${encodeURIComponent(person.email)}`)).html).not.toContain(path)
    expect((await browse(app, person).get('/account')).status).toBe(303)
    await browser.post(`${path}/reinstate`)
    expect((await browser.get(path)).text).not.toContain('Suspendu')
    await browser.post(`${path}/role`, { role: 'organizer' })
    expect((await browser.get(path)).html).toMatch(/value="organizer" checked/)
    expect((await browser.get(`/admin/users?role=organizer&q=${encodeURIComponent(person.email)}`)).html).toContain(path)
    expect((await browser.post(`${path}/role`, { role: 'superadmin' })).status).toBe(403)
    expect((await browser.post(`/admin/users/${admin.publicId}/suspend`, { reason: 'moi' })).status).toBe(409)
    expect((await factsOf(`account:${person.accountId}`)).map((fact) => [fact.kind, fact.actor])).toEqual(
      ['account.suspended', 'account.reinstated', 'account.role_changed'].map((kind) => [kind, `account:${admin.accountId}`]),
    )
    expect((await browser.get(`/admin/facts?actor=account:${admin.accountId}`)).text).toContain('account.suspended')
  })

  test('show where they are signed in and what they bought; their sessions end, and a link for a new password goes to them alone', async () => {
    const browser = await staff()
    const person = await buildAccount(app)
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const order = await placeOrder(app, person, wish(event, [[type, 1]], { payment: undefined }))
    const path = `/admin/users/${person.publicId}`
    const page = await browser.get(path)
    expect(page.text).toContain('Fermer 1 session')
    expect(page.text).toContain(order.code)
    await browser.post(`${path}/end-sessions`)
    expect((await browser.get(path)).text).toContain('Connecté nulle part.')
    await browser.post(`${path}/reset-link`)
    await workOff(app)
    expect(await mailsTo(person.email)).toMatchObject(expect.arrayContaining([expect.objectContaining({ kind: 'reset_password' })]))
    expect((await factsOf(`account:${person.accountId}`)).map((fact) => fact.kind)).toEqual([
      'account.sessions_ended',
      'account.password_reset_requested',
    ])
    // Admins end no other staff's sessions.
    expect((await browser.post(`/admin/users/${(await buildAccount(app, { role: 'superadmin' })).publicId}/end-sessions`)).status).toBe(403)
  })

  test('are found by a part of their name or address, taking % and _ at their word', async () => {
    const browser = await staff()
    await buildAccount(app, { email: 'afi_mensah@example.test', name: 'Afi Mensah' })
    await buildAccount(app, { email: 'afixmensah@example.test', name: 'Somebody Else' })
    const page = await browser.get('/admin/users?q=afi_mensah')
    expect(page.text).toContain('afi_mensah@example.test')
    expect(page.text).not.toContain('afixmensah@example.test')
    expect((await browser.get('/admin/users?q=nobody-of-that-name')).text).toContain('Personne ne correspond.')
  })
})

describe('organizers', () => {
  test('have a commission of their own, which counts for what is paid from then on', async () => {
    const { event, type } = await busyEvent()
    const browser = await staff()
    const path = `/admin/organizers/${event.organizer.slug}`
    const first = await browser.get(path)
    expect(first.text).toContain('taux de la plateforme')
    expect((await browser.get(`/admin/organizers?q=${encodeURIComponent(event.organizer.owner.email)}`)).html).toContain(path)
    for (const commission of ['51', '-1', 'x', '1,234'])
      expect((await browser.post(`${path}/commission`, { commission })).status, commission).toBe(422)
    expect((await browser.post(`${path}/commission`, { commission: '12,5' })).location).toBe(`${path}?done=commissionChanged`)
    const before = await commissionOf(event.organizer.id)
    await buyAndPay(app, event, type, 2)
    expect((await commissionOf(event.organizer.id)) - before).toBe(1250)
    await browser.post(`${path}/commission`, { commission: '' })
    expect((await factsOf(`organizer:${event.organizer.id}`)).map((fact) => fact.data)).toEqual([
      { from: null, to: 1250 },
      { from: 1250, to: null },
    ])
    await expectSound(app)
  })

  test('whose sales are suspended sell nothing, not even at the counter, until they may again', async () => {
    const { event, type } = await busyEvent()
    const browser = await staff()
    const path = `/admin/organizers/${event.organizer.slug}`
    const waiting = await buy(app, event, type)
    expect((await browser.post(`${path}/suspend-sales`, { reason: '' })).status).toBe(422)
    await browser.post(`${path}/suspend-sales`, { reason: 'Plaintes' })
    app.eventMemory.refs.forget(event.slug)
    expect(await outcomeOf(placeOrder(app, visitor, wish(event, [[type, 1]])))).toBe('sales_suspended')
    expect(await outcomeOf(placeOrder(app, event.organizer.owner, wish(event, [[type, 1]], { channel: 'cashier' })))).toBe('sales_suspended')
    expect((await browser.get('/admin/organizers?state=suspended')).html).toContain(path)
    const shown = await browser.get(`/events/${event.slug}`)
    expect([shown.text.includes('La vente est suspendue pour le moment.'), shown.html.includes(`name="q-${type.id}"`)]).toEqual([true, false])
    // Who was paying already gets the tickets.
    await approveSilently(app, waiting.payment!.id)
    expect(await settlePayments(app, [waiting.payment!.id])).toMatchObject([{ status: 'SUCCEEDED', refundDue: false }])
    await browser.post(`${path}/resume-sales`)
    app.eventMemory.refs.forget(event.slug)
    expect(await outcomeOf(placeOrder(app, visitor, wish(event, [[type, 1]])))).toBe('done')
  })

  async function commissionOf(organizerId: number): Promise<number> {
    const { rows } = await app.ownerPool.query<{ sum: number }>(
      `SELECT COALESCE(-sum(e.amount), 0)::integer AS sum FROM ledger_posting p JOIN ledger_entry e ON e.posting_id = p.id JOIN ledger_account a ON a.id = e.account_id
        WHERE a.kind = 'commission' AND p.organizer_id = $1`,
      [organizerId],
    )
    return rows[0]!.sum
  }
})

describe('orders and money', () => {
  test('orders are found by code, address, phone and name, and tell where each franc went', async () => {
    const { order } = await busyEvent()
    const browser = await staff()
    for (const q of [order.code.toLowerCase(), 'AFI.AGBO@example.test', '01 96 00 00 42', 'Agbo'])
      expect((await browser.get(`/admin/orders?q=${encodeURIComponent(q)}`)).text, q).toContain(order.code)
    expect((await browser.get(`/admin/orders?q=${order.code}&status=expired`)).text).toContain('Aucune commande ne correspond.')
    const page = await browser.get(`/admin/orders/${order.code}`)
    for (const words of ['Vente encaissée', 'Gagné par la plateforme', 'order.paid', 'Afi Agbo']) expect(page.text).toContain(words)
    expect((await browser.post(`/admin/orders/${order.code}/resend`)).status).toBe(303)
  })

  test('a payment under review is closed on its page, with what was typed kept where something lacks', async () => {
    const { odd, paymentId } = await busyEvent()
    const browser = await staff()
    expect((await browser.get('/admin')).text).toMatch(/paiements? à vérifier/)
    expect((await browser.get('/admin/payments?status=REVIEW')).html).toContain(paymentId)
    const path = `/admin/payments/${paymentId}`
    const page = await browser.get(path)
    expect(page.text).toContain('L’opérateur annonce une autre somme que celle demandée.')
    expect(page.html).toMatch(/name="received"[^>]*value="4999"|value="4999"[^>]*name="received"/)
    const lacking = await browser.post(`${path}/review`, { decision: 'accept', note: 'Relevé MTN du 20' })
    expect(lacking.status).toBe(422)
    expect(lacking.html).toContain('id="field-transaction-error"')
    expect(lacking.text).toContain('Relevé MTN du 20')
    expect((await browser.post(`${path}/review`, { decision: 'give_back', received: 'x', transaction: 'T', note: 'n' })).status).toBe(422)
    expect((await browser.post(`${path}/review`, { decision: 'accept', transaction: 'MTN-1', note: 'Relevé' })).location).toBe(
      `${path}?done=reviewClosed`,
    )
    const again = await browser.post(`${path}/review`, { decision: 'nothing_came', note: 'Trop tard' })
    expect([again.status, again.text.includes('quelqu’un s’en est déjà occupé')]).toEqual([409, true])
    expect((await browser.get(`/admin/orders/${odd.code}`)).text).toContain('Payée')
    expect((await browser.get(`/admin/payments?q=MTN-1`)).html).toContain(paymentId)
    await expectSound(app)
  })

  test('two who close the same review at once: one decides', async () => {
    const { paymentId } = await busyEvent()
    const [one, other] = [await staff(), await staff()]
    const answers = await Promise.all([
      one.post(`/admin/payments/${paymentId}/review`, { decision: 'accept', transaction: 'MTN-2', note: 'oui' }),
      other.post(`/admin/payments/${paymentId}/review`, { decision: 'give_back', transaction: 'MTN-3', received: '4999', note: 'non' }),
    ])
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 409])
    await expectSound(app)
  })

  test('a failed refund is tried again or paid by hand, and closed with its reference; the ledger balances', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 5000 })
    const order = await buyAndPay(app, event, type, 1, { payment: { provider: 'simulator', phone: '+2290197000010' } })
    await refundOrder(app, event.organizer.owner, { code: order.code, reason: 'geste' })
    await workOff(app)
    const failed = await app.db.selectFrom('refund').selectAll().where('payableId', '=', order.id).executeTakeFirstOrThrow()
    expect(failed.status).toBe('FAILED')
    const browser = await staff()
    expect((await browser.get('/admin/refunds?status=todo')).html).toContain(failed.id)
    expect((await browser.get(`/admin/refunds/${failed.id}`)).text).toContain('sont encore dus à l’acheteur')
    await browser.post(`/admin/refunds/${failed.id}/retry-by-hand`)
    expect((await browser.post(`/admin/refunds/${failed.id}/retry-by-provider`)).status).toBe(409)
    const next = await app.db.selectFrom('refund').select('id').where('retryOf', '=', failed.id).executeTakeFirstOrThrow()
    expect((await browser.get('/admin/refunds?status=todo')).html).not.toContain(failed.id)
    const mute = await browser.post(`/admin/refunds/${next.id}/close`, { reference: ' ' })
    expect([mute.status, mute.html.includes('id="field-reference-error"')]).toEqual([422, true])
    await browser.post(`/admin/refunds/${next.id}/close`, { reference: 'OM-12' })
    expect((await browser.get(`/admin/refunds/${next.id}`)).text).toContain('OM-12')
    expect((await browser.get('/admin/ledger')).text).toContain('Chez les opérateurs')
    await expectSound(app)
  })
})

describe('the machine room', () => {
  test('shows what must always be true, the violation first, with what to do', async () => {
    const browser = await staff()
    const event = await buildEvent(app, { capacity: 10 })
    await app.ownerPool.query('UPDATE quota_counter SET sold = 3 WHERE event_id = $1', [event.id])
    const page = await browser.get('/admin/checks')
    expect(page.text).toContain('sold 3 but 0 tickets sold')
    expect(page.text).toContain('corrigez quota_counter')
    await app.ownerPool.query('UPDATE quota_counter SET sold = 0 WHERE event_id = $1', [event.id])
  })

  test('retries a job that failed, drops another, and touches none that never failed', async () => {
    await workOff(app)
    const browser = await staff()
    await transact(app, async (tx) => {
      for (const key of ['one', 'two', 'three'])
        await enqueue(tx, 'send-refund', { refundId: uuidv7() }, { key, runAt: new Date(Date.now() + 3_600_000) })
    })
    await app.ownerPool.query(
      `UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = 'the provider is gone' WHERE key IN ('one', 'two')`,
    )
    const { rows } = await app.ownerPool.query<{ id: string; key: string }>(
      `SELECT id, key FROM graphile_worker._private_jobs WHERE key IN ('one', 'two', 'three') ORDER BY key`,
    )
    const idOf = (key: string) => rows.find((row) => row.key === key)!.id
    expect((await browser.get('/admin')).text).toContain('2 tâches abandonnées')
    expect((await browser.get('/admin/jobs?state=dead')).text).toContain('the provider is gone')
    expect((await browser.post(`/admin/jobs/${idOf('one')}`, { decision: 'retry' })).location).toBe('/admin/jobs?done=jobRetried')
    expect((await browser.post(`/admin/jobs/${idOf('two')}`, { decision: 'drop' })).location).toBe('/admin/jobs?done=jobDropped')
    expect((await browser.post(`/admin/jobs/${idOf('three')}`, { decision: 'drop' })).status).toBe(404)
    expect(await countJobs(app.db)).toEqual({ waiting: 2, failing: 0, dead: 0 })
    expect((await factsOf(`job:${idOf('two')}`))[0]).toMatchObject({ kind: 'job.dropped', data: { name: 'send-refund' } })
    await app.ownerPool.query(`UPDATE graphile_worker._private_jobs SET attempts = max_attempts`)
    await browser.post('/admin/jobs')
    expect(await countJobs(app.db)).toEqual({ waiting: 2, failing: 0, dead: 0 })
    await app.ownerPool.query(`DELETE FROM graphile_worker._private_jobs`)
  })

  test('finds mails and sends them again: as they are while they are kept, tickets anew once they have left', async () => {
    const { order } = await busyEvent()
    await workOff(app)
    const browser = await staff()
    const [mail] = await app.db.selectFrom('mail').selectAll().where('orderId', '=', order.id).where('kind', '=', 'tickets').execute()
    expect((await browser.get(`/admin/mails?q=${encodeURIComponent('afi.agbo@')}`)).html).toContain(`/admin/mails/${mail!.id}`)
    expect((await browser.post(`/admin/mails/${mail!.id}/resend`)).status).toBe(303)
    await workOff(app)
    await app.db.updateTable('mail').set({ html: '', body: '', status: 'sent' }).where('id', '=', mail!.id).execute()
    await browser.post(`/admin/mails/${mail!.id}/resend`)
    await workOff(app)
    const tickets = await app.db.selectFrom('mail').select('status').where('orderId', '=', order.id).where('kind', '=', 'tickets').execute()
    expect(tickets).toHaveLength(2)
    await app.db.updateTable('mail').set({ html: '', body: '', kind: 'refunded', status: 'sent' }).where('id', '=', mail!.id).execute()
    expect((await browser.get(`/admin/mails/${mail!.id}`)).text).toContain('n’est plus gardé')
    expect((await browser.post(`/admin/mails/${mail!.id}/resend`)).status).toBe(409)
  })

  test('keeps the log: by subject, by actor, by kind, by day', async () => {
    const admin = await buildAccount(app, { role: 'admin' })
    const person = await buildAccount(app)
    await browse(app, admin).post(`/admin/users/${person.publicId}/suspend`, { reason: 'Essai' })
    const browser = await staff()
    const today = new Date().toISOString().slice(0, 10)
    const found = async (query: string) => (await browser.get(`/admin/facts?${query}`)).text.includes('Essai')
    expect(await found(`q=account:${person.accountId}&kind=account.s&actor=account:${admin.accountId}&from=${today}&to=${today}`)).toBe(true)
    expect(await found(`q=account:${person.accountId}&kind=order.`)).toBe(false)
    expect(await found(`q=account:${person.accountId}&to=2020-01-01`)).toBe(false)
  })
})

describe('categories', () => {
  const names = async () =>
    (await app.db.selectFrom('category').select(['slug', 'names', 'position']).orderBy('position').execute()) as {
      slug: string
      names: Record<string, string>
    }[]

  test('are added, named in each language, moved, merged and removed', async () => {
    const browser = await staff()
    expect((await browser.post('/admin/categories', { 'names-fr': ' ', 'names-en': 'Dance' })).status).toBe(422)
    await browser.post('/admin/categories', { 'names-fr': 'Danse', 'names-en': '' })
    expect((await names()).at(-1)).toMatchObject({ slug: 'danse', names: { fr: 'Danse' } })
    await browser.post('/admin/categories/danse', { 'names-fr': 'Danse', 'names-en': 'Dance' })
    expect((await browse(app).get('/events?lang=en')).text).toContain('Dance')
    await browser.post('/admin/categories/danse/up')
    expect((await names()).at(-2)?.slug).toBe('danse')
    const event = await buildEvent(app, { category: 'danse' })
    expect((await browser.post('/admin/categories/danse/delete')).status).toBe(409)
    expect((await browser.get('/admin/categories/danse')).text).toContain('1 événement passe dans l’autre catégorie')
    for (const into of ['danse', 'nowhere', ''])
      expect((await browser.post('/admin/categories/danse/merge', { into })).status, into).toBeGreaterThanOrEqual(404)
    await browser.post('/admin/categories/danse/merge', { into: 'party' })
    const { category } = await app.db
      .selectFrom('event')
      .innerJoin('category', 'category.id', 'event.categoryId')
      .select('category.slug as category')
      .where('event.id', '=', event.id)
      .executeTakeFirstOrThrow()
    expect(category).toBe('party')
    await browser.post('/admin/categories', { 'names-fr': 'Éphémère' })
    expect((await browser.post('/admin/categories/ephemere/delete')).location).toBe('/admin/categories?done=categoryDeleted')
    expect((await names()).map((row) => row.slug)).not.toContain('danse')
  })

  test('are found by their new names at once', async () => {
    const event = await buildEvent(app, { category: 'exhibition', title: 'Toiles' })
    await app.db.updateTable('event').set({ title: 'Toiles' }).where('id', '=', event.id).execute()
    const browser = await staff()
    await browser.post('/admin/categories/exhibition', { 'names-fr': 'Vernissages', 'names-en': 'Openings' })
    expect((await browse(app).get('/events?q=vernissages')).text).toContain('Toiles')
  })
})

describe('settings', () => {
  const FIELDS = { commission: '4,5', reviewEvents: 'new_organizers', supportEmail: 'aide@guichet.test', supportWhatsapp: '01 96 00 00 77' }

  test('are a superadmin’s alone, count in every process, and leave a fact each', async () => {
    const other = await startTestApp({}, { beside: app })
    try {
      const admin = await staff()
      expect((await admin.get('/admin/settings')).text).toContain('Seul un super-administrateur change ces réglages.')
      expect((await admin.post('/admin/settings', FIELDS)).status).toBe(403)
      const superadmin = await staff('superadmin')
      const wrong = await superadmin.post('/admin/settings', { ...FIELDS, supportEmail: 'x', supportWhatsapp: '12' })
      expect([wrong.status, wrong.html.includes('field-supportEmail-error'), wrong.html.includes('field-supportWhatsapp-error')]).toEqual([
        422,
        true,
        true,
      ])
      expect((await superadmin.post('/admin/settings', FIELDS)).location).toBe('/admin/settings?done=settingsChanged')
      expect(await readSettings(other.app)).toEqual({
        commissionBps: 450,
        reviewEvents: 'new_organizers',
        supportEmail: 'aide@guichet.test',
        supportWhatsapp: '+2290196000077',
      })
      expect((await factsOf('setting:commission_bps')).at(-1)).toMatchObject({ kind: 'settings.changed', data: { from: 300, to: 450 } })
      const page = await browse(app).get('/events?fresh')
      expect(page.html).toContain('mailto:aide@guichet.test')
      expect(page.html).toContain('https://wa.me/2290196000077')
      const person = await buildAccount(app)
      await superadmin.post(`/admin/users/${person.publicId}/reset-link`)
      await workOff(app)
      expect((await mailsTo(person.email))[0]?.body).toContain('Écrivez-nous\u202f: aide@guichet.test, WhatsApp +2290196000077')
      expect((await superadmin.get('/admin/settings')).text).not.toMatch(/development-only|masterKey [^*d]/)
      await superadmin.post('/admin/settings', { decision: 'reset' })
      expect(await readSettings(app)).toMatchObject({ commissionBps: 300, reviewEvents: 'never', supportEmail: null })
    } finally {
      await other.stop()
    }
  })

  test('decide about commission and review, without a restart', async () => {
    const superadmin = await staff('superadmin')
    await superadmin.post('/admin/settings', { ...FIELDS, commission: '10' })
    const { event, type } = await busyEvent()
    await buyAndPay(app, event, type, 1)
    const organizer = await buildOrganizer(app)
    const fresh = await buildEvent(app, { organizer, status: 'draft' })
    await app.db.updateTable('event').set({ publishedAt: null }).where('id', '=', fresh.id).execute()
    const known = await buildEvent(app, { organizer: event.organizer, status: 'draft' })
    const api = async (slug: string, actor: AccountActor) => (await browse(app, actor).post(`/organizer/events/${slug}/publish`)).status
    await api(fresh.slug, organizer.owner)
    await api(known.slug, event.organizer.owner)
    const states = await app.db.selectFrom('event').select(['id', 'status']).where('id', 'in', [fresh.id, known.id]).orderBy('id').execute()
    expect(states.map((row) => row.status)).toEqual(['pending_review', 'published'])
    const statement = await (await staff()).get(`/admin/organizers/${event.organizer.slug}`)
    expect(statement.text).toContain('10 % (taux de la plateforme)')
    await superadmin.post('/admin/settings', { decision: 'reset' })
    await expectSound(app)
  })
})

describe('what weighs most', () => {
  test('wants the password again after ten minutes: right there, nothing typed is lost', async () => {
    const { event, paymentId } = await busyEvent()
    const person = await buildAccount(app)
    const admin = await staleStaff('admin')
    const superadmin = await staleStaff('superadmin')
    const tries = [
      [admin, `/admin/payments/${paymentId}/review`, { decision: 'nothing_came', note: 'Rien trouvé' }],
      [admin, `/admin/organizers/${event.organizer.slug}/commission`, { commission: '7' }],
      [admin, `/admin/organizers/${event.organizer.slug}/suspend-sales`, { reason: 'Plaintes' }],
      [admin, `/admin/users/${person.publicId}/role`, { role: 'organizer' }],
      [superadmin, '/admin/settings', { commission: '3', reviewEvents: 'always', supportEmail: '', supportWhatsapp: '' }],
    ] as const
    for (const [browser, url, fields] of tries) {
      const without = await browser.post(url, fields)
      expect([without.statusCode, without.body.includes('id="field-password-error"')], url).toEqual([422, true])
      const wrong = await browser.post(url, { ...fields, password: 'mauvais-mot-de-passe' })
      expect([wrong.statusCode, wrong.body.includes('id="field-password-error"')], url).toEqual([422, true])
    }
    expect((await admin.get(`/admin/payments/${paymentId}`)).body).toContain('name="password"')
    const [browser, url, fields] = tries[0]
    expect((await browser.post(url, { ...fields, password: 'une-longue-phrase-42' })).statusCode).toBe(303)
    // Proven for the next ten minutes.
    expect((await browser.post(tries[1][1], tries[1][2])).statusCode).toBe(303)
    expect((await admin.get(`/admin/organizers/${event.organizer.slug}`)).body).not.toContain('name="password"')
  })
})

describe('demo tools', () => {
  test('do not exist without a demo world, and production has none', async () => {
    const browser = await staff('superadmin')
    expect((await browser.get('/admin/demo')).status).toBe(404)
    expect((await browser.post('/admin/demo')).status).toBe(404)
  })

  test('play the payers of a demo world', async () => {
    const demo = await startTestApp({ DEMO_WORLD: 'on' }, { beside: app })
    try {
      const { event, type } = await busyEvent()
      const waiting = await buy(app, event, type)
      const admin = browse(demo.app, await buildAccount(app, { role: 'admin' }))
      expect((await admin.get('/admin/demo')).text).toContain(waiting.code)
      expect((await admin.post(`/admin/demo/${waiting.payment!.id}`, { decision: 'approve' })).location).toBe('/admin/demo?done=payersAnswered')
      expect((await browse(demo.app, event.organizer.owner).post('/admin/demo')).status).toBe(403)
      const { status } = await app.db.selectFrom('payment').select('status').where('id', '=', waiting.payment!.id).executeTakeFirstOrThrow()
      expect(status).toBe('SUCCEEDED')
    } finally {
      await demo.stop()
    }
  })
})
