// Step 1 of a scan: read what was shown, judge it, remember the attempt; and open a session to confirm, if the ticket may pass.
import type { AccountActor, Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { hashToken, newToken, uuidv7 } from '#src/kernel/id.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { isScopeLost } from '#src/platform/db.ts'
import { inPlainScope, type RunStatement } from '#src/platform/plain-scope.ts'
import { forgeryState, isForgery, remarkRequest, SLOW_SECONDS } from './alarms.ts'
import { accessError } from './errors.ts'
import { findOnlyGate, listOpenGates } from './find-gates.ts'
import type { Question } from './evaluate.ts'
import { isInTeam, ledOrganizers, maySeeDue, scanScopes } from './policy.ts'
import { readQr, readTyped, type Shown } from './read-shown.ts'
import { flagsOf, hintOf, judge, type Hint, type ScanAnswer, type TicketView, type Verdict } from './scan.ts'
import { selectGatesTaking } from './store/gates.ts'
import { questionOf, selectFactsByCode, type RequestFacts } from './store/scan-facts.ts'
import { insertRequest } from './store/sessions.ts'
import { selectEventTitle } from './store/shown-events.ts'

/** Either what the camera read or the code that was typed; the gate where the agent has several. */
export type ScanRequest = { qr?: string | undefined; manualCode?: string | undefined; gateId?: number | undefined }

/** SHA-256 of it is stored, so a stolen database opens no session. */
const TOKEN_BYTES = 16

/**
 * Judges a ticket at the actor's gate. A refused ticket is an answer. The database limits an agent to the gates of its shifts.
 * @throws `agent_not_assigned` without a shift at the gate; `gate_required` where there are several; `rate_limited` after 20 forgeries in a minute
 */
export async function requestScan(app: App, actor: Actor, input: ScanRequest): Promise<ScanAnswer> {
  const account = requireAccount(actor)
  if ((input.qr === undefined) === (input.manualCode === undefined)) throw invalidInput({ pointer: '/body/qr', code: 'qr_or_manual_code' })
  const shown = input.qr !== undefined ? await readQr(app, input.qr) : readTyped(input.manualCode!)
  const gateId = input.gateId ?? null

  for (const scope of scanScopes(account)) {
    // A shift chooses its gate by itself; who leads an organizer has the choice, unless there is but one.
    const at = scope.kind === 'tenant' ? (gateId ?? (await findOnlyGate(app, account))) : gateId
    if (scope.kind === 'tenant' && at === null) continue
    const done = await inPlainScope(
      app,
      scope,
      async (run) => {
        const [facts, another] = await selectFactsByCode(run, { agentId: account.accountId, gateId: at, code: shown.code, eventId: shown.eventId })
        if (!facts) return undefined
        if (another) return 'several'
        if (scope.kind === 'agent' && !(facts.onShift && isInTeam(actor, facts.organizerId))) throw accessError('agent_not_assigned')
        return decide(app, actor, run, { facts, shown, agentId: account.accountId, seesAllGates: scope.kind === 'tenant' })
      },
      { losable: true },
    ).catch((error: unknown) => {
      // The shift ended between two statements of this very transaction.
      throw isScopeLost(error) ? accessError('agent_not_assigned') : error
    })
    if (done === 'several') return requestScan(app, actor, { ...input, gateId: await requireOnlyGate(app, account) })
    if (done) {
      await remarkRequest(app, actor, done)
      return done.answer
    }
  }
  if (gateId === null && ledOrganizers(account).length > 0) await requireOnlyGate(app, account)
  throw accessError('agent_not_assigned')
}

/** The gate where the actor must be: shifts that nobody ended when their event was over don't count. @throws `gate_required`, naming the choice */
async function requireOnlyGate(app: App, actor: AccountActor): Promise<number> {
  const gates = await listOpenGates(app, actor)
  if (gates.length === 1) return gates[0]!.id
  throw accessError('gate_required', { gates: gates.map(({ id, name, eventTitle }) => ({ id, name, event: eventTitle })) })
}

export type RequestDone = { answer: ScanAnswer; facts: RequestFacts; shown: Shown; verdict: Verdict }

type Asked = { facts: RequestFacts; shown: Shown; agentId: number; seesAllGates: boolean }

async function decide(app: App, actor: Actor, run: RunStatement, { facts, shown, agentId, seesAllGates }: Asked): Promise<RequestDone> {
  const forgery = forgeryState(facts.forged, facts.now)
  if (forgery.lockedSeconds > 0) throw kernelError('rate_limited', { retryAfter: forgery.lockedSeconds })

  const question = { ...questionOf(facts), presented: shown.presented, codeRetired: facts.codeRetired }
  const verdict = judge(question)
  const token = verdict.suggested ? newToken(TOKEN_BYTES) : null
  const expiresAt = await insertRequest(run, {
    id: uuidv7(),
    tokenHash: token ? hashToken(token) : null,
    eventId: facts.eventId,
    ticketId: facts.ticketId,
    ticketCode: token ? shown.code : null,
    gateId: facts.gateId,
    agentId,
    code: verdict.code,
    method: shown.method,
    textHash: shown.textHash,
    seconds: facts.sessionSeconds,
  })
  const { suggested, ...codes } = verdict
  const answer: ScanAnswer = {
    decision: suggested ? 'ELIGIBLE' : 'DENIED',
    ...codes,
    suggestedDirection: suggested,
    ticket: verdict.code === 'WRONG_EVENT' ? null : ticketView(facts, question, seesAllGates),
    flags: flagsOf(question, suggested === 'in'),
    hint: suggested ? null : await explain(app, actor, run, facts, shown, question, verdict),
    gate: { id: facts.gateId, name: facts.gateName },
    ...(token && { scanSessionToken: token, expiresAt: expiresAt! }),
    serverTime: facts.now,
  }
  return { answer, facts, shown, verdict }
}

function ticketView(facts: RequestFacts, { ticket }: Pick<Question, 'ticket'>, seesAllGates: boolean): TicketView | null {
  if (facts.ticketId === null || !ticket) return null
  const gate = seesAllGates || facts.lastGateId === facts.gateId ? facts.lastGateName : null
  return {
    type: facts.typeName,
    entriesUsed: ticket.entries,
    usageLimit: facts.usageLimit,
    last: facts.lastDirection && facts.lastScanAt ? { direction: facts.lastDirection, gate, at: facts.lastScanAt } : null,
  }
}

/** What else the agent may be told; each asks the database only for the refusal that needs it. */
async function explain(
  app: App,
  actor: Actor,
  run: RunStatement,
  facts: RequestFacts,
  shown: Shown,
  question: Omit<Question, 'direction'>,
  verdict: Verdict,
): Promise<Hint | null> {
  if (isForgery(verdict.code)) return forgeryState([facts.now, ...facts.forged], facts.now).slow ? { waitSeconds: SLOW_SECONDS } : null
  if (verdict.code === 'WRONG_GATE') return { gates: await selectGatesTaking(run, facts.eventId, facts.typeId!) }
  if (verdict.code === 'TICKET_NOT_PAID')
    return maySeeDue(actor, facts.organizerId) ? { due: { amount: facts.price!, currency: facts.currency } } : null
  if (verdict.code === 'WRONG_EVENT') {
    // Of the same organizer, as the order of reasons makes sure; the scope of a shift hides the organizer's other events.
    const title = await selectEventTitle(app.db, shown.eventId!)
    return title === undefined ? null : { event: title }
  }
  return hintOf(question, verdict.code)
}
