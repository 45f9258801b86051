// Giving money back: never more than came, never twice, and honestly when the provider is not sure.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#src/kernel/actor.ts'
import { transact } from '#src/platform/db.ts'
import { testApp } from '#test/app.ts'
import { buildMember, buildOrganizer } from '#test/factories.ts'
import { fakePayables, payFor, type FakePayable } from '#test/fake-payable.ts'
import { closeManualRefund } from './close-manual-refund.ts'
import { findRefunds } from './find-payments.ts'
import { ledgerBalance } from './ledger.ts'
import { openRefund, type OpenRefund } from './open-refund.ts'
import { pollRefunds } from './poll-payments.ts'
import { findSimulator } from './providers.ts'
import { requestRefund } from './request-refund.ts'
import { sendRefund } from './send-refund.ts'
import { simulatePayer } from './simulate-payer.ts'

const app = testApp()
const fakes = fakePayables()
beforeAll(() => fakes.install(app))

async function paidPayable(input: { phone?: string; amount?: number; commissionBps?: number } = {}): Promise<FakePayable> {
  const organizer = await buildOrganizer(app, { commissionBps: input.commissionBps ?? 1000 })
  const payable = await fakes.build(app, { organizer, amount: input.amount ?? 10_000 })
  const { id } = await payFor(app, payable, input.phone ? { phone: input.phone } : {})
  await simulatePayer(app, { paymentId: id, decision: 'approve' })
  return payable
}

const refundOf = (payable: FakePayable, amount: number): OpenRefund => ({
  payable: { kind: 'order', id: payable.id },
  amount: { amount, currency: 'XOF' },
  ticketIds: [],
  cause: 'organizer',
  reason: 'asked for',
})
const owedTo = async (payable: FakePayable) =>
  -(await ledgerBalance(app.db)).find((a) => a.kind === 'organizer' && a.organizerId === payable.organizer.id)!.balance
const simulated = () =>
  app.db
    .selectFrom('simulatorRefund')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()

