// Asks, before something unpaid is let go, whether money for it is on its way.
import { secondsAfter } from '#src/kernel/clock.ts'
import type { App } from '#src/platform/app.ts'
import type { PayableKind } from './payable.ts'
import { attemptRef, isOpen, type Payment } from './payment.ts'
import { askProvider, openSecrets, settleOne } from './settle-payments.ts'
import { selectPaymentsOf } from './store/payments.ts'

/** Money answered at the last second arrives a little later. */
const MARGIN_SECONDS = 60

/**
 * Calls open attempts off where the provider can, asks it one last time, and applies what it says.
 * @returns `paid`: the money has come, and what was waited for is settled; `wait`: the payer may still be answering; `free`: let go
 */
export async function beforeExpiry(app: App, payable: { kind: PayableKind; id: number }): Promise<'free' | 'paid' | 'wait'> {
  const attempts = await selectPaymentsOf(app.db, payable)
  const ended = await Promise.all(attempts.map((attempt) => (isOpen(attempt.status) ? callOff(app, attempt) : attempt)))
  // Money that goes back has paid for nothing.
  if (ended.some((payment) => payment.outcome === 'settled')) return 'paid'
  const now = app.clock.now()
  return ended.some((payment) => isOpen(payment.status) && now < secondsAfter(payment.payerDeadline, MARGIN_SECONDS)) ? 'wait' : 'free'
}

/** Ends an open attempt where that is possible. A cancellation that came too late is a success like any other. */
export async function callOff(app: App, payment: Payment): Promise<Payment> {
  const provider = app.providers.get(payment.provider)
  try {
    if (provider?.capabilities.cancel) await provider.cancel(attemptRef(payment, openSecrets(app, payment)))
  } catch (error) {
    app.log.warn({ err: error, provider: payment.provider, payment: payment.id }, 'a payment could not be called off')
  }
  const settled = await settleOne(app, payment)
  if (!isOpen(settled.status) || app.clock.now() < secondsAfter(settled.payerDeadline, MARGIN_SECONDS)) return settled
  return giveUp(app, settled)
}

/**
 * Our own timer, for an attempt whose payer had time enough: it expires where the provider, asked once more, doesn't know it or still waits
 * for the payer to begin. What may be on its way stays open. Money that comes all the same is taken as late.
 */
export async function giveUp(app: App, payment: Payment): Promise<Payment> {
  const last = await askProvider(app, payment)
  if (!last.notFound && last.status !== 'REQUIRES_ACTION') return payment
  return app.paymentLanes.reports({ paymentId: payment.id, report: { status: 'EXPIRED', failure: 'payer_timeout' } })
}
