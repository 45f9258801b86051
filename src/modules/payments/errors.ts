// What payments refuses. The codes are public names: clients rely on them.
import { errorsOf, type ErrorCatalogue } from '#src/kernel/domain-error.ts'

export const paymentsErrors = {
  payment_already_open: 'conflict',
  payment_method_unavailable: 'invalid',
  payment_phone_required: 'invalid',
  payment_phone_invalid: 'invalid',
  payment_amount_out_of_range: 'invalid',
  payment_already_answered: 'conflict',
  payment_not_refundable: 'conflict',
  refund_exceeds_payment: 'conflict',
  payment_not_in_review: 'conflict',
  transaction_reused: 'conflict',
  refund_not_manual: 'conflict',
  refund_not_failed: 'conflict',
  refund_already_retried: 'conflict',
  operator_reference_required: 'invalid',
} as const satisfies ErrorCatalogue
export type PaymentsErrorCode = keyof typeof paymentsErrors
export const paymentsError = errorsOf(paymentsErrors)
