// How many people a second pass 10 gates, through HTTP, scanned by 50 agents in two steps (request, confirm), beside two baselines of the same run:
//   ME   the same server's cheapest request of somebody signed in, GET /api/v1/me, by the same 50 agents
//   SQL  the statements of both steps alone, as many at once as the server has connections; no HTTP, no signature, no verdict
// Each ticket must have been admitted exactly once, and every invariant must hold, after each run. Usage: npm run bench:scan [seconds]
import { randomBytes } from 'node:crypto'
import { hashToken, newToken, uuidv7 } from '#src/kernel/id.ts'
import { shardOf } from '#src/modules/access/gate.ts'
import { applyPassage } from '#src/modules/access/store/admissions.ts'
import { lockFacts, selectFactsByCode } from '#src/modules/access/store/scan-facts.ts'
import { consumeSession, insertRequest } from '#src/modules/access/store/sessions.ts'
import { usageDay } from '#src/modules/access/usage-day.ts'
import { loadEventKeys, signQrText } from '#src/modules/ticketing/event-keys.ts'
import { inPlainScope } from '#src/platform/plain-scope.ts'
import { buildAgent, buildGate } from '#test/door.ts'
import { buildEvent, buildTicketType, type BuiltEvent, type BuiltTicketType } from '#test/factories.ts'
import { bearerOf } from '#test/sign-in.ts'
import type { AccountActor } from '#src/kernel/actor.ts'
import { describeMachine, format, openStage, printTable, requireInvariants, runLoad, startServer, type Stage } from './stage.ts'
import type { LoadResult, Times } from './load.ts'

const SECONDS = Number(process.argv[2] ?? 10)
const WARM_UP = 2
const PACE = 100
const GATES = 10
const AGENTS = 50

type Door = { event: BuiltEvent; type: BuiltTicketType; agents: { actor: AccountActor; gateId: number }[]; shown: number }

async function openDoor(stage: Stage): Promise<Door> {
  const event = await buildEvent(stage.app)
  const type = await buildTicketType(stage.app, event, { price: 0, quantity: 1_000_000 })
  const gates = []
  for (let i = 0; i < GATES; i++) gates.push(await buildGate(stage.app, event))
  const agents = []
  for (let i = 0; i < AGENTS; i++) {
    const gate = gates[i % GATES]!
    agents.push({ actor: await buildAgent(stage.app, event, gate), gateId: gate.id })
  }
  return { event, type, agents, shown: 0 }
}

/** Sells tickets in orders of four, as tables; the sale is another benchmark's. @returns their codes */
async function sell(stage: Stage, { event, type }: Door, count: number): Promise<Buffer[]> {
  const codes = Array.from({ length: count }, () => randomBytes(8))
  await stage.app.ownerPool.query(
    `
    WITH placed AS (
      INSERT INTO ticket_order (event_id, code, organizer_id, status, channel, buyer_name, locale, quantity, total, currency, paid_at, idem_key, request_hash)
      SELECT $1, left(encode(sha256(random()::text::bytea), 'base64'), 10), $2, 'paid', 'api', 'Afi Mensah', 'fr', 4, 0, 'XOF', now(), sha256(random()::text::bytea), '' FROM generate_series(1, $3)
      RETURNING id
    ), numbered AS (SELECT id, row_number() OVER () AS n FROM placed), counted AS (UPDATE quota_counter SET sold = sold + $3 * 4 WHERE event_id = $1 AND quota_id = $7)
    INSERT INTO ticket (event_id, id, order_id, ticket_type_id, code, kid, status, price)
    SELECT $1, t.id, o.id, $4, t.code, 1, 'paid', 0 FROM unnest($5::uuid[], $6::bytea[]) WITH ORDINALITY AS t(id, code, n) JOIN numbered o ON o.n = (t.n + 3) / 4`,
    [event.id, event.organizer.id, count / 4, type.id, codes.map(() => uuidv7()), codes, type.quotaId],
  )
  await stage.app.ownerPool.query('VACUUM (ANALYZE) ticket')
  return codes
}

/** Each code of a sale, signed as its ticket's QR text. */
async function textsOf(stage: Stage, { event, type }: Door, codes: readonly Buffer[]): Promise<string[]> {
  const keys = await loadEventKeys(stage.app, event.id)
  return Promise.all(codes.map((code) => signQrText(keys, 'TK1', { kid: 1, eventRef: event.publicRef, typeRef: type.ordinal, code })))
}

/** After a run: as many tickets inside as were admitted, each once. @throws Error where one was admitted twice, or lost */
async function requireAdmittedOnce(stage: Stage, door: Door, admitted: number): Promise<void> {
  door.shown += admitted
  const {
    rows: [found],
  } = await stage.app.ownerPool.query<Record<'inside' | 'entries' | 'scanned', string>>(
    `
    SELECT (SELECT count(*) FROM ticket WHERE event_id = $1 AND status = 'inside' AND used_count = 1) AS inside,
           (SELECT count(*) FROM scan WHERE event_id = $1 AND dir = 'in' AND result = 'OK') AS entries,
           (SELECT count(DISTINCT ticket_id) FROM scan WHERE event_id = $1 AND dir = 'in' AND result = 'OK') AS scanned`,
    [door.event.id],
  )
  const counts = Object.values(found!).map(Number)
  if (counts.some((count) => count !== door.shown)) throw new Error(`${door.shown} tickets were admitted, the database says ${JSON.stringify(found)}`)
  await requireInvariants(stage)
}

