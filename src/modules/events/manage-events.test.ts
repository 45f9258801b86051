import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#src/kernel/actor.ts'
import { inScope } from '#src/platform/db.ts'
import { createSettingsMemory } from '#src/platform/settings.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltOrganizer } from '#test/factories.ts'
import { toLocalTime } from '#src/kernel/zone.ts'
import { beginEvent } from './begin-event.ts'
import { cancelEvent } from './cancel-event.ts'
import { addSession, listSessions, removeSession } from './change-sessions.ts'
import { countView, flushViews } from './count-views.ts'
import { createEvent, type NewEvent } from './create-event.ts'
import { deleteEvent } from './delete-event.ts'
import { endEvents } from './end-events.ts'
import { findEventRef, findVisibleEvent, getTeamEvent, getVisibleEvent, listInvitations, willBeReviewed } from './find-events.ts'
import { inviteGuest, mintInvitationToken, revokeInvitation } from './invite-guest.ts'
import { publishEvent } from './publish-event.ts'
import { reviewEvent } from './review-event.ts'
import { unpublishEvent } from './unpublish-event.ts'
import { updateEvent } from './update-event.ts'

const app = testApp()
const visitor: Actor = { kind: 'visitor', locale: 'fr', ip: null }
const HOUR = 3_600_000
let organizer: BuiltOrganizer
let other: BuiltOrganizer

beforeAll(async () => {
  organizer = await buildOrganizer(app)
  other = await buildOrganizer(app)
})

function concert(changes: Partial<NewEvent> = {}): NewEvent {
  const startsAt = new Date(Date.now() + 48 * HOUR)
  return {
    title: 'Soirée afrobeat',
    category: 'concert',
    startsAt,
    endsAt: new Date(startsAt.getTime() + 4 * HOUR),
    timezone: 'Africa/Porto-Novo',
    city: 'Cotonou',
    country: 'BJ',
    ...changes,
  }
}

const draft = (changes: Partial<NewEvent> = {}) => createEvent(app, organizer.owner, concert(changes))
const published = async (changes: Partial<NewEvent> = {}) => publishEvent(app, organizer.owner, (await draft(changes)).slug)
const refusal = (code: string) => expect.objectContaining({ code }) as Error
const searchable = async (eventId: number) =>
  (await app.db.selectFrom('eventSearch').select('eventId').where('eventId', '=', eventId).executeTakeFirst()) !== undefined
const factsOf = async (eventId: number) =>
  (await app.db.selectFrom('fact').select('kind').where('eventId', '=', eventId).orderBy('id').execute()).map((fact) => fact.kind)

describe('creating', () => {
  test('makes a tidy draft under a slug made of its title', async () => {
    const event = await draft({ title: '  Fête de l’igname,\n Savalou ! ', dressCode: ' ' })
    expect(event).toMatchObject({
      title: 'Fête de l’igname, Savalou !',
      slug: 'fete-de-l-igname-savalou',
      status: 'draft',
      organizerId: organizer.id,
      currency: 'XOF',
      dressCode: null,
    })
    expect(await factsOf(event.id)).toEqual(['event.created'])
    expect(await searchable(event.id)).toBe(false)
  })

  test('gives the second event of a title another slug, also when both are made at once', async () => {
    const events = await Promise.all(Array.from({ length: 4 }, () => draft({ title: 'Gala annuel' })))
    expect(new Set(events.map((event) => event.slug)).size).toBe(4)
    for (const { slug } of events) expect(slug).toMatch(/^gala-annuel(-[a-z0-9]+)?$/)
    expect(events.map((event) => event.slug)).toContain('gala-annuel')
  })

  test('keeps a capacity as a quota of its own', async () => {
    const event = await draft({ capacity: 300 })
    const counter = await app.db.selectFrom('quotaCounter').selectAll().where('quotaId', '=', event.capacityQuotaId).executeTakeFirstOrThrow()
    expect(counter).toMatchObject({ eventId: event.id, size: 300, held: 0, sold: 0 })
  })

  test('refuses visitors, people without an organizer, cashiers and agents', async () => {
    await expect(createEvent(app, visitor, concert())).rejects.toThrow(refusal('unauthenticated'))
    await expect(createEvent(app, await buildAccount(app), concert())).rejects.toThrow(refusal('organizer_required'))
    for (const role of ['cashier', 'agent'] as const) {
      await expect(createEvent(app, await buildMember(app, organizer.id, role), concert())).rejects.toThrow(refusal('organizer_required'))
    }
  })

  test('asks which organizer, where the caller leads several, and takes no other', async () => {
    const both = { ...organizer.owner, memberships: [...organizer.owner.memberships, { organizerId: other.id, role: 'manager' as const }] }
    await expect(createEvent(app, both, concert())).rejects.toThrow(refusal('organizer_ambiguous'))
    expect((await createEvent(app, both, concert({ organizer: other.slug }))).organizerId).toBe(other.id)
    await expect(createEvent(app, organizer.owner, concert({ organizer: other.slug }))).rejects.toThrow(refusal('invalid_input'))
  })

  test('refuses an unknown category and bad dates, naming the field', async () => {
    await expect(draft({ category: 'nope' })).rejects.toMatchObject({
      details: { problems: [{ pointer: '/body/category', code: 'unknown_category' }] },
    })
    // An abbreviation that Node knows and PostgreSQL does not.
    await expect(draft({ timezone: 'VST' })).rejects.toMatchObject({
      details: { problems: [{ pointer: '/body/timezone', code: 'unknown_time_zone' }] },
    })
    await expect(draft({ endsAt: new Date(0) })).rejects.toMatchObject({
      details: { problems: [{ pointer: '/body/endsAt', code: 'not_after_start' }] },
    })
  })
})

