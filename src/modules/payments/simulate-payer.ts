// Plays the payer of a simulated payment: approves, refuses, lets the time run out; late or twice if asked.
import type { App } from '#src/platform/app.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { paymentsError } from './errors.ts'
import { isOpen, viewPayment, type PaymentView } from './payment.ts'
import { findSimulator } from './providers.ts'
import { isDeaf, type PayerDecision } from './providers/simulator.ts'
import type { SimulatedPayment } from './store/simulator.ts'

export type SimulatePayer = {
  paymentId: string
  decision: PayerDecision
  /** How often the webhook is sent, at once. */ times?: number
  /** Answers that much later. */ delaySeconds?: number
}

const WAIT_MS = 5000
const RESULTING = { approve: 'approved', refuse: 'refused', expire: 'expired' } as const

/**
 * Answers for the payer and waits until its webhook has been delivered and worked through. With a delay it answers at once.
 * @returns the payment as it stands then
 * @throws not_found (no such simulated payment, or no simulator here); payment_already_answered
 */
export async function simulatePayer(app: App, input: SimulatePayer): Promise<PaymentView> {
  const { paymentId, decision, times = 1, delaySeconds = 0 } = input
  const simulator = findSimulator(app)
  if (!simulator || !isUuid(paymentId)) throw kernelError('not_found')
  if (delaySeconds > 0) {
    if (!(await simulator.find(paymentId))) throw kernelError('not_found')
    setTimeout(() => {
      simulator.decide(paymentId, decision, times).catch((error: unknown) => app.log.warn({ err: error }, 'a late answer got lost'))
    }, delaySeconds * 1000).unref()
    return currentPayment(app, paymentId)
  }
  const answered = await simulator.decide(paymentId, decision, times)
  if (!answered) throw kernelError('not_found')
  if (answered.status !== RESULTING[decision]) throw paymentsError('payment_already_answered', { answer: answered.status })
  const processed = await app.paymentLanes.processing.get(paymentId)
  let payment = processed ? viewPayment(processed) : await currentPayment(app, paymentId)
  // Another process may have taken the webhook.
  for (const until = Date.now() + WAIT_MS; isOpen(payment.status) && Date.now() < until;) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
    payment = await currentPayment(app, paymentId)
  }
  return payment
}

async function currentPayment(app: App, paymentId: string): Promise<PaymentView> {
  const payment = await app.paymentLanes.reads(paymentId)
  if (!payment) throw kernelError('not_found')
  return viewPayment(payment)
}

/** The fake phone of a simulated payment, or undefined. */
export async function findSimulatedPhone(app: App, paymentId: string): Promise<(SimulatedPayment & { deaf: boolean }) | undefined> {
  const phone = isUuid(paymentId) ? await findSimulator(app)?.find(paymentId) : undefined
  return phone && { ...phone, deaf: isDeaf(phone.phone) }
}
