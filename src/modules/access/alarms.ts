// What looks like fraud or a mistake at the door: copied tickets, replayed sessions, forgeries, a gate that refuses everybody.
// Remarked after the answer is decided and committed; a broken alarm never changes an answer.
import type { Actor } from '#src/kernel/actor.ts'
import type { App } from '#src/platform/app.ts'
import { transact } from '#src/platform/db.ts'
import { record } from '#src/platform/facts.ts'
import { countAttempts } from '#src/platform/rate-limit.ts'
import type { ConfirmDone } from './confirm-scan.ts'
import type { ScanCode } from './evaluate.ts'
import { alertRaised } from './facts.ts'
import type { RequestDone } from './request-scan.ts'
import type { ScanFacts } from './store/scan-facts.ts'
import { selectGateMisses, upsertAlert, type Severity } from './store/alerts.ts'
import type { SessionState } from './store/sessions.ts'

export type AlertKind =
  'TOKEN_REPLAY' | 'TICKET_REPLAY' | 'WRONG_GATE' | 'GATE_MISCONFIGURED' | 'BRUTE_FORCE' | 'FORGED_VALID' | 'AGENT_ANOMALY' | 'COMPROMISED_KEY'

type Alert = {
  eventId: number
  organizerId: number
  gateId: number
  kind: AlertKind
  severity: Severity
  /** Ticket, agent or gate that it is about. */ about: string
  data?: Record<string, unknown>
}

const MINUTE = 60

const FORGERY = { slowAfter: 5, lockAfter: 20, seconds: 60 }
/** How long a scanner should wait before its next try, once it is slowed down. */
export const SLOW_SECONDS = 2

/** True for what no ticket of ours can look like. */
export function isForgery(code: ScanCode): boolean {
  return code === 'MALFORMED_QR' || code === 'UNKNOWN_KEY' || code === 'INVALID_SIGNATURE'
}

/** Whether somebody is trying codes: 5 texts in a minute that can't be ours slow it down, 20 lock it out for a minute. @param forged newest first */
export function forgeryState(forged: readonly Date[], now: Date): { slow: boolean; lockedSeconds: number } {
  const newest = forged[0]?.getTime()
  const nth = (n: number) => forged[n - 1]?.getTime()
  const runOf = (n: number) => newest !== undefined && nth(n) !== undefined && newest - nth(n)! < FORGERY.seconds * 1000
  const left = newest === undefined ? 0 : newest + FORGERY.seconds * 1000 - now.getTime()
  return { slow: left > 0 && runOf(FORGERY.slowAfter), lockedSeconds: left > 0 && runOf(FORGERY.lockAfter) ? Math.ceil(left / 1000) : 0 }
}

/** After step 1. */
export function remarkRequest(app: App, actor: Actor, { answer, facts, shown, verdict }: RequestDone): Promise<void> {
  return quietly(app, async () => {
    const at = placeOf(facts)
    if (answer.flags.includes('COMPROMISED_KEY'))
      await raise(app, actor, { ...at, kind: 'COMPROMISED_KEY', severity: 'medium', about: `ticket:${facts.ticketId}` })
    switch (verdict.code) {
      case 'UNKNOWN_CODE':
        // A signature of ours on a code that was never issued: the key has leaked, or the database was restored.
        if (shown.presented.kind === 'signed')
          await raise(app, actor, { ...at, kind: 'FORGED_VALID', severity: 'critical', about: `event:${facts.eventId}` })
        break
      case 'WRONG_GATE':
        await remarkWrongGate(app, actor, facts)
        break
      default:
        break
    }
    if (isForgery(verdict.code)) await remarkForgery(app, actor, facts)
    if (verdict.in === 'ALREADY_INSIDE') await remarkPresence(app, actor, facts, verdict.code === 'ALREADY_INSIDE')
  })
}

/** After step 2. */
export function remarkConfirm(app: App, actor: Actor, { answer, facts }: ConfirmDone): Promise<void> {
  return quietly(app, async () => {
    if (answer.code === 'ALREADY_INSIDE') await remarkPresence(app, actor, facts, true)
    if (answer.code === 'WRONG_GATE') await remarkWrongGate(app, actor, facts)
  })
}

