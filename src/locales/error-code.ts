// Every refusal that has a sentence: the union of what the modules may say.
import type { KernelErrorCode } from '#src/kernel/domain-error.ts'
import type { AccessErrorCode } from '#src/modules/access/errors.ts'
import type { EventErrorCode } from '#src/modules/events/errors.ts'
import type { IdentityErrorCode } from '#src/modules/identity/errors.ts'
import type { NotificationsErrorCode } from '#src/modules/notifications/errors.ts'
import type { PaymentsErrorCode } from '#src/modules/payments/errors.ts'
import type { TicketingErrorCode } from '#src/modules/ticketing/errors.ts'

export type ErrorCode =
  | KernelErrorCode
  | AccessErrorCode
  | EventErrorCode
  | IdentityErrorCode
  | NotificationsErrorCode
  | PaymentsErrorCode
  | TicketingErrorCode
  | 'unexpected'
