// One organizer with something of everything, and everybody who might ask for it.
import type { AccountActor, Locale } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { inviteGuest } from '#src/modules/events/invite-guest.ts'
import { addSession } from '#src/modules/events/change-sessions.ts'
import { simulatePayer } from '#src/modules/payments/simulate-payer.ts'
import { issueTickets } from '#src/modules/ticketing/issue-tickets.ts'
import { checkOut, type CheckedOut } from '#src/modules/ticketing/check-out.ts'
import { findEventById } from '#src/modules/events/find-events.ts'
import { listOrderTickets } from '#src/modules/ticketing/find-orders.ts'
import type { TestApp } from '#test/app.ts'
import { buildAgent, buildGate, confirm } from '#test/door.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, buildQuota, buildTicketType } from '#test/factories.ts'
import { requestScan } from '#src/modules/access/request-scan.ts'
import { bearerOf } from '#test/sign-in.ts'

export type Caller = 'visitor' | 'stranger' | 'rival' | 'holder' | 'agent' | 'cashier' | 'owner'
export const CALLERS: readonly Caller[] = ['visitor', 'stranger', 'rival', 'holder', 'agent', 'cashier', 'owner']

export type Scene = Awaited<ReturnType<typeof buildScene>>

let scenes = 0

/** Everything belongs to one organizer; `rival` owns another one, `holder` bears the paid order's own token. */
export async function buildScene(app: TestApp) {
  const n = ++scenes
  const visitor = { kind: 'visitor', locale: 'fr' as Locale, ip: null } as const
  const organizer = await buildOrganizer(app)
  const { owner } = organizer
  const [published, draft, secret] = await Promise.all([
    buildEvent(app, { organizer }),
    buildEvent(app, { organizer, status: 'draft', title: `Brouillon inavoué ${n}` }),
    buildEvent(app, { organizer, visibility: 'private', title: `Entre nous ${n}` }),
  ])
  // A draft was never shown to anybody.
  await app.db.updateTable('event').set({ publishedAt: null }).where('id', '=', draft.id).execute()
  const [type, hidden] = [await buildTicketType(app, published), await buildTicketType(app, published, { name: `Tarif caché ${n}`, hidden: true })]
  const secretType = await buildTicketType(app, secret)
  const [quotaId, gate, elsewhere] = await Promise.all([
    buildQuota(app, published.id, 50, 'shared'),
    buildGate(app, published, { name: `Porte de service ${n}` }),
    buildGate(app, published, { name: `Entrée des artistes ${n}` }),
  ])
  const [agent, cashier, stranger, rivals] = await Promise.all([
    buildAgent(app, published, gate),
    buildMember(app, organizer.id, 'cashier'),
    buildAccount(app),
    buildOrganizer(app),
  ])
  const spare = await buildMember(app, organizer.id, 'agent')
  const start = published.startsAt.getTime()
  const programme = await addSession(app, owner, published.slug, {
    title: 'Ouverture',
    startsAt: new Date(start),
    endsAt: new Date(start + 3_600_000),
  })
  const guest = await inviteGuest(app, owner, secret.slug, { email: `invitee-${n}@entre-nous.test` })

  const buy = (who: string, payment?: { provider: string }) =>
    checkOut(app, visitor, {
      eventSlug: published.slug,
      lines: [{ ticketTypeId: type.id, quantity: 2 }],
      idempotencyKey: `${who} ${n}`,
      channel: 'api',
      buyer: { name: `${who} ${n}`, email: `acheteuse-${n}@${who.toLowerCase()}.test`, phone: '0196000100' },
      payment,
    })
  const unpaid = await buy('Distraite')
  const waiting = await buy('Hesitante', { provider: 'simulator' })
  const paid = await buy('Discrete', { provider: 'simulator' })
  await simulatePayer(app, { paymentId: paid.payment!.id, decision: 'approve' })
  const tickets = await app.db
    .selectFrom('ticket')
    .select(['id', 'status'])
    .where('orderId', '=', paid.id)
    .where('eventId', '=', published.id)
    .orderBy('id')
    .execute()
  const refundId = await insertManualRefund(app, waiting, organizer.id, published.id)
  const errandId = await issueTickets(app, owner, {
    eventSlug: published.slug,
    ticketTypeId: type.id,
    terms: 'outside',
    to: 1,
    perSheet: 4,
    sendMails: false,
  })
  const { scanId, session, qr } = await scanOne(app, agent, published, paid)

  const people: Record<Exclude<Caller, 'visitor' | 'holder'>, AccountActor> = { stranger, rival: rivals.owner, agent, cashier, owner }
  const headers = Object.fromEntries(
    await Promise.all(
      CALLERS.map(async (caller): Promise<[Caller, Record<string, string>]> => {
        if (caller === 'visitor') return [caller, {}]
        if (caller === 'holder') return [caller, { authorization: `Bearer ${paid.accessToken}` }]
        return [caller, await bearerOf(app, people[caller])]
      }),
    ),
  ) as Record<Caller, Record<string, string>>

  const { publicId: ownerSession } = await app.db
    .selectFrom('loginSession')
    .select('publicId')
    .where('id', '=', owner.sessionId)
    .executeTakeFirstOrThrow()

  return {
    n,
    ownerSession,
    organizer,
    rivals,
    published,
    draft,
    secret,
    type,
    hidden,
    secretType,
    quotaId,
    gate,
    elsewhere,
    people,
    spare,
    programme,
    guest,
    unpaid,
    waiting,
    paid,
    ticketId: tickets[1]!.id,
    refundId,
    errandId,
    scanId,
    session,
    qr,
    headers,
    /** What nobody outside the team may ever be told. */
    secrets: [
      draft.slug,
      secret.slug,
      `Brouillon inavoué ${n}`,
      `Entre nous ${n}`,
      `Tarif caché ${n}`,
      `Porte de service ${n}`,
      `Entrée des artistes ${n}`,
      guest.email,
      owner.email,
      agent.email,
      cashier.email,
      spare.email,
      ...[unpaid, waiting, paid].flatMap((order) => [order.code, order.accessToken, order.buyer.email!, order.buyer.name]),
      '+2290196000100',
      '0196000100',
      ...tickets.map((ticket) => ticket.id),
      refundId,
      errandId,
      scanId,
    ],
  }
}

async function insertManualRefund(app: TestApp, order: CheckedOut, organizerId: number, eventId: number): Promise<string> {
  const refund = await app.db
    .insertInto('refund')
    .values({
      id: uuidv7(),
      paymentId: order.payment!.id,
      payableKind: 'order',
      payableId: order.id,
      eventId,
      organizerId,
      amount: 100,
      currency: 'XOF',
      cause: 'organizer',
      reason: 'geste',
      status: 'MANUAL_REQUIRED',
      requestedBy: 'system:test',
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return refund.id
}

/** The order's first ticket goes in; its second one is shown and waits for the second step. */
async function scanOne(app: TestApp, agent: AccountActor, event: { id: number; slug: string }, order: CheckedOut) {
  const [first, second] = await listOrderTickets(app, (await findEventById(app.db, event.id))!, { eventId: event.id, id: order.id })
  const scanId = uuidv7()
  await confirm(app, agent, await requestScan(app, agent, { qr: first!.qr! }), 'in', scanId)
  const { scanSessionToken } = await requestScan(app, agent, { qr: second!.qr! })
  return { scanId, session: scanSessionToken!, qr: second!.qr! }
}
