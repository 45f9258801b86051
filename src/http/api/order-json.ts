// Orders and tickets as the API shows them.
import { Type, type Static } from 'typebox'
import type { PaymentView } from '#src/modules/payments/payment.ts'
import type { CheckedOut } from '#src/modules/ticketing/check-out.ts'
import type { ShownTicket } from '#src/modules/ticketing/find-orders.ts'
import type { Order, OrderStatus } from '#src/modules/ticketing/order.ts'
import type { App } from '#src/platform/app.ts'
import { nextActionJson, NextActionSchema, paymentStatusJson, PaymentStatusSchema } from './payment-json.ts'
import { isoTime, MoneySchema, nullable, TimeSchema } from './schemas.ts'

const STATUS = {
  awaiting_payment: 'awaitingPayment',
  paid: 'paid',
  expired: 'expired',
  cancelled: 'cancelled',
  refund_due: 'refundDue',
  partially_refunded: 'partiallyRefunded',
  refunded: 'refunded',
} as const satisfies Record<OrderStatus, string>

export const OrderStatusSchema = Type.Enum(Object.values(STATUS), {
  description: '`refundDue`: paid too late or for something cancelled; the money is on its way back.',
})

export const TicketSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    code: Type.String({ description: 'For people: XXXX-XXXX-XXXX-XX.' }),
    ticketType: Type.String(),
    ticketTypeId: Type.Integer(),
    status: Type.Enum(['reserved', 'issued', 'paid', 'inside', 'outside', 'invalid', 'refunded']),
    holderName: nullable(Type.String()),
    qr: nullable(Type.String({ description: 'The text of the QR code (TK1 or TH1); null while the ticket does not let in.' })),
  },
  { additionalProperties: false },
)

export const PaymentBriefSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    provider: Type.String(),
    status: PaymentStatusSchema,
    failure: nullable(Type.String()),
    nextAction: NextActionSchema,
  },
  { additionalProperties: false },
)

export const OrderSchema = Type.Object(
  {
    code: Type.String(),
    accessToken: Type.Optional(Type.String({ description: 'Bearer token for this order only. Given when the order is placed.' })),
    event: Type.String(),
    status: OrderStatusSchema,
    total: MoneySchema,
    fees: Type.Optional(
      nullable(
        Type.Unsafe<Static<typeof MoneySchema>>({
          ...MoneySchema,
          description: 'The part of the total that is the platform’s fee; null where the organizer bears it.',
        }),
      ),
    ),
    expiresAt: nullable(TimeSchema),
    buyer: Type.Object({ name: Type.String(), email: nullable(Type.String()), phone: nullable(Type.String()) }, { additionalProperties: false }),
    payment: nullable(PaymentBriefSchema),
    tickets: Type.Array(TicketSchema),
    createdAt: Type.Optional(TimeSchema),
    paidAt: Type.Optional(nullable(TimeSchema)),
    late: Type.Optional(Type.Boolean()),
    channel: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

export function orderStatusJson(status: OrderStatus): (typeof STATUS)[OrderStatus] {
  return STATUS[status]
}

export function ticketJson(ticket: ShownTicket): Static<typeof TicketSchema> {
  const { id, code, ticketType, ticketTypeId, status, holderName, qr } = ticket
  return { id, code, ticketType, ticketTypeId, status, holderName, qr }
}

export function paymentBriefJson(app: App, payment: PaymentView | null): Static<typeof PaymentBriefSchema> | null {
  return (
    payment && {
      id: payment.id,
      provider: payment.provider,
      status: paymentStatusJson(payment.status),
      failure: payment.failure,
      nextAction: nextActionJson(app, payment.nextAction),
    }
  )
}

export function checkedOutJson(app: App, placed: CheckedOut): Static<typeof OrderSchema> {
  return {
    code: placed.code,
    accessToken: placed.accessToken,
    event: placed.event.slug,
    status: STATUS[placed.status],
    total: placed.total,
    expiresAt: isoTime(placed.expiresAt),
    buyer: placed.buyer,
    payment: paymentBriefJson(app, placed.payment),
    tickets: placed.tickets.map(ticketJson),
  }
}

export function orderJson(
  app: App,
  order: Order,
  eventSlug: string,
  tickets: readonly ShownTicket[],
  payment: PaymentView | null,
): Static<typeof OrderSchema> {
  return {
    code: order.code,
    event: eventSlug,
    status: STATUS[order.status],
    total: order.total,
    fees: order.fees === null ? null : { amount: order.fees, currency: order.total.currency },
    expiresAt: isoTime(order.expiresAt),
    buyer: order.buyer,
    payment: paymentBriefJson(app, payment),
    tickets: tickets.map(ticketJson),
    createdAt: isoTime(order.createdAt),
    paidAt: isoTime(order.paidAt),
    late: order.late,
    channel: order.channel,
  }
}
