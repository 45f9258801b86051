// How many orders a second for one ticket type, through HTTP, beside three baselines on the same schema in the same run:
//   A    the same order, one transaction per request, through the same server with a pool of 10
//   L    pgbench, 2 connections, the guarded statement for a single order
//   B64  pgbench, 1 connection, the batch function with 64 orders; both before and after the sale, and their mean
// Nothing may be oversold or lost: every invariant is checked after each run. Usage: npm run bench:sell [seconds]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildEvent, buildTicketType, type BuiltEvent, type BuiltTicketType } from '#test/factories.ts'
import { describeMachine, format, openStage, printTable, requireInvariants, runLoad, startServer, type Stage } from './stage.ts'
import type { LoadResult } from './load.ts'

const SECONDS = Number(process.argv[2] ?? 8)
const CLIENTS = 256

/** The tickets and orders that one pgbench call makes, generated inside the database so that only the sale is measured over the wire. */
const HELPERS = `
CREATE OR REPLACE FUNCTION bench_batch(event bigint, type bigint, n integer) RETURNS bigint LANGUAGE sql AS $$
  SELECT count(*) FROM (SELECT array_agg(left(encode(sha256(random()::text::bytea), 'base64'), 10)) AS code, array_agg(sha256(random()::text::bytea)) AS key,
      array_agg(NULL::bigint) AS account, array_agg('Afi Mensah'::text) AS name, array_agg('afi@example.test'::text) AS email, array_agg(NULL::text) AS phone,
      array_agg('fr'::text) AS locale, array_agg('api'::text) AS channel, array_agg('visitor'::text) AS actor, array_agg(false) AS insider, array_agg(1) AS quantity,
      array_agg(i::integer) AS o, array_agg(type) AS t, array_agg(gen_random_uuid()) AS id, array_agg(substr(sha256(random()::text::bytea), 1, 8)) AS ticket, array_agg(NULL::text) AS holder
    FROM generate_series(1, n) AS i) b,
  LATERAL place_orders(event, interval '15 minutes', b.code, b.key, b.key, b.account, b.name, b.email, b.phone, b.locale, b.channel, b.actor, b.insider, b.quantity, b.o, b.t, b.quantity,
    b.o, b.t, b.id, b.ticket, b.holder, b.holder)
$$;`

const single = (event: BuiltEvent, type: BuiltTicketType) => `
WITH taken AS (
  UPDATE quota_counter SET sold = sold + 1 WHERE event_id = ${event.id} AND quota_id = ${type.quotaId} AND held + sold + 1 <= size RETURNING 1
), placed AS (
  INSERT INTO ticket_order (event_id, code, organizer_id, status, channel, buyer_name, buyer_email, locale, quantity, total, currency, paid_at, idem_key, request_hash)
  SELECT ${event.id}, left(encode(sha256(random()::text::bytea), 'base64'), 10), ${event.organizer.id}, 'paid', 'api', 'Afi Mensah', 'afi@example.test', 'fr', 1, 0, 'XOF', now(), sha256(random()::text::bytea), '\\x00'
    FROM taken ON CONFLICT (idem_key, event_id) DO NOTHING RETURNING id, code
), issued AS (
  INSERT INTO ticket (event_id, id, order_id, ticket_type_id, code, kid, status, price)
  SELECT ${event.id}, gen_random_uuid(), id, ${type.id}, substr(sha256(random()::text::bytea), 1, 8), 1, 'paid', 0 FROM placed RETURNING order_id
)
INSERT INTO fact (kind, organizer_id, event_id, subject, actor, data) SELECT 'order.paid', ${event.organizer.id}, ${event.id}, 'order:' || id, 'visitor', jsonb_build_object('code', code, 'total', 0) FROM placed;`