/** After a session was used twice, or by somebody else. */
export function remarkMisuse(app: App, actor: Actor, session: SessionState, code: string): Promise<void> {
  return quietly(app, async () => {
    const at = { eventId: session.eventId, organizerId: session.organizerId, gateId: session.gateId }
    const agent = actor.kind === 'account' ? actor.accountId : 0
    if (code === 'session_agent_mismatch') return raise(app, actor, { ...at, kind: 'AGENT_ANOMALY', severity: 'medium', about: `agent:${agent}` })
    const replays = await countSigns(app, `replay:${agent}`, 10 * MINUTE)
    return raise(app, actor, { ...at, kind: 'TOKEN_REPLAY', severity: replays >= 3 ? 'high' : 'medium', about: `agent:${agent}` })
  })
}

const placeOf = (facts: ScanFacts) => ({ eventId: facts.eventId, organizerId: facts.organizerId, gateId: facts.gateId })

async function remarkForgery(app: App, actor: Actor, facts: RequestDone['facts']): Promise<void> {
  const agent = actor.kind === 'account' ? actor.accountId : 0
  const { slow, lockedSeconds } = forgeryState([facts.now, ...facts.forged], facts.now)
  if (lockedSeconds > 0 || slow) {
    await raise(app, actor, { ...placeOf(facts), kind: 'BRUTE_FORCE', severity: lockedSeconds > 0 ? 'high' : 'medium', about: `agent:${agent}` })
  }
}

/** A ticket shown at a second gate while its holder is inside: copied, if it happens twice and somebody is turned away. A guest on the way out is none of it. */
async function remarkPresence(app: App, actor: Actor, facts: ScanFacts, denied: boolean): Promise<void> {
  if (facts.lastGateId === null || facts.lastGateId === facts.gateId) return
  const times = await countSigns(app, `inside:${facts.ticketId}`, 10 * MINUTE)
  if (denied && times >= 2) {
    await raise(app, actor, {
      ...placeOf(facts),
      kind: 'TICKET_REPLAY',
      severity: 'high',
      about: `ticket:${facts.ticketId}`,
      data: { ticketId: facts.ticketId, enteredAt: facts.lastScanAt?.toISOString(), enteredGateId: facts.lastGateId },
    })
  }
}

async function remarkWrongGate(app: App, actor: Actor, facts: ScanFacts): Promise<void> {
  const at = placeOf(facts)
  if ((await countSigns(app, `wrong-gate:${facts.ticketId}`, 15 * MINUTE)) >= 3) {
    await raise(app, actor, { ...at, kind: 'WRONG_GATE', severity: 'low', about: `ticket:${facts.ticketId}`, data: { ticketId: facts.ticketId } })
  }
  const { scans, misses } = await selectGateMisses(app.db, facts.gateId, 5 * MINUTE)
  if (scans >= 20 && misses * 10 > scans)
    await raise(app, actor, { ...at, kind: 'GATE_MISCONFIGURED', severity: 'low', about: `gate:${facts.gateId}`, data: { scans, misses } })
}

const countSigns = async (app: App, key: string, seconds: number) => (await countAttempts(app, `door:${key}`, seconds)).count

/** Stores the alert, or counts it in the one that was raised within five minutes; the grave ones become facts, so that somebody is told. */
async function raise(app: App, actor: Actor, alert: Alert): Promise<void> {
  const { eventId, organizerId, gateId, kind, severity } = alert
  await transact(app, async (tx) => {
    const id = await upsertAlert(tx, {
      eventId,
      gateId,
      kind,
      severity,
      dedupeKey: `${kind}:${severity}:${eventId}:${alert.about}`,
      data: alert.data ?? {},
    })
    if (id !== null && (severity === 'high' || severity === 'critical'))
      await record(tx, actor, alertRaised({ id, eventId, organizerId, gateId, kind, severity }))
  })
  app.nudge('facts')
}

async function quietly(app: App, remark: () => Promise<void>): Promise<void> {
  try {
    await remark()
  } catch (error) {
    app.log.error({ err: error }, 'an alarm at the door could not be raised')
  }
}
