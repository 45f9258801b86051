// issueTickets: gives out many tickets at once, without payment or to be sold elsewhere. All their places are held when it is asked for;
// a job turns them into tickets, batch by batch; each batch is one transaction with the progress that it stands for.
import { hash } from 'node:crypto'
import { loadTeamEvent, lockTeamEvent } from '#src/modules/events/find-events.ts'
import { asTeam } from '#src/modules/events/team-scope.ts'
import { secondsAfter } from '#src/kernel/clock.ts'
import { systemActor, type Actor } from '#src/kernel/actor.ts'
import { invalidInput, kernelError } from '#src/kernel/domain-error.ts'
import { isUuid, newOrderCode, newTicketCodes, uuidv7 } from '#src/kernel/id.ts'
import { messages } from '#src/locales/locale.ts'
import { requireAccount } from '#src/modules/identity/find-accounts.ts'
import type { App } from '#src/platform/app.ts'
import { transact, violatedConstraint, type Tx } from '#src/platform/db.ts'
import {
  advanceErrand,
  endErrand,
  insertErrand,
  isUnderWay,
  lockErrand,
  reopenErrand,
  selectErrand,
  selectStuckErrands,
  type Errand,
} from '#src/platform/errands.ts'
import { record } from '#src/platform/facts.ts'
import { enqueue } from '#src/platform/jobs.ts'
import { requireRate } from '#src/platform/rate-limit.ts'
import { ticketingError, type TicketingErrorCode } from './errors.ts'
import { orderSubject } from './order.ts'
import { activateIssued, insertIssue, insertIssuedTickets, selectIssue, selectIssueScene, updateHeld, type IssueScene } from './store/issues.ts'
import { lockCounters, updateCounters, type Counter } from './store/quotas.ts'
import { MAX_ISSUE, SHEET_SIZES, type IssueTerms, type PerSheet, type Person, type TicketIssue } from './ticket-issue.ts'

export type IssueTickets = {
  /** A UUID of the caller's own: the same one again asks for nothing more. */
  id?: string | undefined
  eventSlug: string
  ticketTypeId: number
  terms: IssueTerms
  /** One ticket each; or how many, numbered. */
  to: readonly Person[] | number
  perSheet: PerSheet
  /** To those who have an address. */
  sendMails: boolean
}

const BATCH = 100
/** Each may be ten thousand mails, and a minute of drawing. */
const ISSUES = { max: 60, seconds: 3600 }
const PRINTS = { max: 10, seconds: 3600 }

/**
 * Holds all the places or none, and starts the work.
 * @returns the errand's id
 * @throws not_found, forbidden (to all but owners and managers), unknown_ticket_type, event_not_on_sale, event_cancelled, sale_ended,
 *   sales_suspended, invalid_input; too_many_places, with how many remain; idempotency_key_reused where the id is another event's; rate_limited
 */
export async function issueTickets(app: App, actor: Actor, input: IssueTickets): Promise<string> {
  const { accountId } = requireAccount(actor)
  const people =
    typeof input.to === 'number' ? null : input.to.map(({ name, email }) => ({ name: name.trim(), email: email?.trim().toLowerCase() || null }))
  const quantity = people?.length ?? (input.to as number)
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > MAX_ISSUE) throw invalidInput({ pointer: '/body/quantity', code: 'range' })
  if (people?.some((person) => person.name === '' || person.name.length > 200)) throw invalidInput({ pointer: '/body/people', code: 'length' })
  if (!SHEET_SIZES.includes(input.perSheet)) throw invalidInput({ pointer: '/body/perSheet', code: 'choice' })
  const id = input.id ?? uuidv7()
  if (!isUuid(id)) throw invalidInput({ pointer: '/body/id', code: 'invalid' })
  await requireRate(app, `issue:${accountId}`, ISSUES)
  await asTeam(app, actor, async (tx) => {
    // The event before its counters, as everybody who changes it: the errand's row refers to it, and would wait for it while the sale waits for us.
    const event = await lockTeamEvent(tx, actor, input.eventSlug)
    const { scene, counters } = await lockScene(tx, event.id, input.ticketTypeId)
    // Looked at under the locks: whoever presses twice must not be told that the places are gone, for they are theirs.
    const asked = await selectErrand(tx, id)
    if (asked?.eventId === event.id && asked.kind === 'tickets') return
    if (!scene || scene.kid === null) throw ticketingError('unknown_ticket_type', { ticketTypeId: input.ticketTypeId })
    const closed = whyClosed(scene)
    if (closed) throw ticketingError(closed)
    const left = Math.min(...counters.map((counter) => counter.size - counter.held - counter.sold))
    if (quantity > left) throw ticketingError('too_many_places', { left })
    await updateCounters(
      tx,
      counters.map(({ quotaId }) => ({ eventId: event.id, quotaId, held: quantity, sold: 0 })),
    )
    const { ticketTypeId, terms, sendMails, perSheet } = input
    await insertErrand(tx, {
      id,
      organizerId: event.organizerId,
      eventId: event.id,
      kind: 'tickets',
      accountId,
      locale: actor.locale,
      input: { ticketTypeId, terms, quantity, perSheet, sendMails },
      step: 'issue',
      total: quantity,
    })
    await insertIssue(tx, app.cipher, { errandId: id, eventId: event.id, ticketTypeId, terms, quantity, held: quantity, sendMails, people })
    await record(tx, actor, {
      kind: 'tickets.issue_asked',
      organizerId: event.organizerId,
      eventId: event.id,
      subject: `errand:${id}`,
      data: { ticketTypeId, terms, quantity },
    })
    await enqueue(tx, 'issue-tickets', { errandId: id }, { key: `issue-tickets:${id}` })
  }).catch((error: unknown) => {
    throw violatedConstraint(error) === 'errand_pkey' ? kernelError('idempotency_key_reused') : error
  })
  return id
}