/** Both steps' statements and transactions, as the verbs send them, by workers that do nothing else. */
async function scanInSql(stage: Stage, { event, agents }: Door, codes: Buffer[]): Promise<{ admitted: number; perSecond: number; confirm: Times }> {
  const times: number[] = []
  const until = performance.now() + SECONDS * 1000
  const start = performance.now()
  await Promise.all(
    Array.from({ length: stage.app.config.databasePoolSize }, async (_, worker) => {
      for (let turn = worker; performance.now() < until; turn++) {
        const {
          actor: { accountId: agentId },
          gateId,
        } = agents[turn % AGENTS]!
        const code = codes.pop()
        if (!code) throw new Error('every ticket has been shown: prepare more')
        const tokenHash = hashToken(newToken(16))
        const scope = { kind: 'agent', accountId: agentId } as const
        await inPlainScope(
          stage.app,
          scope,
          async (run) => {
            const [facts] = await selectFactsByCode(run, { agentId, gateId: null, code, eventId: event.id })
            await insertRequest(run, {
              id: uuidv7(),
              tokenHash,
              eventId: event.id,
              ticketId: facts!.ticketId,
              ticketCode: code,
              gateId,
              agentId,
              code: 'OK',
              method: 'camera',
              textHash: null,
              seconds: 20,
            })
          },
          { losable: true },
        )
        const asked = performance.now()
        const scanId = uuidv7()
        await inPlainScope(stage.app, scope, async (run) => {
          const session = (await consumeSession(run, { tokenHash, scanId, agentId, gateId: null }))!
          const facts = (await lockFacts(run, session))!
          await applyPassage(run, {
            scanId,
            session,
            reqHash: tokenHash,
            agentId,
            deviceTime: null,
            direction: 'in',
            zone: facts.zone,
            shard: shardOf(gateId, facts.oneCounter),
            version: facts.version,
            admitIssued: facts.admitIssued,
            usageDay: usageDay(facts.now, facts.timezone),
            limit: null,
          })
        })
        times.push(performance.now() - asked)
      }
    }),
  )
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  return {
    admitted: times.length,
    perSecond: times.length / seconds,
    confirm: { p50: times[times.length >> 1]!, p99: times[Math.floor(times.length * 0.99)]! },
  }
}

function requireNoFailure(result: LoadResult): LoadResult {
  if (result.failed > 0) throw new Error(`${result.failed} rounds failed: ${JSON.stringify(result.statuses)}`)
  return result
}

const stage = await openStage()
try {
  const door = await openDoor(stage)
  const bearers = await Promise.all(door.agents.map(async ({ actor }) => (await bearerOf(stage.app, actor)).authorization))
  console.log(`${describeMachine()}; ${AGENTS} agents at ${GATES} gates, ${SECONDS} s a run`)
  const server = await startServer(stage)
  const target = { port: server.port, connections: AGENTS }

  const scan = async (seconds: number, pace?: number): Promise<LoadResult> => {
    const texts = await textsOf(stage, door, await sell(stage, door, 1000 + seconds * (pace ?? 1500)))
    const result = requireNoFailure(await runLoad({ ...target, seconds, ...(pace && { pace }), plan: { kind: 'scan', bearers, texts } }))
    await requireAdmittedOnce(stage, door, result.answered)
    return result
  }
  await scan(WARM_UP)
  const full = await scan(SECONDS)
  const paced = await scan(SECONDS, PACE)
  const me = requireNoFailure(await runLoad({ ...target, seconds: SECONDS, plan: { kind: 'get', path: '/api/v1/me', bearers } }))
  await server.stop()
  const alone = await scanInSql(stage, door, await sell(stage, door, 1000 + SECONDS * 3000))
  await requireAdmittedOnce(stage, door, alone.admitted)

  const step = ({ p50, p99 }: Times) => [p50, p99]
  printTable(
    'At the door',
    ['run', 'a second', 'p50 ms', 'p99 ms', 'confirm p50', 'confirm p99'],
    [
      ['ME: HTTP, GET /api/v1/me', me.perSecond, me.p50, me.p99, '', ''],
      ['SQL: both steps’ statements, 10 connections, no HTTP', alone.perSecond, '', '', ...step(alone.confirm)],
      [`HTTP, full scans, ${AGENTS} agents without pause`, full.perSecond, full.p50, full.p99, ...step(full.steps.confirm!)],
      [`HTTP, full scans, ${PACE} a second`, paced.perSecond, paced.p50, paced.p99, ...step(paced.steps.confirm!)],
    ],
  )
  const verdict = (ok: boolean) => (ok ? 'met' : 'missed')
  printTable(
    'Against the targets',
    ['', 'measured', 'target', ''],
    [
      ['full scans a second', full.perSecond, '≥ 200', verdict(full.perSecond >= 200)],
      [`confirm p99 at ${PACE} a second, ms`, paced.steps.confirm!.p99, '< 50', verdict(paced.steps.confirm!.p99 < 50)],
      ['full scans / ME', (full.perSecond / me.perSecond).toFixed(2), '', ''],
      ['full scans / SQL', (full.perSecond / alone.perSecond).toFixed(2), '', ''],
    ],
  )
  console.log(`\nEvery invariant held after each run; ${format(door.shown)} tickets were admitted, each once.`)
} finally {
  await stage.close()
}
