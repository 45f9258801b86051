// Starts an attempt to collect money for a payable through one provider.
import { actorLabel, type Actor, type Locale } from '#src/kernel/actor.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import type { Money } from '#src/kernel/money.ts'
import type { App } from '#src/platform/app.ts'
import { paymentsError } from './errors.ts'
import type { PayableKind } from './payable.ts'
import { nextPollAt, viewPayment, type Payment, type PaymentView } from './payment.ts'
import { requireMayTakeCash } from './policy.ts'
import type { InitiateInput, InitiateResult, PaymentProvider } from './provider.ts'
import { webhookToken } from './providers.ts'
import { settlePayments } from './settle-payments.ts'

export type { PaymentView }

export type StartPayment = {
  payable: { kind: PayableKind; id: number }
  eventId: number | null
  organizerId: number
  amount: Money
  provider: string
  /** `msisdn` in E.164. */
  payer: { msisdn?: string | null; email?: string | null; name?: string | null }
  /** What the payer recognises, e.g. the order's code: at most 20 letters, digits and hyphens. */
  reference: string
  description: string
  /** When the payable stops waiting. The payer has until then, or the provider's own window if that is shorter. */
  expiresAt: Date
  locale: Locale
  /** Where the payer's browser comes back to. */
  returnUrl: string
}

/** An answer that late is no answer. */
const SUBMIT_TIMEOUT_MS = 30_000
/** A crash between storing and submitting is found by polling after this many seconds. */
const FIRST_LOOK_SECONDS = 45

/**
 * Stores the attempt, committed, before the provider hears of it; then submits it. A refusal by the provider is returned (status FAILED and
 * why), not thrown. What the provider may have received but did not answer is UNKNOWN until it is asked.
 * @throws payment_already_open with the open attempt; payment_method_unavailable; payment_amount_out_of_range; payment_phone_required;
 *   payment_phone_invalid; forbidden (cash by somebody who isn't the organizer's cashier)
 */
export async function startPayment(app: App, actor: Actor, input: StartPayment): Promise<PaymentView> {
  const provider = requireProvider(app, input)
  if (provider.capabilities.audience === 'cashier') requireMayTakeCash(actor, input.organizerId)
  const now = app.clock.now()
  const id = uuidv7(now.getTime())
  const reference = `${input.reference}-${id.slice(-6)}`.toUpperCase()
  const payerDeadline = new Date(Math.min(input.expiresAt.getTime(), secondsAfter(now, provider.capabilities.payerWindowSec).getTime()))

  const open = await app.paymentLanes.attempts({
    id,
    payableKind: input.payable.kind,
    payableId: input.payable.id,
    eventId: input.eventId,
    organizerId: input.organizerId,
    provider: provider.id,
    reference,
    amount: input.amount.amount,
    currency: input.amount.currency,
    payerPhone: input.payer.msisdn ?? null,
    payerDeadline,
    nextPollAt: secondsAfter(now, FIRST_LOOK_SECONDS),
    createdAt: now,
    actor: actorLabel(actor),
  })
  if (open) throw paymentsError('payment_already_open', { payment: openAttempt(open) })

  const { msisdn, email, name } = input.payer
  const result = await submit(
    app,
    provider,
    {
      attemptId: id,
      reference,
      amount: input.amount,
      payer: { ...(msisdn ? { msisdn } : {}), ...(email ? { email } : {}), ...(name ? { name } : {}) },
      description: input.description,
      expiresAt: payerDeadline,
      locale: input.locale,
      urls: {
        success: input.returnUrl,
        cancel: input.returnUrl,
        webhook: `${app.publicUrl()}/webhooks/${provider.id}/${webhookToken(app, provider.id)}`,
      },
    },
    now,
  )
  return recordSubmission(app, provider, id, result)
}

/** What whoever asked twice may know of the attempt that is under way. */
function openAttempt(payment: Payment): Pick<PaymentView, 'id' | 'provider' | 'status' | 'nextAction'> {
  const { id, provider, status, nextAction } = viewPayment(payment)
  return { id, provider, status, nextAction }
}

function requireProvider(app: App, input: StartPayment): PaymentProvider {
  const provider = app.providers.get(input.provider)
  if (!provider?.capabilities.currencies.includes(input.amount.currency))
    throw paymentsError('payment_method_unavailable', { provider: input.provider })
  const { minAmount = 1, maxAmount = Number.MAX_SAFE_INTEGER, needsPhone } = provider.capabilities
  if (input.amount.amount < minAmount || input.amount.amount > maxAmount) throw paymentsError('payment_amount_out_of_range', { minAmount, maxAmount })
  if (needsPhone && !input.payer.msisdn) throw paymentsError('payment_phone_required')
  if (input.payer.msisdn && !/^\+[1-9]\d{6,14}$/.test(input.payer.msisdn)) throw paymentsError('payment_phone_invalid')
  return provider
}

async function submit(app: App, provider: PaymentProvider, input: InitiateInput, createdAt: Date): Promise<InitiateResult> {
  const first = await initiate(app, provider, input)
  if (first.kind !== 'indeterminate' || !provider.capabilities.idempotentInitiate) return first
  // Only where the provider surely doesn't know it, and repeating the same id is safe, is it sent a second time.
  const known = await provider
    .status({ attemptId: input.attemptId, reference: input.reference, amount: input.amount, createdAt })
    .catch(() => undefined)
  return known?.notFound ? initiate(app, provider, input) : first
}

async function initiate(app: App, provider: PaymentProvider, input: InitiateInput): Promise<InitiateResult> {
  try {
    return await provider.initiate(input, AbortSignal.timeout(SUBMIT_TIMEOUT_MS))
  } catch (error) {
    app.log.error({ err: error, provider: provider.id, payment: input.attemptId }, 'a provider adapter threw')
    return { kind: 'indeterminate', cause: 'network' }
  }
}

async function recordSubmission(app: App, provider: PaymentProvider, id: string, result: InitiateResult): Promise<PaymentView> {
  const at = app.clock.now()
  const poll = nextPollAt(at, provider.capabilities.pollScheduleSec, 0)
  switch (result.kind) {
    case 'rejected':
      return viewPayment(await app.paymentLanes.reports({ paymentId: id, report: { status: 'FAILED', failure: result.failure } }))
    case 'indeterminate':
      return viewPayment(
        await app.paymentLanes.submissions({ id, status: 'UNKNOWN', providerRef: null, nextAction: null, secretsEnc: null, nextPollAt: poll, at }),
      )
    case 'accepted': {
      const secretsEnc = result.secrets ? app.cipher.seal('payment-secrets', Buffer.from(JSON.stringify(result.secrets))) : null
      const status = result.status === 'SUCCEEDED' ? 'PENDING' : result.status
      const payment = await app.paymentLanes.submissions({
        id,
        status,
        providerRef: result.providerRef,
        nextAction: result.nextAction,
        secretsEnc,
        nextPollAt: poll,
        at,
      })
      if (result.status !== 'SUCCEEDED') return viewPayment(payment)
      // Even an immediate success counts only once the provider has been asked.
      const [settled] = await settlePayments(app, [id])
      return settled ?? viewPayment(payment)
    }
  }
}
