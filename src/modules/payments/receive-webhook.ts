// Takes what a provider sends us: verifies, stores, and starts the work. The answer never waits for it.
import type { App } from '#src/platform/app.ts'
import { isUuid } from '#src/kernel/id.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { sameBytes } from '#src/platform/cipher.ts'
import type { InboxItem } from './process-inbox.ts'
import type { WebhookRequest } from './provider.ts'
import { webhookToken } from './providers.ts'
import type { Delivery } from './store/webhook-inbox.ts'

export type WebhookAnswer = { status: 200; outcome: 'stored' | 'duplicate' | 'ignored' } | { status: 400 | 401; outcome: 'refused' }

/** Headers worth keeping as evidence; never credentials. */
const KEPT_HEADERS = /^(content-type|user-agent)$|signature/

/**
 * @returns what to answer the provider; a refusal has changed nothing
 * @throws not_found for an address that we never gave out; unavailable or busy where we can't store it (the provider sends it again)
 */
export async function receiveWebhook(app: App, input: { provider: string; token: string; request: WebhookRequest }): Promise<WebhookAnswer> {
  const provider = app.providers.get(input.provider)
  if (!provider || !sameBytes(Buffer.from(input.token), Buffer.from(webhookToken(app, input.provider)))) throw kernelError('not_found')
  const { request } = input
  const parsed = await provider.parseWebhook(request)
  if (parsed.kind === 'ignored') return { status: 200, outcome: 'ignored' }
  if (parsed.kind === 'invalid') {
    logRefusal(app, provider.id, parsed.reason)
    return { status: parsed.httpStatus, outcome: 'refused' }
  }
  const { attemptId, reference } = parsed.lookup
  const delivery: Delivery = {
    provider: provider.id,
    dedupeKey: parsed.dedupeKey,
    verification: parsed.verification,
    paymentId: attemptId && isUuid(attemptId) ? attemptId : null,
    reference: reference ?? null,
    raw: request.rawBody,
    receivedAt: request.receivedAt,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter((entry): entry is [string, string] => KEPT_HEADERS.test(entry[0]) && entry[1] !== undefined),
    ),
  }
  const id = await app.paymentLanes.deliveries(delivery)
  if (id === null) return { status: 200, outcome: 'duplicate' }
  const { paymentId, receivedAt } = delivery
  processSoon(app, { id, provider: provider.id, paymentId, reference: delivery.reference, receivedAt })
  return { status: 200, outcome: 'stored' }
}

/** A flood of forgeries must not become a flood of log lines: one line in ten seconds says how many there were. */
function logRefusal(app: App, provider: string, reason: string): void {
  const { refusals } = app.paymentLanes
  refusals.count++
  const now = Date.now()
  if (now < refusals.silentUntil) return
  app.log.warn({ provider, reason, refused: refusals.count }, 'refused webhooks')
  Object.assign(refusals, { count: 0, silentUntil: now + 10_000 })
}

/** Begins now, in this process; what fails stays in the inbox for the job. */
function processSoon(app: App, item: InboxItem): void {
  const { processing } = app.paymentLanes
  const work = app.paymentLanes.inbox(item).catch((error: unknown) => {
    app.log.warn({ err: error, inbox: item.id }, 'a webhook waits for the job')
    return null
  })
  const key = item.paymentId
  if (key === null) return
  processing.set(key, work)
  void work.then(() => {
    if (processing.get(key) === work) processing.delete(key)
  })
}
