// Paying through the simulator, from the first click to the ledger: what every provider must stand, played for this one.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { fakePayables, payFor, type FakePayable } from '#test/fake-payable.ts'
import { buildMember, buildOrganizer } from '#test/factories.ts'
import { beforeExpiry } from './before-expiry.ts'
import { findLatestPayment, findRefunds, getPayment, listPaymentMethods } from './find-payments.ts'
import { ledgerBalance } from './ledger.ts'
import { pollPayments } from './poll-payments.ts'
import { processInbox } from './process-inbox.ts'
import { findSimulator, postOverHttp, webhookSecret, webhookToken } from './providers.ts'
import { signWebhook } from './providers/simulator.ts'
import { sendRefund } from './send-refund.ts'
import { settlePayments } from './settle-payments.ts'
import { simulatePayer } from './simulate-payer.ts'
import { insertAttempts } from './store/payments.ts'

const app = testApp()
const fakes = fakePayables()
beforeAll(() => fakes.install(app))

const balanceOf = async (kind: string, organizerId: number | null = null) =>
  (await ledgerBalance(app.db)).filter((a) => a.kind === kind && a.organizerId === organizerId).reduce((sum, a) => sum + a.balance, 0)
const factsOf = async (paymentId: string) =>
  (await app.db.selectFrom('fact').select('kind').where('subject', '=', `payment:${paymentId}`).orderBy('id').execute()).map((row) => row.kind)
const postingsOf = async (sourceId: string) =>
  (await app.db.selectFrom('ledgerPosting').select('kind').where('sourceId', '=', sourceId).orderBy('id').execute()).map((row) => row.kind)
const stored = (id: string) => app.db.selectFrom('payment').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const polled = async () => {
  app.clock.advance(130)
  await pollPayments(app)
}
const until = async (done: () => Promise<boolean>) => {
  while (!(await done()))
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
}

function webhook(paymentId: string, type = 'payment.approved', change: { secret?: Buffer; at?: Date; id?: string } = {}) {
  const body = JSON.stringify({ id: change.id ?? `evt-${paymentId}-${type}`, type, paymentId })
  const signature = signWebhook(change.secret ?? webhookSecret(app, 'simulator'), body, change.at ?? app.clock.now())
  return app.server.inject({
    method: 'POST',
    url: `/webhooks/simulator/${webhookToken(app, 'simulator')}`,
    headers: { 'content-type': 'application/json', 'x-simulator-signature': signature },
    body,
  })
}

/** The payer approves, and no webhook leaves. */
async function approveSilently(paymentId: string): Promise<void> {
  await app.db
    .updateTable('simulatorPayment')
    .set({ status: 'approved', transaction: `SIM-${paymentId}`, decidedAt: app.clock.now() })
    .where('id', '=', paymentId)
    .execute()
}

