// `Idempotency-Key` on POSTs that keep no key of their own: same key and request, same answer.
// Still running: 409. Another request under the key: 422. A refused request changed nothing, so its key is free again.
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorLabel } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import type { App } from '#src/platform/app.ts'
import { sameBytes } from '#src/platform/cipher.ts'
import { claimAnswer, keepAnswer, releaseAnswer } from '#src/platform/idempotent-answers.ts'

const MAX_KEY = 255

/**
 * Runs `handler` once per key of this caller; without the header, each time. The handler sets the reply's status and returns its body
 * (nothing secret: the answer is kept for a day).
 * @throws `request_in_progress`, `idempotency_key_reused`, `invalid_input`, and what the handler throws
 */
export async function idempotent<T>(app: App, request: FastifyRequest, reply: FastifyReply, handler: () => Promise<T>): Promise<T> {
  const key = request.headers['idempotency-key']
  if (key === undefined) return handler()
  if (typeof key !== 'string' || key.length === 0 || key.length > MAX_KEY) throw invalidInput({ pointer: '/headers/idempotency-key', code: 'length' })

  const keyHash = digest(callerOf(request), key)
  const requestHash = digest(request.method, request.url.split('?')[0]!, JSON.stringify(request.body ?? null))
  const claim = await claimAnswer(app.db, keyHash, requestHash)
  if (!claim.claimed) {
    if (!sameBytes(claim.requestHash, requestHash)) throw kernelError('idempotency_key_reused')
    if (!claim.answer) throw kernelError('request_in_progress', { retryAfter: 1 })
    reply.status(claim.answer.status).header('idempotent-replayed', 'true')
    return (claim.answer.body ? JSON.parse(claim.answer.body) : undefined) as T
  }
  try {
    const body = await handler()
    await keepAnswer(app.db, keyHash, { status: reply.statusCode, body: body === undefined ? '' : JSON.stringify(body) })
    return body
  } catch (error) {
    await releaseAnswer(app.db, keyHash)
    throw error
  }
}

// Accounts are told apart by who they are, others by the token they hold; a visitor's network may change between two tries.
function callerOf(request: FastifyRequest): string {
  return request.bearer !== null && request.actor.kind !== 'account' ? `bearer:${request.bearer}` : actorLabel(request.actor)
}

function digest(...parts: string[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest()
}
