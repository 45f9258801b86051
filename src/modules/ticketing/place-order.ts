// placeOrder: turns a buyer's choice into an order that holds its places (or is paid at once, where it is free).
import { hash } from 'node:crypto'
import { canSeeEvent, findEventRef, type EventOnSale, type EventRef } from '#src/modules/events/find-events.ts'
import { actorLabel, isStaff, worksFor, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { newOrderCode, newTicketCodes, uuidv7 } from '#src/kernel/id.ts'
import type { Money } from '#src/kernel/money.ts'
import { normalizePhone } from '#src/kernel/phone.ts'
import type { App } from '#src/platform/app.ts'
import { retried, violatedConstraint } from '#src/platform/db.ts'
import { createLane, type Lane } from '#src/platform/lane.ts'
import { ticketingError, ticketingErrors, type TicketingErrorCode } from './errors.ts'
import { canServeOrder } from './policy.ts'
import type { Buyer, Order, OrderStatus, SalesChannel } from './order.ts'
import { findGuestInvitation } from './find-invitation.ts'
import { placeGuestOrder } from './store/guest-orders.ts'
import { selectOrderByKey } from './store/orders.ts'
import { placeOrders, type OrderAnswer, type OrderRequest } from './store/place-orders.ts'

export type PlaceOrder = {
  eventSlug: string
  lines: readonly { ticketTypeId: number; quantity: number }[]
  /** In the order of the lines; needed for every ticket where the event asks for names. */
  holders?: readonly { name: string; email?: string | undefined }[] | undefined
  buyer: { name: string; email?: string | undefined; phone?: string | undefined }
  /** The caller's own key: the same key and request always answer the same order. */
  idempotencyKey: string
  channel: Exclude<SalesChannel, 'issue'>
  /** The sum that the buyer was shown, in minor units: another one is refused. */
  expectedTotal?: number | undefined
  /** The token of a private event's invitation. */
  invitation?: string | undefined
  /** Whatever else makes the request different, for the comparison under the same key. */
  also?: unknown
}

export type PlacedTicket = { id: string; code: Buffer; kid: number; ticketTypeId: number; holderName: string | null }

export type PlacedOrder = {
  event: EventRef
  id: number
  code: string
  status: OrderStatus
  total: Money
  expiresAt: Date | null
  buyer: Buyer
  /** Null for a replay: its tickets are in the database. */
  tickets: readonly PlacedTicket[] | null
}

const MAX_TICKETS = 100

/**
 * Places an order. Never sells the same place twice: concurrent orders of an event are gathered into batches, each one statement and one
 * commit; the answer comes after the commit.
 * @throws sold_out, sale_not_started, sale_ended, event_cancelled, sales_suspended, event_not_on_sale, unknown_ticket_type, too_many_tickets,
 *   too_few_tickets, price_changed with the new total, empty_order, invitation_used_up, buyer_contact_required, invalid_phone, holder_names_required;
 *   idempotency_key_reused where the key stood for another request, request_in_progress while the same one is running; busy (503) where too many wait
 */
export async function placeOrder(app: App, actor: Actor, input: PlaceOrder): Promise<PlacedOrder> {
  const event = await getSaleEvent(app, actor, input.eventSlug, input.invitation)
  if (event.salesSuspended) throw ticketingError('sales_suspended')
  const request = draftRequest(actor, event, input)

  const invitation = isGuest(actor, event) ? await findGuestInvitation(app, actor, event.id, input.invitation) : null
  // Withdrawn since we looked.
  if (invitation === undefined) throw kernelError('not_found', { event: input.eventSlug })
  const answer = await once(app, request, () => (invitation ? placeForGuest(app, event, invitation.id, request) : laneOf(app, event.id)(request)))
  app.metrics.orders.inc({ outcome: answer.outcome })
  if (answer.outcome !== 'granted' && answer.outcome !== 'replayed') throw refusal(answer)
  if (answer.outcome === 'granted') app.nudge('facts')
  return {
    event,
    id: answer.orderId,
    code: answer.code,
    status: answer.status as OrderStatus,
    total: { amount: answer.total, currency: answer.currency },
    expiresAt: answer.expiresAt,
    buyer: request.buyer,
    tickets:
      answer.outcome === 'replayed'
        ? null
        : request.tickets.map(({ id, code, ticketTypeId, holderName }) => ({ id, code, ticketTypeId, holderName, kid: answer.kid })),
  }
}

/** The order that was placed under this key by the same caller, if any: whoever comes back to a form finds what became of it. */
export function findOrderPlaced(app: App, actor: Actor, asked: { eventId: number; idempotencyKey: string }): Promise<Order | undefined> {
  return selectOrderByKey(app.db, asked.eventId, keyOf(actor, asked.idempotencyKey))
}

function keyOf(actor: Actor, idempotencyKey: string): Buffer {
  const scope = actor.kind === 'account' ? actorLabel(actor) : 'public'
  return digest(`${scope} ${idempotencyKey}`).subarray(0, 16)
}

function refusal(answer: OrderAnswer): Error {
  const details = {
    ...(answer.atFault === null ? {} : { ticketTypeId: answer.atFault }),
    ...(answer.outcome === 'price_changed' ? { total: { amount: answer.total, currency: answer.currency } } : {}),
  }
  if (answer.outcome === 'idempotency_key_reused' || answer.outcome === 'request_in_progress') return kernelError(answer.outcome)
  if (answer.outcome in ticketingErrors) return ticketingError(answer.outcome as TicketingErrorCode, details)
  return new Error(`place_orders answered ${answer.outcome}`)
}

/** @throws not_found where the actor may not see the event: drafts, private ones without an invitation */
export async function getSaleEvent(app: App, actor: Actor, slug: string, invitation?: string): Promise<EventOnSale> {
  const event = await findEventRef(app, slug)
  if (!event || !(await canSeeEvent(app, actor, event, invitation))) throw kernelError('not_found', { event: slug })
  return event
}

/** Checks the shape of what is asked; the database checks everything that can change. */
function draftRequest(actor: Actor, event: EventRef, input: PlaceOrder): OrderRequest {
  // A cashier sells hidden types and outside the sale window; nobody becomes one by saying so.
  const insider = input.channel === 'cashier'
  if (insider && !canServeOrder(actor, event)) throw kernelError('forbidden')
  const lines = mergeLines(input.lines)
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
  if (quantity === 0) throw ticketingError('empty_order')
  if (quantity > MAX_TICKETS) throw ticketingError('too_many_tickets', { max: MAX_TICKETS })
  const buyer = readBuyer(input, event)
  const holders = input.holders ?? []
  if (event.askHolderNames && (holders.length < quantity || holders.some((holder) => holder.name.trim() === ''))) {
    throw ticketingError('holder_names_required', { tickets: quantity })
  }
  if (holders.length > quantity) throw invalidInput({ pointer: '/body/holders', code: 'too_many' })
  const types = lines.flatMap((line) => Array.from({ length: line.quantity }, () => line.ticketTypeId))
  const codes = newTicketCodes(quantity)
  return {
    code: newOrderCode(),
    idemKey: keyOf(actor, input.idempotencyKey),
    requestHash: digest(JSON.stringify([event.id, lines, buyer, holders, input.channel, input.also ?? null])).subarray(0, 16),
    accountId: actor.kind === 'account' && input.channel !== 'cashier' ? actor.accountId : null,
    lines,
    buyer,
    locale: actor.locale,
    channel: input.channel,
    actor: actorLabel(actor),
    insider,
    expected: input.expectedTotal ?? null,
    tickets: types.map((ticketTypeId, i) => ({
      // Ids grow: tickets are shown by id, and their holders were named in turn.
      id: uuidv7(),
      code: codes.subarray(i * 8, i * 8 + 8),
      ticketTypeId,
      holderName: holders[i]?.name.trim() || null,
      holderEmail: holders[i]?.email?.trim().toLowerCase() || null,
    })),
  }
}

/** Each type once, in the order in which they were named. */
function mergeLines(lines: PlaceOrder['lines']): { ticketTypeId: number; quantity: number }[] {
  const merged = new Map<number, number>()
  for (const [i, { ticketTypeId, quantity }] of lines.entries()) {
    if (!Number.isSafeInteger(ticketTypeId)) throw invalidInput({ pointer: `/body/lines/${i}/ticketTypeId`, code: 'range' })
    if (!Number.isSafeInteger(quantity) || quantity < 0) throw invalidInput({ pointer: `/body/lines/${i}/quantity`, code: 'range' })
    if (quantity > 0) merged.set(ticketTypeId, (merged.get(ticketTypeId) ?? 0) + quantity)
  }
  return [...merged].map(([ticketTypeId, quantity]) => ({ ticketTypeId, quantity }))
}

function readBuyer(input: PlaceOrder, event: EventRef): Buyer {
  const name = input.buyer.name.trim()
  if (name === '') throw invalidInput({ pointer: '/body/buyer/name', code: 'required' })
  const email = input.buyer.email?.trim().toLowerCase() || null
  const typedPhone = input.buyer.phone?.trim() || null
  const phone = typedPhone && normalizePhone(typedPhone, event.country)
  if (typedPhone && !phone) throw ticketingError('invalid_phone', { pointer: '/body/buyer/phone' })
  // At the counter the tickets change hands there and then.
  if (!email && !phone && input.channel !== 'cashier') throw ticketingError('buyer_contact_required', { pointer: '/body/buyer' })
  return { name, email, phone }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

// One lane per event and process: batches of one event would only wait for each other's row locks.
const lanes = new WeakMap<App, Map<number, Lane<OrderRequest, OrderAnswer>>>()

function laneOf(app: App, eventId: number): Lane<OrderRequest, OrderAnswer> {
  let ofApp = lanes.get(app)
  if (!ofApp) lanes.set(app, (ofApp = new Map()))
  let lane = ofApp.get(eventId)
  if (!lane) {
    if (ofApp.size >= 500) for (const [id, other] of ofApp) if (other.idle) ofApp.delete(id)
    lane = createLane({
      maxBatch: app.config.orderBatch,
      concurrency: app.config.orderBatch === 1 ? app.config.databasePoolSize : 1,
      run: (batch) => placeBatch(app, eventId, batch),
      onBatch: (size) => app.metrics.batchSize.observe({ lane: 'orders' }, size),
    })
    ofApp.set(eventId, lane)
  }
  return lane
}

/**
 * A unique violation means that another process is placing one of these keys right now. A batch is then sent again in halves (by the lane);
 * a lone order is sent again here, with codes of its own anew, and finds the other's order.
 */
async function placeBatch(app: App, eventId: number, batch: readonly OrderRequest[]): Promise<OrderAnswer[]> {
  try {
    return await placeOrders(app.pool, eventId, app.config.holdSeconds, batch)
  } catch (error) {
    if (batch.length > 1 || !violatedConstraint(error)?.startsWith('ticket')) throw error
    return placeOrders(
      app.pool,
      eventId,
      app.config.holdSeconds,
      batch.map((order) => ({ ...order, code: newOrderCode() })),
    )
  }
}

/** Whoever sees a private event by invitation alone: its own team and staff need none. */
function isGuest(actor: Actor, event: EventRef): boolean {
  return event.visibility === 'private' && !isStaff(actor) && !worksFor(actor, event.organizerId, 'owner', 'manager', 'cashier', 'agent')
}

/** One by one, under the invitation's lock: guests are few, and a link must not be good for more than it says. */
async function placeForGuest(app: App, event: EventRef, invitationId: number, request: OrderRequest): Promise<OrderAnswer> {
  const place = (order: OrderRequest) => placeGuestOrder(app.pool, event.id, invitationId, app.config.holdSeconds, order)
  const answer = await retried(() =>
    place(request).catch((error: unknown) => {
      if (!violatedConstraint(error)?.startsWith('ticket')) throw error
      return place({ ...request, code: newOrderCode() })
    }),
  )
  if (answer.outcome === 'withdrawn') throw kernelError('not_found', { event: event.slug })
  if (answer.outcome === 'used_up') throw ticketingError('invitation_used_up', { left: 'left' in answer ? answer.left : 0 })
  return answer as OrderAnswer
}

const running = new WeakMap<App, Map<string, Buffer>>()

/** Refuses a key that is at work in this process; other processes meet at the database's unique key. */
async function once<T>(app: App, request: OrderRequest, work: () => Promise<T>): Promise<T> {
  let keys = running.get(app)
  if (!keys) running.set(app, (keys = new Map()))
  const key = request.idemKey.toString('latin1')
  const before = keys.get(key)
  if (before) throw kernelError(before.equals(request.requestHash) ? 'request_in_progress' : 'idempotency_key_reused')
  keys.set(key, request.requestHash)
  try {
    return await work()
  } finally {
    keys.delete(key)
  }
}
