// The built-in simulator: an asynchronous Mobile Money provider with a fake phone. It signs its webhooks and really posts them,
// so that everything a real provider exercises is exercised here. Never in production (src/config.ts refuses).
import { createHash, createHmac } from 'node:crypto'
import type { Clock } from '#src/kernel/clock.ts'
import { shareOf } from '#src/kernel/money.ts'
import { sameBytes } from '#src/platform/cipher.ts'
import { transact, type Db } from '#src/platform/db.ts'
import { createLane } from '#src/platform/lane.ts'
import type { FailureCode, InitiateInput, PaymentProvider, StatusResult, WebhookParseResult, WebhookRequest } from '../provider.ts'
import {
  insertSimulatedPayments,
  insertSimulatedRefund,
  selectSimulatedPayments,
  selectSimulatedRefund,
  updateSimulatedDecisions,
  type NewSimulatedPayment,
  type SimulatedDecision,
  type SimulatedPayment,
} from '../store/simulator.ts'

/** How a webhook travels. Answers the receiver's HTTP status; throws where nobody answered. */
export type WebhookTransport = (delivery: { url: string; headers: Record<string, string>; body: string }) => Promise<number>

export type PayerDecision = 'approve' | 'refuse' | 'expire'

export type Simulator = PaymentProvider & {
  /** What the phone shows. */
  find(paymentId: string): Promise<SimulatedPayment | undefined>
  /** The payer answers: writes it down and sends the webhook `times` times at once. Undefined: no such payment. */
  decide(paymentId: string, decision: PayerDecision, times?: number): Promise<SimulatedPayment | undefined>
  /** How webhooks leave; tests play the wire here. */
  transport: WebhookTransport
}

type Script = Readonly<{
  initiate?: 'reject' | 'timeout'
  answer?: PayerDecision
  failure?: FailureCode
  times?: number
  late?: boolean
  short?: boolean
  deaf?: boolean
  refund?: 'reject' | 'timeout' | 'manual'
}>

/** What a phone does by itself, by its last four digits. Any other waits for its page, /simulator/{id}. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  '0001': { answer: 'approve' },
  '0002': { answer: 'refuse', failure: 'insufficient_funds' },
  '0003': { answer: 'refuse' },
  '0004': { deaf: true },
  '0005': { answer: 'approve', late: true },
  '0006': { answer: 'approve', times: 2 },
  '0007': { initiate: 'reject' },
  '0008': { initiate: 'timeout' },
  '0009': { short: true },
  '0010': { refund: 'reject' },
  '0011': { refund: 'timeout' },
  '0012': { refund: 'manual' },
}

/** Seconds after its time was up at which a late phone (…0005) answers. */
const LATE_BY = 60
const FEE_BPS = 100
const TOLERANCE_SECONDS = 300
const SIGNATURE = 'x-simulator-signature'

