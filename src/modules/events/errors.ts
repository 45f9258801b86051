// What events refuse. The codes are public names: clients rely on them.
import { errorsOf, type ErrorCatalogue } from '#src/kernel/domain-error.ts'

export const eventErrors = {
  organizer_required: 'forbidden',
  organizer_ambiguous: 'invalid',
  event_not_editable: 'conflict',
  event_status_conflict: 'conflict',
  event_already_over: 'conflict',
  event_day_unconfirmed: 'conflict',
  event_has_orders: 'conflict',
  event_not_private: 'conflict',
  refund_policy_promised: 'conflict',
  category_in_use: 'conflict',
  too_many_sessions: 'limit',
  too_many_invitations: 'limit',
  image_unreadable: 'invalid',
  image_too_large: 'invalid',
} as const satisfies ErrorCatalogue
export type EventErrorCode = keyof typeof eventErrors
export const eventError = errorsOf(eventErrors)
