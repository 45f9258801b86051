// The second lock: whatever a query forgets to ask, PostgreSQL shows nobody the rows of others. Tried as the role that owns nothing,
// and as an owner that is no superuser, whom FORCE ROW LEVEL SECURITY binds.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uuidv7 } from '#src/kernel/id.ts'
import { updateGate } from '#src/modules/access/change-gate.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { mintMagicLink } from '#src/modules/ticketing/magic-link.ts'
import { issueTickets } from '#src/modules/ticketing/issue-tickets.ts'
import { reissueTicket } from '#src/modules/ticketing/serve-order.ts'
import { inScope, RUNTIME_ROLE, sqlState, transact, type Scope } from '#src/platform/db.ts'
import { appendPart } from '#src/platform/errands.ts'
import { startTestApp, type TestApp } from '#test/app.ts'
import { ownedDatabase } from '#test/database.ts'
import { buildAgent } from '#test/door.ts'
import { buildScene } from './scene.ts'

/** Tables that say whose they are, but have no policy: each needs a reason. */
const OPEN: Record<string, string> = {
  membership: 'says who may see what; policies themselves stand on it',
  gate_agent: 'says who may see what; policies themselves ask it, and would ask in circles',
  event_search: 'what the public finds events by; a policy would forbid its index, since text search is not leakproof',
  event_view: 'a number of views, shown to everybody',
  ledger_account: 'names of accounts, without amounts; those are in entries, which are protected',
  stored_file: 'pictures that are served to everybody',
  mail: 'written and read by jobs alone, in the system’s scope',
}

/** What nobody may change once it is written. */
const APPEND_ONLY = { fact: 'subject', scan: 'gate_id', ledger_posting: 'event_id', ledger_entry: 'amount' }

