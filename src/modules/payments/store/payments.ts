// Statements on `payment`. Sets of attempts travel as arrays, so that one statement serves all that were gathered.
import { sql } from 'kysely'
import type { Money } from '#src/kernel/money.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import type { AttemptStatus, FailureCode, NextAction } from '../provider.ts'
import { OPEN_STATUSES, type Payment } from '../payment.ts'

export type NewAttempt = {
  id: string
  payableKind: string
  payableId: number
  eventId: number | null
  organizerId: number
  provider: string
  reference: string
  amount: number
  currency: string
  payerPhone: string | null
  payerDeadline: Date
  nextPollAt: Date
  createdAt: Date
  /** Who asked, as facts remember it. */
  actor: string
}

/**
 * Inserts attempts as SUBMITTING, each with its fact. One statement, hence one commit.
 * @returns per attempt: null when it is stored (also by an earlier sending), else the open attempt in its way
 */
export async function insertAttempts(db: Db, attempts: readonly NewAttempt[]): Promise<(Payment | null)[]> {
  const column = <K extends keyof NewAttempt>(key: K) => attempts.map((a) => a[key])
  const { rows } = await sql<{ id: string }>`
    WITH asked AS (
      SELECT * FROM unnest(${column('id')}::uuid[], ${column('payableKind')}::text[], ${column('payableId')}::bigint[], ${column('eventId')}::bigint[],
        ${column('organizerId')}::bigint[], ${column('provider')}::text[], ${column('reference')}::text[], ${column('amount')}::bigint[], ${column('currency')}::text[],
        ${column('payerPhone')}::text[], ${column('payerDeadline')}::timestamptz[], ${column('nextPollAt')}::timestamptz[], ${column('createdAt')}::timestamptz[],
        ${column('actor')}::text[])
        AS a(id, payable_kind, payable_id, event_id, organizer_id, provider, reference, amount, currency, payer_phone, payer_deadline, next_poll_at, created_at, actor)
    ), stored AS (
      INSERT INTO payment (id, payable_kind, payable_id, event_id, organizer_id, provider, reference, amount, currency, payer_phone, status,
                           payer_deadline, next_poll_at, created_at, updated_at)
      SELECT id, payable_kind, payable_id, event_id, organizer_id, provider, reference, amount, currency, payer_phone, 'SUBMITTING',
             payer_deadline, next_poll_at, created_at, created_at FROM asked
      ON CONFLICT DO NOTHING RETURNING id
    ), noted AS (
      INSERT INTO fact (kind, organizer_id, event_id, subject, actor, data)
      SELECT 'payment.started', a.organizer_id, a.event_id, 'payment:' || a.id, a.actor,
             jsonb_build_object('provider', a.provider, 'amount', a.amount, 'currency', a.currency, 'payable', a.payable_kind || ':' || a.payable_id)
        FROM stored JOIN asked a USING (id)
    ) SELECT id FROM stored`.execute(db)
  if (rows.length === attempts.length) return attempts.map(() => null)

  const stored = new Set(rows.map((row) => row.id))
  const missing = attempts.filter((a) => !stored.has(a.id))
  const inTheWay = await sql<Payment>`
    SELECT p.* FROM payment p
     WHERE p.id = ANY (${missing.map((a) => a.id)}::uuid[])
        OR ((p.payable_kind, p.payable_id) IN (SELECT * FROM unnest(${missing.map((a) => a.payableKind)}::text[], ${missing.map((a) => a.payableId)}::bigint[]))
            AND p.status = ANY (${OPEN_STATUSES as unknown as string[]}::text[]))`.execute(db)
  const answers: (Payment | null)[] = []
  for (const a of attempts) {
    if (stored.has(a.id) || inTheWay.rows.some((p) => p.id === a.id)) {
      answers.push(null)
      continue
    }
    const open = inTheWay.rows.find((p) => p.payableKind === a.payableKind && p.payableId === a.payableId)
    // What stood in the way ended between the two statements: the way is free now.
    answers.push(open ?? (await insertAttempts(db, [a]))[0] ?? null)
  }
  return answers
}

export type Submission = {
  id: string
  status: 'PENDING' | 'REQUIRES_ACTION' | 'UNKNOWN'
  providerRef: string | null
  nextAction: NextAction | null
  secretsEnc: Buffer | null
  nextPollAt: Date
  at: Date
}

/** Stores what submitting gave. A report that was faster keeps its status. One statement, hence one commit. */
export async function updateSubmitted(db: Db, submissions: readonly Submission[]): Promise<Payment[]> {
  const column = <K extends keyof Submission>(key: K) => submissions.map((s) => s[key])
  const { rows } = await sql<Payment>`
    UPDATE payment p SET provider_ref = COALESCE(u.provider_ref, p.provider_ref), next_action = u.next_action, secrets_enc = COALESCE(u.secrets_enc, p.secrets_enc),
           status = CASE WHEN p.status IN ('CREATED', 'SUBMITTING') THEN u.status ELSE p.status END,
           next_poll_at = CASE WHEN p.status IN ('CREATED', 'SUBMITTING') THEN u.next_poll_at ELSE p.next_poll_at END, updated_at = u.at
      FROM unnest(${column('id')}::uuid[], ${column('status')}::text[], ${column('providerRef')}::text[],
                  ${submissions.map((s) => s.nextAction && JSON.stringify(s.nextAction))}::jsonb[], ${column('secretsEnc')}::bytea[],
                  ${column('nextPollAt')}::timestamptz[], ${column('at')}::timestamptz[])
        AS u(id, status, provider_ref, next_action, secrets_enc, next_poll_at, at)
     WHERE p.id = u.id RETURNING p.*`.execute(db)
  return inOrder(rows, column('id'))
}

