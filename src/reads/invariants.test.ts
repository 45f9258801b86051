import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { newOrderCode, uuidv7 } from '#src/kernel/id.ts'
import { createDb, type Db, type Tx } from '#src/platform/db.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { checkInvariant, checkInvariants, INVARIANTS } from './invariants.ts'

const app = testApp()

// One paid order of two tickets, one of them inside; one order awaiting payment; one refunded payment.
const ids = { payment: uuidv7(), late: uuidv7(), refund: uuidv7(), inside: uuidv7(), waiting: uuidv7(), other: uuidv7(), issue: uuidv7() }
let event: Awaited<ReturnType<typeof buildEvent>>
let codes: { paid: string; waiting: string; lost: string }
let owner: Db

async function order(db: Db, input: { status: string; quantity: number; total: number; paid?: boolean }): Promise<{ id: number; code: string }> {
  const code = newOrderCode()
  const { rows } = await sql<{ id: number }>`
    INSERT INTO ticket_order (event_id, code, organizer_id, status, channel, buyer_name, locale, quantity, total, currency, expires_at, paid_at, idem_key, request_hash)
    VALUES (${event.id}, ${code}, ${event.organizer.id}, ${input.status}, 'web', 'Afi', 'fr', ${input.quantity}, ${input.total}, 'XOF', now() + interval '15 minutes',
            ${input.paid ? new Date() : null}, ${Buffer.from(code)}, '\\x00') RETURNING id`.execute(db)
  return { id: rows[0]!.id, code }
}

async function payment(db: Db, input: { id: string; orderId: number; outcome: string; posting: string }): Promise<void> {
  await sql`INSERT INTO payment (id, payable_kind, payable_id, event_id, organizer_id, provider, reference, amount, currency, status, outcome, payer_deadline, succeeded_at)
            VALUES (${input.id}, 'order', ${input.orderId}, ${event.id}, ${event.organizer.id}, 'simulator', ${input.id}, 10000, 'XOF', 'SUCCEEDED', ${input.outcome}, now(), now())`.execute(
    db,
  )
  await post(
    db,
    input.posting,
    input.id,
    input.outcome === 'settled'
      ? [
          ['provider', 10_000],
          ['organizer', -9700],
          ['commission', -300],
        ]
      : [
          ['provider', 10_000],
          ['refunds_due', -10_000],
        ],
  )
}

async function post(db: Db, kind: string, source: string, entries: [string, number][]): Promise<void> {
  const posting = await sql<{
    id: number
  }>`INSERT INTO ledger_posting (kind, organizer_id, event_id, source_id) VALUES (${kind}, ${event.organizer.id}, ${event.id}, ${source}) RETURNING id`.execute(
    db,
  )
  for (const [account] of entries) {
    await sql`INSERT INTO ledger_account (kind, organizer_id, provider, currency)
              VALUES (${account}, ${account === 'provider' ? null : event.organizer.id}, ${account === 'provider' ? 'simulator' : null}, 'XOF') ON CONFLICT DO NOTHING`.execute(
      db,
    )
  }
  await sql`INSERT INTO ledger_entry (posting_id, account_id, amount, currency)
            SELECT ${posting.rows[0]!.id}, a.id, e.amount, 'XOF' FROM unnest(${entries.map((e) => e[0])}::text[], ${entries.map((e) => e[1])}::bigint[]) AS e(kind, amount)
              JOIN ledger_account a ON a.kind = e.kind AND a.currency = 'XOF'
               AND (a.organizer_id = ${event.organizer.id} OR a.kind = 'provider')`.execute(db)
}

