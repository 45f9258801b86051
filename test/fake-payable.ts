// Something to pay for that isn't an order, so that payments is tested alone. It keeps no state of its own that a rollback could leave behind.
import type { AccountActor, Actor } from '#src/kernel/actor.ts'
import type { PayableHook, RefundNotice, SettlementOutcome } from '#src/modules/payments/payable.ts'
import type { PaymentView } from '#src/modules/payments/payment.ts'
import { startPayment } from '#src/modules/payments/start-payment.ts'
import type { TestApp } from './app.ts'
import { buildOrganizer, type BuiltOrganizer } from './factories.ts'

export type FakePayable = {
  id: number
  amount: number
  /** The part of the amount that was passed on as the platform's fee. */
  fee?: number
  organizer: BuiltOrganizer
  /** What late or other money for it becomes. */ state: 'waiting' | 'expired' | 'expired_but_free' | 'cancelled'
}

export type FakePayables = {
  /** Settles this kind from now on. */
  install(app: TestApp): void
  build(app: TestApp, input?: Partial<FakePayable>): Promise<FakePayable>
  readonly refunds: RefundNotice[]
  /** Batches in which settlements came. */
  readonly batches: number[]
}

let lastId = 1_000_000

export function fakePayables(): FakePayables {
  const payables = new Map<number, FakePayable>()
  const refunds: RefundNotice[] = []
  const batches: number[] = []
  const hook: PayableHook = {
    async settle(_app, tx, settlements) {
      batches.push(settlements.length)
      const paid = new Set(
        (
          await tx
            .selectFrom('payment')
            .select('payableId')
            .where('payableKind', '=', 'order')
            .where('outcome', '=', 'settled')
            .where(
              'payableId',
              'in',
              settlements.map((s) => s.payableId),
            )
            .execute()
        ).map((row) => row.payableId),
      )
      return settlements.map(({ paymentId, payableId, giveBack }): SettlementOutcome => {
        if (giveBack) return { paymentId, outcome: 'refund_due', cause: 'review' }
        const { state, fee } = payables.get(payableId)!
        if (paid.has(payableId)) return { paymentId, outcome: 'refund_due', cause: 'duplicate' }
        if (state === 'expired') return { paymentId, outcome: 'refund_due', cause: 'late' }
        if (state === 'cancelled') return { paymentId, outcome: 'refund_due', cause: 'cancellation' }
        paid.add(payableId)
        return { paymentId, outcome: 'settled', late: state === 'expired_but_free', commission: fee ?? null }
      })
    },
    async refundEnded(_app, _tx, refund) {
      refunds.push(refund)
    },
    canSee: async (_app, { bearer, payableId }) => bearer === `token-of-${payableId}`,
  }
  return {
    refunds,
    batches,
    install: (app) => {
      Object.assign(app.payables, { order: hook })
    },
    async build(app, input = {}) {
      const payable: FakePayable = {
        id: ++lastId,
        amount: 5000,
        organizer: input.organizer ?? (await buildOrganizer(app)),
        state: 'waiting',
        ...input,
      }
      payables.set(payable.id, payable)
      return payable
    },
  }
}

const visitor: Actor = { kind: 'visitor', locale: 'fr', ip: null }

/** Starts a payment for it through the simulator, by a phone that waits to be told. */
export function payFor(
  app: TestApp,
  payable: FakePayable,
  input: { phone?: string; provider?: string; actor?: Actor | AccountActor; seconds?: number } = {},
): Promise<PaymentView> {
  return startPayment(app, input.actor ?? visitor, {
    payable: { kind: 'order', id: payable.id },
    eventId: null,
    organizerId: payable.organizer.id,
    amount: { amount: payable.amount, currency: 'XOF' },
    provider: input.provider ?? 'simulator',
    payer: { msisdn: input.phone ?? '+2290197000000' },
    reference: `T${payable.id}`,
    description: 'Concert',
    expiresAt: new Date(app.clock.now().getTime() + (input.seconds ?? 900) * 1000),
    locale: 'fr',
    returnUrl: 'http://guichet.test/',
  })
}
