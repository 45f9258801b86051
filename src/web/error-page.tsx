// How pages say no: a friendly page in the reader's language, with the right HTTP status.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, kernelError, type ErrorKind } from '#src/kernel/domain-error.ts'
import { errorMessage } from '#src/locales/locale.ts'
import { toDomainError } from '#src/platform/db.ts'
import { browserLocale } from './choose-locale.ts'
import { LinkButton } from './ui/components.tsx'
import { Layout } from './ui/layout.tsx'
import { pageOf, sendPage } from './ui/page.ts'

const STATUS = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  payload_too_large: 413,
  unsupported_media_type: 415,
  malformed_body: 400,
  malformed_address: 400,
  bad_cursor: 400,
}

/** The HTTP status of a refusal, for pages that show it beside their own form; 500 for what is none. */
export function statusOf(error: unknown): number {
  return error instanceof DomainError ? (STATUS_OF_CODE[error.code] ?? STATUS[error.kind]) : 500
}

/** Answers an error as a page; somebody not signed in is sent to sign in, and comes back. */
export function sendErrorPage(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error)
  if (!refusal) request.log.error({ err: error }, 'unexpected error')
  if (refusal?.kind === 'unauthenticated' && request.method === 'GET') {
    return reply.header('cache-control', 'no-store').redirect(`/login?next=${encodeURIComponent(request.url)}`, 303)
  }
  const status = statusOf(refusal)
  if (status === 503 || status === 429) reply.header('retry-after', String((refusal?.details.retryAfter as number | undefined) ?? 2))
  // An error may come before our hook has said who asks.
  request.actor ??= { kind: 'visitor', locale: browserLocale(request), ip: request.ip }
  const page = pageOf(request)
  const t = page.t.common.errorPage
  const title = refusal?.kind === 'not_found' ? t.notFound : refusal?.kind === 'forbidden' ? t.forbidden : status >= 500 ? t.broken : t.refused
  return sendPage(
    reply,
    <Layout page={page} title={title} noindex narrow>
      <h1>{title}</h1>
      <p class="lead">{refusal?.kind === 'not_found' ? t.notFoundHint : errorMessage(page.locale, refusal?.code ?? 'unexpected')}</p>
      <p>
        <LinkButton href="/events">{t.toEvents}</LinkButton>
      </p>
      <p class="small soft">{t.reference(request.id)}</p>
    </Layout>,
    { status },
  )
}

export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendErrorPage(kernelError('not_found'), request, reply)
}

function refusalOf(error: unknown): DomainError | undefined {
  const translated = toDomainError(error)
  if (translated instanceof DomainError) return translated
  const { validation, statusCode, code } = error as FastifyError
  if (validation) return kernelError('invalid_input')
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') return kernelError('payload_too_large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return kernelError('unsupported_media_type')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return kernelError('malformed_body')
  return undefined
}