beforeAll(async () => {
  owner = createDb(app.ownerPool)
  event = await buildEvent(app, { capacity: 500 })
  const type = await buildTicketType(app, event, { price: 5000, quantity: 100, usageLimit: 1 })
  const paid = await order(owner, { status: 'paid', quantity: 2, total: 10_000, paid: true })
  const waiting = await order(owner, { status: 'awaiting_payment', quantity: 1, total: 5000 })
  const lost = await order(owner, { status: 'refunded', quantity: 2, total: 10_000 })
  codes = { paid: paid.code, waiting: waiting.code, lost: lost.code }
  const ticket = (id: string, orderId: number, status: string) =>
    sql`
    INSERT INTO ticket (event_id, id, order_id, ticket_type_id, code, kid, status, price, used_count)
    VALUES (${event.id}, ${id}, ${orderId}, ${type.id}, ${Buffer.from(id.slice(-8))}, 1, ${status}, 5000, ${status === 'inside' ? 1 : 0})`.execute(
      owner,
    )
  await ticket(ids.inside, paid.id, 'inside')
  await ticket(ids.other, paid.id, 'paid')
  await ticket(ids.waiting, waiting.id, 'reserved')
  await ticket(uuidv7(), lost.id, 'invalid')
  await ticket(uuidv7(), lost.id, 'invalid')
  await sql`UPDATE quota_counter SET held = 1, sold = 2 WHERE event_id = ${event.id}`.execute(owner)
  await payment(owner, { id: ids.payment, orderId: paid.id, outcome: 'settled', posting: 'payment' })
  await payment(owner, { id: ids.late, orderId: lost.id, outcome: 'refund_due', posting: 'late_payment' })
  await sql`INSERT INTO refund (id, payment_id, payable_kind, payable_id, event_id, organizer_id, amount, currency, cause, status, requested_by)
            VALUES (${ids.refund}, ${ids.late}, 'order', ${lost.id}, ${event.id}, ${event.organizer.id}, 10000, 'XOF', 'late', 'SUCCEEDED', 'system:payments')`.execute(
    owner,
  )
  await post(owner, 'refund_paid', ids.refund, [
    ['refunds_due', 10_000],
    ['provider', -10_000],
  ])
  await sql`INSERT INTO occupancy (event_id, zone, shard, inside, total_in) VALUES (${event.id}, 0, 0, 1, 1)`.execute(owner)
  await sql`INSERT INTO scan (scan_id, req_hash, event_id, ticket_id, gate_id, agent_id, dir, result) VALUES (${uuidv7()}, '\\x00', ${event.id}, ${ids.inside}, 1, 1, 'in', 'OK')`.execute(
    owner,
  )
})

