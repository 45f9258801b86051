// /payments, /payment-methods and /refunds: attempts to pay, by what, and money going back.
import { Type } from 'typebox'
import { closeManualRefund } from '#src/modules/payments/close-manual-refund.ts'
import { getPayment, listPaymentMethods } from '#src/modules/payments/find-payments.ts'
import type { App } from '#src/platform/app.ts'
import { idempotent } from './idempotency.ts'
import type { ApiServer } from './native-api.ts'
import { paymentJson, PaymentSchema, refundJson, RefundSchema } from './payment-json.ts'
import { refusals, wholeListOf } from './schemas.ts'

const tags = ['Payments']
const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })

export async function paymentsApi(server: ApiServer, app: App): Promise<void> {
  server.get(
    '/payment-methods',
    {
      schema: {
        operationId: 'listPaymentMethods',
        tags,
        summary: 'How a currency can be paid',
        querystring: Type.Object({
          currency: Type.String({ pattern: '^[A-Z]{3}$', default: 'XOF' }),
          audience: Type.Enum(['public', 'cashier'], { default: 'public' }),
        }),
        response: {
          200: wholeListOf(
            Type.Object(
              {
                provider: Type.String(),
                flow: Type.Enum(['push', 'redirect', 'immediate']),
                audience: Type.Enum(['public', 'cashier']),
                needsPhone: Type.Boolean(),
                minAmount: Type.Optional(Type.Integer()),
                maxAmount: Type.Optional(Type.Integer()),
              },
              { additionalProperties: false },
            ),
          ),
          ...refusals,
        },
      },
    },
    async (request) => ({ data: listPaymentMethods(app, request.query), nextCursor: null }),
  )

  server.get(
    '/payments/:id',
    {
      schema: {
        operationId: 'getPayment',
        tags,
        summary: 'Show an attempt to pay',
        params: Params,
        response: { 200: PaymentSchema, ...refusals },
        description: 'For the bearer of its order’s access token, its buyer, the organizer’s team and the platform’s staff.',
      },
    },
    async (request) => {
      return paymentJson(app, await getPayment(app, request.actor, request.params.id, request.bearer ?? undefined))
    },
  )

  server.post(
    '/refunds/:id/closure',
    {
      schema: {
        operationId: 'closeRefund',
        tags,
        summary: 'Say that a refund was paid by hand',
        params: Params,
        description: 'For refunds in status `manualRequired`, by the organizer’s owner or staff. The operator’s reference is the proof.',
        body: Type.Object({ operatorReference: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }),
        response: { 200: RefundSchema, ...refusals },
      },
    },
    (request, reply) =>
      idempotent(app, request, reply, async () => {
        return refundJson(
          await closeManualRefund(app, request.actor, { refundId: request.params.id, operatorReference: request.body.operatorReference }),
        )
      }),
  )
}