describe('a payment', () => {
  test('goes from the phone to the ledger', async () => {
    const payable = await fakes.build(app, { organizer: await buildOrganizer(app, { commissionBps: 500 }), amount: 10_000 })
    const started = await payFor(app, payable)
    expect(started).toMatchObject({
      provider: 'simulator',
      status: 'PENDING',
      nextAction: { type: 'await_phone_prompt', url: `/simulator/${started.id}` },
    })

    expect(await simulatePayer(app, { paymentId: started.id, decision: 'approve' })).toMatchObject({
      status: 'SUCCEEDED',
      late: false,
      refundDue: false,
    })
    expect(await stored(started.id)).toMatchObject({ outcome: 'settled', fees: 100, nextPollAt: null, providerTxnId: `SIM-${started.id}` })
    expect(await factsOf(started.id)).toEqual(['payment.started', 'payment.succeeded'])
    expect(await postingsOf(started.id)).toEqual(['payment', 'provider_fee'])
    // Of 10 000: 5 % commission, 1 % to the provider.
    expect(await balanceOf('organizer', payable.organizer.id)).toBe(-9400)
  })

  test.each([
    ['+2290197000002', 'insufficient_funds'],
    ['+2290197000003', 'declined_by_payer'],
    ['+2290197000007', 'payer_not_found'],
  ])('that the phone %s refuses has failed, and says why', async (phone, failure) => {
    const payable = await fakes.build(app)
    const started = await payFor(app, payable, { phone })
    await until(async () => (await stored(started.id)).status === 'FAILED')
    expect(await stored(started.id)).toMatchObject({ status: 'FAILED', failure })
    expect(await postingsOf(started.id)).toEqual([])
    expect(await payFor(app, payable)).toMatchObject({ status: 'PENDING' })
  })

  test('is the only open one of its payable: a second click gets the first attempt', async () => {
    const payable = await fakes.build(app)
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => payFor(app, payable)))
    const started = answers.filter((a) => a.status === 'fulfilled')
    expect(started).toHaveLength(1)
    const refused = answers.filter((a) => a.status === 'rejected')
    expect(refused.map((a) => a.reason)).toEqual(
      refused.map(() =>
        expect.objectContaining({
          code: 'payment_already_open',
          details: expect.objectContaining({ payment: expect.objectContaining({ id: started[0]!.value.id }) }),
        }),
      ),
    )
  })

  test('is refused where the provider does not serve it, before anything is stored', async () => {
    const payable = await fakes.build(app)
    await expect(payFor(app, payable, { provider: 'nobody' })).rejects.toMatchObject({ code: 'payment_method_unavailable' })
    await expect(payFor(app, payable, { phone: '97000000' })).rejects.toMatchObject({ code: 'payment_phone_invalid' })
    expect(await findLatestPayment(app.db, { kind: 'order', id: payable.id })).toBeNull()
  })

  test('in cash is settled at once, by the organizer’s cashier only', async () => {
    const payable = await fakes.build(app)
    await expect(payFor(app, payable, { provider: 'cash' })).rejects.toMatchObject({ code: 'forbidden' })
    const stranger = await buildMember(app, (await buildOrganizer(app)).id, 'cashier')
    await expect(payFor(app, payable, { provider: 'cash', actor: stranger })).rejects.toMatchObject({ code: 'forbidden' })
    const cashier = await buildMember(app, payable.organizer.id, 'cashier')
    expect(await payFor(app, payable, { provider: 'cash', actor: cashier })).toMatchObject({ status: 'SUCCEEDED' })
    expect(listPaymentMethods(app, { currency: 'XOF', audience: 'public' }).map((m) => m.provider)).toEqual(['simulator'])
    expect(listPaymentMethods(app, { currency: 'XOF', audience: 'cashier' }).map((m) => m.provider)).toEqual(['simulator', 'cash'])
  })

  test('is seen by its order’s bearer and the organizer’s team, and by nobody else', async () => {
    const payable = await fakes.build(app)
    const { id } = await payFor(app, payable)
    const visitor = { kind: 'visitor', locale: 'fr', ip: null } as const
    await expect(getPayment(app, visitor, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(getPayment(app, visitor, id, 'token-of-1')).rejects.toMatchObject({ code: 'not_found' })
    await expect(getPayment(app, await buildMember(app, payable.organizer.id, 'agent'), id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await getPayment(app, visitor, id, `token-of-${payable.id}`)).toMatchObject({ id })
    expect(await getPayment(app, payable.organizer.owner, id)).toMatchObject({ id })
    const answer = await app.server.inject({ url: `/api/v1/payments/${id}`, headers: { authorization: `Bearer token-of-${payable.id}` } })
    expect(answer.json()).toMatchObject({
      id,
      status: 'pending',
      amount: { amount: 5000, currency: 'XOF' },
      nextAction: { type: 'await_phone_prompt' },
    })
  })
})

describe('a webhook', () => {
  let payable: FakePayable
  beforeEach(async () => {
    payable = await fakes.build(app)
  })

  test('twenty times at once settles once', async () => {
    const { id } = await payFor(app, payable)
    await approveSilently(id)
    const answers = await Promise.all(Array.from({ length: 20 }, () => webhook(id)))
    expect(new Set(answers.map((a) => a.statusCode))).toEqual(new Set([200]))
    await until(async () => (await stored(id)).status === 'SUCCEEDED')
    expect(await factsOf(id)).toEqual(['payment.started', 'payment.succeeded'])
    expect(await postingsOf(id)).toEqual(['payment', 'provider_fee'])
  })

  test('under twenty different keys settles once too', async () => {
    const { id } = await payFor(app, payable)
    await approveSilently(id)
    await Promise.all(Array.from({ length: 20 }, (_, i) => webhook(id, 'payment.approved', { id: `evt-${id}-${i}` })))
    await until(
      async () =>
        (await app.db.selectFrom('webhookInbox').select('id').where('paymentId', '=', id).where('processedAt', 'is', null).execute()).length === 0,
    )
    expect(await factsOf(id)).toEqual(['payment.started', 'payment.succeeded'])
  })

  test('that overtakes our own commit waits for it', async () => {
    const { id } = await payFor(app, payable)
    const attempt = await stored(id)
    await approveSilently(id)
    // As if the attempt were not committed yet.
    await app.db.deleteFrom('payment').where('id', '=', id).execute()
    expect((await webhook(id)).statusCode).toBe(200)
    await app.paymentLanes.processing.get(id)
    await insertAttempts(app.db, [{ ...attempt, nextPollAt: attempt.nextPollAt!, actor: 'visitor' }])
    app.clock.advance(10)
    await processInbox(app)
    expect(await stored(id)).toMatchObject({ status: 'SUCCEEDED', outcome: 'settled' })
  })

  test('for an attempt that nobody ever knows is given up after a quarter of an hour', async () => {
    const id = '01900000-0000-7000-8000-000000000000'
    expect((await webhook(id)).statusCode).toBe(200)
    const inbox = () => app.db.selectFrom('webhookInbox').selectAll().where('paymentId', '=', id).executeTakeFirstOrThrow()
    app.clock.advance(14 * 60)
    await processInbox(app)
    expect(await inbox()).toMatchObject({ processedAt: null })
    app.clock.advance(2 * 60)
    await processInbox(app)
    expect(await inbox()).toMatchObject({ outcome: 'orphan' })
  })

  test('with a forged or stale signature changes nothing, and does not use up the key of the real one', async () => {
    const { id } = await payFor(app, payable)
    await approveSilently(id)
    const forged = await webhook(id, 'payment.approved', { secret: Buffer.alloc(32) })
    const stale = await webhook(id, 'payment.approved', { at: new Date(app.clock.now().getTime() - 301_000) })
    const unsigned = await app.server.inject({
      method: 'POST',
      url: `/webhooks/simulator/${webhookToken(app, 'simulator')}`,
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    })
    expect([forged.statusCode, stale.statusCode, unsigned.statusCode]).toEqual([401, 401, 401])
    expect(await app.db.selectFrom('webhookInbox').select('id').where('paymentId', '=', id).execute()).toEqual([])
    expect((await stored(id)).status).toBe('PENDING')
    await webhook(id)
    await until(async () => (await stored(id)).status === 'SUCCEEDED')
  })

  test('at an address that we never gave out is unknown', async () => {
    const answers = await Promise.all(
      ['/webhooks/simulator/guess', '/webhooks/cash/guess', '/webhooks/nobody/guess'].map((url) => app.server.inject({ method: 'POST', url })),
    )
    expect(answers.map((a) => a.statusCode)).toEqual([404, 404, 404])
  })

  test('that is too long is refused', async () => {
    const answer = await app.server.inject({
      method: 'PUT',
      url: `/webhooks/simulator/${webhookToken(app, 'simulator')}`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.alloc(300_000),
    })
    expect(answer.statusCode).toBe(413)
  })

  test('is only a hint: one that claims success before the payer has approved settles nothing, and the real one still does', async () => {
    const { id } = await payFor(app, payable)
    await webhook(id)
    await app.paymentLanes.processing.get(id)
    expect((await stored(id)).status).toBe('PENDING')
    await approveSilently(id)
    await webhook(id)
    await until(async () => (await stored(id)).status === 'SUCCEEDED')
  })

  test('that comes out of order cannot undo a success', async () => {
    const { id } = await payFor(app, payable)
    await simulatePayer(app, { paymentId: id, decision: 'approve' })
    await webhook(id, 'payment.refused')
    await app.paymentLanes.processing.get(id)
    expect((await stored(id)).status).toBe('SUCCEEDED')
    await expect(simulatePayer(app, { paymentId: id, decision: 'refuse' })).rejects.toMatchObject({ code: 'payment_already_answered' })
  })

  test('of hundreds of payers at once takes few transactions', async () => {
    const payables = await Promise.all(Array.from({ length: 200 }, () => fakes.build(app, { organizer: payable.organizer })))
    const started = await Promise.all(payables.map((p) => payFor(app, p)))
    fakes.batches.length = 0
    const answered = await Promise.all(started.map((p) => simulatePayer(app, { paymentId: p.id, decision: 'approve' })))
    expect(answered.every((p) => p.status === 'SUCCEEDED')).toBe(true)
    expect(fakes.batches.reduce((a, b) => a + b)).toBe(200)
    expect(fakes.batches.length).toBeLessThan(50)
  })

  test('is kept by its sender while our database is away', async () => {
    const { id } = await payFor(app, payable)
    const { deliveries } = app.paymentLanes
    Object.assign(app.paymentLanes, {
      deliveries: async () => {
        throw Object.assign(new Error('gone'), { code: '57P01' })
      },
    })
    const answer = await webhook(id)
    Object.assign(app.paymentLanes, { deliveries })
    expect(answer.statusCode).toBe(503)
  })
})

describe('the simulator', () => {
  test('by some phones answers before we have heard that it accepted, and also twice', async () => {
    for (const phone of ['+2290197000001', '+2290197000006']) {
      const { id } = await payFor(app, await fakes.build(app), { phone })
      await until(async () => (await stored(id)).status === 'SUCCEEDED')
      expect(await stored(id)).toMatchObject({ providerRef: `sim-${id}`, nextPollAt: null })
      expect(await postingsOf(id)).toEqual(['payment', 'provider_fee'])
    }
  })

  test('is told what the payer does through the API, over real connections', async () => {
    const address = await app.server.listen({ host: '127.0.0.1', port: 0 })
    const simulator = findSimulator(app)!
    const { transport } = simulator
    const post = postOverHttp()
    const sent: number[] = []
    simulator.transport = async (delivery) => {
      const status = await post({ ...delivery, url: delivery.url.replace('http://guichet.test', address) })
      sent.push(status)
      return status
    }
    const control = (id: string, decision: string) => fetch(`${address}/api/v1/simulator/payments/${id}/${decision}`, { method: 'POST' })
    const [a, b, c] = await Promise.all([1, 2, 3].map(async () => payFor(app, await fakes.build(app))))
    expect(await (await control(a!.id, 'approve?times=3')).json()).toMatchObject({ id: a!.id, status: 'succeeded', nextAction: { type: 'none' } })
    expect(await (await control(b!.id, 'refuse')).json()).toMatchObject({ status: 'failed', failure: 'declined_by_payer' })
    expect(await (await control(c!.id, 'expire')).json()).toMatchObject({ status: 'expired', failure: 'payer_timeout' })
    expect(sent).toEqual([200, 200, 200, 200, 200])
    expect((await control(a!.id, 'refuse')).status).toBe(409)
    expect((await control('01900000-0000-7000-8000-000000000001', 'approve')).status).toBe(404)
    simulator.transport = transport
  })
})

describe('what does not fit', () => {
  test('another amount than asked goes to a person, without a ticket', async () => {
    const payable = await fakes.build(app)
    const { id } = await payFor(app, payable, { phone: '+2290197000009' })
    await simulatePayer(app, { paymentId: id, decision: 'approve' })
    expect(await stored(id)).toMatchObject({ status: 'REVIEW', reviewReason: 'amount_mismatch', outcome: null })
    expect(await factsOf(id)).toEqual(['payment.started', 'payment.review'])
    expect(await postingsOf(id)).toEqual([])
  })

  test('another currency than asked goes to a person', async () => {
    const { id } = await payFor(app, await fakes.build(app))
    await app.db.updateTable('simulatorPayment').set({ currency: 'XAF' }).where('id', '=', id).execute()
    await simulatePayer(app, { paymentId: id, decision: 'approve' })
    expect(await stored(id)).toMatchObject({ status: 'REVIEW', reviewReason: 'currency_mismatch' })
  })

  test('a transaction that paid for another attempt goes to a person, also when both arrive together', async () => {
    const [a, b, c] = await Promise.all([1, 2, 3].map(async () => payFor(app, await fakes.build(app))))
    await simulatePayer(app, { paymentId: a!.id, decision: 'approve' })
    // The provider, mistaken or worse, names the same transaction again.
    const reports = [b!, c!].map(({ id }) =>
      app.paymentLanes.reports({ paymentId: id, report: { status: 'SUCCEEDED', providerTxnId: 'SAME', amount: { amount: 5000, currency: 'XOF' } } }),
    )
    const statuses = (await Promise.all(reports)).map((p) => p.status)
    expect(statuses.sort()).toEqual(['REVIEW', 'SUCCEEDED'])
  })
})

describe('late and lost answers', () => {
  test('a success after expiry pays for what is still free, and is marked late', async () => {
    const payable = await fakes.build(app, { state: 'expired_but_free' })
    const { id } = await payFor(app, payable)
    app.clock.advance(1000)
    await polled()
    expect((await stored(id)).status).toBe('EXPIRED')
    expect(await simulatePayer(app, { paymentId: id, decision: 'approve' })).toMatchObject({ status: 'SUCCEEDED', late: true, refundDue: false })
  })

  test('a success after expiry goes back where nothing is left, without anybody asking', async () => {
    const payable = await fakes.build(app, { state: 'expired' })
    const { id } = await payFor(app, payable)
    app.clock.advance(1000)
    await polled()
    expect(await simulatePayer(app, { paymentId: id, decision: 'approve' })).toMatchObject({ status: 'SUCCEEDED', late: true, refundDue: true })
    expect(await postingsOf(id)).toEqual(['late_payment', 'provider_fee'])
    const [refund] = await findRefunds(app.db, { kind: 'order', id: payable.id })
    expect(refund).toMatchObject({ cause: 'late', status: 'REQUESTED', amount: { amount: 5000, currency: 'XOF' } })
    expect(await app.db.selectFrom('fact').select('kind').where('subject', '=', `refund:${refund!.id}`).execute()).toEqual([
      { kind: 'refund.requested' },
    ])
    expect(await sendRefund(app, refund!.id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await postingsOf(refund!.id)).toEqual(['refund_paid'])
    // The organizer never had the money: it bears no fee.
    expect(await balanceOf('organizer', payable.organizer.id)).toBe(0)
  })

  test('the second success of one payable is a duplicate, and goes back', async () => {
    const payable = await fakes.build(app)
    const first = await payFor(app, payable)
    app.clock.advance(1000)
    await polled()
    const second = await payFor(app, payable)
    await Promise.all([first, second].map((p) => approveSilently(p.id)))
    const settled = await settlePayments(app, [first.id, second.id])
    expect(settled.map((p) => p.status)).toEqual(['SUCCEEDED', 'SUCCEEDED'])
    expect(settled.filter((p) => p.refundDue)).toHaveLength(1)
    expect(await findRefunds(app.db, { kind: 'order', id: payable.id })).toMatchObject([{ cause: 'duplicate', status: 'REQUESTED' }])
  })

  test('an answer that got lost leaves the attempt unknown, and asking finds the success', async () => {
    const payable = await fakes.build(app)
    const started = await payFor(app, payable, { phone: '+2290197000008' })
    expect(started.status).toBe('UNKNOWN')
    await expect(payFor(app, payable)).rejects.toMatchObject({ code: 'payment_already_open' })
    await approveSilently(started.id)
    await polled()
    expect((await stored(started.id)).status).toBe('SUCCEEDED')
  })

  test('a process that died between storing and submitting leaves an attempt that polling ends', async () => {
    const payable = await fakes.build(app)
    const now = app.clock.now()
    const id = '01900000-0000-7000-8000-00000000dead'
    await insertAttempts(app.db, [
      {
        id,
        payableKind: 'order',
        payableId: payable.id,
        eventId: null,
        organizerId: payable.organizer.id,
        provider: 'simulator',
        reference: 'DEAD',
        amount: 5000,
        currency: 'XOF',
        payerPhone: null,
        payerDeadline: new Date(now.getTime() + 600_000),
        nextPollAt: new Date(now.getTime() + 45_000),
        createdAt: now,
        actor: 'visitor',
      },
    ])
    await polled()
    expect((await stored(id)).status).toBe('SUBMITTING')
    app.clock.advance(700)
    await polled()
    expect((await stored(id)).status).toBe('EXPIRED')
  })

  test('an approval without a webhook is found by asking', async () => {
    const { id } = await payFor(app, await fakes.build(app))
    await approveSilently(id)
    await polled()
    expect((await stored(id)).status).toBe('SUCCEEDED')
  })

  test('an attempt that nobody can tell about goes to a person, never silently to failed', async () => {
    const { id } = await payFor(app, await fakes.build(app), { phone: '+2290197000008' })
    const simulator = findSimulator(app)!
    const { status, cancel } = simulator
    simulator.status = async () => ({ status: 'UNKNOWN' })
    simulator.cancel = async () => ({ kind: 'indeterminate' })
    app.clock.advance(86_400)
    await pollPayments(app)
    Object.assign(simulator, { status, cancel })
    expect(await stored(id)).toMatchObject({ status: 'REVIEW', reviewReason: 'unanswered', nextPollAt: null })
  })

  test('before something expires the payer is called off; money that was faster counts', async () => {
    const [idle, paid, none] = await Promise.all([fakes.build(app), fakes.build(app), fakes.build(app)])
    const [open, approved] = [await payFor(app, idle), await payFor(app, paid)]
    await approveSilently(approved.id)
    const answers = await Promise.all([idle, paid, none].map((p) => beforeExpiry(app, { kind: 'order', id: p.id })))
    expect(answers).toEqual(['free', 'paid', 'free'])
    expect((await stored(open.id)).status).toBe('EXPIRED')
    expect((await stored(approved.id)).outcome).toBe('settled')
  })

  test('where the provider cannot say whether the payer is answering, the places wait', async () => {
    const payable = await fakes.build(app)
    await payFor(app, payable)
    const simulator = findSimulator(app)!
    const { cancel } = simulator
    simulator.cancel = async () => ({ kind: 'not_supported' })
    const answer = await beforeExpiry(app, { kind: 'order', id: payable.id })
    simulator.cancel = cancel
    expect(answer).toBe('wait')
  })
})

test('books balance after all of this', async () => {
  expect((await ledgerBalance(app.db)).reduce((sum, a) => sum + a.balance, 0)).toBe(0)
})
