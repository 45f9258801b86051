// gate, gate_ticket_type and gate_agent.
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db.ts'
import type { RunStatement, Statement } from '#src/platform/plain-scope.ts'
import type { Gate, GateAgent, GateDetails } from '../gate.ts'

const COLUMNS = sql`g.id, g.event_id, e.organizer_id, g.name, g.directions, g.open_from, g.open_to, g.strict_capacity, g.apb_seconds, g.apb_mode, g.session_seconds,
  ARRAY(SELECT t.ticket_type_id FROM gate_ticket_type t WHERE t.gate_id = g.id ORDER BY 1) AS ticket_type_ids`
const ON_SHIFT = sql`now() >= a.valid_from AND now() < a.valid_to`

/** The event's gates in use; only those of an agent's shifts where `agentId` is given. */
export async function selectGates(db: Db, eventId: number, agentId: number | null = null): Promise<Gate[]> {
  const { rows } = await sql<Gate>`
    SELECT ${COLUMNS} FROM gate g JOIN event e ON e.id = g.event_id
     WHERE g.event_id = ${eventId} AND g.archived_at IS NULL
       AND (${agentId}::bigint IS NULL OR EXISTS (SELECT FROM gate_agent a WHERE a.gate_id = g.id AND a.account_id = ${agentId} AND ${ON_SHIFT}))
     ORDER BY lower(g.name), g.id`.execute(db)
  return rows
}

export async function selectGate(db: Db, id: number): Promise<Gate | undefined> {
  const { rows } =
    await sql<Gate>`SELECT ${COLUMNS} FROM gate g JOIN event e ON e.id = g.event_id WHERE g.id = ${id} AND g.archived_at IS NULL`.execute(db)
  return rows[0]
}

/** The gate as it is now, locked until the transaction ends. */
export async function lockGate(tx: Tx, id: number): Promise<Gate | undefined> {
  await sql`SELECT id FROM gate WHERE id = ${id} FOR UPDATE`.execute(tx)
  return selectGate(tx, id)
}

export type OpenGate = {
  id: number
  name: string
  directions: Gate['directions']
  eventSlug: string
  eventTitle: string
  timezone: string
  organizerId: number
}

/** Gates at which somebody may scan now: those of shifts, and all of the organizers led; of events that aren't long over. */
export async function selectOpenGates(db: Db, who: { accountId: number; ledOrganizerIds: readonly number[] }): Promise<OpenGate[]> {
  const { rows } = await sql<OpenGate>`
    SELECT g.id, g.name, g.directions, e.slug AS event_slug, e.title AS event_title, e.timezone, e.organizer_id
      FROM gate g JOIN event e ON e.id = g.event_id
     WHERE g.archived_at IS NULL AND e.status IN ('published', 'cancelled', 'ended') AND e.ends_at > now() - interval '1 day'
       AND (g.id IN (SELECT a.gate_id FROM gate_agent a WHERE a.account_id = ${who.accountId} AND ${ON_SHIFT})
         OR e.organizer_id = ANY (${[...who.ledOrganizerIds]}::bigint[]))
     ORDER BY e.starts_at, e.id, lower(g.name), g.id LIMIT 500`.execute(db)
  return rows
}

/** Organizers for whom the account has a shift now, at this gate or at any. */
export async function selectShifts(db: Db, accountId: number, gateId: number | null): Promise<number[]> {
  const { rows } = await sql<{ organizerId: number }>`
    SELECT DISTINCT e.organizer_id FROM gate_agent a JOIN gate g ON g.id = a.gate_id AND g.archived_at IS NULL JOIN event e ON e.id = g.event_id
     WHERE a.account_id = ${accountId} AND (${gateId}::bigint IS NULL OR a.gate_id = ${gateId}) AND ${ON_SHIFT}`.execute(db)
  return rows.map((row) => row.organizerId)
}

const TAKING: Statement = {
  name: 'access.gates-taking',
  text: `SELECT name FROM gate g WHERE event_id = $1 AND archived_at IS NULL AND directions <> 'out'
      AND (NOT EXISTS (SELECT FROM gate_ticket_type t WHERE t.gate_id = g.id) OR EXISTS (SELECT FROM gate_ticket_type t WHERE t.gate_id = g.id AND t.ticket_type_id = $2))
    ORDER BY lower(name) LIMIT 10`,
}

