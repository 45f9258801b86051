// The one statement that sells: a batch of orders for one event through the SQL function place_orders (migrations/0011-fees-on-top.sql).
import type { ClientBase, Pool } from 'pg'

export type OrderRequest = {
  code: string
  idemKey: Buffer
  requestHash: Buffer
  accountId: number | null
  buyer: { name: string; email: string | null; phone: string | null }
  locale: string
  channel: string
  actor: string
  insider: boolean
  /** The sum that the buyer was shown, in minor units; null where the door says none. */
  expected: number | null
  /** Each ticket type once. */
  lines: readonly { ticketTypeId: number; quantity: number }[]
  tickets: readonly { id: string; code: Buffer; ticketTypeId: number; holderName: string | null; holderEmail: string | null }[]
}

export type OrderAnswer = {
  /** `granted`, `replayed`, or the code of a refusal. */
  outcome: string
  /** The ticket type that the refusal is about. */
  atFault: number | null
  orderId: number
  code: string
  status: string
  /** Of the order; for `price_changed`, what it would be now. */
  total: number
  currency: string
  expiresAt: Date | null
  kid: number
}

const PLACE = {
  name: 'place_orders',
  text: 'SELECT * FROM place_orders($1, make_interval(secs => $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)',
}

type Row = {
  outcome: string
  at_fault: number | null
  order_id: number
  order_code: string
  order_status: string
  order_total: number
  order_currency: string
  order_expires_at: Date | null
  ticket_kid: number
}

/** Places the batch in one statement and one commit; answers in the order of the requests. */
export async function placeOrders(
  pool: Pool | ClientBase,
  eventId: number,
  holdSeconds: number,
  batch: readonly OrderRequest[],
): Promise<OrderAnswer[]> {
  const lineOrders: number[] = [],
    lineTypes: number[] = [],
    lineQuantities: number[] = []
  const positions: number[] = [],
    types: number[] = [],
    ids: string[] = [],
    codes: Buffer[] = [],
    names: (string | null)[] = [],
    emails: (string | null)[] = []
  batch.forEach((order, i) => {
    for (const ticket of order.tickets) {
      positions.push(i + 1)
      types.push(ticket.ticketTypeId)
      ids.push(ticket.id)
      codes.push(ticket.code)
      names.push(ticket.holderName)
      emails.push(ticket.holderEmail)
    }
    for (const line of order.lines) {
      lineOrders.push(i + 1)
      lineTypes.push(line.ticketTypeId)
      lineQuantities.push(line.quantity)
    }
  })
  const { rows } = await pool.query<Row>({
    ...PLACE,
    values: [
      eventId,
      holdSeconds,
      batch.map((o) => o.code),
      batch.map((o) => o.idemKey),
      batch.map((o) => o.requestHash),
      batch.map((o) => o.accountId),
      batch.map((o) => o.buyer.name),
      batch.map((o) => o.buyer.email),
      batch.map((o) => o.buyer.phone),
      batch.map((o) => o.locale),
      batch.map((o) => o.channel),
      batch.map((o) => o.actor),
      batch.map((o) => o.insider),
      batch.map((o) => o.tickets.length),
      lineOrders,
      lineTypes,
      lineQuantities,
      positions,
      types,
      ids,
      codes,
      names,
      emails,
      batch.map((o) => o.expected),
    ],
  })
  return rows.map((row) => ({
    outcome: row.outcome,
    atFault: row.at_fault,
    orderId: row.order_id,
    code: row.order_code,
    status: row.order_status,
    total: row.order_total,
    currency: row.order_currency.trim(),
    expiresAt: row.order_expires_at,
    kid: row.ticket_kid,
  }))
}
