// Tickets given out by the thousand: all or none, beside a live sale, through kills and stops, and never twice.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { printIssue } from '#src/modules/notifications/print-issue.ts'
import { createDb } from '#src/platform/db.ts'
import { listErrandFiles, readErrandFile, selectErrand } from '#src/platform/errands.ts'
import { startTestApp, testApp } from '#test/app.ts'
import { buildAgent, buildGate, pass } from '#test/door.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent, type BuiltTicketType } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { buy, counterOf, expectSound, outcomeOf, tally, untilWaiting } from '#test/sale.ts'
import { cancelTicket } from './cancel-ticket.ts'
import { deleteTicketType } from './delete-ticket-type.ts'
import { activateTickets, issueTickets, reprintIssue, stopIssue, wakeErrands, workOnIssue, type IssueTickets } from './issue-tickets.ts'

const app = testApp()

async function scene(quantity: number, input: { capacity?: number; price?: number } = {}) {
  const event = await buildEvent(app, {
    ...(input.capacity ? { capacity: input.capacity } : {}),
    startsAt: new Date(Date.now() + 3_600_000),
    doorsOpenAt: new Date(Date.now() - 60_000),
  })
  // Rules for buyers don't bind the team.
  const type = await buildTicketType(app, event, { quantity, price: input.price ?? 5000, minPerOrder: 2, maxPerOrder: 4 })
  return { event, type }
}

const ask = (event: BuiltEvent, type: BuiltTicketType, to: IssueTickets['to'], more: Partial<IssueTickets> = {}) =>
  issueTickets(app, event.organizer.owner, {
    eventSlug: event.slug,
    ticketTypeId: type.id,
    terms: 'complimentary',
    to,
    perSheet: 4,
    sendMails: false,
    ...more,
  })

const ticketsOf = (errandId: string) => app.db.selectFrom('ticket').selectAll().where('issueId', '=', errandId).orderBy('id').execute()