describe.each([
  { who: 'the role that owns nothing', role: RUNTIME_ROLE, database: undefined },
  { who: 'an owner that is no superuser', role: null, database: ownedDatabase },
])('as $who', ({ role, database }) => {
  let app: TestApp
  let stop: () => Promise<void>
  let ours: Furnished
  let theirs: Furnished
  let tables: string[]

  beforeAll(async () => {
    const given = await database?.()
    ;({ app, stop } = await startTestApp({}, given ? { database: given } : {}))
    ours = await furnish(app)
    theirs = await furnish(app)
    const { rows } = await app.ownerPool.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_policies WHERE schemaname = 'public' GROUP BY 1 ORDER BY 1`,
    )
    tables = rows.map((row) => row.name)
  })
  afterAll(async () => {
    await stop?.()
  })

  const tenant = (scene: Furnished): Scope => ({ kind: 'tenant', organizerIds: [scene.organizer.id] })

  /** How many rows the scope sees of a table, and how many of them are an organizer's. */
  async function count(scope: Scope | 'none' | 'system', table: string, organizerId?: number): Promise<number> {
    const of = organizerId === undefined ? sql`` : sql`WHERE ${ownership(table, organizerId)}`
    const query = sql<{ rows: number }>`SELECT count(*)::integer AS rows FROM ${sql.table(table)} t ${of}`
    const { rows } = await (scope === 'none'
      ? query.execute(app.scoped)
      : scope === 'system'
        ? query.execute(app.db)
        : inScope(app, scope, (tx) => query.execute(tx)))
    return rows[0]!.rows
  }

  /** Whether a row is the organizer's, without asking any table that the scope hides. */
  function ownership(table: string, organizerId: number) {
    const events = [ours, theirs].find((scene) => scene.organizer.id === organizerId)!
    const ids = sql`ANY (${[events.published.id, events.draft.id, events.secret.id]}::bigint[])`
    if (table === 'event') return sql`t.id = ${ids}`
    if (table === 'ledger_entry') return sql`t.posting_id = ANY (${events.postings}::bigint[])`
    if (['ticket_order', 'payment', 'refund', 'ledger_posting', 'fact', 'errand', 'errand_part'].includes(table))
      return sql`t.organizer_id = ${organizerId}`
    return sql`t.event_id = ${ids}`
  }

  test('the role is no superuser, passes no policy by, and owns nothing unless the operator left it so', async () => {
    const {
      rows: [me],
    } = await sql<{ name: string; super: boolean; bypass: boolean; owned: number }>`
      SELECT current_user AS name, rolsuper AS super, rolbypassrls AS bypass,
             (SELECT count(*)::integer FROM pg_class c WHERE c.relowner = r.oid) + (SELECT count(*)::integer FROM pg_proc p WHERE p.proowner = r.oid) AS owned
        FROM pg_roles r WHERE rolname = current_user`.execute(app.scoped)
    expect(me).toMatchObject({ super: false, bypass: false })
    if (role) expect(me).toMatchObject({ name: role, owned: 0 })
    else expect(me!.owned).toBeGreaterThan(0)
  })

  test('every protected table forces its policy, and nothing that names an owner is left open without a reason', async () => {
    const { rows } = await app.ownerPool.query<{ name: string; enabled: boolean; forced: boolean; owned: boolean }>(`
      SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
             EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('organizer_id', 'event_id') AND NOT a.attisdropped) AS owned
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1`)
    expect(tables.length).toBeGreaterThan(20)
    expect(rows.filter((row) => tables.includes(row.name) && !(row.enabled && row.forced))).toEqual([])
    expect(rows.filter((row) => row.owned && !tables.includes(row.name)).map((row) => row.name)).toEqual(Object.keys(OPEN).sort())
  })

  test('both organizers have rows in every protected table: otherwise what follows would prove nothing', async () => {
    for (const table of tables) for (const scene of [ours, theirs]) expect(await count('system', table, scene.organizer.id), table).toBeGreaterThan(0)
  })

  test('without a scope nothing is seen at all', async () => {
    for (const table of tables) expect([table, await count('none', table)]).toEqual([table, 0])
  })

  test('a team sees its own rows, and not one of another’s, in any table', async () => {
    for (const table of tables) {
      expect([table, await count(tenant(ours), table, theirs.organizer.id)]).toEqual([table, 0])
      expect([table, await count(tenant(ours), table)]).toEqual([table, await count('system', table, ours.organizer.id)])
      expect([table, await count({ kind: 'tenant', organizerIds: [] }, table)]).toEqual([table, 0])
    }
  })

  test('a team changes, removes and adds nothing of another’s', async () => {
    for (const table of tables.filter((name) => !(name in APPEND_ONLY))) {
      const column = table === 'event' ? 'organizer_id' : (await columnsOf(table)).find((name) => ['event_id', 'organizer_id'].includes(name))!
      const changed = await inScope(app, tenant(ours), (tx) =>
        sql`UPDATE ${sql.table(table)} t SET ${sql.ref(column)} = ${sql.ref(column)} WHERE ${ownership(table, theirs.organizer.id)}`.execute(tx),
      )
      const removed = await inScope(app, tenant(ours), (tx) =>
        sql`DELETE FROM ${sql.table(table)} t WHERE ${ownership(table, theirs.organizer.id)}`.execute(tx),
      )
      expect([table, Number(changed.numAffectedRows), Number(removed.numAffectedRows)]).toEqual([table, 0, 0])
    }
    // Nor does it move what is its own to another, or put something there.
    await expect(
      inScope(app, tenant(ours), (tx) => tx.updateTable('event').set({ organizerId: theirs.organizer.id }).where('id', '=', ours.draft.id).execute()),
    ).rejects.toThrow(/row-level security/)
    await expect(
      inScope(app, tenant(ours), (tx) => tx.insertInto('quota').values({ eventId: theirs.published.id, name: 'coucou', kind: 'shared' }).execute()),
    ).rejects.toThrow(/row-level security/)
    await expect(
      inScope(app, tenant(ours), (tx) =>
        tx.updateTable('ticketType').set({ eventId: theirs.published.id }).where('eventId', '=', ours.published.id).execute(),
      ),
    ).rejects.toThrow(/row-level security/)
  })

  test('an agent sees the scans of its own gates only, and of other events nothing', async () => {
    const agent: Scope = { kind: 'agent', accountId: ours.people.agent.accountId }
    for (const table of ['scan', 'scan_request'] as const) {
      const { rows } = await inScope(app, agent, (tx) => sql<{ gateId: number }>`SELECT DISTINCT gate_id FROM ${sql.table(table)}`.execute(tx))
      expect([table, rows]).toEqual([table, [{ gateId: ours.gate.id }]])
      const elsewhere = await sql<{
        rows: number
      }>`SELECT count(*)::integer AS rows FROM ${sql.table(table)} WHERE gate_id = ${ours.elsewhere.id}`.execute(app.db)
      expect(elsewhere.rows[0]!.rows, 'the other gate has scans too').toBeGreaterThan(0)
    }
    for (const table of tables) expect([table, await count(agent, table, theirs.organizer.id)]).toEqual([table, 0])
    const events = await inScope(app, agent, (tx) => tx.selectFrom('event').select('id').execute())
    expect(events).toEqual([{ id: ours.published.id }])
    for (const table of ['ledger_posting', 'ledger_entry']) expect(await count(agent, table)).toBe(0)
    expect(await count({ kind: 'agent', accountId: 999_999 }, 'event')).toBe(0)
  })

  test('an agent whose shift is over sees nothing', async () => {
    const agent: Scope = { kind: 'agent', accountId: ours.late.accountId }
    for (const table of tables) expect([table, await count(agent, table)]).toEqual([table, 0])
  })

  test('what was written for good is neither changed nor removed, in any scope', async () => {
    for (const [table, same] of Object.entries(APPEND_ONLY)) {
      // An owner may empty its own tables: against that only another role helps.
      for (const statement of [`UPDATE ${table} SET ${same} = ${same}`, `DELETE FROM ${table}`, ...(role ? [`TRUNCATE ${table} CASCADE`] : [])]) {
        expect([statement, await stateAfter(statement)]).toEqual([statement, '42501'])
      }
    }
  })

  test.runIf(role)('the role can’t drop a policy, a trigger or a table, nor switch them off', async () => {
    for (const statement of [
      'DROP POLICY tenant ON event',
      'ALTER TABLE event DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE event NO FORCE ROW LEVEL SECURITY',
      'DROP TRIGGER fact_append_only ON fact',
      'ALTER TABLE fact DISABLE TRIGGER ALL',
      'DROP TABLE mail',
      'CREATE TABLE loot (x text)',
      'SET session_replication_role = replica',
      'DELETE FROM migration',
      'DELETE FROM graphile_worker._private_jobs',
    ])
      expect([statement, await stateAfter(statement)]).toEqual([statement, '42501'])
  })

  async function stateAfter(statement: string): Promise<string | undefined> {
    return sql
      .raw(statement)
      .execute(app.db)
      .then(() => 'done', sqlState)
  }

  async function columnsOf(table: string): Promise<string[]> {
    const { rows } = await app.ownerPool.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`,
      [table],
    )
    return rows.map((row) => row.name)
  }
})

