// A ticket: the right to enter, one per place. Pure rules, no I/O.

export const TICKET_STATUSES = ['reserved', 'issued', 'paid', 'inside', 'outside', 'invalid', 'refunded'] as const
export type TicketStatus = (typeof TICKET_STATUSES)[number]

export type Ticket = {
  eventId: number
  id: string
  orderId: number
  ticketTypeId: number
  /** 8 bytes: what the QR text carries; replaced when the ticket is reissued. */
  code: Buffer
  kid: number
  status: TicketStatus
  /** Minor units, as it was when sold. */
  price: number
  holderName: string | null
  holderEmail: string | null
  usedCount: number
  lastScanAt: Date | null
}

/** Statuses in which the ticket counts as sold. */
export const SOLD_STATUSES = ['issued', 'paid', 'inside', 'outside'] as const satisfies readonly TicketStatus[]

/** True where the ticket lets in, so that its QR may be shown. */
export function isShowable(status: string): boolean {
  return (SOLD_STATUSES as readonly string[]).includes(status)
}