async function fileOf(errandId: string, name: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of readErrandFile(app, errandId, name)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('an issue', () => {
  it('holds all its places at once, then makes tickets of them, numbered, free and valid', async () => {
    const { event, type } = await scene(300, { capacity: 400 })
    const id = await ask(event, type, 250)
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 300, held: 250, sold: 0 })
    await expectSound(app)
    await workOnIssue(app, id, 1)
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 300, held: 150, sold: 100 })
    await expectSound(app)
    await workOff(app)
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 300, held: 0, sold: 250 })
    expect(await selectErrand(app.db, id)).toMatchObject({ state: 'done', step: 'print', done: 250, total: 250, error: null })
    const tickets = await ticketsOf(id)
    expect(new Set(tickets.map((ticket) => ticket.code.toString('hex'))).size).toBe(250)
    expect(tickets.every((ticket) => ticket.status === 'paid' && ticket.price === 0)).toBe(true)
    // Nobody is written to, and nothing was earned.
    expect(await app.db.selectFrom('mail').select('id').where('eventId', '=', event.id).execute()).toEqual([])
    expect((await listErrandFiles(app.db, id)).map((file) => file.name)).toEqual(['billets.xlsx', 'billets.pdf', 'billets.csv'])
    const lines = (await fileOf(id, 'billets.csv')).toString().trim().split('\r\n')
    expect(lines).toHaveLength(251)
    expect(lines[1]).toMatch(/^[0-9A-Z*~$=-]{17},[0-9A-Z]{10},.*,Billet n° 1,,"?TK1.*http:\/\/guichet\.test\/t\/[\w-]{43}"?$/)
    expect((await fileOf(id, 'billets.pdf')).toString('latin1')).toMatch(/^%PDF-1\.7[^]*%%EOF\s*$/)
    await expectSound(app)
  })

  it('writes to each person of a list where it should, with a link and a ticket of their own', async () => {
    const { event, type } = await scene(10)
    const people = [
      { name: '=HYPERLINK("x")', email: 'Formule@Example.test ' },
      { name: 'Sans Adresse', email: null },
      { name: 'Même Adresse', email: 'formule@example.test' },
    ]
    const id = await ask(event, type, people, { sendMails: true })
    await workOff(app)
    const mails = await app.db.selectFrom('mail').select(['recipient', 'status']).where('eventId', '=', event.id).execute()
    expect(mails).toEqual(Array.from({ length: 2 }, () => ({ recipient: 'formule@example.test', status: 'kept' })))
    expect((await ticketsOf(id)).map((ticket) => ticket.holderName)).toEqual(people.map((person) => person.name))
    const csv = (await fileOf(id, 'billets.csv')).toString()
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`)
    // Who they were is in the orders; the errand forgets them.
    expect((await app.db.selectFrom('ticketIssue').select('peopleEnc').where('errandId', '=', id).executeTakeFirstOrThrow()).peopleEnc).toBeNull()
    await expectSound(app)
  })

  it('is refused as a whole where not enough places remain, in its type or in the event, and says how many do', async () => {
    const { event, type } = await scene(100, { capacity: 40 })
    const refusal = async (count: number) =>
      ask(event, type, count).catch((error: unknown) => (isDomainError(error) ? [error.code, error.details.left] : error))
    expect(await refusal(41)).toEqual(['too_many_places', 40])
    await ask(event, type, 30)
    expect(await refusal(11)).toEqual(['too_many_places', 10])
    expect(await app.db.selectFrom('errand').select('id').where('eventId', '=', event.id).execute()).toHaveLength(1)
    await expectSound(app)
  })

  it('is asked for once under one id, also where it took the last places, or its event is over by then', async () => {
    const { event, type } = await scene(20)
    const id = uuidv7()
    const answers = await Promise.all([ask(event, type, 20, { id }), ask(event, type, 20, { id })])
    expect([...answers, await ask(event, type, 20, { id })]).toEqual([id, id, id])
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 20, held: 20, sold: 0 })
    await workOff(app)
    await app.db.updateTable('event').set({ status: 'ended' }).where('id', '=', event.id).execute()
    expect(await ask(event, type, 20, { id })).toBe(id)
    // Somebody else's id is no answer.
    const other = await scene(20)
    expect(await outcomeOf(ask(other.event, other.type, 1, { id }))).toBe('idempotency_key_reused')
    await expectSound(app)
  })

  it('is refused while staff lets the organizer sell nothing; what was asked before goes on', async () => {
    const { event, type } = await scene(300)
    const before = await ask(event, type, 150)
    await app.db.updateTable('organizer').set({ salesSuspendedAt: new Date() }).where('id', '=', event.organizer.id).execute()
    for (const terms of ['outside', 'complimentary'] as const) expect(await outcomeOf(ask(event, type, 1, { terms }))).toBe('sales_suspended')
    await workOff(app)
    expect(await selectErrand(app.db, before)).toMatchObject({ state: 'done' })
    await expectSound(app)
  })

  it('is for who leads: not for cashiers, agents, rivals or visitors; nor for drafts and unknown types', async () => {
    const { event, type } = await scene(10)
    const [cashier, agent, rival] = await Promise.all([
      buildMember(app, event.organizer.id, 'cashier'),
      buildMember(app, event.organizer.id, 'agent'),
      buildOrganizer(app),
    ])
    const input: IssueTickets = { eventSlug: event.slug, ticketTypeId: type.id, terms: 'complimentary', to: 1, perSheet: 4, sendMails: false }
    for (const [who, code] of [
      [cashier, 'forbidden'],
      [agent, 'forbidden'],
      [rival.owner, 'not_found'],
      [{ kind: 'visitor', locale: 'fr', ip: null }, 'unauthenticated'],
    ] as const)
      expect(await outcomeOf(issueTickets(app, who, input))).toBe(code)
    const id = await ask(event, type, 2)
    for (const work of [stopIssue, reprintIssue]) {
      expect(await outcomeOf(work(app, cashier, event.slug, id))).toBe('forbidden')
      expect(await outcomeOf(work(app, rival.owner, event.slug, id))).toBe('not_found')
    }
    expect(await outcomeOf(activateTickets(app, cashier, event.slug, { issueId: id }))).toBe('forbidden')
    const other = await scene(10)
    expect(await outcomeOf(ask(event, other.type, 1))).toBe('unknown_ticket_type')
    expect(await outcomeOf(stopIssue(app, other.event.organizer.owner, other.event.slug, id))).toBe('not_found')
    for (const to of [0, 10_001, 1.5, [{ name: ' ', email: null }]]) expect(await outcomeOf(ask(event, type, to))).toBe('invalid_input')
    const draft = await buildEvent(app, { status: 'draft' })
    expect(await outcomeOf(ask(draft, await buildTicketType(app, draft), 1))).toBe('event_not_on_sale')
  })

  it('to be sold elsewhere lets in only once it is sold: one, or all', async () => {
    const { event, type } = await scene(10)
    const id = await ask(event, type, 3, { terms: 'outside' })
    await workOff(app)
    const gate = await buildGate(app, event)
    const door = { event, type, gate, agent: await buildAgent(app, event, gate) }
    const [first, second] = (await ticketsOf(id)).map((ticket) => ({ ...ticket, type }))
    expect(await pass(app, door, first!)).toBe('TICKET_NOT_ACTIVATED')
    const cashier = await buildMember(app, event.organizer.id, 'cashier')
    expect(await activateTickets(app, cashier, event.slug, { ticketId: first!.id })).toBe(1)
    expect(await activateTickets(app, cashier, event.slug, { ticketId: first!.id })).toBe(0)
    expect(await pass(app, door, first!)).toBe('OK')
    expect(await pass(app, door, second!)).toBe('TICKET_NOT_ACTIVATED')
    expect(await activateTickets(app, event.organizer.owner, event.slug, { issueId: id })).toBe(2)
    expect(await pass(app, door, second!)).toBe('OK')
    await expectSound(app)
  })
})

describe('beside others', () => {
  it('never sells the last places twice: whoever comes first has them, whole', async () => {
    const { event, type } = await scene(20)
    await app.db.updateTable('ticketType').set({ minPerOrder: 1, price: 0 }).where('id', '=', type.id).execute()
    const sale = Array.from({ length: 16 }, (_, i) =>
      buy(app, event, type, 1, { buyer: { name: `Afi ${i}`, email: `afi${i}@example.test` }, payment: undefined }),
    )
    const issues = Array.from({ length: 4 }, () => ask(event, type, 4))
    const outcomes = await Promise.all([...sale.map(outcomeOf), ...issues.map(outcomeOf)])
    await workOff(app)
    const bought = tally(outcomes.slice(0, 16)).done ?? 0
    const issued = tally(outcomes.slice(16)).done ?? 0
    const counter = await counterOf(app, type.quotaId)
    expect(counter).toEqual({ size: 20, held: 0, sold: bought + 4 * issued })
    // Nobody was refused while there was room.
    expect(20 - counter.sold).toBeLessThan(4)
    if (bought < 16) expect(counter.sold).toBe(20)
    await expectSound(app)
  })

  it('waits for whoever changes the event before it keeps the counters from the sale', async () => {
    const { event, type } = await scene(10)
    const asked = await createDb(app.ownerPool)
      .transaction()
      .execute(async (tx) => {
        await tx.selectFrom('event').select('id').where('id', '=', event.id).forUpdate().execute()
        const issue = ask(event, type, 10)
        await untilWaiting(app)
        // Nobody has them: whoever holds the event comes by, and so does a sale.
        await tx.selectFrom('quotaCounter').select('quotaId').where('eventId', '=', event.id).forUpdate().noWait().execute()
        return { issue }
      })
    await asked.issue
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 10, held: 10, sold: 0 })
  })

  it('goes on where it was killed, in another process, without doubles', async () => {
    const { event, type } = await scene(350)
    const id = await ask(event, type, 350)
    const other = await startTestApp({}, { beside: app })
    try {
      await workOnIssue(app, id, 1)
      // Both at once: they take turns at the errand's row.
      await Promise.all([workOnIssue(app, id, 1), workOnIssue(other.app, id, 1)])
      expect(await selectErrand(app.db, id)).toMatchObject({ state: 'running', done: 300, total: 350 })
      await Promise.all([workOnIssue(other.app, id), workOnIssue(app, id)])
      // Killed while it drew: half a file is thrown away, not continued.
      await app.db
        .insertInto('errandPart')
        .values({
          errandId: id,
          organizerId: event.organizer.id,
          file: 'billets.pdf',
          part: 1,
          bytes: 4,
          sealed: app.cipher.seal('errand-part', Buffer.from('half')),
        })
        .execute()
      await printIssue(other.app, id)
      await workOff(app)
      expect(await ticketsOf(id)).toHaveLength(350)
      expect(await counterOf(app, type.quotaId)).toEqual({ size: 350, held: 0, sold: 350 })
      expect((await fileOf(id, 'billets.pdf')).subarray(0, 4).toString()).toBe('%PDF')
      expect((await fileOf(id, 'billets.csv')).toString().trim().split('\r\n')).toHaveLength(351)
      await expectSound(app)
    } finally {
      await other.stop()
    }
  })

  it('gives back what was not made where it is stopped, and keeps what was', async () => {
    const { event, type } = await scene(300)
    const id = await ask(event, type, 300)
    await workOnIssue(app, id, 1)
    await stopIssue(app, event.organizer.owner, event.slug, id)
    await stopIssue(app, event.organizer.owner, event.slug, id)
    await workOff(app)
    expect(await selectErrand(app.db, id)).toMatchObject({ state: 'cancelled', step: 'issue' })
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 300, held: 0, sold: 100 })
    await expectSound(app)
  })

  it('is woken where its job died, and let go where it never ends', async () => {
    const { event, type } = await scene(10)
    const id = await ask(event, type, 10)
    const jobs = async () => (await app.ownerPool.query(`SELECT key FROM graphile_worker.jobs WHERE key = $1`, [`issue-tickets:${id}`])).rows
    await app.ownerPool.query(`DELETE FROM graphile_worker._private_jobs WHERE key = $1`, [`issue-tickets:${id}`])
    await wakeErrands(app)
    expect(await jobs()).toEqual([])
    app.clock.advance(400)
    await wakeErrands(app)
    expect(await jobs()).toHaveLength(1)
    app.clock.advance(90_000)
    await wakeErrands(app)
    app.clock.advance(-90_400)
    expect(await selectErrand(app.db, id)).toMatchObject({ state: 'failed' })
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 10, held: 0, sold: 0 })
    await workOff(app)
    await expectSound(app)
  })

  it('draws its files once, where two are at it: who began last', async () => {
    const { event, type } = await scene(300)
    const id = await ask(event, type, 250)
    await workOnIssue(app, id)
    await Promise.all([printIssue(app, id), printIssue(app, id), printIssue(app, id)])
    expect(await selectErrand(app.db, id)).toMatchObject({ state: 'done', done: 250 })
    expect((await fileOf(id, 'billets.csv')).toString().trim().split('\r\n')).toHaveLength(251)
    expect((await fileOf(id, 'billets.pdf')).toString('latin1').match(/%PDF-/g)).toHaveLength(1)
    await workOff(app)
  })

  it('ends with its event, and keeps its type from being deleted', async () => {
    const { event, type } = await scene(200)
    const id = await ask(event, type, 200)
    expect(await outcomeOf(deleteTicketType(app, event.organizer.owner, type.id))).toBe('ticket_type_has_sales')
    await workOnIssue(app, id, 1)
    await cancelEvent(app, event.organizer.owner, event.slug, { reason: 'Pluie' })
    await workOff(app)
    expect(await selectErrand(app.db, id)).toMatchObject({ state: 'failed', error: 'event_cancelled' })
    expect(await counterOf(app, type.quotaId)).toEqual({ size: 200, held: 0, sold: 0 })
    await expectSound(app)
  })
})

describe('the counters', () => {
  it('equal the tickets after any sequence of sales, issues, stops and cancellations', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ what: fc.constant('issue' as const), count: fc.integer({ min: 1, max: 14 }) }),
            fc.record({ what: fc.constant('work' as const) }),
            fc.record({ what: fc.constant('stop' as const) }),
            fc.record({ what: fc.constant('buy' as const), count: fc.integer({ min: 2, max: 4 }) }),
            fc.record({ what: fc.constant('take back' as const) }),
          ),
          { minLength: 3, maxLength: 10 },
        ),
        async (steps) => {
          const { event, type } = await scene(30, { capacity: 25 })
          let last: string | undefined
          for (const step of steps) {
            if (step.what === 'issue') last = await ask(event, type, step.count).catch(() => last)
            else if (step.what === 'buy') await outcomeOf(buy(app, event, type, step.count))
            else if (step.what === 'work' && last) await workOnIssue(app, last)
            else if (step.what === 'stop' && last) await stopIssue(app, event.organizer.owner, event.slug, last)
            else if (step.what === 'take back' && last) {
              const ticket = (await ticketsOf(last)).find((one) => one.status === 'paid')
              const order =
                ticket && (await app.db.selectFrom('ticketOrder').select('code').where('id', '=', ticket.orderId).executeTakeFirstOrThrow())
              if (ticket && order) await cancelTicket(app, event.organizer.owner, { code: order.code, ticketId: ticket.id })
            }
          }
          const counter = await counterOf(app, type.quotaId)
          expect(counter.held + counter.sold).toBeLessThanOrEqual(25)
          await expectSound(app)
        },
      ),
      { numRuns: 12 },
    )
  })
})
