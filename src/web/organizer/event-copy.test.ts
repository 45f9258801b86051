// The same event again: what comes along, and what stays behind.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { toLocalTime } from '#src/kernel/zone.ts'
import { createGate } from '#src/modules/access/create-gate.ts'
import { duplicateEvent } from '#src/modules/access/duplicate-event.ts'
import { listGates } from '#src/modules/access/find-gates.ts'
import { removeCover, setCover } from '#src/modules/events/change-cover.ts'
import { findImage } from '#src/modules/events/cover-image.ts'
import { getTeamEvent, listInvitations } from '#src/modules/events/find-events.ts'
import { inviteGuest, mintInvitationToken } from '#src/modules/events/invite-guest.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildQuota, buildTicketType } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()
const ZONE = 'Africa/Porto-Novo'
const WEEK_MS = 7 * 86_400_000

const everything = { tickets: 'on', programme: 'on', cover: 'on', gates: 'on', guests: 'on' }

describe('a copy', () => {
  it('has the details, programme, types and shared quotas of the original, a week later, and nothing sold', async () => {
    const organizer = await buildOrganizer(app)
    const event = await buildEvent(app, { organizer, title: 'Bal', capacity: 50, doorsOpenAt: new Date(Date.now() + 80_000_000), status: 'ended' })
    const shared = await buildQuota(app, event.id, 30, 'shared')
    await buildTicketType(app, event, { name: 'A', price: 1000, quotaId: shared, saleEndsAt: event.startsAt })
    await buildTicketType(app, event, { name: 'B', price: 0, quotaId: shared, hidden: true })
    await buildTicketType(app, event, { name: 'C', price: 500, quantity: 7 })
    await app.db.updateTable('quotaCounter').set({ sold: 3 }).where('quotaId', '=', shared).execute()
    await app.db
      .insertInto('eventSession')
      .values({ eventId: event.id, title: 'Ouverture', startsAt: event.startsAt, endsAt: event.endsAt })
      .execute()
    const owner = browse(app, organizer.owner)
    const path = `/organizer/events/${event.slug}/copy`
    expect((await owner.get(path)).html).toContain(`value="${toLocalTime(new Date(event.startsAt.getTime() + WEEK_MS), ZONE)}"`)
    const made = await owner.post(path, { title: 'Bal', ...everything, startsAt: toLocalTime(new Date(event.startsAt.getTime() + WEEK_MS), ZONE) })
    expect(made.status).toBe(303)
    const copy = await app.db.selectFrom('event').selectAll().where('slug', '=', made.location.split('/').at(-1)!).executeTakeFirstOrThrow()
    expect(copy).toMatchObject({ title: 'Bal', status: 'draft', capacity: 50, organizerId: organizer.id, publishedAt: null, coverId: null })
    const moved = copy.startsAt.getTime() - event.startsAt.getTime()
    expect(copy.endsAt.getTime() - event.endsAt.getTime()).toBe(moved)
    expect(copy.doorsOpenAt).not.toBeNull()
    const types = await listTicketTypes(app, copy.id, { hidden: true })
    expect(types.map(({ name, price, hidden, quota }) => [name, price.amount, hidden, quota.kind, quota.size, quota.sold])).toEqual([
      ['A', 1000, false, 'shared', 30, 0],
      ['B', 0, true, 'shared', 30, 0],
      ['C', 500, false, 'own', 7, 0],
    ])
    expect(types[0]!.quota.id).toBe(types[1]!.quota.id)
    expect(types[0]!.saleEndsAt).toEqual(copy.startsAt)
    expect(await app.db.selectFrom('eventSession').select(['title', 'startsAt']).where('eventId', '=', copy.id).execute()).toEqual([
      { title: 'Ouverture', startsAt: copy.startsAt },
    ])
    await app.db.updateTable('quotaCounter').set({ sold: 0 }).where('quotaId', '=', shared).execute()
    expect((await checkInvariants(app.db)).filter((result) => result.count > 0)).toEqual([])
  })

  it('takes along picture, gates and guests, each its own, and leaves shifts and announcements behind', async () => {
    const event = await buildEvent(app, { visibility: 'private' })
    const owner = event.organizer.owner
    const vip = await buildTicketType(app, event, { name: 'VIP' })
    const picture = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#374' } })
      .png()
      .toBuffer()
    const { cover } = await setCover(app, owner, event.slug, picture)
    const gate = await createGate(app, owner, event.slug, { name: 'VIP', ticketTypeIds: [vip.id], openFrom: event.startsAt })
    await inviteGuest(app, owner, event.slug, { email: 'ada@example.test', name: 'Ada' })
    const startsAt = new Date(event.startsAt.getTime() + WEEK_MS)
    const copy = await duplicateEvent(app, owner, event.slug, { startsAt })
    expect(copy.cover).toMatchObject({ width: cover!.width, widths: cover!.widths })
    expect(copy.cover!.id).not.toBe(cover!.id)
    expect(await findImage(app, copy.cover!.id, 480, 'webp')).toEqual(await findImage(app, cover!.id, 480, 'webp'))
    const [copiedGate] = await listGates(app, owner, copy.slug)
    expect(copiedGate).toMatchObject({ name: 'VIP', openFrom: startsAt })
    expect(copiedGate!.id).not.toBe(gate.id)
    expect(copiedGate!.ticketTypeIds).toEqual((await listTicketTypes(app, copy.id)).map(({ id }) => id))
    const { data: guests } = await listInvitations(app, owner, copy.slug, {})
    expect(guests).toMatchObject([{ email: 'ada@example.test', name: 'Ada', announcedAt: null }])
    const tokens = new Set(
      await Promise.all(
        [guests[0]!.id, (await listInvitations(app, owner, event.slug, {})).data[0]!.id].map(
          async (id) => (await mintInvitationToken(app, id)).token,
        ),
      ),
    )
    expect(tokens.size).toBe(2)
    // Each has its own picture: taking away the one leaves the other.
    await removeCover(app, owner, event.slug)
    expect(await findImage(app, copy.cover!.id, 480, 'webp')).not.toBeNull()
  })

  it('takes along no more than was chosen, and no picture where the copy comes to nothing', async () => {
    const event = await buildEvent(app, { visibility: 'private' })
    const owner = event.organizer.owner
    await buildTicketType(app, event)
    await createGate(app, owner, event.slug, { name: 'Nord' })
    await inviteGuest(app, owner, event.slug, { email: 'ada@example.test' })
    const picture = await sharp({ create: { width: 500, height: 300, channels: 3, background: '#a43' } })
      .png()
      .toBuffer()
    await setCover(app, owner, event.slug, picture)
    const startsAt = toLocalTime(new Date(event.startsAt.getTime() + WEEK_MS), ZONE)
    const made = await browse(app, owner).post(`/organizer/events/${event.slug}/copy`, { title: 'Nu', startsAt })
    const copy = await getTeamEvent(app, owner, made.location.split('/').at(-1)!)
    expect(copy.cover).toBeNull()
    expect(await listTicketTypes(app, copy.id, { hidden: true })).toEqual([])
    expect(await listGates(app, owner, copy.slug)).toEqual([])
    expect((await listInvitations(app, owner, copy.slug, {})).data).toEqual([])

    const files = async () => {
      let count = 0
      for await (const _ of app.files.list()) count++
      return count
    }
    const before = await files()
    await expect(duplicateEvent(app, owner, event.slug, { startsAt: new Date(Number.NaN) })).rejects.toThrow(/invalid_input|Invalid/)
    expect(await files()).toBe(before)
  })

  it('is for those who lead, and says what to correct', async () => {
    const event = await buildEvent(app)
    const path = `/organizer/events/${event.slug}/copy`
    const refused = await browse(app, event.organizer.owner).post(path, { title: ' ', startsAt: 'bientôt' })
    expect(refused.status).toBe(422)
    for (const field of ['title', 'startsAt']) expect(refused.html).toContain(`id="field-${field}-error"`)
    const fields = { title: 'X', startsAt: '2027-01-01T20:00' }
    for (const role of ['cashier', 'agent'] as const) {
      const member = browse(app, await buildMember(app, event.organizer.id, role))
      expect([(await member.get(path)).status, (await member.post(path, fields)).status]).toEqual([403, 403])
    }
    expect((await browse(app, (await buildOrganizer(app)).owner).post(path, fields)).status).toBe(404)
    expect((await browse(app).post(path, fields)).status).toBe(401)
  })
})