export function simulatorProvider(wiring: {
  db: Db
  clock: Clock
  secret: Buffer
  transport: WebhookTransport
  onError(error: unknown): void
}): Simulator {
  const { db, clock, secret } = wiring
  const inserts = createLane<NewSimulatedPayment, void>({
    run: async (batch) => {
      await insertSimulatedPayments(db, batch)
      return batch.map(() => undefined)
    },
  })
  const reads = createLane<string, SimulatedPayment | undefined>({ run: (ids) => selectSimulatedPayments(db, ids), concurrency: 2 })
  const decisions = createLane<SimulatedDecision, SimulatedPayment | undefined>({ run: (batch) => updateSimulatedDecisions(db, batch) })

  const simulator: Simulator = {
    id: 'simulator',
    transport: wiring.transport,
    capabilities: {
      currencies: ['XOF', 'XAF', 'GNF', 'EUR', 'USD', 'GHS', 'NGN'],
      countries: [],
      flow: 'push',
      audience: 'public',
      needsPhone: false,
      cancel: true,
      refund: 'partial',
      webhook: 'signed',
      idempotentInitiate: true,
      payerWindowSec: 600,
      reconcileForSec: 86_400,
      pollScheduleSec: [3, 5, 5, 10, 10, 15, 30, 30, 60, 60, 120],
    },

    async initiate(input) {
      const script = scriptOf(input.payer.msisdn)
      if (script.initiate === 'reject') return { kind: 'rejected', failure: 'payer_not_found' }
      await inserts({
        id: input.attemptId,
        reference: input.reference,
        ...input.amount,
        phone: input.payer.msisdn ?? null,
        webhookUrl: input.urls.webhook,
        description: input.description,
        expiresAt: input.expiresAt,
        createdAt: clock.now(),
      })
      if (script.initiate === 'timeout') return { kind: 'indeterminate', cause: 'timeout' }
      follow(input, script)
      return {
        kind: 'accepted',
        status: 'PENDING',
        providerRef: `sim-${input.attemptId}`,
        nextAction: { type: 'await_phone_prompt', ussdHint: '*155#', url: `/simulator/${input.attemptId}` },
      }
    },

    async status(ref) {
      const payment = await reads(ref.attemptId)
      if (!payment) return { status: 'UNKNOWN', notFound: true }
      const script = scriptOf(payment.phone)
      if (script.late && payment.status !== 'approved' && clock.now().getTime() >= payment.expiresAt.getTime() + LATE_BY * 1000) {
        return statusOf((await decisions({ id: payment.id, status: 'approved', failure: null, at: clock.now() }))!, clock.now())
      }
      return statusOf(payment, clock.now())
    },

    async cancel(ref) {
      const payment = await decisions({ id: ref.attemptId, status: 'expired', failure: 'payer_timeout', at: clock.now() })
      return payment?.status === 'expired'
        ? { kind: 'canceled' }
        : { kind: 'too_late', status: payment ? statusOf(payment, clock.now()).status : 'UNKNOWN' }
    },

    async refund({ refundId, attempt, amount }) {
      const script = scriptOf((await reads(attempt.attemptId))?.phone)
      if (script.refund === 'reject') return { kind: 'rejected', failure: 'not_allowed' }
      if (script.refund === 'manual') return { kind: 'manual_required', instructions: 'simulator' }
      const given = await transact({ db }, (tx) =>
        insertSimulatedRefund(tx, { id: refundId, paymentId: attempt.attemptId, amount: amount.amount, at: clock.now() }),
      )
      if (!given) return { kind: 'rejected', failure: 'amount_out_of_range' }
      return script.refund === 'timeout' ? { kind: 'indeterminate' } : { kind: 'accepted', status: 'SUCCEEDED', providerRefundRef: `sim-${refundId}` }
    },

    async refundStatus(refundId) {
      const refund = await selectSimulatedRefund(db, refundId)
      return refund ? { status: 'SUCCEEDED', amount: { amount: refund.amount, currency: refund.currency } } : { status: 'UNKNOWN', notFound: true }
    },

    parseWebhook: async (request) => parseWebhook(request, secret),
    find: (paymentId) => reads(paymentId),

    async decide(paymentId, decision, times = 1) {
      const status = decision === 'approve' ? 'approved' : decision === 'refuse' ? 'refused' : 'expired'
      const failure =
        decision === 'refuse'
          ? (scriptOf((await reads(paymentId))?.phone).failure ?? 'declined_by_payer')
          : decision === 'expire'
            ? 'payer_timeout'
            : null
      const payment = await decisions({ id: paymentId, status, failure, at: clock.now() })
      if (payment?.status === status) await Promise.all(Array.from({ length: times }, () => deliver(payment)))
      return payment
    },
  }

  const follow = (input: InitiateInput, script: Script) => {
    if (!script.answer) return
    const wait = script.late ? input.expiresAt.getTime() + LATE_BY * 1000 - clock.now().getTime() : 0
    // Beyond the timer's range or a restart, polling finds the answer.
    if (wait > 2 ** 31 - 1) return
    setTimeout(() => {
      simulator.decide(input.attemptId, script.answer!, script.times).catch(wiring.onError)
    }, wait).unref()
  }

  const deliver = async (payment: SimulatedPayment) => {
    const body = JSON.stringify({
      id: `evt-${payment.id}-${payment.status}`,
      type: `payment.${payment.status}`,
      paymentId: payment.id,
      reference: payment.reference,
      amount: payment.amount,
      currency: payment.currency,
    })
    const headers = { 'content-type': 'application/json', 'user-agent': 'guichet-simulator', [SIGNATURE]: signWebhook(secret, body, clock.now()) }
    for (let tries = 1; ; tries++) {
      const status = await simulator.transport({ url: payment.webhookUrl, headers, body }).catch((error: unknown) => {
        if (tries >= 3) wiring.onError(error)
        return 0
      })
      if ((status >= 200 && status < 300) || tries >= 3) return
      await new Promise((resolve) => {
        setTimeout(resolve, 300 * tries)
      })
    }
  }
  return simulator
}

