// /simulator: answers for the payer of a simulated payment. Only where the simulator is enabled.
import { Type } from 'typebox'
import { simulatePayer } from '#src/modules/payments/simulate-payer.ts'
import type { App } from '#src/platform/app.ts'
import type { ApiServer } from './native-api.ts'
import { paymentJson, PaymentSchema } from './payment-json.ts'
import { refusals } from './schemas.ts'

const DECISIONS = [
  ['approve', 'approveSimulatedPayment', 'Approve a simulated payment', 'Also after its time is up: money may come late.'],
  ['refuse', 'refuseSimulatedPayment', 'Refuse a simulated payment', 'The payer declines.'],
  ['expire', 'expireSimulatedPayment', 'Let a simulated payment’s time run out', 'The payer never answers.'],
] as const

export async function simulatorApi(server: ApiServer, app: App): Promise<void> {
  if (!app.config.simulator) return
  for (const [decision, operationId, summary, about] of DECISIONS) {
    server.post(
      `/simulator/payments/:id/${decision}`,
      {
        schema: {
          operationId,
          tags: ['Payments'],
          summary,
          description: `${about} Answers the payment once its webhook has been delivered and worked through.`,
          params: Type.Object({ id: Type.String({ format: 'uuid', description: 'Our payment’s id.' }) }),
          querystring: Type.Object({
            times: Type.Integer({ minimum: 1, maximum: 20, default: 1, description: 'Sends the webhook that often, at once.' }),
            delay: Type.Integer({
              minimum: 0,
              maximum: 600,
              default: 0,
              description: 'Seconds. Answers the request now, and the payment that much later.',
            }),
          }),
          response: { 200: PaymentSchema, ...refusals },
        },
      },
      async (request) =>
        paymentJson(
          app,
          await simulatePayer(app, { paymentId: request.params.id, decision, times: request.query.times, delaySeconds: request.query.delay }),
        ),
    )
  }
}