describe('tenants', () => {
  test('see nothing of another organizer’s draft', async () => {
    const event = await draft()
    for (const actor of [visitor, other.owner, await buildAccount(app)]) expect(await findVisibleEvent(app, actor, event.slug)).toBeUndefined()
    await expect(getVisibleEvent(app, other.owner, event.slug)).rejects.toThrow(refusal('not_found'))
    for (const verb of [getTeamEvent, publishEvent, unpublishEvent, cancelEvent, deleteEvent]) {
      await expect(verb(app, other.owner, event.slug)).rejects.toThrow(refusal('not_found'))
    }
    await expect(updateEvent(app, other.owner, event.slug, { title: 'À moi' })).rejects.toThrow(refusal('not_found'))
  })

  test('are kept apart by the database as well', async () => {
    const event = await published()
    const asOther = { kind: 'tenant' as const, organizerIds: [other.id] }
    await inScope(app, asOther, async (tx) => {
      expect(await tx.selectFrom('event').select('id').where('id', '=', event.id).execute()).toEqual([])
      expect((await tx.updateTable('event').set({ title: 'À moi' }).where('id', '=', event.id).executeTakeFirst()).numUpdatedRows).toBe(0n)
      expect((await tx.deleteFrom('event').where('id', '=', event.id).executeTakeFirst()).numDeletedRows).toBe(0n)
    })
    const stolen = inScope(app, asOther, (tx) =>
      tx.insertInto('eventSession').values({ eventId: event.id, title: 'À moi', startsAt: event.startsAt, endsAt: event.endsAt }).execute(),
    )
    await expect(stolen).rejects.toThrow(/row-level security/)
    await expect(
      inScope(app, asOther, (tx) =>
        tx
          .insertInto('event')
          .values({
            organizerId: organizer.id,
            publicRef: 77,
            slug: 'stolen',
            title: 'x',
            categoryId: 1,
            startsAt: event.startsAt,
            endsAt: event.endsAt,
            timezone: 'UTC',
          })
          .execute(),
      ),
    ).rejects.toThrow(/row-level security/)
  })

  test('let cashiers and agents see the team’s events, not change them', async () => {
    const event = await draft()
    const agent = await buildMember(app, organizer.id, 'agent')
    expect(await findVisibleEvent(app, agent, event.slug)).toMatchObject({ id: event.id })
    await expect(getTeamEvent(app, agent, event.slug)).rejects.toThrow(refusal('forbidden'))
    expect(await getTeamEvent(app, agent, event.slug, 'agent')).toMatchObject({ id: event.id })
    await expect(updateEvent(app, agent, event.slug, { title: 'x' })).rejects.toThrow(refusal('forbidden'))
  })

  test('are open to staff', async () => {
    const event = await draft()
    const admin = await buildAccount(app, { role: 'admin' })
    expect(await getTeamEvent(app, admin, event.slug)).toMatchObject({ id: event.id })
    expect(await publishEvent(app, admin, event.slug)).toMatchObject({ status: 'published' })
  })
})

