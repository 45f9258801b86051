// What identity refuses. The codes are public names: clients rely on them.
import { errorsOf, type ErrorCatalogue } from '#src/kernel/domain-error.ts'

export const identityErrors = {
  invalid_credentials: 'unauthenticated',
  account_suspended: 'unauthenticated',
  refresh_token_invalid: 'unauthenticated',
  link_expired: 'invalid',
  email_taken: 'conflict',
  invalid_email: 'invalid',
  name_required: 'invalid',
  password_too_short: 'invalid',
  password_too_long: 'invalid',
  password_too_common: 'invalid',
  password_is_email: 'invalid',
  wrong_password: 'invalid',
  already_member: 'conflict',
  last_owner: 'conflict',
  own_account: 'conflict',
  image_unreadable: 'invalid',
  image_too_large: 'invalid',
} as const satisfies ErrorCatalogue
export type IdentityErrorCode = keyof typeof identityErrors
export const identityError = errorsOf(identityErrors)

/** A refusal that one field of the request caused; forms show it beside that field. */
export function fieldError(code: IdentityErrorCode, field: string) {
  return identityError(code, { problems: [{ pointer: `/body/${field}`, code }] })
}
