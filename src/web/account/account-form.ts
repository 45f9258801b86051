// What the forms about accounts share.
import type { FastifyReply } from 'fastify'
import { DomainError } from '#src/kernel/domain-error.ts'
import { statusOf } from '../error-page.tsx'

export type Fields = Record<string, string | string[]>

/** The status of a form that is shown again because of `error`; a limit also says when to come back. */
export function refusalStatus(reply: FastifyReply, error: unknown): number {
  if (!(error instanceof DomainError)) throw error
  if (error.kind === 'limit') reply.header('retry-after', String(error.details.retryAfter))
  return statusOf(error)
}