describe('publishing', () => {
  test('shows the event to everybody and lets it be found; doing it twice changes nothing', async () => {
    const event = await published()
    expect(event).toMatchObject({ status: 'published' })
    expect(await publishEvent(app, organizer.owner, event.slug)).toEqual(event)
    expect(await getVisibleEvent(app, visitor, event.slug)).toMatchObject({ id: event.id })
    expect(await searchable(event.id)).toBe(true)
    expect(await factsOf(event.id)).toEqual(['event.created', 'event.published'])
  })

  test('refuses an event whose end has passed', async () => {
    const event = await draft({ startsAt: new Date(Date.now() - 5 * HOUR), endsAt: new Date(Date.now() - HOUR) })
    await expect(publishEvent(app, organizer.owner, event.slug)).rejects.toThrow(refusal('event_already_over'))
  })

  test('can be taken back: the event is a draft again and nobody finds it', async () => {
    const event = await published()
    expect(await unpublishEvent(app, organizer.owner, event.slug)).toMatchObject({ status: 'draft' })
    expect(await findVisibleEvent(app, visitor, event.slug)).toBeUndefined()
    expect(await searchable(event.id)).toBe(false)
    expect((await findEventRef(app, event.slug))?.status).toBe('draft')
  })

  test('is staff’s again once staff has taken the event down, whatever the team does meanwhile', async () => {
    const event = await published()
    const admin = await buildAccount(app, { role: 'admin' })
    await unpublishEvent(app, admin, event.slug, { reason: 'Signalé comme faux.' })
    expect(await willBeReviewed(app, organizer.owner, event)).toBe(true)
    expect(await publishEvent(app, organizer.owner, event.slug)).toMatchObject({ status: 'pending_review' })
    await unpublishEvent(app, organizer.owner, event.slug)
    expect(await publishEvent(app, organizer.owner, event.slug)).toMatchObject({ status: 'pending_review' })
    expect(await findVisibleEvent(app, visitor, event.slug)).toBeUndefined()
    expect(await publishEvent(app, admin, event.slug)).toMatchObject({ status: 'published' })
    await unpublishEvent(app, organizer.owner, event.slug)
    expect(await publishEvent(app, organizer.owner, event.slug)).toMatchObject({ status: 'published' })
  })

  test('keeps unlisted events out of the search, but shows them to whom has the address', async () => {
    const event = await published({ visibility: 'unlisted' })
    expect(await findVisibleEvent(app, visitor, event.slug)).toMatchObject({ id: event.id })
    expect(await searchable(event.id)).toBe(false)
  })

  test('waits for staff where the platform reviews events', async () => {
    const reviewing = { ...pick(), config: { ...app.config, reviewEvents: true }, settingsMemory: createSettingsMemory() }
    const admin = await buildAccount(app, { role: 'admin' })
    const event = await draft()
    const asked = await publishEvent(reviewing, organizer.owner, event.slug)
    expect(asked).toMatchObject({ status: 'pending_review', publishedAt: null, reviewRequestedAt: expect.any(Date) })
    expect(await findVisibleEvent(app, visitor, event.slug)).toBeUndefined()
    await expect(reviewEvent(reviewing, organizer.owner, event.slug, { decision: 'approve' })).rejects.toThrow(refusal('forbidden'))
    await expect(reviewEvent(reviewing, other.owner, event.slug, { decision: 'approve' })).rejects.toThrow(refusal('not_found'))
    expect(await reviewEvent(reviewing, admin, event.slug, { decision: 'reject', reason: 'Adresse manquante' })).toMatchObject({
      status: 'draft',
      reviewNote: 'Adresse manquante',
      reviewRequestedAt: null,
    })
    await expect(reviewEvent(reviewing, admin, event.slug, { decision: 'approve' })).rejects.toThrow(refusal('event_status_conflict'))
    await publishEvent(reviewing, organizer.owner, event.slug)
    expect(await reviewEvent(reviewing, admin, event.slug, { decision: 'approve' })).toMatchObject({ status: 'published', reviewNote: null })
    expect(await factsOf(event.id)).toEqual([
      'event.created',
      'event.review_requested',
      'event.rejected',
      'event.review_requested',
      'event.published',
    ])
  })
})

