// Step 2 of a scan: consume the session, lock the ticket, judge again, let in or out. One transaction, in the order session → ticket → counter.
import { createHash } from 'node:crypto'
import type { AccountActor, Actor } from '#src/kernel/actor.ts'
import type { DomainError } from '#src/kernel/domain-error.ts'
import { hashToken } from '#src/kernel/id.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { sameBytes } from '#src/platform/cipher.ts'
import { isScopeLost, violatedConstraint } from '#src/platform/db.ts'
import { inPlainScope, type RunStatement } from '#src/platform/plain-scope.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { remarkConfirm, remarkMisuse } from './alarms.ts'
import { accessError } from './errors.ts'
import { evaluate, type Direction, type ScanCode } from './evaluate.ts'
import { isOnShift } from './find-gates.ts'
import { shardOf } from './gate.ts'
import { isInTeam, scanScopes } from './policy.ts'
import { decisionOf, flagsOf, hintOf, type ConfirmAnswer } from './scan.ts'
import { applyPassage, insertRefusal } from './store/admissions.ts'
import { lockFacts, questionOf, type ScanFacts } from './store/scan-facts.ts'
import { consumeSession, selectSession, type OpenSession } from './store/sessions.ts'
import { usageDay } from './usage-day.ts'

export type ScanConfirmation = {
  scanSessionToken: string
  direction: Direction
  /** Made by the client, a UUID of version 7 at best; the same one again gets the same answer. */
  scanId: string
  gateId?: number | undefined
  deviceTime?: Date | undefined
}

/** Guesses of session tokens per agent and minute. */
const UNKNOWN_SESSIONS = { max: 20, seconds: 60 }

/**
 * Admits, lets out or refuses the ticket of an open session; repeating it with the same `scanId` answers the same. All times are the database's.
 * @throws `session_unknown`, `session_agent_mismatch`, `session_already_used`, `session_expired`, `session_gate_mismatch`, `scan_id_reused`, `agent_not_assigned`
 */
export async function confirmScan(app: App, actor: Actor, input: ScanConfirmation): Promise<ConfirmAnswer> {
  const account = requireAccount(actor)
  const asked: Asked = {
    ...input,
    scanId: input.scanId.toLowerCase(),
    agentId: account.accountId,
    tokenHash: hashToken(input.scanSessionToken),
    reqHash: hashOf(input),
  }
  try {
    for (const scope of scanScopes(account)) {
      const done = await inPlainScope(app, scope, async (run) => {
        const session = await consumeSession(run, { ...asked, gateId: input.gateId ?? null })
        return session && pass(run, account, session, asked)
      })
      if (!done) continue
      app.metrics.scans.inc({ result: done.answer.code })
      await remarkConfirm(app, actor, done)
      return done.answer
    }
  } catch (error) {
    if (violatedConstraint(error) === 'scan_pkey') throw accessError('scan_id_reused')
    // The shift ended between two statements of this very transaction.
    if (isScopeLost(error)) throw accessError('agent_not_assigned')
    throw error
  }
  return diagnose(app, account, asked)
}

type Asked = ScanConfirmation & { agentId: number; tokenHash: Buffer; reqHash: Buffer }
export type ConfirmDone = { answer: ConfirmAnswer; facts: ScanFacts; direction: Direction }

// What a repeated request must repeat: the session and the direction.
function hashOf(input: ScanConfirmation): Buffer {
  return createHash('sha256').update(`${input.scanSessionToken} ${input.direction}`).digest()
}

async function pass(run: RunStatement, actor: AccountActor, session: OpenSession, asked: Asked): Promise<ConfirmDone> {
  const facts = await lockFacts(run, session)
  if (!facts || !isInTeam(actor, facts.organizerId)) throw accessError('agent_not_assigned')
  const known = questionOf(facts)
  // Replaced since step 1: what was shown then is no ticket any more.
  const codeRetired = !facts.code.equals(session.ticketCode)
  const question = { ...known, ticket: codeRetired ? null : known.ticket, presented: { kind: 'session' } as const, codeRetired }
  const { direction } = asked
  const passage = {
    scanId: asked.scanId,
    session,
    reqHash: asked.reqHash,
    agentId: asked.agentId,
    deviceTime: asked.deviceTime ?? null,
    direction,
    zone: facts.zone,
    shard: shardOf(facts.gateId, facts.oneCounter),
    version: facts.version,
    admitIssued: facts.admitIssued,
    usageDay: usageDay(facts.now, facts.timezone),
    limit: facts.strictCapacity ? facts.capacity : null,
  }
  let code = evaluate({ ...question, direction })
  let { inside } = facts
  if (code === 'OK') ({ result: code, inside } = await applyPassage(run, passage))
  else await insertRefusal(run, passage, code)
  return {
    facts,
    direction,
    answer: {
      decision: decisionOf(code, direction),
      code,
      scanId: asked.scanId,
      replayed: false,
      flags: flagsOf(question, direction === 'in' && code === 'OK'),
      hint: hintOf(question, code),
      occupancy: { inside, capacity: facts.capacity },
    },
  }
}

/** Why the session couldn't be consumed, in the order of the book; an honest repetition gets its first answer. */
async function diagnose(app: App, actor: AccountActor, asked: Asked): Promise<ConfirmAnswer> {
  if (!(await isOnShift(app, actor, asked.gateId))) throw accessError('agent_not_assigned')
  const session = await selectSession(app.db, asked.tokenHash)
  if (!session) {
    await requireRate(app, `scan-session:${actor.accountId}`, UNKNOWN_SESSIONS)
    throw accessError('session_unknown')
  }
  const misused = async (refusal: DomainError) => {
    await remarkMisuse(app, actor, session, refusal.code)
    return refusal
  }
  if (session.agentId !== actor.accountId) throw await misused(accessError('session_agent_mismatch'))
  if (session.consumedBy === asked.scanId) {
    if (!sameBytes(session.reqHash!, asked.reqHash)) throw accessError('scan_id_reused')
    return replayOf(asked.scanId, session.result!, session.dir!, session)
  }
  if (session.consumedBy) throw await misused(accessError('session_already_used'))
  if (session.over) throw accessError('session_expired')
  throw accessError('session_gate_mismatch')
}

function replayOf(scanId: string, code: ScanCode, direction: Direction, occupancy: { inside: number; capacity: number | null }): ConfirmAnswer {
  return {
    decision: decisionOf(code, direction),
    code,
    scanId,
    replayed: true,
    flags: [],
    hint: code === 'OUT_WITHOUT_IN' ? { letOut: true } : null,
    occupancy: { inside: occupancy.inside, capacity: occupancy.capacity },
  }
}
