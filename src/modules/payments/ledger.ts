// Double entry: every franc that arrives, is owed, or leaves. Debits are positive, credits negative; each posting sums to zero.
//
//   provider     asset: money that a provider (or the till) holds for us
//   organizer    what we owe the organizer
//   commission   what the platform earns
//   refunds_due  what we owe buyers
import type { Db } from '#src/platform/db.ts'
import type { Payment } from './payment.ts'
import type { Refund } from './refund.ts'
import { selectBalances, selectStatement } from './store/ledger.ts'

export type LedgerAccount =
  | { kind: 'provider'; provider: string; currency: string }
  | { kind: 'organizer'; organizerId: number; currency: string }
  | { kind: 'commission'; currency: string }
  | { kind: 'refunds_due'; currency: string }

export type PostingKind = 'payment' | 'late_payment' | 'provider_fee' | 'refund_requested' | 'refund_paid' | 'refund_failed'

export type Posting = {
  kind: PostingKind
  /** The payment or refund it comes from; the same source never posts the same kind twice. */
  sourceId: string
  organizerId: number
  eventId: number | null
  lines: readonly { account: LedgerAccount; amount: number }[]
}

type PaymentSource = Pick<Payment, 'id' | 'organizerId' | 'eventId' | 'provider' | 'amount' | 'currency'>
type RefundSource = Pick<Refund, 'id' | 'organizerId' | 'eventId' | 'amount' | 'currency'>

/** The buyer has paid: the provider holds the amount, the organizer is owed it less the commission. */
export function paymentPosting(payment: PaymentSource, commission: number): Posting {
  const { id, organizerId, eventId, provider, amount, currency } = payment
  return posting('payment', id, organizerId, eventId, [
    { account: { kind: 'provider', provider, currency }, amount },
    { account: { kind: 'organizer', organizerId, currency }, amount: commission - amount },
    { account: { kind: 'commission', currency }, amount: -commission },
  ])
}

/** Money that came late, twice, or for something cancelled: it is the buyer's. */
export function latePaymentPosting(payment: PaymentSource): Posting {
  const { id, organizerId, eventId, provider, amount, currency } = payment
  return posting('late_payment', id, organizerId, eventId, [
    { account: { kind: 'provider', provider, currency }, amount },
    { account: { kind: 'refunds_due', currency }, amount: -amount },
  ])
}

/** What the provider keeps. The organizer bears it for its sales; the platform for money that never was a sale. */
export function feePosting(payment: PaymentSource, fees: number, bearer: 'organizer' | 'platform'): Posting {
  const { id, organizerId, eventId, provider, currency } = payment
  return posting('provider_fee', id, organizerId, eventId, [
    { account: bearer === 'organizer' ? { kind: 'organizer', organizerId, currency } : { kind: 'commission', currency }, amount: fees },
    { account: { kind: 'provider', provider, currency }, amount: -fees },
  ])
}

/** A sale is to be given back: the organizer and, in proportion, the platform give up their parts; the buyer is owed the sum. */
export function refundRequestedPosting(refund: RefundSource, commissionBack: number): Posting {
  const { id, organizerId, eventId, amount, currency } = refund
  return posting('refund_requested', id, organizerId, eventId, [
    { account: { kind: 'organizer', organizerId, currency }, amount: amount - commissionBack },
    { account: { kind: 'commission', currency }, amount: commissionBack },
    { account: { kind: 'refunds_due', currency }, amount: -amount },
  ])
}

/** The refund surely failed: what `refundRequestedPosting` did is undone. */
export function refundFailedPosting(refund: RefundSource, commissionBack: number): Posting {
  const requested = refundRequestedPosting(refund, commissionBack)
  return { ...requested, kind: 'refund_failed', lines: requested.lines.map((line) => ({ ...line, amount: -line.amount })) }
}

/** The buyer has the money back. */
export function refundPaidPosting(refund: RefundSource, provider: string): Posting {
  const { id, organizerId, eventId, amount, currency } = refund
  return posting('refund_paid', id, organizerId, eventId, [
    { account: { kind: 'refunds_due', currency }, amount },
    { account: { kind: 'provider', provider, currency }, amount: -amount },
  ])
}

/**
 * The platform's part of a refund: what brings the commission given back up to the refunded share of the sale, so that many small
 * refunds give back exactly what one whole refund would. Never negative: where a refund that had taken less than its share has failed,
 * more than the share may be back already.
 * @param refunded all of the payment that is or will have been given back, this refund included
 */
export function commissionBack(sale: { amount: number; commission: number }, refunded: number, alreadyBack: number): number {
  return Math.max(0, Number((BigInt(sale.commission) * BigInt(refunded)) / BigInt(sale.amount)) - alreadyBack)
}

function posting(kind: PostingKind, sourceId: string, organizerId: number, eventId: number | null, lines: Posting['lines']): Posting {
  return { kind, sourceId, organizerId, eventId, lines: lines.filter((line) => line.amount !== 0) }
}

export type LedgerBalance = { kind: LedgerAccount['kind']; organizerId: number | null; provider: string | null; currency: string; balance: number }

/** The balance of every account (minor units, debits positive); per currency they sum to zero. */
export function ledgerBalance(db: Db): Promise<LedgerBalance[]> {
  return selectBalances(db)
}

export type StatementLine = { kind: PostingKind; eventId: number | null; currency: string; count: number; amount: number }

/**
 * What happened on an organizer's account, by kind and event; amounts from its point of view (earned positive, given up negative).
 * Their sum is what the platform owes it.
 */
export function organizerStatement(db: Db, organizerId: number, period: { from?: Date; to?: Date } = {}): Promise<StatementLine[]> {
  return selectStatement(db, organizerId, period)
}
