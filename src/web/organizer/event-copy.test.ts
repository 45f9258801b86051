// The same event again, and what an event lacks before it is published.
import { describe, expect, it } from 'vitest'
import { toLocalTime } from '#src/kernel/zone.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildQuota, buildTicketType } from '#test/factories.ts'
import { browse } from '#test/pages.ts'

const app = testApp()
const ZONE = 'Africa/Porto-Novo'
const WEEK_MS = 7 * 86_400_000

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
    const made = await owner.post(path, { title: 'Bal', startsAt: toLocalTime(new Date(event.startsAt.getTime() + WEEK_MS), ZONE) })
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
