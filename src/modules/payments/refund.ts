// Money going back to a payer: its states.
import type { Selectable } from 'kysely'
import type { Money } from '#src/kernel/money.ts'
import type { RefundTable } from '#src/platform/schema.ts'
import type { PayableKind } from './payable.ts'

export type RefundStatus = 'REQUESTED' | 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'MANUAL_REQUIRED'
/** Why it goes back: somebody decided so, the payable was cancelled, or the money could not be used: it came late or twice, or a person looked at it and sent it back. */
export type RefundCause = 'organizer' | 'cancellation' | 'late' | 'duplicate' | 'review'

export const REFUND_STATES = {
  REQUESTED: ['PENDING', 'SUCCEEDED', 'FAILED', 'MANUAL_REQUIRED'],
  PENDING: ['SUCCEEDED', 'FAILED', 'MANUAL_REQUIRED'],
  MANUAL_REQUIRED: ['SUCCEEDED', 'FAILED'],
  SUCCEEDED: [],
  FAILED: [],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>

export type Refund = Omit<Selectable<RefundTable>, 'status' | 'cause' | 'payableKind'> & {
  status: RefundStatus
  cause: RefundCause
  payableKind: PayableKind
}

export type RefundView = {
  id: string
  paymentId: string
  status: RefundStatus
  amount: Money
  cause: RefundCause
  reason: string
  failure: string | null
  operatorReference: string | null
  ticketIds: readonly string[]
  createdAt: Date
  completedAt: Date | null
}

export function viewRefund(refund: Refund): RefundView {
  const { id, paymentId, status, cause, reason, failure, operatorReference, ticketIds, createdAt, completedAt } = refund
  return {
    id,
    paymentId,
    status,
    amount: { amount: refund.amount, currency: refund.currency },
    cause,
    reason,
    failure,
    operatorReference,
    ticketIds,
    createdAt,
    completedAt,
  }
}

export function mayBecome(from: RefundStatus, to: RefundStatus): boolean {
  return (REFUND_STATES[from] as readonly RefundStatus[]).includes(to)
}