// Per invariant: statements that break it and, as far as possible, only it; and the name that must be told.
const FAULTS: Record<string, { plant: () => string[]; names: () => string }> = {
  'quota-within-size': {
    plant: () => ['ALTER TABLE quota_counter DROP CONSTRAINT never_oversold', 'UPDATE quota_counter SET size = 2'],
    names: () => 'quota ',
  },
  'quota-counts-tickets': { plant: () => ['UPDATE quota_counter SET sold = sold + 1'], names: () => 'quota ' },
  'issues-add-up': {
    plant: () => [
      `INSERT INTO errand (id, organizer_id, event_id, kind, account_id, locale, input, state, step, total, ended_at)
       VALUES ('${ids.issue}', ${event.organizer.id}, ${event.id}, 'tickets', 1, 'fr', '{}', 'cancelled', 'issue', 1, now())`,
      `INSERT INTO ticket_issue (errand_id, event_id, ticket_type_id, terms, quantity, held, send_mails)
       SELECT '${ids.issue}', ${event.id}, min(ticket_type_id), 'complimentary', 1, 1, false FROM ticket`,
    ],
    names: () => `issue ${ids.issue}`,
  },
  'ledger-balances': {
    plant: () => [
      `UPDATE ledger_entry SET amount = amount + 1 WHERE posting_id = (SELECT id FROM ledger_posting WHERE source_id = '${ids.payment}') AND amount < -1000`,
    ],
    names: () => 'posting ',
  },
  'payments-in-ledger': {
    plant: () => [`DELETE FROM ledger_entry WHERE posting_id = (SELECT id FROM ledger_posting WHERE source_id = '${ids.payment}')`],
    names: () => `payment ${ids.payment}`,
  },
  'payment-has-outcome': { plant: () => [`UPDATE payment SET outcome = NULL WHERE id = '${ids.payment}'`], names: () => `payment ${ids.payment}` },
  'order-is-paid-once': {
    plant: () => [`UPDATE payment SET outcome = 'refund_due' WHERE id = '${ids.payment}'`],
    names: () => `order ${codes.paid}`,
  },
  'money-in': {
    plant: () => [`UPDATE payment SET amount = amount + 500 WHERE id = '${ids.payment}'`],
    names: () => `organizer ${event.organizer.id}`,
  },
  'refunds-within-payment': { plant: () => [`UPDATE refund SET amount = 10001 WHERE id = '${ids.refund}'`], names: () => `payment ${ids.late}` },
  'refunds-in-ledger': { plant: () => [`UPDATE refund SET amount = 9999 WHERE id = '${ids.refund}'`], names: () => `refund ${ids.refund}` },
  'books-equal-sales': {
    plant: () => [`UPDATE ticket_order SET total = total + 1 WHERE code = '${codes.paid}'`],
    names: () => `organizer ${event.organizer.id}`,
  },
  'fees-are-the-commission': {
    plant: () => [`UPDATE ticket_order SET fees = 299 WHERE code = '${codes.paid}'`],
    names: () => codes.paid,
  },
  'order-has-its-tickets': { plant: () => [`DELETE FROM ticket WHERE id = '${ids.other}'`], names: () => `order ${codes.paid}` },
  'tickets-issued-are-paid': {
    plant: () => [`UPDATE ticket SET status = 'paid' WHERE id = '${ids.waiting}'`],
    names: () => `order ${codes.waiting}`,
  },
  'occupancy-equals-admissions': { plant: () => ['UPDATE occupancy SET inside = inside + 1'], names: () => `event ${event.id}` },
  'admitted-within-limit': { plant: () => [`UPDATE ticket SET used_count = 2 WHERE id = '${ids.inside}'`], names: () => `ticket ${ids.inside}` },
  'nothing-orphaned': { plant: () => [`DELETE FROM ticket_order WHERE code = '${codes.waiting}'`], names: () => `ticket ${ids.waiting}` },
  'facts-are-read': {
    plant: () => [
      "INSERT INTO fact (xid, kind, subject, actor, at) VALUES ('3', 'order.paid', 'order:1', 'visitor', now() - interval '1 hour')",
      "INSERT INTO fact_cursor (subscriber, xid, id) VALUES ('notifications', '0', 0)",
    ],
    names: () => 'subscriber notifications',
  },
  'holds-expire': {
    plant: () => [`UPDATE ticket_order SET expires_at = now() - interval '1 hour' WHERE code = '${codes.waiting}'`],
    names: () => `order ${codes.waiting}`,
  },
  'cancelled-events-are-cleared': {
    plant: () => ["UPDATE event SET status = 'cancelled', cancelled_at = now() - interval '1 hour'"],
    names: () => `order ${codes.paid}`,
  },
  'payments-need-no-review': {
    plant: () => [`UPDATE payment SET status = 'REVIEW', review_reason = 'amount_mismatch' WHERE id = '${ids.payment}'`],
    names: () => `payment ${ids.payment}`,
  },
}

class Undo extends Error {}

/** Runs `work` in a transaction without the triggers that guard the tables; it is always rolled back. */
async function unguarded(work: (tx: Tx) => Promise<void>): Promise<void> {
  await owner
    .transaction()
    .execute(async (tx) => {
      for (const table of ['ledger_entry', 'ledger_posting', 'fact', 'scan']) await sql.raw(`ALTER TABLE ${table} DISABLE TRIGGER USER`).execute(tx)
      await work(tx)
      throw new Undo()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
}

describe('invariants', () => {
  test('all hold on consistent data', async () => {
    const results = await checkInvariants(app.db)
    expect(results.filter((result) => result.count > 0).map((result) => ({ id: result.invariant.id, examples: result.examples }))).toEqual([])
  })

  test('each has a fault that this file plants', () => {
    expect(Object.keys(FAULTS).sort()).toEqual(INVARIANTS.map((invariant) => invariant.id).sort())
  })

  test.each(INVARIANTS.map((invariant) => [invariant.id, invariant] as const))('%s: finds a planted fault and names it', async (id, invariant) => {
    await unguarded(async (tx) => {
      for (const statement of FAULTS[id]!.plant()) await sql.raw(statement).execute(tx)
      const result = await checkInvariant(tx, invariant)
      expect(result.count).toBeGreaterThan(0)
      expect(result.examples.map((example) => example.subject).join('\n')).toContain(FAULTS[id]!.names())
      expect(result.examples.length).toBeLessThanOrEqual(5)
    })
  })
})
