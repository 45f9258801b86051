// How the native API says no: RFC 9457 problem details, with our stable code, in the caller's language.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type ErrorKind, type FieldProblem } from '#src/kernel/domain-error.ts'
import { errorMessage, negotiateLocale } from '#src/locales/locale.ts'
import { toDomainError } from '#src/platform/db.ts'
import { Type } from 'typebox'

const STATUS = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
} as const satisfies Record<ErrorKind, number>

// Where HTTP has a more exact word than the kind's.
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  payload_too_large: 413,
  unsupported_media_type: 415,
  malformed_body: 400,
  malformed_address: 400,
  bad_cursor: 400,
  idempotency_key_missing: 400,
  session_expired: 410,
}

export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), code: Type.String(), message: Type.Optional(Type.String()) }))),
  },
  {
    $id: 'Problem',
    additionalProperties: true,
    description: 'RFC 9457 problem details. `code` is stable; `title` is in the language of Accept-Language.',
  },
)

/**
 * Answers an error; what we don't know becomes a 500 without details, logged once with its stack.
 * @param nameOf a protocol's own name for one of our codes
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, nameOf: (code: string) => string = String): FastifyReply {
  const refusal = refusalOf(error)
  if (!refusal) request.log.error({ err: error }, 'unexpected error')
  const status = refusal ? (STATUS_OF_CODE[refusal.code] ?? STATUS[refusal.kind]) : 500
  const code = refusal?.code ?? 'unexpected'
  const { problems, retryAfter, ...details } = (refusal?.details ?? {}) as { problems?: FieldProblem[]; retryAfter?: number } & Record<
    string,
    unknown
  >
  if (status === 503 || retryAfter !== undefined) reply.header('retry-after', String(retryAfter ?? 2))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .status(status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({
      type: 'about:blank',
      title: errorMessage(localeOf(request), code),
      status,
      code: nameOf(code),
      instance: request.id,
      ...(problems ? { errors: problems } : {}),
      ...details,
    })
}

function localeOf(request: FastifyRequest) {
  return request.headers['accept-language'] ? negotiateLocale(request.headers['accept-language']) : (request.actor?.locale ?? 'fr')
}

/** The refusal that an error stands for: ours, Fastify's own about the request, or an outage; undefined for a mistake of ours. */
export function refusalOf(error: unknown): DomainError | undefined {
  const translated = toDomainError(error)
  if (translated instanceof DomainError) return translated
  const { validation, validationContext, statusCode, code } = error as FastifyError
  if (validation) {
    const problems: FieldProblem[] = validation.map(({ instancePath, keyword, params, message }) => ({
      pointer: `/${validationContext ?? 'body'}${instancePath}${fieldOf(keyword, params)}`,
      code: keyword,
      ...(message ? { message } : {}),
    }))
    return new DomainError('invalid', 'invalid_input', { problems })
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') return new DomainError('invalid', 'payload_too_large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new DomainError('invalid', 'unsupported_media_type')
  if (statusCode === 429) return new DomainError('limit', 'rate_limited')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new DomainError('invalid', 'malformed_body')
  return undefined
}

/** What is lacking or too much is named by the rule, not by the place. */
function fieldOf(keyword: string, params: Record<string, unknown>): string {
  const field = keyword === 'required' ? params.missingProperty : keyword === 'additionalProperties' ? params.additionalProperty : undefined
  return typeof field === 'string' ? `/${field}` : ''
}
