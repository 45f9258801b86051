// The books: whatever happens, they balance, and money that came is accounted for.
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { transact, violatedConstraint } from '#src/platform/db.ts'
import { testApp } from '#test/app.ts'
import { buildOrganizer, type BuiltOrganizer } from '#test/factories.ts'
import { fakePayables, payFor, type FakePayable } from '#test/fake-payable.ts'
import { commissionBack, ledgerBalance, organizerStatement } from './ledger.ts'
import { requestRefund } from './request-refund.ts'
import { sendRefund } from './send-refund.ts'
import { settlePayments } from './settle-payments.ts'
import { pollPayments } from './poll-payments.ts'

const app = testApp()
const fakes = fakePayables()
beforeAll(() => fakes.install(app))

type Step = { do: 'pay' | 'pay twice' | 'pay late' | 'pay after cancellation' | 'refuse'; amount: number; refunds: number[]; phone: string }

const steps = fc.array(
  fc.record({
    do: fc.constantFrom<Step['do']>('pay', 'pay', 'pay twice', 'pay late', 'pay after cancellation', 'refuse'),
    amount: fc.integer({ min: 1, max: 100_000 }),
    refunds: fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 3 }),
    phone: fc.constantFrom('+2290197000000', '+2290197000010', '+2290197000011', '+2290197000012'),
  }),
  { minLength: 1, maxLength: 8 },
)

async function play(organizer: BuiltOrganizer, step: Step): Promise<void> {
  const state = step.do === 'pay late' ? 'expired' : step.do === 'pay after cancellation' ? 'cancelled' : 'waiting'
  const payable = await fakes.build(app, { organizer, amount: step.amount, state })
  const paid = [await pay(payable, step.phone)]
  if (step.do === 'pay twice') {
    // The first attempt runs out before the second starts; then both payers approve.
    app.clock.advance(1000)
    await pollPayments(app)
    paid.push(await pay(payable, step.phone))
  }
  for (const id of paid) await decide(id, step.do === 'refuse' ? 'refused' : 'approved')
  await settlePayments(app, paid)
  for (const amount of step.refunds) {
    await requestRefund(app, organizer.owner, {
      payable: { kind: 'order', id: payable.id },
      amount: { amount, currency: 'XOF' },
      cause: 'organizer',
      reason: '',
    }).catch(() => {})
  }
  const due = await app.db.selectFrom('refund').select('id').where('payableId', '=', payable.id).where('status', '=', 'REQUESTED').execute()
  for (const { id } of due) await sendRefund(app, id)
}

async function pay(payable: FakePayable, phone: string): Promise<string> {
  return (await payFor(app, payable, { phone })).id
}

async function decide(id: string, status: 'approved' | 'refused'): Promise<void> {
  await app.db
    .updateTable('simulatorPayment')
    .set({ status, transaction: status === 'approved' ? `SIM-${id}` : null })
    .where('id', '=', id)
    .execute()
}

test('sum to zero, and money in is orders paid, refunds due and refunded, after any sequence of payments and refunds', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 5000 }), async (sequence, commissionBps) => {
      const organizer = await buildOrganizer(app, { commissionBps })
      for (const step of sequence) await play(organizer, step)

      const balances = await ledgerBalance(app.db)
      expect(balances.reduce((sum, a) => sum + a.balance, 0)).toBe(0)
      const total = (kind: string) => -balances.filter((a) => a.kind === kind).reduce((sum, a) => sum + a.balance, 0)
      const one = async (query: ReturnType<typeof sql<{ sum: number }>>) => (await query.execute(app.db)).rows[0]!.sum
      const moneyIn = await one(sql`SELECT COALESCE(sum(amount), 0) AS sum FROM payment WHERE status = 'SUCCEEDED'`)
      const settled = await one(sql`SELECT COALESCE(sum(amount), 0) AS sum FROM payment WHERE outcome = 'settled'`)
      const givenUp = await one(
        sql`SELECT COALESCE(sum(r.amount), 0) AS sum FROM refund r JOIN payment p ON p.id = r.payment_id WHERE r.status <> 'FAILED' AND p.outcome = 'settled'`,
      )
      const refunded = await one(sql`SELECT COALESCE(sum(amount), 0) AS sum FROM refund WHERE status = 'SUCCEEDED'`)
      expect(settled - givenUp + total('refunds_due') + refunded).toBe(moneyIn)
      // What is owed to the organizer is what its statement says.
      const statement = (await organizerStatement(app.db, organizer.id)).reduce((sum, line) => sum + line.amount, 0)
      expect(statement + balances.filter((a) => a.organizerId === organizer.id).reduce((sum, a) => sum + a.balance, 0)).toBe(0)
    }),
    { numRuns: 12 },
  )
})

test('give back the whole commission once the whole sale is given back, in whatever parts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 5000 }), (parts, bps) => {
      const amount = parts.reduce((a, b) => a + b)
      const commission = Math.floor((amount * bps) / 10_000)
      let back = 0
      let refunded = 0
      for (const part of parts) {
        refunded += part
        const step = commissionBack({ amount, commission }, refunded, back)
        expect(step).toBeGreaterThanOrEqual(0)
        expect(step).toBeLessThanOrEqual(part)
        back += step
      }
      expect(back).toBe(commission)
    }),
  )
})

test('are kept by the database itself: an unbalanced posting is refused, and nothing written is changed', async () => {
  const organizer = await buildOrganizer(app)
  const payable = await fakes.build(app, { organizer })
  const id = await pay(payable, '+2290197000000')
  await decide(id, 'approved')
  await settlePayments(app, [id])
  const posting = await app.db
    .selectFrom('ledgerPosting')
    .select('id')
    .where('sourceId', '=', id)
    .where('kind', '=', 'payment')
    .executeTakeFirstOrThrow()
  const accounts = await app.db.selectFrom('ledgerAccount').select('id').limit(2).execute()

  const unbalanced = transact(app, async (tx) => {
    const { id: postingId } = await sql<{ id: number }>`
      INSERT INTO ledger_posting (kind, organizer_id, source_id) VALUES ('payment', ${organizer.id}, gen_random_uuid()) RETURNING id`
      .execute(tx)
      .then((r) => r.rows[0]!)
    await sql`INSERT INTO ledger_entry (posting_id, account_id, amount, currency) VALUES (${postingId}, ${accounts[0]!.id}, 100, 'XOF'), (${postingId}, ${accounts[1]!.id}, -99, 'XOF')`.execute(
      tx,
    )
  })
  expect(violatedConstraint(await unbalanced.catch((error: unknown) => error))).toBe('ledger_balanced')
  for (const change of [
    sql`UPDATE ledger_entry SET amount = amount + 1 WHERE posting_id = ${posting.id}`,
    sql`DELETE FROM ledger_posting WHERE id = ${posting.id}`,
  ]) {
    await expect(change.execute(app.db)).rejects.toThrow(/permission denied|append-only/)
  }
  // Nor by the role that owns the tables.
  await expect(app.ownerPool.query('DELETE FROM ledger_entry')).rejects.toThrow(/append-only/)
})
