// Cash at the counter. There is no wire: the cashier's word, persisted with the attempt, is the proof.
import type { Money } from '#src/kernel/money.ts'
import type { AttemptRef, PaymentProvider } from '../provider.ts'

export function cashProvider(): PaymentProvider {
  return {
    id: 'cash',
    capabilities: {
      currencies: ['XOF', 'XAF', 'GNF', 'EUR', 'USD', 'GHS', 'NGN'],
      countries: [],
      flow: 'immediate',
      audience: 'cashier',
      needsPhone: false,
      cancel: false,
      refund: 'manual',
      webhook: 'none',
      idempotentInitiate: true,
      payerWindowSec: 60,
      reconcileForSec: 3600,
      pollScheduleSec: [15, 60],
    },
    initiate: async (input) => ({ kind: 'accepted', status: 'SUCCEEDED', providerRef: `cash:${input.attemptId}`, nextAction: { type: 'none' } }),
    status: async (ref: AttemptRef) => ({
      status: 'SUCCEEDED',
      providerTxnId: `cash:${ref.attemptId}`,
      amount: ref.amount,
      fees: nothing(ref.amount),
    }),
    cancel: async () => ({ kind: 'not_supported' }),
    refund: async () => ({ kind: 'manual_required', instructions: 'cash' }),
    refundStatus: async () => ({ status: 'UNKNOWN' }),
    parseWebhook: async () => ({ kind: 'ignored', reason: 'cash sends no webhooks' }),
  }
}

function nothing(amount: Money): Money {
  return { amount: 0, currency: amount.currency }
}
