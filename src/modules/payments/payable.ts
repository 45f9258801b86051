// What can be paid for. Payments knows nothing of orders: src/app.ts says which hook settles which kind.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db.ts'
import type { PaymentProvider } from './provider.ts'

export type PayableKind = 'order'

/** Money of one payment attempt that has certainly arrived. Amount in minor units. */
export type Settlement = {
  paymentId: string
  payableId: number
  eventId: number | null
  organizerId: number
  amount: number
  currency: string
  provider: string
  /** A person decided that it can't be used: it only has to be told, and answered with `refund_due`. */
  giveBack: boolean
}

/**
 * What the payable made of the money: `settled` it is paid; `refund_due` the money came late, twice or for something cancelled
 * and must go back. `late`: it was settled after it had expired, by allocating anew. `commission`: the part of the amount that the buyer paid
 * as the platform's fee, in minor units; null where the platform takes its rate of the amount.
 */
export type SettlementOutcome =
  | { paymentId: string; outcome: 'settled'; late: boolean; commission: number | null }
  | { paymentId: string; outcome: 'refund_due'; cause: 'late' | 'duplicate' | 'cancellation' | 'review' }

export type RefundNotice = {
  refundId: string
  payableId: number
  eventId: number | null
  ticketIds: readonly string[]
  amount: number
  status: 'SUCCEEDED' | 'FAILED'
}

/** The hooks of a kind of payable; they run inside the payment's own transaction, so that money and tickets agree or neither happens. */
export type PayableHook = {
  /** Answers one outcome per settlement, in the same order. */
  settle(app: App, tx: Tx, settlements: readonly Settlement[]): Promise<SettlementOutcome[]>
  refundEnded(app: App, tx: Tx, refund: RefundNotice): Promise<void>
  /** Whether its buyer asks: the account that bought it, or the bearer of its token. The organizer's team and staff need not be considered. */
  canSee?(app: App, question: { payableId: number; eventId: number | null; actor: Actor; bearer: string | undefined }): Promise<boolean>
}

declare module '#src/platform/app.ts' {
  interface App {
    readonly providers: ReadonlyMap<string, PaymentProvider>
    readonly payables: Readonly<Record<PayableKind, PayableHook>>
  }
}
