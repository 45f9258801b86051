// What ticketing refuses. The codes are public names: clients rely on them.
import { errorsOf, type ErrorCatalogue } from '#src/kernel/domain-error.ts'

export const ticketingErrors = {
  sold_out: 'conflict',
  price_changed: 'conflict',
  sale_not_started: 'conflict',
  sale_ended: 'conflict',
  event_not_on_sale: 'conflict',
  event_cancelled: 'conflict',
  sales_suspended: 'conflict',
  unknown_ticket_type: 'invalid',
  too_many_tickets: 'invalid',
  too_few_tickets: 'invalid',
  empty_order: 'invalid',
  holder_names_required: 'invalid',
  buyer_contact_required: 'invalid',
  invalid_phone: 'invalid',
  payment_required: 'invalid',
  invitation_used_up: 'conflict',
  order_not_cancellable: 'conflict',
  order_not_payable: 'conflict',
  ticket_inside: 'conflict',
  ticket_not_refundable: 'conflict',
  nothing_to_refund: 'conflict',
  refund_already_asked: 'conflict',
  no_refund_request: 'conflict',
  too_many_places: 'conflict',
  refund_not_offered: 'conflict',
  refund_too_late: 'conflict',
  quota_below_sold: 'conflict',
  ticket_type_name_taken: 'conflict',
  ticket_type_has_sales: 'conflict',
  ticket_not_printable: 'conflict',
} as const satisfies ErrorCatalogue
export type TicketingErrorCode = keyof typeof ticketingErrors
export const ticketingError = errorsOf(ticketingErrors)