describe('creating step by step', () => {
  const first = (more: Partial<Parameters<typeof beginEvent>[2]> = {}) =>
    beginEvent(app, organizer.owner, { title: 'Nuit du conte', category: 'festival', visibility: 'unlisted', ...more })

  test('begins with a whole draft on a Saturday evening two weeks ahead, of which nothing but its first words was said', async () => {
    const event = await first()
    expect(event).toMatchObject({ status: 'draft', visibility: 'unlisted', country: 'BJ', city: '', unconfirmed: ['schedule', 'tickets', 'look'] })
    expect(event.timezone).toBe('Africa/Porto-Novo')
    expect(toLocalTime(event.startsAt, event.timezone)).toMatch(/T20:00$/)
    expect(new Date(`${toLocalTime(event.startsAt, event.timezone)}Z`).getUTCDay()).toBe(6)
    expect(event.startsAt.getTime() - Date.now()).toBeGreaterThan(13 * 24 * HOUR)
    expect(event.endsAt.getTime() - event.startsAt.getTime()).toBe(4 * HOUR)
    await expect(first({ title: ' ' })).rejects.toThrow(refusal('invalid_input'))
    await expect(first({ category: 'fishing' })).rejects.toThrow(refusal('invalid_input'))
    await expect(beginEvent(app, visitor, { title: 'X', category: 'festival', visibility: 'public' })).rejects.toThrow(refusal('unauthenticated'))
    const cashier = await buildMember(app, organizer.id, 'cashier')
    await expect(beginEvent(app, cashier, { title: 'X', category: 'festival', visibility: 'public' })).rejects.toThrow(refusal('organizer_required'))
  })

  test('publishes nothing whose day nobody has said, and asks no more once it is published', async () => {
    const event = await first()
    await expect(publishEvent(app, organizer.owner, event.slug)).rejects.toThrow(refusal('event_day_unconfirmed'))
    await expect(app.db.updateTable('event').set({ status: 'published' }).where('id', '=', event.id).execute()).rejects.toThrow(/check constraint/)
    expect((await updateEvent(app, organizer.owner, event.slug, { description: 'Contes' })).unconfirmed).toEqual(event.unconfirmed)
    expect((await updateEvent(app, organizer.owner, event.slug, {}, 'look')).unconfirmed).toEqual(['schedule', 'tickets'])
    // The suggestion itself, confirmed as it was.
    const { startsAt, endsAt } = event
    expect((await updateEvent(app, organizer.owner, event.slug, { startsAt, endsAt, city: 'Ouidah' })).unconfirmed).toEqual(['tickets'])
    expect(await publishEvent(app, organizer.owner, event.slug)).toMatchObject({ status: 'published', unconfirmed: [] })
    expect((await unpublishEvent(app, organizer.owner, event.slug)).unconfirmed).toEqual([])
  })

  test('makes one draft of a button that is pressed twice, and another of the same words later on', async () => {
    const twice = await Promise.all([first({ title: 'Deux fois' }), first({ title: 'Deux fois' })])
    expect(twice[0].id).toBe(twice[1].id)
    expect((await first({ title: 'Deux fois', visibility: 'public' })).id).not.toBe(twice[0].id)
    await updateEvent(app, organizer.owner, twice[0].slug, {}, 'look')
    expect((await first({ title: 'Deux fois' })).id).not.toBe(twice[0].id)
  })

  test('lets a draft without a day be called off', async () => {
    expect(await cancelEvent(app, organizer.owner, (await first()).slug)).toMatchObject({ status: 'cancelled' })
  })
})

