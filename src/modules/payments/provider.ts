// What every payment provider offers us, whatever its wire protocol. Adapters hold no database and no clock of their own.
import type { Locale } from '#src/kernel/actor.ts'
import type { Money } from '#src/kernel/money.ts'

export type AttemptStatus =
  'CREATED' | 'SUBMITTING' | 'REQUIRES_ACTION' | 'PENDING' | 'UNKNOWN' | 'REVIEW' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'EXPIRED'

export type FailureCode =
  | 'insufficient_funds'
  | 'declined_by_payer'
  | 'payer_timeout'
  | 'payer_not_found'
  | 'limit_exceeded'
  | 'amount_out_of_range'
  | 'not_allowed'
  | 'invalid_request'
  | 'provider_unavailable'
  | 'configuration'
  /** A person asked the provider: nothing came. */
  | 'not_received'
  | 'unknown'

export type InitiateInput = {
  /** Persisted before the call; the provider's idempotency key where it has one. */
  attemptId: string
  /** At most 30 characters of A-Z, 0-9 and -; unique per attempt. */
  reference: string
  amount: Money
  payer: { /** E.164 */ msisdn?: string; email?: string; name?: string }
  description: string
  urls: { success: string; cancel: string; webhook: string }
  expiresAt: Date
  locale: Locale
}

/** What the payer must do next. */
export type NextAction =
  | { type: 'none' }
  | { type: 'redirect'; url: string }
  | { type: 'await_phone_prompt'; ussdHint?: string; /** The simulator's phone, where one is needed to answer. */ url?: string }

export type InitiateResult =
  | {
      kind: 'accepted'
      status: 'PENDING' | 'REQUIRES_ACTION' | 'SUCCEEDED'
      providerRef: string | null
      nextAction: NextAction
      secrets?: Record<string, string>
    }
  /** Surely not created: another attempt may start at once. */
  | { kind: 'rejected'; failure: FailureCode; message?: string }
  /** May have been created: only a status query can tell. */
  | { kind: 'indeterminate'; cause: 'timeout' | 'network' | 'http_5xx' | 'bad_payload' }

export type StatusResult = {
  /** Never SUCCEEDED unless an authenticated answer says so. */
  status: AttemptStatus
  providerTxnId?: string
  amount?: Money
  fees?: Money
  payerMsisdn?: string
  failure?: FailureCode
  /** The provider doesn't know the reference: neither failed nor succeeded. */
  notFound?: boolean
}

export type AttemptRef = {
  attemptId: string
  reference: string
  providerRef?: string
  amount: Money
  secrets?: Record<string, string>
  createdAt: Date
}

export type CancelResult = { kind: 'canceled' } | { kind: 'not_supported' } | { kind: 'too_late'; status: AttemptStatus } | { kind: 'indeterminate' }

export type RefundInput = { refundId: string; attempt: AttemptRef & { providerTxnId?: string; payerMsisdn?: string }; amount: Money; reason: string }
export type RefundResult =
  | { kind: 'accepted'; status: 'PENDING' | 'SUCCEEDED'; providerRefundRef?: string }
  | { kind: 'rejected'; failure: FailureCode | 'insufficient_merchant_funds' }
  | { kind: 'manual_required'; instructions: string }
  | { kind: 'indeterminate' }

export type WebhookRequest = {
  method: string
  headers: Readonly<Record<string, string | undefined>>
  rawBody: Buffer
  query: URLSearchParams
  receivedAt: Date
}
export type WebhookVerification = 'signed' | 'shared_secret' | 'token_match' | 'unverified'
export type WebhookParseResult =
  | { kind: 'event'; verification: WebhookVerification; dedupeKey: string; type: string; lookup: { attemptId?: string; reference?: string } }
  | { kind: 'ignored'; reason: string }
  | { kind: 'invalid'; reason: 'bad_signature' | 'stale' | 'malformed'; httpStatus: 400 | 401 }

export type ProviderCapabilities = {
  currencies: readonly string[]
  countries: readonly string[]
  flow: 'push' | 'redirect' | 'immediate'
  /** Who may choose it: everybody, or only a cashier. */
  audience: 'public' | 'cashier'
  needsPhone: boolean
  cancel: boolean
  refund: 'full' | 'partial' | 'manual'
  webhook: 'signed' | 'secret' | 'token' | 'unsigned' | 'none'
  /** Safe to repeat with the same attempt id? */
  idempotentInitiate: boolean
  minAmount?: number
  maxAmount?: number
  /** Seconds that the payer has. */
  payerWindowSec: number
  /** Seconds after which an attempt without an answer goes to a person. */
  reconcileForSec: number
  pollScheduleSec: readonly number[]
}

export interface PaymentProvider {
  readonly id: string
  readonly capabilities: ProviderCapabilities
  /** Never throws for what the provider does, only for our own mistakes. */
  initiate(input: InitiateInput, signal?: AbortSignal): Promise<InitiateResult>
  status(ref: AttemptRef, signal?: AbortSignal): Promise<StatusResult>
  cancel(ref: AttemptRef, signal?: AbortSignal): Promise<CancelResult>
  refund(input: RefundInput, signal?: AbortSignal): Promise<RefundResult>
  refundStatus(refundId: string, providerRefundRef?: string): Promise<StatusResult>
  parseWebhook(request: WebhookRequest): Promise<WebhookParseResult>
}
