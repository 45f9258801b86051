// Holders arrive at the gates: most enter, some go out again, some show a ticket twice.
import { uuidv7 } from '#src/kernel/id.ts'
import { confirmScan } from '#src/modules/access/confirm-scan.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import type { App } from '#src/platform/app.ts'
import type { BuiltDemoEvent } from './build-event.ts'
import type { Actors } from './people.ts'

/** Scans the tickets of the first orders, as many as the definition says have arrived. */
export async function letIn(app: App, actors: Actors, built: BuiltDemoEvent): Promise<void> {
  const { event, definition, gates } = built
  const orders = await app.db
    .selectFrom('ticketOrder')
    .select('id')
    .where('eventId', '=', event.id)
    .where('status', '=', 'paid')
    .orderBy('id')
    .execute()
  const tickets = (await Promise.all(orders.map((order) => listOrderTickets(app, event, { eventId: event.id, id: order.id })))).flat()
  const arrived = tickets.slice(0, Math.floor(tickets.length * definition.sales!.arrived!))
  const doors = gates.flatMap((gate, i) => {
    const { directions = 'both', agents = [] } = definition.gates![i]!
    return agents.map((email) => ({ gate, directions, agent: actors.of(email) }))
  })
  const entries = doors.filter((door) => door.directions !== 'out')
  const exits = doors.filter((door) => door.directions !== 'in')
  const scan = async (qr: string, { gate, agent }: (typeof doors)[number], direction: 'in' | 'out') => {
    const { scanSessionToken } = await requestScan(app, agent, { qr, gateId: gate.id })
    if (scanSessionToken) await confirmScan(app, agent, { scanSessionToken, direction, scanId: uuidv7(), gateId: gate.id })
  }
  // One queue per door, as in life.
  await Promise.all(
    entries.map(async (door, lane) => {
      for (const [i, ticket] of arrived.entries()) {
        if (i % entries.length !== lane) continue
        await scan(ticket.qr!, door, 'in')
        if (i % 14 === 5) await scan(ticket.qr!, door, 'in')
        if (definition.reentry && i % 6 === 1) await scan(ticket.qr!, exits[i % exits.length]!, 'out')
        if (definition.reentry && i % 12 === 1) await scan(ticket.qr!, door, 'in')
      }
    }),
  )
}