describe('a refund', () => {
  test('gives back what the organizer and the platform had, each its part', async () => {
    const payable = await paidPayable()
    expect(await owedTo(payable)).toBe(8900)
    expect(await requestRefund(app, payable.organizer.owner, refundOf(payable, 4000))).toMatchObject({ status: 'SUCCEEDED' })
    // 10 % of the 4 000 came back from the commission; the provider keeps its fee.
    expect(await owedTo(payable)).toBe(8900 - 3600)
    expect(fakes.refunds.at(-1)).toMatchObject({ payableId: payable.id, amount: 4000, status: 'SUCCEEDED' })
    await requestRefund(app, payable.organizer.owner, refundOf(payable, 6000))
    expect(await owedTo(payable)).toBe(-100)
  })

  test('in odd parts gives back exactly the commission, to the franc', async () => {
    const payable = await paidPayable({ amount: 1001, commissionBps: 333 })
    for (const amount of [1, 333, 334, 333]) await requestRefund(app, payable.organizer.owner, refundOf(payable, amount))
    expect(await owedTo(payable)).toBe(-10)
  })

  test('cannot exceed the payment, also when two are asked for at once', async () => {
    const payable = await paidPayable()
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => requestRefund(app, payable.organizer.owner, refundOf(payable, 3000))))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(3)
    expect(answers.filter((a) => a.status === 'rejected').map((a) => a.reason.code)).toEqual(
      Array.from({ length: 5 }, () => 'refund_exceeds_payment'),
    )
    await expect(requestRefund(app, payable.organizer.owner, refundOf(payable, 1001))).rejects.toMatchObject({
      details: { left: { amount: 1000, currency: 'XOF' } },
    })
  })

  test('is sent all the same where its job was dropped; one that a person pays by hand is not', async () => {
    const payable = await paidPayable()
    const [lost, byHand] = await transact(app, async (tx) => [
      await openRefund(app, tx, payable.organizer.owner, refundOf(payable, 4000)),
      await openRefund(app, tx, payable.organizer.owner, { ...refundOf(payable, 1000), byHand: true }),
    ])
    await app.ownerPool.query('DELETE FROM graphile_worker._private_jobs WHERE key = $1', [`send-refund:${lost.id}`])
    await pollRefunds(app)
    const statuses = async () => new Map((await findRefunds(app.db, { kind: 'order', id: payable.id })).map((refund) => [refund.id, refund.status]))
    expect(await statuses()).toEqual(
      new Map([
        [lost.id, 'REQUESTED'],
        [byHand.id, 'MANUAL_REQUIRED'],
      ]),
    )
    app.clock.advance(7200)
    await pollRefunds(app)
    await pollRefunds(app)
    app.clock.advance(-7200)
    expect(await statuses()).toEqual(
      new Map([
        [lost.id, 'SUCCEEDED'],
        [byHand.id, 'MANUAL_REQUIRED'],
      ]),
    )
  })

  test('is decided by owners and managers', async () => {
    const payable = await paidPayable()
    const others: Actor[] = [
      { kind: 'visitor', locale: 'fr', ip: null },
      await buildMember(app, payable.organizer.id, 'cashier'),
      (await buildOrganizer(app)).owner,
    ]
    for (const actor of others) await expect(requestRefund(app, actor, refundOf(payable, 100))).rejects.toMatchObject({ code: 'forbidden' })
    expect(await requestRefund(app, await buildMember(app, payable.organizer.id, 'manager'), refundOf(payable, 100))).toMatchObject({
      status: 'SUCCEEDED',
    })
  })

  test('of what was never paid is refused', async () => {
    const payable = await fakes.build(app)
    await payFor(app, payable)
    await expect(requestRefund(app, payable.organizer.owner, refundOf(payable, 100))).rejects.toMatchObject({ code: 'payment_not_refundable' })
  })

  test('goes out only after the caller’s transaction, and not at all if that fails', async () => {
    const payable = await paidPayable()
    const before = await simulated()
    await expect(
      transact(app, async (tx) => {
        await openRefund(app, tx, payable.organizer.owner, refundOf(payable, 100))
        throw new Error('the tickets could not be invalidated')
      }),
    ).rejects.toThrow('invalidated')
    expect(await findRefunds(app.db, { kind: 'order', id: payable.id })).toEqual([])
    const opened = await transact(app, (tx) => openRefund(app, tx, payable.organizer.owner, refundOf(payable, 100)))
    expect(opened.status).toBe('REQUESTED')
    expect(await simulated()).toEqual(before)
    const jobs = await app.ownerPool.query("SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'send-refund' AND key = $1", [
      `send-refund:${opened.id}`,
    ])
    expect(jobs.rowCount).toBe(1)
  })

  test('sent by several workers at once leaves once', async () => {
    const payable = await paidPayable()
    const opened = await transact(app, (tx) => openRefund(app, tx, payable.organizer.owner, refundOf(payable, 2500)))
    const before = await simulated()
    await Promise.all(Array.from({ length: 6 }, () => sendRefund(app, opened.id)))
    expect((await simulated()).count).toBe(before.count + 1)
    expect(fakes.refunds.filter((r) => r.refundId === opened.id)).toHaveLength(1)
  })

  test('that the provider refuses has failed, and the books are as before', async () => {
    const payable = await paidPayable({ phone: '+2290197000010' })
    const owed = await owedTo(payable)
    expect(await requestRefund(app, payable.organizer.owner, refundOf(payable, 10_000))).toMatchObject({ status: 'FAILED', failure: 'not_allowed' })
    expect(await owedTo(payable)).toBe(owed)
    expect(fakes.refunds.at(-1)).toMatchObject({ payableId: payable.id, status: 'FAILED' })
    // What failed may be tried again.
    expect(await requestRefund(app, payable.organizer.owner, refundOf(payable, 10_000))).toMatchObject({ status: 'FAILED' })
  })

  test('whose answer got lost is pending, asked about, and never sent under another id', async () => {
    const payable = await paidPayable({ phone: '+2290197000011' })
    const refund = await requestRefund(app, payable.organizer.owner, refundOf(payable, 10_000))
    expect(refund.status).toBe('PENDING')
    app.clock.advance(3600)
    await pollRefunds(app)
    expect(await findRefunds(app.db, { kind: 'order', id: payable.id })).toMatchObject([{ id: refund.id, status: 'SUCCEEDED' }])
    const sent = await app.db.selectFrom('simulatorRefund').select('id').where('paymentId', '=', refund.paymentId).execute()
    expect(sent).toEqual([{ id: refund.id }])
  })

  test('that surely never arrived is sent again under the same id', async () => {
    const payable = await paidPayable()
    const simulator = findSimulator(app)!
    const send = simulator.refund
    const ids: string[] = []
    simulator.refund = async (input, signal) => (ids.push(input.refundId), ids.length === 1 ? { kind: 'indeterminate' } : send(input, signal))
    const refund = await requestRefund(app, payable.organizer.owner, refundOf(payable, 100))
    app.clock.advance(3600)
    await pollRefunds(app)
    simulator.refund = send
    expect(ids).toEqual([refund.id, refund.id])
    expect(await findRefunds(app.db, { kind: 'order', id: payable.id })).toMatchObject([{ status: 'SUCCEEDED' }])
  })

  test('that nobody can tell about goes to a person', async () => {
    const payable = await paidPayable()
    const simulator = findSimulator(app)!
    const { refund: send, refundStatus } = simulator
    Object.assign(simulator, { refund: async () => ({ kind: 'indeterminate' }), refundStatus: async () => ({ status: 'UNKNOWN' }) })
    await requestRefund(app, payable.organizer.owner, refundOf(payable, 100))
    app.clock.advance(90_000)
    await pollRefunds(app)
    Object.assign(simulator, { refund: send, refundStatus })
    expect(await findRefunds(app.db, { kind: 'order', id: payable.id })).toMatchObject([{ status: 'MANUAL_REQUIRED' }])
  })

  test('that only people can pay waits for the operator’s reference', async () => {
    const payable = await paidPayable({ phone: '+2290197000012' })
    const refund = await requestRefund(app, payable.organizer.owner, refundOf(payable, 10_000))
    expect(refund.status).toBe('MANUAL_REQUIRED')
    const close = (actor: Actor, operatorReference: string) => closeManualRefund(app, actor, { refundId: refund.id, operatorReference })
    await expect(close(await buildMember(app, payable.organizer.id, 'manager'), 'OP-1')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(close(payable.organizer.owner, ' ')).rejects.toMatchObject({ code: 'operator_reference_required' })
    expect(await close(payable.organizer.owner, 'OP-1')).toMatchObject({ status: 'SUCCEEDED', operatorReference: 'OP-1' })
    await expect(close(payable.organizer.owner, 'OP-2')).rejects.toMatchObject({ code: 'refund_not_manual' })
  })
})
