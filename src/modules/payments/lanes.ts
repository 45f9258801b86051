// Where concurrent work on payments is gathered: each lane turns what hundreds of callers want into one statement or one transaction.
import type { App } from '#src/platform/app.ts'
import { createLane, type Lane } from '#src/platform/lane.ts'
import { applyReports, type Report } from './apply-reports.ts'
import type { Payment } from './payment.ts'
import { processBatch, type InboxItem } from './process-inbox.ts'
import { insertAttempts, selectPayments, updateSubmitted, type NewAttempt, type Submission } from './store/payments.ts'
import { insertDeliveries, type Delivery } from './store/webhook-inbox.ts'

export type PaymentLanes = {
  /** Null: stored. Otherwise the open attempt in the way. */
  readonly attempts: Lane<NewAttempt, Payment | null>
  readonly submissions: Lane<Submission, Payment>
  readonly reports: Lane<Report, Payment>
  /** The inbox id; null for a duplicate. */
  readonly deliveries: Lane<Delivery, number | null>
  readonly inbox: Lane<InboxItem, Payment | null>
  readonly reads: Lane<string, Payment | undefined>
  /** Webhooks that this process is working on, by payment: the simulator waits for them. Each gives the attempt as it stands then, if there is one. */
  readonly processing: Map<string, Promise<Payment | null>>
  /** Addresses that we gave out, by provider: they never change. */
  readonly webhookTokens: Map<string, string>
  /** Webhooks refused since the last log line. */
  readonly refusals: { count: number; silentUntil: number }
  /** Ids of ledger accounts that are known to be committed. */
  readonly ledgerAccounts: Map<string, number>
}

declare module '#src/platform/app.ts' {
  interface App {
    readonly paymentLanes: PaymentLanes
  }
}

/** @param app read when lanes run, so it may still be under construction */
export function buildPaymentLanes(app: App): PaymentLanes {
  const onBatch = (lane: string) => (size: number) => app.metrics.batchSize.observe({ lane }, size)
  return {
    attempts: createLane({ run: (batch) => insertAttempts(app.db, batch), onBatch: onBatch('payment-attempts') }),
    submissions: createLane({ run: (batch) => updateSubmitted(app.db, batch), onBatch: onBatch('payment-submissions') }),
    // One at a time: batches of one process would wait for the same quotas.
    reports: createLane({ run: (batch) => applyReports(app, batch), onBatch: onBatch('payment-reports') }),
    deliveries: createLane({ run: (batch) => insertDeliveries(app.db, batch), onBatch: onBatch('webhook-deliveries') }),
    inbox: createLane({ run: (batch) => processBatch(app, batch), concurrency: 2, maxQueued: 50_000, onBatch: onBatch('webhook-inbox') }),
    reads: createLane({
      run: async (ids) => {
        const byId = new Map((await selectPayments(app.db, ids)).map((payment) => [payment.id, payment]))
        return ids.map((id) => byId.get(id))
      },
      concurrency: 2,
    }),
    processing: new Map(),
    webhookTokens: new Map(),
    refusals: { count: 0, silentUntil: 0 },
    ledgerAccounts: new Map(),
  }
}
