// The simulator's own books: an outside provider that happens to keep them in our database.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'

export type SimulatedStatus = 'pending' | 'approved' | 'refused' | 'expired'
export type SimulatedPayment = {
  id: string
  reference: string
  amount: number
  currency: string
  phone: string | null
  status: SimulatedStatus
  failure: string | null
  transaction: string | null
  webhookUrl: string
  description: string
  expiresAt: Date
  refunded: number
  createdAt: Date
  decidedAt: Date | null
}
export type NewSimulatedPayment = Pick<
  SimulatedPayment,
  'id' | 'reference' | 'amount' | 'currency' | 'phone' | 'webhookUrl' | 'description' | 'expiresAt' | 'createdAt'
>

/** Creates payments; one that exists stays as it is. One statement, hence one commit. */
export async function insertSimulatedPayments(db: Db, payments: readonly NewSimulatedPayment[]): Promise<void> {
  const column = <K extends keyof NewSimulatedPayment>(key: K) => payments.map((p) => p[key])
  await sql`
    INSERT INTO simulator_payment (id, reference, amount, currency, phone, webhook_url, description, expires_at, created_at)
    SELECT * FROM unnest(${column('id')}::uuid[], ${column('reference')}::text[], ${column('amount')}::bigint[], ${column('currency')}::text[], ${column('phone')}::text[],
                         ${column('webhookUrl')}::text[], ${column('description')}::text[], ${column('expiresAt')}::timestamptz[], ${column('createdAt')}::timestamptz[])
    ON CONFLICT (id) DO NOTHING`.execute(db)
}

export async function selectSimulatedPayments(db: Db, ids: readonly string[]): Promise<(SimulatedPayment | undefined)[]> {
  const { rows } = await sql<SimulatedPayment>`SELECT * FROM simulator_payment WHERE id = ANY (${ids}::uuid[])`.execute(db)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id))
}

export type SimulatedDecision = { id: string; status: 'approved' | 'refused' | 'expired'; failure: string | null; at: Date }

/**
 * Writes down what payers answered, by one statement. Only the first answer counts, except that money may still arrive after the time was up.
 * @returns each payment as it stands now
 */
export async function updateSimulatedDecisions(db: Db, decisions: readonly SimulatedDecision[]): Promise<(SimulatedPayment | undefined)[]> {
  const column = <K extends keyof SimulatedDecision>(key: K) => decisions.map((d) => d[key])
  // A payment decided just now is not seen by the outer query's snapshot: it comes from the update.
  const { rows } = await sql<SimulatedPayment>`
    WITH decided AS (
    UPDATE simulator_payment p SET status = u.status, failure = u.failure, decided_at = u.at, transaction = CASE WHEN u.status = 'approved' THEN 'SIM-' || p.id END
      FROM unnest(${column('id')}::uuid[], ${column('status')}::text[], ${column('failure')}::text[], ${column('at')}::timestamptz[]) AS u(id, status, failure, at)
     WHERE p.id = u.id AND (p.status = 'pending' OR (p.status = 'expired' AND u.status = 'approved'))
    RETURNING p.*)
    SELECT * FROM decided UNION ALL
    SELECT * FROM simulator_payment WHERE id = ANY (${column('id')}::uuid[]) AND id NOT IN (SELECT id FROM decided)`.execute(db)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return column('id').map((id) => byId.get(id))
}

/** Gives money back once per refund id. False where the payment can't give that much. */
export async function insertSimulatedRefund(tx: Tx, refund: { id: string; paymentId: string; amount: number; at: Date }): Promise<boolean> {
  const known = await sql`SELECT FROM simulator_refund WHERE id = ${refund.id}`.execute(tx)
  if (known.rows.length > 0) return true
  const taken = await sql`
    UPDATE simulator_payment SET refunded = refunded + ${refund.amount}
     WHERE id = ${refund.paymentId} AND status = 'approved' AND refunded + ${refund.amount} <= amount RETURNING id`.execute(tx)
  if (taken.rows.length === 0) return false
  await sql`INSERT INTO simulator_refund (id, payment_id, amount, created_at) VALUES (${refund.id}, ${refund.paymentId}, ${refund.amount}, ${refund.at})`.execute(
    tx,
  )
  return true
}

export async function selectSimulatedRefund(db: Db, id: string): Promise<{ amount: number; currency: string } | undefined> {
  const { rows } = await sql<{ amount: number; currency: string }>`
    SELECT r.amount, p.currency FROM simulator_refund r JOIN simulator_payment p ON p.id = r.payment_id WHERE r.id = ${id}`.execute(db)
  return rows[0]
}