function scriptOf(phone: string | null | undefined): Script {
  return SCRIPTS[phone?.slice(-4) ?? ''] ?? {}
}

/** True where the phone never reacts, not even to its own page. */
export function isDeaf(phone: string | null): boolean {
  return scriptOf(phone).deaf === true
}

function statusOf(payment: SimulatedPayment, now: Date): StatusResult {
  const { currency } = payment
  const amount = scriptOf(payment.phone).short ? payment.amount - 1 : payment.amount
  switch (payment.status) {
    case 'approved':
      return {
        status: 'SUCCEEDED',
        providerTxnId: payment.transaction!,
        amount: { amount, currency },
        fees: { amount: shareOf(amount, FEE_BPS), currency },
        ...(payment.phone ? { payerMsisdn: payment.phone } : {}),
      }
    case 'refused':
      return { status: 'FAILED', failure: (payment.failure ?? 'declined_by_payer') as FailureCode }
    case 'expired':
      return { status: 'EXPIRED', failure: 'payer_timeout' }
    case 'pending':
      return payment.expiresAt <= now ? { status: 'EXPIRED', failure: 'payer_timeout' } : { status: 'PENDING' }
  }
}

/** The signature header's value: `t=<seconds>,v1=<HMAC-SHA256(secret, t + "." + body), hex>`. */
export function signWebhook(secret: Buffer, body: string | Buffer, at: Date): string {
  const t = Math.floor(at.getTime() / 1000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex')}`
}

function parseWebhook(request: WebhookRequest, secret: Buffer): WebhookParseResult {
  const parts = new Map(
    (request.headers[SIGNATURE] ?? '').split(',').map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1)]),
  )
  const [t, v1] = [parts.get('t'), parts.get('v1')]
  if (!t || !v1 || !/^\d{1,12}$/.test(t)) return { kind: 'invalid', reason: 'bad_signature', httpStatus: 401 }
  const expected = createHmac('sha256', secret).update(`${t}.`).update(request.rawBody).digest('hex')
  // Both are hashed first: equal lengths, whatever was sent.
  if (!sameBytes(sha256(v1), sha256(expected))) return { kind: 'invalid', reason: 'bad_signature', httpStatus: 401 }
  if (Math.abs(request.receivedAt.getTime() / 1000 - Number(t)) > TOLERANCE_SECONDS) return { kind: 'invalid', reason: 'stale', httpStatus: 401 }
  try {
    const event = JSON.parse(request.rawBody.toString()) as Record<string, unknown>
    if (typeof event.id !== 'string' || typeof event.type !== 'string') return { kind: 'invalid', reason: 'malformed', httpStatus: 400 }
    if (typeof event.paymentId !== 'string') return { kind: 'ignored', reason: event.type }
    return { kind: 'event', verification: 'signed', dedupeKey: event.id, type: event.type, lookup: { attemptId: event.paymentId } }
  } catch {
    return { kind: 'invalid', reason: 'malformed', httpStatus: 400 }
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