describe('changing', () => {
  test('keeps what is left out, empties what is null, and never moves the slug', async () => {
    const event = await published({ dressCode: 'Blanc', venue: 'Palais des congrès' })
    const changed = await updateEvent(app, organizer.owner, event.slug, { title: 'Soirée highlife', dressCode: null })
    expect(changed).toMatchObject({ title: 'Soirée highlife', slug: event.slug, dressCode: null, venue: 'Palais des congrès' })
    const fact = await app.db
      .selectFrom('fact')
      .select('data')
      .where('eventId', '=', event.id)
      .where('kind', '=', 'event.changed')
      .executeTakeFirstOrThrow()
    expect(fact.data).toEqual({ fields: ['title', 'dressCode'] })
  })

  test('records nothing where nothing changes', async () => {
    const event = await draft()
    expect(await updateEvent(app, organizer.owner, event.slug, { title: event.title, startsAt: new Date(event.startsAt) })).toEqual(event)
    expect(await factsOf(event.id)).toEqual(['event.created'])
  })

  test('sets, changes and takes away the capacity', async () => {
    const event = await draft()
    expect((await updateEvent(app, organizer.owner, event.slug, { capacity: 50 })).capacityQuotaId).not.toBeNull()
    expect(await updateEvent(app, organizer.owner, event.slug, { capacity: 80 })).toMatchObject({ capacity: 80 })
    expect(await updateEvent(app, organizer.owner, event.slug, { capacity: null })).toMatchObject({ capacity: null, capacityQuotaId: null })
  })

  test('refuses to end a published event in the past, and to touch what is over or called off', async () => {
    const event = await published({ startsAt: new Date(Date.now() - 3 * HOUR), endsAt: new Date(Date.now() + HOUR) })
    await expect(updateEvent(app, organizer.owner, event.slug, { endsAt: new Date(Date.now() - HOUR) })).rejects.toThrow(refusal('invalid_input'))
    await cancelEvent(app, organizer.owner, event.slug)
    await expect(updateEvent(app, organizer.owner, event.slug, { title: 'x' })).rejects.toThrow(refusal('event_not_editable'))
  })
})

describe('the end', () => {
  test('cancels for good, keeps the page, and says why once', async () => {
    const event = await published()
    expect(await cancelEvent(app, organizer.owner, event.slug, { reason: ' Orage ' })).toMatchObject({ status: 'cancelled' })
    await cancelEvent(app, organizer.owner, event.slug, { reason: 'autre' })
    expect(await getVisibleEvent(app, visitor, event.slug)).toMatchObject({ status: 'cancelled' })
    await expect(publishEvent(app, organizer.owner, event.slug)).rejects.toThrow(refusal('event_status_conflict'))
    await expect(unpublishEvent(app, organizer.owner, event.slug)).rejects.toThrow(refusal('event_status_conflict'))
    const facts = await app.db.selectFrom('fact').select('data').where('eventId', '=', event.id).where('kind', '=', 'event.cancelled').execute()
    expect(facts).toEqual([{ data: { from: 'published', reason: 'Orage' } }])
  })

  test('comes by itself, once, also when two processes look at the same moment', async () => {
    const events = await Promise.all(
      [1, 2, 3].map(() => published({ startsAt: new Date(Date.now() - 3 * HOUR), endsAt: new Date(Date.now() + HOUR) })),
    )
    await endEvents(app)
    expect(await getVisibleEvent(app, visitor, events[0]!.slug)).toMatchObject({ status: 'published' })
    app.clock.advance(2 * 3600)
    try {
      await Promise.all([endEvents(app), endEvents(app)])
    } finally {
      app.clock.advance(-2 * 3600)
    }
    for (const event of events) {
      expect(await getVisibleEvent(app, visitor, event.slug)).toMatchObject({ status: 'ended' })
      expect((await factsOf(event.id)).filter((kind) => kind === 'event.ended')).toHaveLength(1)
      await expect(cancelEvent(app, organizer.owner, event.slug)).rejects.toThrow(refusal('event_status_conflict'))
    }
  })

  test('deletes what nobody ordered, and only that', async () => {
    const event = await draft({ capacity: 10 })
    await addSession(app, organizer.owner, event.slug, { title: 'Accueil', startsAt: event.startsAt, endsAt: event.endsAt })
    await deleteEvent(app, organizer.owner, event.slug)
    await expect(getTeamEvent(app, organizer.owner, event.slug)).rejects.toThrow(refusal('not_found'))

    expect(await app.db.selectFrom('quotaCounter').select('quotaId').where('eventId', '=', event.id).execute()).toEqual([])

    const sold = await buildEvent(app, { organizer })
    await buildTicketType(app, sold)
    await app.db
      .insertInto('ticketOrder')
      .values({
        eventId: sold.id,
        code: 'AAAAAAAAAA',
        organizerId: organizer.id,
        status: 'expired',
        channel: 'web',
        buyerName: 'A',
        locale: 'fr',
        quantity: 1,
        total: 0,
        currency: 'XOF',
        idemKey: Buffer.alloc(16),
        requestHash: Buffer.alloc(16),
      })
      .execute()
    await expect(deleteEvent(app, organizer.owner, sold.slug)).rejects.toThrow(refusal('event_has_orders'))
    expect(await getTeamEvent(app, organizer.owner, sold.slug)).toMatchObject({ id: sold.id })
  })
})