/** Who sells looks at the event under the locks of all its counters; a capacity that was set while we waited is locked as well. */
async function lockScene(tx: Tx, eventId: number, ticketTypeId: number): Promise<{ scene: IssueScene | undefined; counters: Counter[] }> {
  for (let scene = await selectIssueScene(tx, eventId, ticketTypeId); ;) {
    const quotaIds = scene ? [scene.quotaId, ...(scene.capacityQuotaId === null ? [] : [scene.capacityQuotaId])] : []
    const counters = await lockCounters(
      tx,
      quotaIds.map((quotaId) => ({ eventId, quotaId })),
    )
    scene = await selectIssueScene(tx, eventId, ticketTypeId)
    if (!scene || scene.capacityQuotaId === null || quotaIds.includes(scene.capacityQuotaId))
      // A capacity that was taken away while we waited counts no more.
      return { scene, counters: counters.filter(({ quotaId }) => quotaId === scene?.quotaId || quotaId === scene?.capacityQuotaId) }
  }
}

function whyClosed({ status, suspended }: IssueScene): TicketingErrorCode | undefined {
  if (status === 'draft' || status === 'pending_review') return 'event_not_on_sale'
  if (status === 'cancelled') return 'event_cancelled'
  if (status === 'ended') return 'sale_ended'
  return suspended ? 'sales_suspended' : undefined
}

/**
 * The job: one batch after another, until all places are tickets or somebody stopped it. Killed in the middle, it goes on where it was.
 * @param batches how many to do at most, for tests
 */
export async function workOnIssue(app: App, errandId: string, batches = Number.POSITIVE_INFINITY): Promise<void> {
  for (let i = 0; i < batches; i++) if (!(await transact(app, (tx) => issueBatch(app, tx, errandId)))) break
  app.nudge('facts')
}

/** @returns whether there is more to do */
async function issueBatch(app: App, tx: Tx, errandId: string): Promise<boolean> {
  const errand = await lockErrand(tx, errandId)
  const issue = errand && isUnderWay(errand) && errand.step === 'issue' ? await selectIssue(tx, app.cipher, errandId) : undefined
  if (!errand || !issue) return false
  const { scene, counters } = await lockScene(tx, issue.eventId, issue.ticketTypeId)
  const closed = !scene || scene.kid === null ? 'unknown_ticket_type' : scene.status === 'cancelled' ? 'event_cancelled' : undefined
  if (!scene || scene.kid === null || closed) {
    await letGo(tx, issue, counters)
    await endErrand(tx, errandId, 'failed', app.clock.now(), closed)
    return false
  }
  const made = issue.quantity - issue.held
  const count = Math.min(BATCH, issue.held)
  const left = issue.held - count
  await makeTickets(app, tx, errand, issue, { ...scene, kid: scene.kid }, made, count)
  await updateCounters(
    tx,
    counters.map(({ quotaId }) => ({ eventId: issue.eventId, quotaId, held: -count, sold: count })),
  )
  await updateHeld(tx, errandId, left, { forget: left === 0 })
  if (left > 0) {
    await advanceErrand(tx, errandId, { done: made + count })
    return true
  }
  await advanceErrand(tx, errandId, { step: 'print', done: 0, total: issue.quantity })
  await enqueue(tx, 'print-issue', { errandId }, { key: `print-issue:${errandId}` })
  return false
}

async function makeTickets(
  app: App,
  tx: Tx,
  errand: Errand,
  issue: TicketIssue,
  scene: IssueScene & { kid: number },
  made: number,
  count: number,
): Promise<void> {
  const codes = newTicketCodes(count)
  const words = messages(errand.locale).issues
  const rows = Array.from({ length: count }, (_, i) => {
    const person = issue.people?.[made + i]
    return {
      orderCode: newOrderCode(),
      // The place in the issue is the order's key: none is ever made twice.
      key: hash('sha256', `issue ${issue.errandId} ${made + i}`, 'buffer').subarray(0, 16),
      ticketId: uuidv7(),
      code: codes.subarray(i * 8, i * 8 + 8),
      name: person?.name ?? words.numbered(made + i + 1),
      holder: person?.name ?? null,
      email: person?.email ?? null,
    }
  })
  const { organizerId, currency, kid } = scene
  const { eventId, ticketTypeId, errandId } = issue
  const status = issue.terms === 'complimentary' ? 'paid' : 'issued'
  const ids = await insertIssuedTickets(
    tx,
    { eventId, organizerId, ticketTypeId, errandId, currency, locale: errand.locale, kid, status },
    rows,
    app.clock.now(),
  )
  await record(
    tx,
    systemActor('issue-tickets'),
    ...rows.map((row, i) => ({
      kind: 'order.issued',
      organizerId,
      eventId,
      subject: orderSubject(ids[i]!),
      data: { code: row.orderCode, mail: issue.sendMails && row.email !== null },
    })),
  )
}

