// One attempt to collect money through one provider: its states, and which of two contradicting reports wins.
import type { Selectable } from 'kysely'
import type { Money } from '#src/kernel/money.ts'
import type { PaymentTable } from '#src/platform/schema.ts'
import type { PayableKind } from './payable.ts'
import type { AttemptRef, AttemptStatus, FailureCode, NextAction, StatusResult } from './provider.ts'

export type Payment = Omit<Selectable<PaymentTable>, 'status' | 'payableKind' | 'nextAction' | 'outcome' | 'failure'> & {
  status: AttemptStatus
  payableKind: PayableKind
  nextAction: NextAction | null
  outcome: 'settled' | 'refund_due' | null
  failure: FailureCode | null
}

/** What a payer may see of an attempt. */
export type PaymentView = {
  id: string
  provider: string
  status: AttemptStatus
  amount: Money
  nextAction: NextAction
  failure: FailureCode | null
  /** Arrived after the attempt had been given up. */
  late: boolean
  /** The money can't be used and goes back. */
  refundDue: boolean
  createdAt: Date
  payerDeadline: Date
  /** Who is asked, in E.164; null where the provider asks elsewhere. */
  payerPhone: string | null
}

export const OPEN_STATUSES = ['CREATED', 'SUBMITTING', 'PENDING', 'REQUIRES_ACTION', 'UNKNOWN'] as const satisfies AttemptStatus[]
export const FINAL_STATUSES = ['SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED'] as const satisfies AttemptStatus[]

export function isOpen(status: AttemptStatus): boolean {
  return (OPEN_STATUSES as readonly AttemptStatus[]).includes(status)
}

export function isFinal(status: AttemptStatus): boolean {
  return (FINAL_STATUSES as readonly AttemptStatus[]).includes(status)
}

// Which fact weighs more when two collide, whatever their order of arrival.
const WEIGHT: Readonly<Record<AttemptStatus, number>> = {
  CREATED: 0,
  SUBMITTING: 0,
  UNKNOWN: 1,
  PENDING: 2,
  REQUIRES_ACTION: 2,
  REVIEW: 3,
  FAILED: 4,
  CANCELED: 4,
  EXPIRED: 4,
  SUCCEEDED: 5,
}

export type ReviewReason = 'amount_mismatch' | 'currency_mismatch' | 'transaction_reused' | 'unanswered'

export type Verdict =
  | { change: 'none' }
  | { change: 'status'; status: Exclude<AttemptStatus, 'SUCCEEDED' | 'REVIEW'>; failure: FailureCode | null }
  | { change: 'review'; reason: ReviewReason }
  /** `late`: it had been given up before. */
  | { change: 'success'; late: boolean }

/**
 * What an authenticated report makes of an attempt. A success is final, may correct an earlier failure, and counts only when amount,
 * currency and transaction are the attempt's own; everything else gives way to what weighs more.
 * @param transactionTaken another attempt already claims the reported provider transaction
 */
export function judgeReport(payment: Pick<Payment, 'status' | 'amount' | 'currency'>, report: StatusResult, transactionTaken: boolean): Verdict {
  if (payment.status === 'SUCCEEDED' || report.notFound) return { change: 'none' }
  if (report.status === 'SUCCEEDED') {
    const reason =
      report.amount?.currency !== payment.currency
        ? 'currency_mismatch'
        : report.amount.amount !== payment.amount
          ? 'amount_mismatch'
          : transactionTaken
            ? 'transaction_reused'
            : null
    if (reason) return payment.status === 'REVIEW' ? { change: 'none' } : { change: 'review', reason }
    return { change: 'success', late: isFinal(payment.status) }
  }
  if (report.status === 'REVIEW' || WEIGHT[report.status] <= WEIGHT[payment.status]) return { change: 'none' }
  return { change: 'status', status: report.status, failure: report.failure ?? null }
}

export function attemptRef(payment: Payment, secrets?: Record<string, string>): AttemptRef {
  return {
    attemptId: payment.id,
    reference: payment.reference,
    amount: { amount: payment.amount, currency: payment.currency },
    createdAt: payment.createdAt,
    ...(payment.providerRef ? { providerRef: payment.providerRef } : {}),
    ...(secrets ? { secrets } : {}),
  }
}

export function viewPayment(payment: Payment): PaymentView {
  return {
    id: payment.id,
    provider: payment.provider,
    status: payment.status,
    amount: { amount: payment.amount, currency: payment.currency },
    nextAction: isOpen(payment.status) ? (payment.nextAction ?? { type: 'none' }) : { type: 'none' },
    failure: payment.failure,
    late: payment.late,
    refundDue: payment.outcome === 'refund_due',
    createdAt: payment.createdAt,
    payerDeadline: payment.payerDeadline,
    payerPhone: payment.payerPhone,
  }
}

/**
 * When to ask the provider again: the schedule's step for that many polls, 20 % sooner or later, so that attempts that started together
 * don't stay together.
 */
export function nextPollAt(now: Date, schedule: readonly number[], polls: number): Date {
  const seconds = schedule[Math.min(polls, schedule.length - 1)] ?? 60
  return new Date(now.getTime() + seconds * 1000 * (0.8 + Math.random() * 0.4))
}