describe('private events', () => {
  test('open by the invitation’s link or for its address, and for nobody else', async () => {
    const event = await draft({ visibility: 'private' })
    const { id } = await inviteGuest(app, organizer.owner, event.slug, { email: 'Invitee@Example.test', name: 'Awa' })
    const { token, email } = await mintInvitationToken(app, id)
    expect({ email, token: token.length }).toEqual({ email: 'invitee@example.test', token: 43 })
    expect(await findVisibleEvent(app, visitor, event.slug, { invitation: token })).toBeUndefined()

    await publishEvent(app, organizer.owner, event.slug)
    const invitee = await buildAccount(app, { email: 'invitee@example.test' })
    expect(await findVisibleEvent(app, visitor, event.slug, { invitation: token })).toMatchObject({ id: event.id })
    expect(await findVisibleEvent(app, invitee, event.slug)).toMatchObject({ id: event.id })
    expect(await findVisibleEvent(app, { ...invitee, emailVerified: false }, event.slug)).toBeUndefined()
    expect(await findVisibleEvent(app, visitor, event.slug)).toBeUndefined()
    expect(await findVisibleEvent(app, visitor, event.slug, { invitation: token.slice(1) })).toBeUndefined()
    const elsewhere = await published({ visibility: 'private' })
    expect(await findVisibleEvent(app, visitor, elsewhere.slug, { invitation: token })).toBeUndefined()
  })

  test('close again where the invitation is withdrawn, and open anew where it is renewed', async () => {
    const event = await published({ visibility: 'private' })
    const { id } = await inviteGuest(app, organizer.owner, event.slug, { email: 'b@example.test' })
    const { token } = await mintInvitationToken(app, id)
    await revokeInvitation(app, organizer.owner, event.slug, id)
    expect(await findVisibleEvent(app, visitor, event.slug, { invitation: token })).toBeUndefined()
    await expect(mintInvitationToken(app, id)).rejects.toThrow(refusal('not_found'))
    await expect(revokeInvitation(app, organizer.owner, event.slug, id)).rejects.toThrow(refusal('not_found'))
    await inviteGuest(app, organizer.owner, event.slug, { email: 'b@example.test' })
    expect(await findVisibleEvent(app, visitor, event.slug, { invitation: token })).toMatchObject({ id: event.id })
  })

  test('announce invitations once the event can be seen, each once', async () => {
    const event = await draft({ visibility: 'private' })
    await inviteGuest(app, organizer.owner, event.slug, { email: 'a@example.test' })
    expect(await factsOf(event.id)).toEqual(['event.created'])
    await publishEvent(app, organizer.owner, event.slug)
    await inviteGuest(app, organizer.owner, event.slug, { email: 'b@example.test' })
    expect((await factsOf(event.id)).filter((kind) => kind === 'event.invited')).toHaveLength(2)
    const page = await listInvitations(app, organizer.owner, event.slug, { limit: 1 })
    expect(page.data.map((invitation) => invitation.email)).toEqual(['a@example.test'])
    const next = await listInvitations(app, organizer.owner, event.slug, { limit: 1, cursor: page.nextCursor! })
    expect(next).toMatchObject({ data: [{ email: 'b@example.test' }], nextCursor: null })
  })

  test('keep tokens hashed, and other teams away', async () => {
    const event = await published({ visibility: 'private' })
    const { id } = await inviteGuest(app, organizer.owner, event.slug, { email: 'c@example.test' })
    const { token } = await mintInvitationToken(app, id)
    const row = await app.db.selectFrom('eventInvitation').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain(token)
    expect(row.tokenHash.toString('base64url')).not.toBe(token)
    await expect(inviteGuest(app, other.owner, event.slug, { email: 'd@example.test' })).rejects.toThrow(refusal('not_found'))
    await expect(listInvitations(app, other.owner, event.slug, {})).rejects.toThrow(refusal('not_found'))
  })

  test('alone have invitations', async () => {
    const event = await draft()
    await expect(inviteGuest(app, organizer.owner, event.slug, { email: 'a@example.test' })).rejects.toThrow(refusal('event_not_private'))
    await expect(inviteGuest(app, organizer.owner, (await draft({ visibility: 'private' })).slug, { email: 'nobody' })).rejects.toThrow(
      refusal('invalid_input'),
    )
  })
})

