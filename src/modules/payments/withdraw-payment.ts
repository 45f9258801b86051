// withdrawPayment: a payer who was asked would rather pay otherwise.
import type { App } from '#src/platform/app.ts'
import { callOff } from './before-expiry.ts'
import type { PayableKind } from './payable.ts'
import { isOpen } from './payment.ts'
import { selectPaymentsOf } from './store/payments.ts'

/** True where an attempt by this provider can be called off while the payer is being asked. */
export function isWithdrawable(app: Pick<App, 'providers'>, provider: string): boolean {
  return app.providers.get(provider)?.capabilities.cancel ?? false
}

/**
 * Calls off what is open and can be. Where the payer had said yes a moment before, that stands: money that came is never thrown away.
 * @returns true where nothing is under way any more, so that another attempt may begin
 */
export async function withdrawPayment(app: App, payable: { kind: PayableKind; id: number }): Promise<boolean> {
  const attempts = (await selectPaymentsOf(app.db, payable)).filter((attempt) => isOpen(attempt.status))
  const ended = await Promise.all(attempts.map((attempt) => (isWithdrawable(app, attempt.provider) ? callOff(app, attempt) : attempt)))
  return ended.every((attempt) => !isOpen(attempt.status) && attempt.status !== 'SUCCEEDED')
}
