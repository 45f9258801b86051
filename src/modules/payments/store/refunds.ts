// Statements on `refund`.
import { sql } from 'kysely'
import { secondsAfter } from '#src/kernel/clock.ts'
import type { Db, Tx } from '#src/platform/db.ts'
import type { PayableKind } from '../payable.ts'
import type { Refund, RefundCause, RefundStatus } from '../refund.ts'

export type NewRefund = {
  id: string
  paymentId: string
  payableKind: PayableKind
  payableId: number
  eventId: number | null
  organizerId: number
  amount: number
  currency: string
  cause: RefundCause
  reason: string
  ticketIds: readonly string[]
  requestedBy: string
  retryOf?: string | null
  /** REQUESTED if left out. */
  status?: RefundStatus
  at: Date
}

/** Its job sends it at once; should that have been dropped, the poll sends it after this time. */
const JOB_LOST_SECONDS = 3600

export async function insertRefunds(tx: Tx, refunds: readonly NewRefund[]): Promise<void> {
  if (refunds.length === 0) return
  await tx
    .insertInto('refund')
    .values(
      refunds.map(({ at, ticketIds, status = 'REQUESTED', ...refund }) => ({
        ...refund,
        ticketIds: [...ticketIds],
        status,
        nextPollAt: status === 'REQUESTED' ? secondsAfter(at, JOB_LOST_SECONDS) : null,
        createdAt: at,
        updatedAt: at,
      })),
    )
    .execute()
}

export async function selectRefunds(
  db: Db,
  filter: { ids?: readonly string[]; paymentId?: string; payable?: { kind: string; id: number } },
): Promise<Refund[]> {
  let query = db.selectFrom('refund').selectAll().orderBy('createdAt').orderBy('id')
  if (filter.ids) query = query.where('id', 'in', [...filter.ids])
  if (filter.paymentId) query = query.where('paymentId', '=', filter.paymentId)
  if (filter.payable) query = query.where('payableKind', '=', filter.payable.kind).where('payableId', '=', filter.payable.id)
  return (await query.execute()) as Refund[]
}

export async function lockRefund(tx: Tx, id: string): Promise<Refund | undefined> {
  return (await tx.selectFrom('refund').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()) as Refund | undefined
}

export type RefundChange = {
  status: RefundStatus
  failure?: string | null
  providerRefundRef?: string | null
  operatorReference?: string | null
  nextPollAt?: Date | null
  completedAt?: Date | null
  updatedAt: Date
}

export async function updateRefund(tx: Tx, id: string, change: RefundChange): Promise<Refund> {
  return (await tx.updateTable('refund').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow()) as Refund
}

/** Takes refunds that are due to be asked about, and puts their next turn off. */
export async function claimDueRefunds(tx: Tx, now: Date, limit: number): Promise<Refund[]> {
  const { rows } =
    await sql<Refund>`SELECT * FROM refund WHERE next_poll_at <= ${now} ORDER BY next_poll_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(tx)
  return rows
}

export async function updateRefundPolls(tx: Tx, turns: readonly { id: string; nextPollAt: Date }[]): Promise<void> {
  await sql`UPDATE refund r SET next_poll_at = u.next, poll_count = r.poll_count + 1
              FROM unnest(${turns.map((t) => t.id)}::uuid[], ${turns.map((t) => t.nextPollAt)}::timestamptz[]) AS u(id, next) WHERE r.id = u.id`.execute(
    tx,
  )
}
