// Questions about payments and refunds.
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import type { App } from '#src/platform/app.ts'
import type { Db } from '#src/platform/db.ts'
import type { PayableKind } from './payable.ts'
import { viewPayment, type Payment, type PaymentView } from './payment.ts'
import { maySeePayments } from './policy.ts'
import type { ProviderCapabilities } from './provider.ts'
import { viewRefund, type RefundView } from './refund.ts'
import { selectPaymentsOf } from './store/payments.ts'
import { selectRefunds } from './store/refunds.ts'

export type PaymentMethod = { provider: string } & Pick<ProviderCapabilities, 'flow' | 'audience' | 'needsPhone' | 'minAmount' | 'maxAmount'>

/** What can collect this currency; a cashier sees what the public sees, and cash. */
export function listPaymentMethods(app: Pick<App, 'providers'>, filter: { currency: string; audience: 'public' | 'cashier' }): PaymentMethod[] {
  return [...app.providers.values()]
    .filter(
      ({ capabilities }) =>
        capabilities.currencies.includes(filter.currency) && (filter.audience === 'cashier' || capabilities.audience === 'public'),
    )
    .map(({ id, capabilities: { flow, audience, needsPhone, minAmount, maxAmount } }) => ({
      provider: id,
      flow,
      audience,
      needsPhone,
      minAmount,
      maxAmount,
    }))
}

/** Every attempt to pay for it, oldest first. */
export async function findPayments(db: Db, payable: { kind: PayableKind; id: number }): Promise<PaymentView[]> {
  return (await selectPaymentsOf(db, payable)).map(viewPayment)
}

/** The attempt that counts: the one that succeeded, else the newest; null where nobody has tried. */
export async function findLatestPayment(db: Db, payable: { kind: PayableKind; id: number }): Promise<PaymentView | null> {
  const payments = await selectPaymentsOf(db, payable)
  const payment = payments.find((p) => p.outcome === 'settled') ?? payments.at(-1)
  return payment ? viewPayment(payment) : null
}

export async function findRefunds(db: Db, payable: { kind: PayableKind; id: number }): Promise<RefundView[]> {
  return (await selectRefunds(db, { payable })).map(viewRefund)
}

/**
 * One attempt, for whoever may see it: the organizer's team (not its gate agents), staff, and whom the payable itself lets see, by the actor
 * or by the `bearer` token that came with the request.
 * @throws not_found, also for those who may not see it
 */
export async function getPayment(app: App, actor: Actor, id: string, bearer?: string): Promise<PaymentView> {
  const payment = isUuid(id) ? await app.paymentLanes.reads(id) : undefined
  if (!payment || !(await maySee(app, actor, payment, bearer))) throw kernelError('not_found')
  return viewPayment(payment)
}

async function maySee(app: App, actor: Actor, payment: Payment, bearer: string | undefined): Promise<boolean> {
  if (maySeePayments(actor, payment.organizerId)) return true
  const { canSee } = app.payables[payment.payableKind]
  return (await canSee?.(app, { payableId: payment.payableId, eventId: payment.eventId, actor, bearer })) ?? false
}