function pgbench(stage: Stage, script: string, clients: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-pgbench-'))
  const file = join(folder, 'script.sql')
  writeFileSync(file, script)
  try {
    const out = execFileSync(
      'pgbench',
      ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(SECONDS), '-f', file, stage.databaseUrl],
      {
        encoding: 'utf8',
        env: { ...process.env, PGOPTIONS: '-c role=guichet_app -c app.scope=system -c jit=off' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return Number(/tps = ([\d.]+)/.exec(out)![1])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error('pgbench is not installed; Debian has it in postgresql-contrib', { cause: error })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function scene(stage: Stage, price: number): Promise<{ event: BuiltEvent; type: BuiltTicketType }> {
  const event = await buildEvent(stage.app)
  return { event, type: await buildTicketType(stage.app, event, { price, quantity: 1_000_000, maxPerOrder: 10 }) }
}

async function sellThroughHttp(stage: Stage, env: Record<string, string>, pay: boolean, clients = CLIENTS): Promise<LoadResult> {
  const { event, type } = await scene(stage, pay ? 5000 : 0)
  const server = await startServer(stage, env)
  const load = { port: server.port, connections: clients, plan: { kind: 'order', event: event.slug, ticketTypeId: type.id, pay } } as const
  await runLoad({ ...load, seconds: 3 })
  const before = await countPaid(stage, event)
  const result = await runLoad({ ...load, seconds: SECONDS })
  const sold = (await countPaid(stage, event)) - before
  await server.stop()
  if (result.failed > 0) throw new Error(`${result.failed} requests failed: ${JSON.stringify(result.statuses)}`)
  if (sold !== result.answered) throw new Error(`${result.answered} orders were confirmed, ${sold} stand in the database`)
  await requireInvariants(stage)
  return result
}

async function countPaid(stage: Stage, event: BuiltEvent): Promise<number> {
  const { count } = await stage.app.db
    .selectFrom('ticketOrder')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('eventId', '=', event.id)
    .where('status', '=', 'paid')
    .executeTakeFirstOrThrow()
  return count
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length

const stage = await openStage()
try {
  await stage.app.ownerPool.query(HELPERS)
  const free = await scene(stage, 0)
  console.log(`${describeMachine()}; ${CLIENTS} clients, ${SECONDS} s a run, one ticket type of 1,000,000 places`)
  const measureL = () => pgbench(stage, single(free.event, free.type), 2)
  const measureB64 = () => pgbench(stage, `SELECT bench_batch(${free.event.id}, ${free.type.id}, 64);`, 1) * 64
  // What the database alone can do is measured before and after: the machine may have other things to do meanwhile.
  const alone = { L: [measureL()], B64: [measureB64()] }
  const A = await sellThroughHttp(stage, { ORDER_BATCH: '1', DATABASE_POOL_SIZE: '10' }, false)
  const gathered = await sellThroughHttp(stage, {}, false)
  alone.L.push(measureL())
  alone.B64.push(measureB64())
  await requireInvariants(stage)
  const [L, B64] = [mean(alone.L), mean(alone.B64)]
  const lone = await sellThroughHttp(stage, {}, false, 1)
  const paid = await sellThroughHttp(stage, {}, true)
  const paidA = await sellThroughHttp(stage, { ORDER_BATCH: '1', DATABASE_POOL_SIZE: '10' }, true)

  printTable(
    'Orders for one ticket type',
    ['run', 'orders/s', 'p50 ms', 'p99 ms'],
    [
      ['L: pgbench, single-order statement, 2 connections', L, '', ''],
      ['B64: pgbench, batch function, 64 orders', B64, '', ''],
      ['A: HTTP, one transaction per request, pool of 10', A.perSecond, A.p50, A.p99],
      ['HTTP, gathered, free orders', gathered.perSecond, gathered.p50, gathered.p99],
      ['HTTP, gathered, free orders, a single client', lone.perSecond, lone.p50, lone.p99],
      ['HTTP, gathered, paid through the simulator (order, approval, webhook, settlement)', paid.perSecond, paid.p50, paid.p99],
      ['the same with orders one by one', paidA.perSecond, paidA.p50, paidA.p99],
    ],
  )
  const ratio = (name: string, value: number, target: string, ok: boolean) => [name, value.toFixed(2), target, ok ? 'met' : 'missed']
  printTable(
    'Against the baselines of this run',
    ['ratio', 'measured', 'target', ''],
    [
      ratio('gathered / A', gathered.perSecond / A.perSecond, '≥ 5', gathered.perSecond >= 5 * A.perSecond),
      ratio('gathered / L', gathered.perSecond / L, '≥ 4', gathered.perSecond >= 4 * L),
      ratio('gathered / B64', gathered.perSecond / B64, '≥ 0.40', gathered.perSecond >= 0.4 * B64),
      ratio('p99 gathered / p99 A', gathered.p99 / A.p99, '≤ 0.2', gathered.p99 <= 0.2 * A.p99),
    ],
  )
  console.log(`\nEvery invariant held after each run; ${format(gathered.answered + A.answered + paid.answered)} orders were confirmed and found.`)
} finally {
  await stage.close()
}
