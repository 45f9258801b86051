// One ticket or one order with everything that became of it, for the team that must explain it: facts, mails and passages in one line of time.
import { sql } from 'kysely'
import type { Actor } from '#src/kernel/actor.ts'
import { kernelError } from '#src/kernel/domain-error.ts'
import { isUuid } from '#src/kernel/id.ts'
import { loadTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import type { ScanCode } from '#src/modules/access/evaluate.ts'
import type { App } from '#src/platform/app.ts'
import type { Db, Tx } from '#src/platform/db.ts'

export type HistoryEntry = { at: Date; by: HistoryActor } & (
  { what: 'fact'; kind: string } | { what: 'mail'; status: string } | { what: 'scan'; direction: 'in' | 'out' | null; code: ScanCode; gate: string }
)
/** Whoever did it with an account is named. */
export type HistoryActor = { kind: 'person'; name: string } | { kind: 'buyer' } | { kind: 'system' }

/** The order's code of a ticket of the event. @throws not_found, forbidden (gate agents) */
export function getTicketOrderCode(app: App, actor: Actor, slug: string, ticketId: string): Promise<string> {
  return asTeam(app, actor, async (tx) => {
    const event = await loadTeamEvent(tx, actor, slug, 'cashier')
    const row = isUuid(ticketId)
      ? await tx
          .selectFrom('ticket')
          .innerJoin('ticketOrder', (join) => join.onRef('ticketOrder.eventId', '=', 'ticket.eventId').onRef('ticketOrder.id', '=', 'ticket.orderId'))
          .select('ticketOrder.code')
          .where('ticket.eventId', '=', event.id)
          .where('ticket.id', '=', ticketId)
          .executeTakeFirst()
      : undefined
    if (!row) throw kernelError('not_found')
    return row.code
  })
}

/**
 * What happened to an order, or to one of its tickets, the latest first. The caller has authorized it.
 * @param ticketId only what concerns this ticket: the order as a whole, its own facts, its passages
 */
export async function readHistory(app: App, actor: Actor, order: { eventId: number; id: number }, ticketId?: string): Promise<HistoryEntry[]> {
  const entries = await asTeam(app, actor, async (tx) => {
    const tickets = ticketId
      ? [ticketId]
      : (await tx.selectFrom('ticket').select('id').where('eventId', '=', order.eventId).where('orderId', '=', order.id).execute()).map((t) => t.id)
    return [...(await readFacts(tx, order, tickets)), ...(await readScans(tx, order.eventId, tickets))]
  })
  // Mails are no tenant's rows: the order that they are about was authorized.
  const all = [...entries, ...(await readMails(app.db, order, ticketId))]
  const names = await readNames(
    app.db,
    all.flatMap((entry) => entry.accountId ?? []),
  )
  return all
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .map(({ accountId, buyer, ...entry }) => ({ ...entry, by: whoOf(accountId, buyer, names) }) as HistoryEntry)
}

type Entry = { at: Date; accountId: number | null; buyer: boolean } & Record<string, unknown>

async function readFacts(tx: Tx, order: { eventId: number; id: number }, ticketIds: readonly string[]): Promise<Entry[]> {
  const subjects = [`order:${order.id}`, ...ticketIds.map((id) => `ticket:${id}`)]
  const { rows } = await sql<{ at: Date; kind: string; actor: string }>`
    SELECT at, kind, actor FROM fact WHERE event_id = ${order.eventId} AND subject = ANY (${subjects}::text[]) ORDER BY id DESC LIMIT 200`.execute(tx)
  return rows.map(({ at, kind, actor }) => {
    const account = /^account:(\d+)$/.exec(actor)
    return { what: 'fact', at, kind, accountId: account ? Number(account[1]) : null, buyer: !account && !actor.startsWith('system') }
  })
}

async function readScans(tx: Tx, eventId: number, ticketIds: readonly string[]): Promise<Entry[]> {
  if (ticketIds.length === 0) return []
  const { rows } = await sql<Entry>`
    SELECT 'scan' AS what, s.at, s.direction, s.code, g.name AS gate, s.agent_id AS account_id, false AS buyer
      FROM (SELECT at, dir AS direction, result AS code, gate_id, agent_id FROM scan WHERE event_id = ${eventId} AND ticket_id = ANY (${ticketIds}::uuid[])
            UNION ALL SELECT created_at, NULL, code, gate_id, agent_id FROM scan_request WHERE ticket_id = ANY (${ticketIds}::uuid[]) AND code <> 'OK') s
      JOIN gate g ON g.id = s.gate_id ORDER BY s.at DESC LIMIT 200`.execute(tx)
  return rows
}

async function readMails(db: Db, order: { eventId: number; id: number }, ticketId?: string): Promise<Entry[]> {
  const rows = await db
    .selectFrom('mail')
    .select(['createdAt', 'sentAt', 'status', 'ticketIds'])
    .where('orderId', '=', order.id)
    .where('eventId', '=', order.eventId)
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
  return rows
    .filter((mail) => !ticketId || mail.ticketIds === null || mail.ticketIds.includes(ticketId))
    .map((mail) => ({ what: 'mail', at: mail.sentAt ?? mail.createdAt, status: mail.status, accountId: null, buyer: false }))
}

async function readNames(db: Db, accountIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (accountIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('account')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(accountIds)])
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}

function whoOf(accountId: number | null, buyer: boolean, names: ReadonlyMap<number, string>): HistoryActor {
  const name = accountId === null ? undefined : names.get(accountId)
  if (name !== undefined) return { kind: 'person', name }
  return buyer ? { kind: 'buyer' } : { kind: 'system' }
}