type Furnished = Awaited<ReturnType<typeof furnish>>

/** A scene with rows in every protected table: what it lacks is added, by verbs where there are some. */
async function furnish(app: TestApp) {
  const scene = await buildScene(app)
  const { published, people } = scene
  await mintMagicLink(app.db, { id: scene.paid.id, eventId: published.id })
  await reissueTicket(app, people.owner, { code: scene.paid.code, ticketId: scene.ticketId })
  await updateGate(app, people.owner, scene.gate.id, { apbSeconds: 5 })
  await app.db
    .insertInto('accessAlert')
    .values({ eventId: published.id, kind: 'A1', severity: 'low', dedupeKey: `${published.id}` })
    .execute()
  await app.db.insertInto('eventReminder').values({ eventId: published.id, startsAt: published.startsAt }).execute()
  const errandId = await issueTickets(app, people.owner, {
    eventSlug: published.slug,
    ticketTypeId: scene.type.id,
    terms: 'complimentary',
    to: 1,
    perSheet: 4,
    sendMails: false,
  })
  await transact(app, (tx) => appendPart(app, tx, { id: errandId, organizerId: scene.organizer.id }, 'list.csv', Buffer.from('x')))
  const late = await buildAgent(app, published, scene.elsewhere)
  await requestScan(app, late, { qr: scene.qr })
  await app.db
    .insertInto('scan')
    .values({
      scanId: uuidv7(),
      reqHash: Buffer.alloc(32),
      eventId: published.id,
      gateId: scene.elsewhere.id,
      agentId: late.accountId,
      dir: 'in',
      result: 'GATE_CLOSED',
    })
    .execute()
  await app.db
    .updateTable('gateAgent')
    .set({ validTo: new Date(Date.now() - 1000) })
    .where('accountId', '=', late.accountId)
    .execute()
  const postings = await app.db.selectFrom('ledgerPosting').select('id').where('organizerId', '=', scene.organizer.id).execute()
  return { ...scene, late, postings: postings.map((posting) => posting.id) }
}
