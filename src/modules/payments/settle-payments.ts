// Asks providers what became of attempts, and applies what they say.
import type { App } from '#src/platform/app.ts'
import { attemptRef, viewPayment, type Payment, type PaymentView } from './payment.ts'
import type { StatusResult } from './provider.ts'
import { selectPayments } from './store/payments.ts'

const STATUS_TIMEOUT_MS = 15_000

/**
 * Asks the provider of each attempt (an authenticated query, the only thing that may make an attempt succeed) and applies the answers,
 * gathered with everybody else's into few transactions. Attempts that have succeeded already are left alone.
 * @returns each attempt as it stands afterwards, in the order of `paymentIds`; unknown ids are left out
 */
export async function settlePayments(app: App, paymentIds: readonly string[]): Promise<PaymentView[]> {
  const byId = new Map((await selectPayments(app.db, paymentIds)).map((payment) => [payment.id, payment]))
  const settled = await Promise.all(
    paymentIds
      .map((id) => byId.get(id))
      .filter((payment) => payment !== undefined)
      .map((payment) => settleOne(app, payment)),
  )
  return settled.map(viewPayment)
}

/** The same for one attempt already read; answers the row. */
export async function settleOne(app: App, payment: Payment): Promise<Payment> {
  if (payment.status === 'SUCCEEDED') return payment
  const report = await askProvider(app, payment)
  if (report.notFound || report.status === 'UNKNOWN') return payment
  return app.paymentLanes.reports({ paymentId: payment.id, report })
}

/** What the provider says; UNKNOWN where it can't be reached. */
export async function askProvider(app: App, payment: Payment): Promise<StatusResult> {
  const provider = app.providers.get(payment.provider)
  if (!provider) return { status: 'UNKNOWN' }
  try {
    return await provider.status(attemptRef(payment, openSecrets(app, payment)), AbortSignal.timeout(STATUS_TIMEOUT_MS))
  } catch (error) {
    app.log.error({ err: error, provider: payment.provider, payment: payment.id }, 'a provider adapter threw')
    return { status: 'UNKNOWN' }
  }
}

/** What the provider gave us to prove that the attempt is ours. */
export function openSecrets(app: App, payment: Payment): Record<string, string> | undefined {
  if (!payment.secretsEnc) return undefined
  return JSON.parse(app.cipher.open('payment-secrets', payment.secretsEnc).toString()) as Record<string, string>
}
