// Applies what providers said to many attempts in one transaction: attempts, what they paid for, ledger, refunds and facts agree or nothing happens.
import { systemActor, type Actor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { shareOf } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import { transact, violatedConstraint, type Tx } from '#src/platform/db.ts'
import { record, type Fact } from '#src/platform/facts.ts'
import { enqueueAll } from '#src/platform/jobs.ts'
import { paymentFact, refundFact } from './facts.ts'
import { feePosting, latePaymentPosting, paymentPosting, type Posting } from './ledger.ts'
import type { PayableKind, SettlementOutcome } from './payable.ts'
import { judgeReport, type Payment, type Verdict } from './payment.ts'
import type { StatusResult } from './provider.ts'
import { insertPostings, requireAccounts, selectCommissionRates } from './store/ledger.ts'
import { lockPayments, selectTransactions, updateConcluded, type Conclusion } from './store/payments.ts'
import { insertRefunds, type NewRefund } from './store/refunds.ts'

/** What an authenticated answer of the provider says of an attempt, or our own decision (`review`) that a person must look. */
export type Report = { paymentId: string; report: StatusResult }

export type Judged = { payment: Payment; report: StatusResult; verdict: Verdict }

const actor = systemActor('payments')

/**
 * Applies the reports; of several on one attempt the first that changes it wins, since each is judged against the locked row.
 * @returns each attempt as it stands now, in the order of `reports`
 */
export async function applyReports(app: App, reports: readonly Report[]): Promise<Payment[]> {
  for (let tries = 1; ; tries++) {
    try {
      const applied = await transact(app, (tx) => applyLocked(app, tx, reports))
      afterCommit(app, applied)
      return applied.payments
    } catch (error) {
      // Another process has just claimed the same provider transaction: judged again, it goes to review.
      if (violatedConstraint(error) === 'payment_provider_txn' && tries < 3) continue
      throw error
    }
  }
}

/** What one process keeps and tells of what is committed now. */
export function afterCommit(app: App, { ended, accounts }: Concluded): void {
  // The next sale need not look for them.
  for (const [key, id] of accounts) app.paymentLanes.ledgerAccounts.set(key, id)
  for (const payment of ended) app.metrics.payments.inc({ provider: payment.provider, status: payment.status })
  if (ended.length > 0) app.nudge('facts')
}

export type Concluded = {
  /** As they are now. */
  concluded: Payment[]
  ended: Payment[]
  /** Ids of the ledger accounts that the transaction knows or has made. */ accounts: ReadonlyMap<string, number>
}

async function applyLocked(app: App, tx: Tx, reports: readonly Report[]): Promise<Concluded & { payments: Payment[] }> {
  const locked = await lockPayments(
    tx,
    reports.map((r) => r.paymentId),
  )
  const applied = await concludeJudged(app, tx, actor, await judge(tx, locked, reports))
  const now = new Map(locked.map((payment) => [payment.id, payment]))
  for (const payment of applied.concluded) now.set(payment.id, payment)
  return { ...applied, payments: reports.map((r) => now.get(r.paymentId)!) }
}

/**
 * Makes verdicts on locked attempts true: the attempts, what they paid for, ledger, refunds and facts.
 * @param options `giveBack`: the money of those that succeeded is not to be used
 */
export async function concludeJudged(
  app: App,
  tx: Tx,
  by: Actor,
  judged: readonly Judged[],
  options: { giveBack?: boolean } = {},
): Promise<Concluded> {
  const succeeded = judged.filter((j) => j.verdict.change === 'success')
  const outcomes = await settlePayables(
    app,
    tx,
    succeeded.map((j) => j.payment),
    options.giveBack ?? false,
  )

  const at = app.clock.now()
  const concluded = await updateConcluded(
    tx,
    judged.map((j) => concludeFrom(j, outcomes.get(j.payment.id), at)),
  )
  const accounts = await postSettlements(app, tx, succeeded, outcomes)
  const refunds = succeeded.flatMap(({ payment }) => refundDue(payment, outcomes.get(payment.id), at))
  await insertRefunds(tx, refunds)
  await enqueueAll(
    tx,
    'send-refund',
    refunds.map((refund) => ({ payload: { refundId: refund.id }, key: `send-refund:${refund.id}` })),
  )
  const facts: Fact[] = [
    ...concluded.filter((p) => p.status !== 'PENDING' && p.status !== 'REQUIRES_ACTION').map(paymentFact),
    ...refunds.map((refund) => refundFact('requested', refund)),
  ]
  await record(tx, by, ...facts)
  return { concluded, ended: concluded.filter((p) => p.nextPollAt === null), accounts }
}

async function judge(tx: Tx, locked: readonly Payment[], reports: readonly Report[]): Promise<Judged[]> {
  const byId = new Map(locked.map((payment) => [payment.id, payment]))
  const claims = await selectTransactions(
    tx,
    reports.flatMap(({ paymentId, report }) => {
      const payment = byId.get(paymentId)
      return payment && report.status === 'SUCCEEDED' && report.providerTxnId
        ? [{ provider: payment.provider, transaction: report.providerTxnId }]
        : []
    }),
  )
  const judged = new Map<string, Judged>()
  for (const { paymentId, report } of reports) {
    const payment = byId.get(paymentId)
    if (!payment || judged.has(paymentId)) continue
    const claim = `${payment.provider} ${report.providerTxnId}`
    const claimedBy = report.providerTxnId ? claims.get(claim) : undefined
    const verdict = judgeReport(payment, report, claimedBy !== undefined && claimedBy !== paymentId)
    if (verdict.change === 'none') continue
    if (verdict.change === 'success' && report.providerTxnId) claims.set(claim, paymentId)
    judged.set(paymentId, { payment, report, verdict })
  }
  return [...judged.values()]
}

/** Lets each kind of payable take its money; what it can't use is given back. */
async function settlePayables(app: App, tx: Tx, payments: readonly Payment[], giveBack: boolean): Promise<Map<string, SettlementOutcome>> {
  const outcomes = new Map<string, SettlementOutcome>()
  for (const kind of new Set(payments.map((p) => p.payableKind)) as Set<PayableKind>) {
    const settlements = payments
      .filter((p) => p.payableKind === kind)
      .map((p) => ({
        paymentId: p.id,
        payableId: p.payableId,
        eventId: p.eventId,
        organizerId: p.organizerId,
        amount: p.amount,
        currency: p.currency,
        provider: p.provider,
        giveBack,
      }))
    for (const outcome of await app.payables[kind].settle(app, tx, settlements)) outcomes.set(outcome.paymentId, outcome)
  }
  const silent = payments.find((p) => !outcomes.has(p.id))
  if (silent) throw new Error(`no settlement outcome for payment ${silent.id}`)
  return outcomes
}

function concludeFrom({ payment, report, verdict }: Judged, outcome: SettlementOutcome | undefined, at: Date): Conclusion {
  const unchanged = {
    id: payment.id,
    from: payment.status,
    failure: null,
    providerTxnId: null,
    fees: 0,
    outcome: null,
    late: payment.late,
    reviewReason: null,
    reported: null,
    at,
  }
  switch (verdict.change) {
    case 'none':
      return { ...unchanged, status: payment.status }
    case 'status':
      return { ...unchanged, status: verdict.status, failure: verdict.failure }
    case 'review':
      return { ...unchanged, status: 'REVIEW', reviewReason: verdict.reason, reported: report.amount ?? null }
    case 'success':
      return {
        ...unchanged,
        status: 'SUCCEEDED',
        providerTxnId: report.providerTxnId ?? null,
        fees: report.fees?.amount ?? 0,
        outcome: outcome!.outcome,
        late: verdict.late || (outcome?.outcome === 'settled' && outcome.late),
      }
  }
}

async function postSettlements(
  app: App,
  tx: Tx,
  succeeded: readonly Judged[],
  outcomes: ReadonlyMap<string, SettlementOutcome>,
): Promise<Map<string, number>> {
  if (succeeded.length === 0) return new Map()
  const rates = await selectCommissionRates(tx, [...new Set(succeeded.map((j) => j.payment.organizerId))], app.config.commissionBps)
  const postings = succeeded.flatMap(({ payment, report }): Posting[] => {
    const outcome = outcomes.get(payment.id)
    const settled = outcome?.outcome === 'settled'
    const passedOn = outcome?.outcome === 'settled' ? outcome.commission : null
    const commission = passedOn ?? shareOf(payment.amount, rates.get(payment.organizerId) ?? app.config.commissionBps)
    const fees = report.fees?.amount ?? 0
    return [
      settled ? paymentPosting(payment, commission) : latePaymentPosting(payment),
      ...(fees > 0 ? [feePosting(payment, fees, settled ? 'organizer' : 'platform')] : []),
    ]
  })
  const accounts = await requireAccounts(tx, postings, app.paymentLanes.ledgerAccounts)
  await insertPostings(tx, postings, accounts)
  return accounts
}

function refundDue(payment: Payment, outcome: SettlementOutcome | undefined, at: Date): NewRefund[] {
  if (outcome?.outcome !== 'refund_due') return []
  return [
    {
      id: uuidv7(at.getTime()),
      paymentId: payment.id,
      payableKind: payment.payableKind,
      payableId: payment.payableId,
      eventId: payment.eventId,
      organizerId: payment.organizerId,
      amount: payment.amount,
      currency: payment.currency,
      cause: outcome.cause,
      reason: '',
      ticketIds: [],
      requestedBy: 'system:payments',
      at,
    },
  ]
}
