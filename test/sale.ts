// A sale for tests: buyers, payers, and a way to stop one transaction in the middle while others come along.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Actor, Visitor } from '#src/kernel/actor.ts'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { checkOut, type CheckedOut, type CheckOut } from '#src/modules/ticketing/check-out.ts'
import { settlePayments } from '#src/modules/payments/settle-payments.ts'
import { createDb, type Tx } from '#src/platform/db.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import type { TestApp } from './app.ts'
import type { BuiltEvent } from './factories.ts'

export const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }

let keys = 0

/** A wish for `quantity` of each type, under a key of its own, to be paid by the simulator. */
export function wish(event: BuiltEvent, lines: readonly [type: { id: number }, quantity: number][], more: Partial<CheckOut> = {}): CheckOut {
  return {
    eventSlug: event.slug,
    lines: lines.map(([type, quantity]) => ({ ticketTypeId: type.id, quantity })),
    buyer: { name: 'Afi', email: 'afi@example.test' },
    idempotencyKey: `sale-${++keys}`,
    channel: 'api',
    payment: { provider: 'simulator' },
    ...more,
  }
}

export function buy(app: TestApp, event: BuiltEvent, type: { id: number }, quantity = 1, more: Partial<CheckOut> = {}): Promise<CheckedOut> {
  return checkOut(app, visitor, wish(event, [[type, quantity]], more))
}

/** Who holds the order's own token. */
export function holderOf(order: Pick<CheckedOut, 'code'>): Actor {
  return { kind: 'order', locale: 'fr', ip: null, orderCode: order.code }
}

/** The payer says yes on the phone; nobody is told. */
export async function approveSilently(app: TestApp, paymentId: string): Promise<void> {
  await app.db
    .updateTable('simulatorPayment')
    .set({ status: 'approved', failure: null, transaction: `SIM-${paymentId}`, decidedAt: new Date() })
    .where('id', '=', paymentId)
    .where('status', 'in', ['pending', 'expired'])
    .execute()
}

export async function buyAndPay(
  app: TestApp,
  event: BuiltEvent,
  type: { id: number },
  quantity = 1,
  more: Partial<CheckOut> = {},
): Promise<CheckedOut> {
  const order = await buy(app, event, type, quantity, more)
  await approveSilently(app, order.payment!.id)
  await settlePayments(app, [order.payment!.id])
  return order
}

/** The order's time and its payer's are over, whatever the clock says. */
export async function runOut(app: TestApp, order: { id: number }): Promise<void> {
  const past = new Date(Date.now() - 120_000)
  await app.db.updateTable('ticketOrder').set({ expiresAt: past }).where('id', '=', order.id).execute()
  await app.db.updateTable('payment').set({ payerDeadline: past }).where('payableId', '=', order.id).execute()
  await app.db
    .updateTable('simulatorPayment')
    .set({ expiresAt: past })
    .where('id', 'in', (eb) => eb.selectFrom('payment').select('id').where('payableId', '=', order.id))
    .execute()
}

/** `done`, or the code of the refusal. What is no refusal is a mistake of ours and fails the test. */
export function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (isDomainError(error) ? error.code : Promise.reject(error as Error)),
  )
}

/** How often each outcome came. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(Object.groupBy(outcomes, (o) => o)).map(([outcome, all]) => [outcome, all!.length]))
}

export function orderOf(app: TestApp, order: { id: number }) {
  return app.db.selectFrom('ticketOrder').select(['status', 'total', 'late', 'expiresAt']).where('id', '=', order.id).executeTakeFirstOrThrow()
}

export function counterOf(app: TestApp, quotaId: number) {
  return app.db.selectFrom('quotaCounter').select(['size', 'held', 'sold']).where('quotaId', '=', quotaId).executeTakeFirstOrThrow()
}

/** Every invariant that an operator's check-up knows holds. */
export async function expectSound(app: TestApp): Promise<void> {
  const broken = (await checkInvariants(app.db)).filter((check) => check.count > 0 && check.invariant.severity === 'fault')
  expect(broken.map((check) => [check.invariant.id, check.examples])).toEqual([])
}

export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await done())) await sleep(5)
}

/** How many connections of this database stand before a lock. Only the owner is told. */
async function countWaiting(app: TestApp): Promise<number> {
  const { rows } = await app.ownerPool.query<{ waiting: number }>(
    `SELECT count(*)::integer AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0]!.waiting
}

export async function untilWaiting(app: TestApp, count = 1): Promise<void> {
  await until(async () => (await countWaiting(app)) >= count)
}

/**
 * Does `first` as the owner of the tables, in a transaction that stays open until all `others` have begun and each stands before a lock
 * or is done; then it commits.
 * @param together how many of the others wait behind one connection, because they are gathered in a batch
 * @returns what the others came to, in order
 */
export async function overtaken<T>(
  app: TestApp,
  first: (tx: Tx) => Promise<unknown>,
  others: readonly (() => Promise<T>)[],
  together = 1,
): Promise<T[]> {
  const running: Promise<T>[] = []
  let over = 0
  await createDb(app.ownerPool)
    .transaction()
    .execute(async (tx) => {
      await first(tx)
      for (const other of others) {
        const work = other()
        running.push(work)
        work.then(
          () => {
            over++
          },
          () => {
            over++
          },
        )
      }
      await until(async () => over + (await countWaiting(app)) >= others.length - together + 1)
    })
  return Promise.all(running)
}
