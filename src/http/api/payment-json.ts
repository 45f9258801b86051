// Payments and refunds as the API shows them.
import { Type, type Static } from 'typebox'
import type { PaymentView } from '#src/modules/payments/payment.ts'
import type { AttemptStatus } from '#src/modules/payments/provider.ts'
import type { RefundStatus, RefundView } from '#src/modules/payments/refund.ts'
import type { App } from '#src/platform/app.ts'
import { isoTime, MoneySchema, nullable, TimeSchema } from './schemas.ts'

const STATUS = {
  CREATED: 'submitting',
  SUBMITTING: 'submitting',
  REQUIRES_ACTION: 'requiresAction',
  PENDING: 'pending',
  UNKNOWN: 'unknown',
  REVIEW: 'review',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
} as const satisfies Record<AttemptStatus, string>

const REFUND_STATUS = {
  REQUESTED: 'requested',
  PENDING: 'pending',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  MANUAL_REQUIRED: 'manualRequired',
} as const satisfies Record<RefundStatus, string>

export const PaymentStatusSchema = Type.Enum([...new Set(Object.values(STATUS))], {
  description: '`unknown`: the provider may have it, we are asking. `review`: money came that does not fit; a person looks at it.',
})

export const NextActionSchema = Type.Object(
  {
    type: Type.Enum(['none', 'redirect', 'await_phone_prompt']),
    url: Type.Optional(Type.String({ description: 'Where to send the payer, or, with the simulator, its fake phone.' })),
    ussdHint: Type.Optional(Type.String({ description: 'What to dial where the prompt does not come.' })),
  },
  { additionalProperties: false, description: 'What the payer must do now.' },
)

export const PaymentSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    provider: Type.String(),
    status: PaymentStatusSchema,
    amount: MoneySchema,
    nextAction: NextActionSchema,
    failure: nullable(Type.String({ description: 'Why it failed: insufficient_funds, declined_by_payer, payer_timeout, …' })),
    late: Type.Boolean({ description: 'The money came after the attempt or its order had been given up.' }),
    refundDue: Type.Boolean({ description: 'The money could not be used and goes back.' }),
    createdAt: TimeSchema,
    payerDeadline: TimeSchema,
  },
  { additionalProperties: false },
)

export const RefundSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    paymentId: Type.String({ format: 'uuid' }),
    status: Type.Enum(Object.values(REFUND_STATUS)),
    amount: MoneySchema,
    cause: Type.Enum(['organizer', 'cancellation', 'late', 'duplicate', 'review']),
    reason: Type.String(),
    failure: nullable(Type.String()),
    operatorReference: nullable(Type.String()),
    createdAt: TimeSchema,
    completedAt: nullable(TimeSchema),
  },
  { additionalProperties: false },
)

export function paymentStatusJson(status: AttemptStatus): (typeof STATUS)[AttemptStatus] {
  return STATUS[status]
}

/** Addresses of ours become whole ones: whoever asks may be anywhere. */
export function nextActionJson(app: App, action: PaymentView['nextAction']): Static<typeof NextActionSchema> {
  return 'url' in action && action.url !== undefined ? { ...action, url: new URL(action.url, app.publicUrl()).href } : action
}

export function paymentJson(app: App, payment: PaymentView): Static<typeof PaymentSchema> {
  const { id, provider, status, amount, nextAction, failure, late, refundDue, createdAt, payerDeadline } = payment
  return {
    id,
    provider,
    status: STATUS[status],
    amount,
    nextAction: nextActionJson(app, nextAction),
    failure,
    late,
    refundDue,
    createdAt: isoTime(createdAt),
    payerDeadline: isoTime(payerDeadline),
  }
}

export function refundJson(refund: RefundView): Static<typeof RefundSchema> {
  const { id, paymentId, status, amount, cause, reason, failure, operatorReference, createdAt, completedAt } = refund
  return {
    id,
    paymentId,
    status: REFUND_STATUS[status],
    amount,
    cause,
    reason,
    failure,
    operatorReference,
    createdAt: isoTime(createdAt),
    completedAt: isoTime(completedAt),
  }
}