describe('the programme', () => {
  test('lists items by time and takes them away', async () => {
    const event = await draft()
    const at = (hours: number) => new Date(event.startsAt.getTime() + hours * HOUR)
    const late = await addSession(app, organizer.owner, event.slug, { title: 'Tête d’affiche', startsAt: at(2), endsAt: at(4) })
    await addSession(app, organizer.owner, event.slug, { title: ' Première partie ', startsAt: at(0), endsAt: at(2), speaker: 'Zeynab' })
    expect((await listSessions(app.db, event.id)).map((session) => session.title)).toEqual(['Première partie', 'Tête d’affiche'])
    await removeSession(app, organizer.owner, event.slug, late.id)
    await expect(removeSession(app, organizer.owner, event.slug, late.id)).rejects.toThrow(refusal('not_found'))
    expect(await listSessions(app.db, event.id)).toHaveLength(1)
  })

  test('stays within the event, and within its own', async () => {
    const event = await draft({ doorsOpenAt: new Date(Date.now() + 47 * HOUR) })
    const item = { title: 'x', startsAt: event.startsAt, endsAt: event.endsAt }
    await addSession(app, organizer.owner, event.slug, { ...item, startsAt: event.doorsOpenAt! })
    await expect(addSession(app, organizer.owner, event.slug, { ...item, endsAt: new Date(event.endsAt.getTime() + 1) })).rejects.toThrow(
      refusal('invalid_input'),
    )
    await expect(addSession(app, organizer.owner, event.slug, { ...item, startsAt: new Date(0) })).rejects.toThrow(refusal('invalid_input'))
    const [session] = await listSessions(app.db, event.id)
    await expect(removeSession(app, organizer.owner, (await draft()).slug, session!.id)).rejects.toThrow(refusal('not_found'))
    await expect(removeSession(app, other.owner, event.slug, session!.id)).rejects.toThrow(refusal('not_found'))
  })
})

describe('views', () => {
  test('are counted in memory and saved together; a deleted event is no obstacle', async () => {
    const [a, b, gone] = [await published(), await published(), await draft()]
    await deleteEvent(app, organizer.owner, gone.slug)
    for (let i = 0; i < 30; i++) countView(app, a.id)
    countView(app, b.id)
    countView(app, gone.id)
    expect(await app.db.selectFrom('eventView').selectAll().where('eventId', 'in', [a.id, b.id]).execute()).toEqual([])
    await flushViews(app)
    countView(app, a.id)
    await flushViews(app)
    expect(await app.db.selectFrom('eventView').selectAll().where('eventId', 'in', [a.id, b.id]).orderBy('eventId').execute()).toEqual([
      { eventId: a.id, views: 31 },
      { eventId: b.id, views: 1 },
    ])
  })

  test('are kept for the next time where the database does not answer', async () => {
    const event = await published()
    const memory = { ...app.eventMemory, views: new Map([[event.id, 3]]) }
    const offline = {
      ...pick(),
      eventMemory: memory,
      db: {
        executeQuery: () => Promise.reject(new Error('offline')),
        getExecutor: () => {
          throw new Error('offline')
        },
      } as never,
    }
    await expect(flushViews(offline)).rejects.toThrow('offline')
    expect(memory.views).toEqual(new Map([[event.id, 3]]))
  })
})

/** The App's parts as a plain object, to put another part in the place of one. */
function pick() {
  const { config, clock, log, db, pool, scoped, cipher, mailer, files, metrics, eventHooks, eventMemory, nudge, publicUrl } = app
  return { config, clock, log, db, pool, scoped, cipher, mailer, files, metrics, eventHooks, eventMemory, nudge, publicUrl } as typeof app
}