/** Names of the gates through which tickets of this type may enter. */
export async function selectGatesTaking(run: RunStatement, eventId: number, ticketTypeId: number): Promise<string[]> {
  return (await run<{ name: string }>(TAKING, [eventId, ticketTypeId])).map((row) => row.name)
}

export async function countGates(db: Db, eventId: number): Promise<number> {
  const { count } = await db
    .selectFrom('gate')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('eventId', '=', eventId)
    .where('archivedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Those of `ids` that are ticket types of the event. */
export async function selectTicketTypeIds(db: Db, eventId: number, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('ticketType').select('id').where('eventId', '=', eventId).where('id', 'in', ids).execute()
  return rows.map((row) => row.id)
}

export async function insertGate(tx: Tx, eventId: number, { ticketTypeIds, ...columns }: GateDetails): Promise<number> {
  const { id } = await tx
    .insertInto('gate')
    .values({ ...columns, eventId })
    .returning('id')
    .executeTakeFirstOrThrow()
  await replaceTicketTypes(tx, id, ticketTypeIds)
  return id
}

export async function updateGateRow(tx: Tx, id: number, { ticketTypeIds, ...columns }: GateDetails): Promise<void> {
  await tx.updateTable('gate').set(columns).where('id', '=', id).execute()
  await replaceTicketTypes(tx, id, ticketTypeIds)
}

async function replaceTicketTypes(tx: Tx, gateId: number, ids: readonly number[]): Promise<void> {
  await tx.deleteFrom('gateTicketType').where('gateId', '=', gateId).execute()
  if (ids.length > 0)
    await tx
      .insertInto('gateTicketType')
      .values([...new Set(ids)].map((ticketTypeId) => ({ gateId, ticketTypeId })))
      .execute()
}

/** Takes the gate out of use, and ends all shifts at it. Its scans stay. */
export async function archiveGateRow(tx: Tx, id: number): Promise<void> {
  await sql`UPDATE gate SET archived_at = now() WHERE id = ${id}`.execute(tx)
  await tx.deleteFrom('gateAgent').where('gateId', '=', id).execute()
}

/** Scanners learn through the feed that a gate's rules have changed. */
export async function insertGateChange(tx: Tx, eventId: number, gateId: number): Promise<void> {
  await tx
    .insertInto('accessFeed')
    .values({ eventId, kind: 'GATE', body: JSON.stringify({ gateId }) })
    .execute()
}

// The database knows "since ever" and "for ever" as infinities; people know them as no limit.
export async function selectAgents(db: Db, gateId: number): Promise<GateAgent[]> {
  const { rows } = await sql<GateAgent>`
    SELECT c.public_id AS account_id, c.email, c.name, CASE WHEN isfinite(a.valid_from) THEN a.valid_from END AS valid_from,
           CASE WHEN isfinite(a.valid_to) THEN a.valid_to END AS valid_to
      FROM gate_agent a JOIN account c ON c.id = a.account_id WHERE a.gate_id = ${gateId} ORDER BY c.name, c.id`.execute(db)
  return rows
}

export async function upsertShift(
  tx: Tx,
  shift: { gateId: number; eventId: number; organizerId: number; accountId: number; validFrom: Date | null; validTo: Date | null },
): Promise<void> {
  const window = { validFrom: shift.validFrom ?? '-infinity', validTo: shift.validTo ?? 'infinity' }
  await tx
    .insertInto('gateAgent')
    .values({ gateId: shift.gateId, eventId: shift.eventId, organizerId: shift.organizerId, accountId: shift.accountId, ...window })
    .onConflict((oc) => oc.columns(['gateId', 'accountId']).doUpdateSet(window))
    .execute()
}

/** @returns whose shift it was; undefined where the account had none at the gate */
export async function deleteShift(tx: Tx, gateId: number, accountPublicId: string): Promise<number | undefined> {
  const { rows } = await sql<{ accountId: number }>`
    DELETE FROM gate_agent a USING account c WHERE c.id = a.account_id AND a.gate_id = ${gateId} AND c.public_id = ${accountPublicId}::uuid RETURNING a.account_id`.execute(
    tx,
  )
  return rows[0]?.accountId
}
