// What payments tells the rest of the software, and the log. No phone numbers, no names.
import type { Fact } from '#src/platform/facts.ts'
import type { Payment } from './payment.ts'
import type { Refund } from './refund.ts'

/** `payment.succeeded`, `payment.failed`, `payment.canceled`, `payment.expired`, `payment.review`. */
export function paymentFact(payment: Payment): Fact {
  return {
    kind: `payment.${payment.status.toLowerCase()}`,
    organizerId: payment.organizerId,
    eventId: payment.eventId,
    subject: `payment:${payment.id}`,
    data: {
      provider: payment.provider,
      amount: payment.amount,
      currency: payment.currency,
      payable: `${payment.payableKind}:${payment.payableId}`,
      ...(payment.failure ? { failure: payment.failure } : {}),
      ...(payment.outcome ? { outcome: payment.outcome } : {}),
      ...(payment.late ? { late: true } : {}),
      ...(payment.reviewReason ? { reason: payment.reviewReason } : {}),
    },
  }
}

/** `refund.requested`, `refund.succeeded`, `refund.failed`, `refund.manual_required`. */
export function refundFact(
  what: 'requested' | 'succeeded' | 'failed' | 'manual_required',
  refund: Pick<Refund, 'id' | 'organizerId' | 'eventId' | 'paymentId' | 'amount' | 'currency' | 'cause' | 'payableKind' | 'payableId'>,
): Fact {
  return {
    kind: `refund.${what}`,
    organizerId: refund.organizerId,
    eventId: refund.eventId,
    subject: `refund:${refund.id}`,
    data: {
      payment: refund.paymentId,
      amount: refund.amount,
      currency: refund.currency,
      cause: refund.cause,
      payable: `${refund.payableKind}:${refund.payableId}`,
    },
  }
}