export async function selectPayments(db: Db, ids: readonly string[]): Promise<Payment[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Payment>`SELECT * FROM payment WHERE id = ANY (${ids}::uuid[])`.execute(db)
  return rows
}

export async function selectPaymentsOf(db: Db, payable: { kind: string; id: number }): Promise<Payment[]> {
  const { rows } =
    await sql<Payment>`SELECT * FROM payment WHERE payable_kind = ${payable.kind} AND payable_id = ${payable.id} ORDER BY created_at, id`.execute(db)
  return rows
}

/** Locked in id order: two batches that share attempts would deadlock otherwise. */
export async function lockPayments(tx: Tx, ids: readonly string[]): Promise<Payment[]> {
  const { rows } = await sql<Payment>`SELECT * FROM payment WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(tx)
  return rows
}

/** Which of these provider transactions another attempt claims already: `provider transaction` → that attempt's id. */
export async function selectTransactions(tx: Tx, wanted: readonly { provider: string; transaction: string }[]): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<{ id: string; provider: string; providerTxnId: string }>`
    SELECT id, provider, provider_txn_id FROM payment
     WHERE (provider, provider_txn_id) IN (SELECT * FROM unnest(${wanted.map((w) => w.provider)}::text[], ${wanted.map((w) => w.transaction)}::text[]))`.execute(
    tx,
  )
  return new Map(rows.map((row) => [`${row.provider} ${row.providerTxnId}`, row.id]))
}

export type Conclusion = {
  id: string
  from: AttemptStatus
  status: AttemptStatus
  failure: FailureCode | null
  providerTxnId: string | null
  fees: number
  outcome: 'settled' | 'refund_due' | null
  late: boolean
  reviewReason: string | null
  /** What the provider said had come, where a person must look. */
  reported: Money | null
  at: Date
}

/** Moves attempts that the caller has locked. */
export async function updateConcluded(tx: Tx, conclusions: readonly Conclusion[]): Promise<Payment[]> {
  const column = <K extends keyof Conclusion>(key: K) => conclusions.map((c) => c[key])
  const { rows } = await sql<Payment>`
    UPDATE payment p SET status = u.status, failure = u.failure, provider_txn_id = COALESCE(u.txn, p.provider_txn_id), fees = u.fees, outcome = u.outcome,
           late = u.late, review_reason = u.review_reason, updated_at = u.at,
           reported_amount = COALESCE(u.reported_amount, p.reported_amount), reported_currency = COALESCE(u.reported_currency, p.reported_currency),
           next_poll_at = CASE WHEN u.status = ANY (${OPEN_STATUSES as unknown as string[]}::text[]) THEN p.next_poll_at END,
           succeeded_at = CASE WHEN u.status = 'SUCCEEDED' THEN u.at END
      FROM unnest(${column('id')}::uuid[], ${column('from')}::text[], ${column('status')}::text[], ${column('failure')}::text[], ${column('providerTxnId')}::text[],
                  ${column('fees')}::bigint[], ${column('outcome')}::text[], ${column('late')}::boolean[], ${column('reviewReason')}::text[],
                  ${conclusions.map((c) => c.reported?.amount ?? null)}::bigint[], ${conclusions.map((c) => c.reported?.currency ?? null)}::text[], ${column('at')}::timestamptz[])
        AS u(id, from_status, status, failure, txn, fees, outcome, late, review_reason, reported_amount, reported_currency, at)
     WHERE p.id = u.id AND p.status = u.from_status RETURNING p.*`.execute(tx)
  return rows
}

/** Another amount came than was asked for: from now on the attempt is about what came. The caller has locked it. */
export async function updateAmount(tx: Tx, id: string, amount: number): Promise<void> {
  await tx.updateTable('payment').set({ amount }).where('id', '=', id).execute()
}

/** Takes attempts that are due, and puts their next turn off so that no other worker takes them meanwhile. */
export async function claimDuePayments(tx: Tx, now: Date, limit: number): Promise<Payment[]> {
  const { rows } = await sql<Payment>`
    SELECT * FROM payment WHERE next_poll_at <= ${now} ORDER BY next_poll_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(tx)
  return rows
}

export async function updatePolls(tx: Tx, turns: readonly { id: string; nextPollAt: Date }[]): Promise<void> {
  await sql`UPDATE payment p SET next_poll_at = u.next, poll_count = p.poll_count + 1
              FROM unnest(${turns.map((t) => t.id)}::uuid[], ${turns.map((t) => t.nextPollAt)}::timestamptz[]) AS u(id, next) WHERE p.id = u.id`.execute(
    tx,
  )
}

function inOrder(rows: readonly Payment[], ids: readonly string[]): Payment[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id)!)
}
