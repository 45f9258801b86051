// A door for tests: a gate with an agent on shift, and tickets in whatever state the scene needs.
import { randomBytes } from 'node:crypto'
import type { AccountActor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { confirmScan } from '#src/modules/access/confirm-scan.ts'
import type { Direction } from '#src/modules/access/evaluate.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import type { ConfirmAnswer, ScanAnswer } from '#src/modules/access/scan.ts'
import { loadEventKeys, signQrText } from '#src/modules/ticketing/event-keys.ts'
import type { QrFormat } from '#src/modules/ticketing/qr-text.ts'
import type { App } from '#src/platform/app.ts'
import {
  buildEvent,
  buildMember,
  buildTicketType,
  type BuiltEvent,
  type BuiltTicketType,
  type EventInput,
  type TicketTypeInput,
} from './factories.ts'

export type GateInput = {
  name?: string
  directions?: 'in' | 'out' | 'both'
  openFrom?: Date
  openTo?: Date
  strictCapacity?: boolean
  apbSeconds?: number
  apbMode?: 'hard' | 'soft'
  types?: BuiltTicketType[]
}
export type BuiltGate = { id: number; eventId: number }
export type BuiltTicket = { id: string; eventId: number; code: Buffer; kid: number; type: BuiltTicketType }
export type Door = { event: BuiltEvent; type: BuiltTicketType; gate: BuiltGate; agent: AccountActor }

let counter = 0

export async function buildGate(
  app: App,
  event: BuiltEvent,
  { types = [], name = `Entrée ${++counter}`, ...rules }: GateInput = {},
): Promise<BuiltGate> {
  const gate = await app.db
    .insertInto('gate')
    .values({ eventId: event.id, name, ...rules })
    .returning(['id', 'eventId'])
    .executeTakeFirstOrThrow()
  if (types.length > 0)
    await app.db
      .insertInto('gateTicketType')
      .values(types.map((type) => ({ gateId: gate.id, ticketTypeId: type.id })))
      .execute()
  return gate
}

/** Puts an agent on shift at the gate: a new one unless given. */
export async function buildAgent(app: App, event: BuiltEvent, gate: BuiltGate, agent?: AccountActor): Promise<AccountActor> {
  const actor = agent ?? (await buildMember(app, event.organizer.id, 'agent'))
  await app.db
    .insertInto('gateAgent')
    .values({ gateId: gate.id, eventId: event.id, organizerId: event.organizer.id, accountId: actor.accountId })
    .execute()
  return actor
}

/** An event, one ticket type, one gate, one agent there. */
export async function buildDoor(app: App, input: { event?: EventInput; type?: TicketTypeInput; gate?: GateInput } = {}): Promise<Door> {
  const event = await buildEvent(app, input.event)
  const type = await buildTicketType(app, event, input.type)
  const gate = await buildGate(app, event, input.gate)
  return { event, type, gate, agent: await buildAgent(app, event, gate) }
}

export async function buildTickets(app: App, door: Pick<Door, 'event' | 'type'>, count: number, status = 'paid'): Promise<BuiltTicket[]> {
  const rows = await app.db
    .insertInto('ticket')
    .values(
      Array.from({ length: count }, () => ({
        eventId: door.event.id,
        id: uuidv7(),
        orderId: 0,
        ticketTypeId: door.type.id,
        code: randomBytes(8),
        kid: 1,
        status,
        price: door.type.price,
      })),
    )
    .returning(['id', 'eventId', 'code', 'kid'])
    .execute()
  return rows.map((row) => ({ ...row, type: door.type }))
}

export async function buildTicket(app: App, door: Pick<Door, 'event' | 'type'>, status = 'paid'): Promise<BuiltTicket> {
  return (await buildTickets(app, door, 1, status))[0]!
}

export async function qrOf(
  app: App,
  event: BuiltEvent,
  ticket: Pick<BuiltTicket, 'code' | 'kid' | 'type'>,
  format: QrFormat = 'TK1',
): Promise<string> {
  return signQrText(await loadEventKeys(app, event.id), format, {
    kid: ticket.kid,
    eventRef: event.publicRef,
    typeRef: ticket.type.ordinal,
    code: ticket.code,
  })
}

/** Step 1 by the door's agent, at its gate. */
export async function present(app: App, door: Door, ticket: BuiltTicket): Promise<ScanAnswer> {
  return requestScan(app, door.agent, { qr: await qrOf(app, door.event, ticket) })
}

/** Step 2 of an eligible answer. */
export function confirm(
  app: App,
  agent: AccountActor,
  answer: Pick<ScanAnswer, 'scanSessionToken'>,
  direction: Direction = 'in',
  scanId = uuidv7(),
): Promise<ConfirmAnswer> {
  return confirmScan(app, agent, { scanSessionToken: answer.scanSessionToken!, direction, scanId })
}

/** Both steps; the refusal of the first where there is one. */
export async function pass(app: App, door: Door, ticket: BuiltTicket, direction: Direction = 'in'): Promise<string> {
  const answer = await present(app, door, ticket)
  if (!answer.scanSessionToken) return answer.code
  return (await confirm(app, door.agent, answer, direction)).code
}

/** What must hold at any time: people counted = tickets inside = entries − exits. */
export async function countDoor(
  app: App,
  eventId: number,
): Promise<{ inside: number; totalIn: number; totalOut: number; ticketsInside: number; scansIn: number; scansOut: number }> {
  const occupancy = await app.db
    .selectFrom('occupancy')
    .select((eb) => [
      eb.fn.coalesce(eb.fn.sum<number>('inside'), eb.lit(0)).as('inside'),
      eb.fn.coalesce(eb.fn.sum<number>('totalIn'), eb.lit(0)).as('totalIn'),
      eb.fn.coalesce(eb.fn.sum<number>('totalOut'), eb.lit(0)).as('totalOut'),
    ])
    .where('eventId', '=', eventId)
    .executeTakeFirstOrThrow()
  const tickets = await app.db.selectFrom('ticket').select('id').where('eventId', '=', eventId).where('status', '=', 'inside').execute()
  const scans = await app.db.selectFrom('scan').select('dir').where('eventId', '=', eventId).where('result', '=', 'OK').execute()
  return {
    ...occupancy,
    ticketsInside: tickets.length,
    scansIn: scans.filter((s) => s.dir === 'in').length,
    scansOut: scans.filter((s) => s.dir === 'out').length,
  }
}