/** Places that will become no tickets go back on sale. */
async function letGo(tx: Tx, issue: TicketIssue, counters: readonly Counter[]): Promise<void> {
  await updateCounters(
    tx,
    counters.map(({ quotaId }) => ({ eventId: issue.eventId, quotaId, held: -issue.held, sold: 0 })),
  )
  await updateHeld(tx, issue.errandId, 0, { forget: true })
}

const STUCK_SECONDS = 300
const GIVEN_UP_SECONDS = 86_400
const JOBS: Record<string, string> = { issue: 'issue-tickets', print: 'print-issue', export: 'write-export' }

/** Wakes errands that have not moved for five minutes; after a day without an end they have failed, and what they kept goes back on sale. */
export async function wakeErrands(app: App): Promise<void> {
  const now = app.clock.now()
  for (const { id } of await selectStuckErrands(app.db, secondsAfter(now, -STUCK_SECONDS))) {
    await transact(app, async (tx) => {
      const errand = await lockErrand(tx, id)
      const job = errand && JOBS[errand.step]
      if (!errand || !job || !isUnderWay(errand)) return
      if (errand.createdAt > secondsAfter(now, -GIVEN_UP_SECONDS)) return enqueue(tx, job, { errandId: id }, { key: `${job}:${id}` })
      const issue = await selectIssue(tx, app.cipher, id)
      if (issue && issue.held > 0) await letGo(tx, issue, (await lockScene(tx, issue.eventId, issue.ticketTypeId)).counters)
      await endErrand(tx, id, 'failed', now)
    })
  }
}

/** Loads and locks an errand of tickets of the event, for who leads it. */
async function lockIssue(app: App, tx: Tx, actor: Actor, eventSlug: string, errandId: string): Promise<{ errand: Errand; issue: TicketIssue }> {
  const event = await loadTeamEvent(tx, actor, eventSlug)
  const errand = await lockErrand(tx, errandId)
  const issue = errand && (await selectIssue(tx, app.cipher, errandId))
  if (!errand || !issue || errand.eventId !== event.id) throw kernelError('not_found')
  return { errand, issue }
}

/** Stops the work: places that are no tickets yet go back on sale; tickets that were made stay. @throws not_found, forbidden */
export async function stopIssue(app: App, actor: Actor, eventSlug: string, errandId: string): Promise<void> {
  await asTeam(app, actor, async (tx) => {
    const { errand, issue } = await lockIssue(app, tx, actor, eventSlug, errandId)
    if (!isUnderWay(errand)) return
    if (issue.held > 0) {
      const { counters } = await lockScene(tx, issue.eventId, issue.ticketTypeId)
      await letGo(tx, issue, counters)
    }
    await endErrand(tx, errandId, 'cancelled', app.clock.now())
    await record(tx, actor, {
      kind: 'tickets.issue_stopped',
      organizerId: errand.organizerId,
      eventId: errand.eventId,
      subject: `errand:${errandId}`,
      data: { made: issue.quantity - issue.held },
    })
  })
}

/** Draws the files again, as the tickets are now: files are kept for a week, codes may have been replaced. @throws not_found, forbidden, rate_limited */
export async function reprintIssue(app: App, actor: Actor, eventSlug: string, errandId: string): Promise<void> {
  await requireRate(app, `reprint:${requireAccount(actor).accountId}`, PRINTS)
  await asTeam(app, actor, async (tx) => {
    const { errand, issue } = await lockIssue(app, tx, actor, eventSlug, errandId)
    if (isUnderWay(errand) || issue.held > 0) return
    await reopenErrand(tx, errandId, 'print', errand.total)
    await enqueue(tx, 'print-issue', { errandId }, { key: `print-issue:${errandId}` })
  })
}

/** Says that tickets given out to be sold elsewhere were sold: all of an issue, or one. @returns how many let in from now on. @throws not_found, forbidden */
export function activateTickets(app: App, actor: Actor, eventSlug: string, which: { ticketId: string } | { issueId: string }): Promise<number> {
  return asTeam(app, actor, async (tx) => {
    // Whoever takes money for tickets may say of one that it was sold.
    const event = await loadTeamEvent(tx, actor, eventSlug, ...('ticketId' in which ? (['cashier'] as const) : []))
    const ids = await activateIssued(tx, event.id, which)
    await record(
      tx,
      actor,
      ...ids.map((id) => ({ kind: 'ticket.activated', organizerId: event.organizerId, eventId: event.id, subject: `ticket:${id}` })),
    )
    return ids.length
  })
}
