// The one class of refusal. It knows nothing of HTTP: each door maps kinds to its own statuses, codes to its own words.

export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not_found' | 'conflict' | 'limit' | 'unavailable'

/** A module's refusals: stable code → kind. */
export type ErrorCatalogue = Readonly<Record<string, ErrorKind>>

export type ErrorDetails = Readonly<Record<string, unknown>>

/** A "no" with a stable code. `details` are machine-readable and safe to show: never a secret, never another person's data. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly kind: ErrorKind
  readonly code: string
  readonly details: ErrorDetails

  constructor(kind: ErrorKind, code: string, details: ErrorDetails = {}) {
    super(code)
    this.kind = kind
    this.code = code
    this.details = details
  }
}

/** Makes the function with which a module refuses: `throw ticketingError('sold_out', {ticketTypeId})`. */
export function errorsOf<C extends ErrorCatalogue>(catalogue: C): (code: keyof C & string, details?: ErrorDetails) => DomainError {
  return (code, details) => new DomainError(catalogue[code] as ErrorKind, code, details)
}

/** Refusals that belong to no module: bad input, unknown things, outages. */
export const kernelErrors = {
  invalid_input: 'invalid',
  not_found: 'not_found',
  forbidden: 'forbidden',
  unauthenticated: 'unauthenticated',
  password_needed: 'invalid',
  rate_limited: 'limit',
  busy: 'unavailable',
  unavailable: 'unavailable',
  idempotency_key_missing: 'invalid',
  idempotency_key_reused: 'invalid',
  request_in_progress: 'conflict',
  bad_cursor: 'invalid',
  payload_too_large: 'invalid',
  unsupported_media_type: 'invalid',
  malformed_body: 'invalid',
  malformed_address: 'invalid',
} as const satisfies ErrorCatalogue
export type KernelErrorCode = keyof typeof kernelErrors
export const kernelError = errorsOf(kernelErrors)

/** One field that must change: `pointer` is a JSON pointer into the request, `code` names the rule. */
export type FieldProblem = { pointer: string; code: string; message?: string }

/** Bad input, field by field. */
export function invalidInput(...problems: FieldProblem[]): DomainError {
  return kernelError('invalid_input', { problems })
}

export function isDomainError(error: unknown, code?: string): error is DomainError {
  return error instanceof DomainError && (code === undefined || error.code === code)
}
