import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '#src/kernel/actor.ts'
import { createEvent, type NewEvent } from '#src/modules/events/create-event.ts'
import { publishEvent } from '#src/modules/events/publish-event.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { testApp } from '#test/app.ts'
import { buildAccount, buildEvent, buildOrganizer, buildTicketType, type BuiltOrganizer } from '#test/factories.ts'
import { getEventCard, listAllEvents, listPublicEvents, listTeamEvents, type EventFilters } from './list-events.ts'

const HOUR = 3_600_000
const later = (hours: number) => new Date(Date.now() + hours * HOUR)
const refusal = (code: string) => expect.objectContaining({ code }) as Error

describe('searching', () => {
  const app = testApp()
  let organizer: BuiltOrganizer
  beforeAll(async () => {
    organizer = await buildOrganizer(app, { name: 'Les Productions Zémidjan' })
    await publish({ title: 'Festival des cinémas d’Afrique', city: 'Porto-Novo', category: 'festival', description: 'Projections en plein air.' })
    await publish({
      title: 'Concert de Sagbohan Danialou',
      city: 'Cotonou',
      venue: 'Palais des congrès',
      description: 'Le maître des **percussions**.',
    })
    await publish({ title: 'Conférence : l’intelligence artificielle', city: 'Lomé', country: 'TG', category: 'conference', timezone: 'Africa/Lome' })
    await publish({
      title: 'Soirée zouk',
      city: 'Abidjan',
      country: 'CI',
      category: 'party',
      timezone: 'Africa/Abidjan',
      description: 'Après le concert, la danse.',
    })
  })

  async function publish(input: Partial<NewEvent> & { title: string }) {
    const event = await createEvent(app, organizer.owner, {
      category: 'concert',
      startsAt: later(24),
      endsAt: later(30),
      timezone: 'Africa/Porto-Novo',
      ...input,
    })
    return publishEvent(app, organizer.owner, event.slug)
  }
  const titles = async (q: string, more: EventFilters = {}) => (await listPublicEvents(app, { q, ...more })).data.map((card) => card.title)
  const [FESTIVAL, SAGBOHAN, AI, ZOUK] = [
    'Festival des cinémas d’Afrique',
    'Concert de Sagbohan Danialou',
    'Conférence : l’intelligence artificielle',
    'Soirée zouk',
  ]

  test.each([
    ['the words themselves', 'festival cinéma', FESTIVAL],
    ['words without their accents', 'soiree', ZOUK],
    ['words with accents where there are none', 'zoùk', ZOUK],
    ['capitals', 'SAGBOHAN', SAGBOHAN],
    ['the singular for a plural', 'cinéma', FESTIVAL],
    ['the plural for a singular', 'conférences', AI],
    ['a letter too few', 'festval', FESTIVAL],
    ['a letter too many', 'conncert', SAGBOHAN],
    ['a letter changed', 'consert', SAGBOHAN],
    ['two letters swapped', 'cnocert', SAGBOHAN],
    ['two letters swapped and an accent lost', 'fetsival cinmea', FESTIVAL],
    ['a place', 'lome', AI],
    ['a place misspelt', 'cotonu', SAGBOHAN],
    ['words far apart', 'danialou congres', SAGBOHAN],
    ['a typo and a word of the description', 'sagbohn percussions', SAGBOHAN],
    ['the beginning of a word', 'danial', SAGBOHAN],
    ['a word of the description', 'plein air', FESTIVAL],
    ['elided articles', 'd’afrique', FESTIVAL],
    ['a category’s name', 'soirées', ZOUK],
  ])('finds %s: %s', async (_, q, title) => {
    expect((await titles(q))[0]).toBe(title)
  })

  test('ranks a title before a description', async () => {
    expect(await titles('concert')).toEqual([SAGBOHAN, ZOUK])
  })

  test('does not take another word for a typo', async () => {
    expect(await titles('concert')).not.toContain(AI)
    expect(await titles('xylophone')).toEqual([])
  })

  test('finds an organizer’s events by its name', async () => expect(await titles('zemidjan')).toHaveLength(4))

  test('takes quotes and minus signs at their word', async () => {
    expect(await titles('"plein air"')).toEqual([FESTIVAL])
    expect(await titles('"air plein"')).toEqual([])
    expect(await titles('concert -zouk')).toEqual([SAGBOHAN])
  })

  test('refuses no words, however strange', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ maxLength: 60 }), fc.stringMatching(/^[%_'"&|!():*<>\\ -]{1,20}$/)), async (q) => {
        await listPublicEvents(app, { q: q.replaceAll('\0', '') })
        await listTeamEvents(app, organizer.owner, { q: q.replaceAll('\0', '') })
      }),
      { numRuns: 50 },
    )
  })

  test('follows changes at once', async () => {
    const event = await publish({ title: 'Bal masqué' })
    expect(await titles('bal masqué')).toEqual(['Bal masqué'])
    await updateEvent(app, organizer.owner, event.slug, { title: 'Dîner de gala' })
    expect(await titles('bal masqué')).toEqual([])
    await updateEvent(app, organizer.owner, event.slug, { visibility: 'unlisted' })
    expect(await titles('dîner de gala')).toEqual([])
  })

  test('filters what it finds', async () => {
    expect(await titles('concert', { city: 'abidjan' })).toEqual([ZOUK])
    expect(await titles('concert', { category: 'concert' })).toEqual([SAGBOHAN])
  })
})

describe('listing', () => {
  const app = testApp()
  let organizer: BuiltOrganizer
  beforeAll(async () => {
    organizer = await buildOrganizer(app)
    const build = (title: string, input: Parameters<typeof buildEvent>[1]) => buildEvent(app, { organizer, title, ...input })
    const free = await build('Free', { startsAt: later(24), city: 'Lomé', category: 'workshop' })
    await buildTicketType(app, free, { price: 0 })
    const paid = await build('Paid', { startsAt: later(48), city: 'Cotonou' })
    await buildTicketType(app, paid, { price: 5000 })
    await buildTicketType(app, paid, { price: 2000 })
    await buildTicketType(app, paid, { price: 100, hidden: true })
    const full = await build('Full', { startsAt: later(72) })
    await fill(full.id, (await buildTicketType(app, full, { quantity: 2, price: 9000 })).quotaId)
    const packed = await build('Packed', { startsAt: later(80), capacity: 3 })
    await buildTicketType(app, packed, { quantity: 100, price: 9000 })
    await fill(
      packed.id,
      (await app.db.selectFrom('event').select('capacityQuotaId').where('id', '=', packed.id).executeTakeFirstOrThrow()).capacityQuotaId!,
    )
    await build('Running', { startsAt: later(-1), endsAt: later(3) })
    await build('Over', { startsAt: later(-30), endsAt: later(-20), status: 'ended' })
    await build('Over, not noticed yet', { startsAt: later(-5), endsAt: later(-1) })
    await build('Cancelled', { status: 'cancelled', startsAt: later(24) })
    await build('Draft', { status: 'draft' })
    await build('Waiting', { status: 'pending_review' })
    await build('Unlisted', { visibility: 'unlisted' })
    await build('Private', { visibility: 'private' })
    await app.db
      .insertInto('eventView')
      .values([
        { eventId: full.id, views: 900 },
        { eventId: paid.id, views: 7 },
      ])
      .execute()
  })

  async function fill(eventId: number, quotaId: number) {
    await app.db
      .updateTable('quotaCounter')
      .set((eb) => ({ held: 1, sold: eb('size', '-', 1) }))
      .where('eventId', '=', eventId)
      .where('quotaId', '=', quotaId)
      .execute()
  }
  const titles = async (filters: EventFilters) => (await listPublicEvents(app, filters)).data.map((card) => card.title)

  test('shows what is not over yet, soonest first', async () => expect(await titles({})).toEqual(['Running', 'Free', 'Paid', 'Full', 'Packed']))
  test('shows what runs now', async () => expect(await titles({ status: 'ongoing' })).toEqual(['Running']))
  test('shows what is over, latest first, also before the job has noticed', async () =>
    expect(await titles({ status: 'past' })).toEqual(['Over, not noticed yet', 'Over']))
  test('shows what is cancelled on request', async () => expect(await titles({ status: 'cancelled' })).toEqual(['Cancelled']))
  test('never shows the public a draft', async () => {
    expect(await titles({ status: 'draft' })).toEqual([])
    expect(await titles({ status: 'pending_review' })).toEqual([])
  })

  test('filters by place and category', async () => {
    expect(await titles({ city: 'LOME' })).toEqual(['Free'])
    expect(await titles({ category: 'workshop' })).toEqual(['Free'])
    expect(await titles({ country: 'tg' })).toEqual([])
    expect(await titles({ organizer: organizer.slug })).toHaveLength(5)
    expect(await titles({ category: 'nope' })).toEqual([])
  })

  test('filters by price: what is hidden costs nothing and counts nothing', async () => {
    expect(await titles({ price: 'free' })).toEqual(['Free'])
    expect(await titles({ price: 'paid' })).toEqual(['Paid', 'Full', 'Packed'])
    expect(await titles({ maxPrice: 2000 })).toEqual(['Free', 'Paid'])
    expect(await titles({ maxPrice: 1999 })).toEqual(['Free'])
  })

  test('filters by time, over or not', async () => {
    expect(await titles({ from: later(40).toISOString(), to: later(50).toISOString() })).toEqual(['Paid'])
    expect(await titles({ to: later(-10).toISOString() })).toEqual(['Over'])
  })

  test('refuses a day that does not exist', async () => {
    for (const from of ['2031-02-31', '2031-13-01', '2031-02-31T10:00:00Z', 'soon'])
      await expect(listPublicEvents(app, { from })).rejects.toThrow(refusal('invalid_input'))
  })

  test('takes a date as the whole day where the event is', async () => {
    const startsAt = new Date('2032-06-14T23:30:00Z')
    await buildEvent(app, { organizer, title: 'After midnight', startsAt, endsAt: new Date(startsAt.getTime() + 2 * HOUR) })
    // 23:30 UTC is half past midnight of the 15th in Porto-Novo.
    expect(await titles({ from: '2032-06-15', to: '2032-06-15' })).toEqual(['After midnight'])
    expect(await titles({ from: '2032-06-14', to: '2032-06-14' })).toEqual([])
    await app.db.updateTable('event').set({ status: 'draft' }).where('title', '=', 'After midnight').execute()
  })

  test('puts the popular first on request', async () => expect((await titles({ sort: 'popular' })).slice(0, 3)).toEqual(['Full', 'Paid', 'Running']))

  test('says the highest price on show too: what is free for some is not free', async () => {
    const event = await buildEvent(app, { organizer: await buildOrganizer(app), title: 'Free for children', status: 'draft' })
    await buildTicketType(app, event, { price: 0 })
    await buildTicketType(app, event, { price: 6500 })
    await buildTicketType(app, event, { price: 9900, hidden: true })
    expect(await getEventCard(app.db, event.id)).toMatchObject({ priceFrom: { amount: 0 }, priceTo: { amount: 6500, currency: 'XOF' } })
  })

  test('says the lowest price and whether anything is left', async () => {
    const cards = Object.fromEntries(
      (await listPublicEvents(app, {})).data.map((card) => [card.title, { priceFrom: card.priceFrom?.amount ?? null, soldOut: card.soldOut }]),
    )
    expect(cards).toEqual({
      Running: { priceFrom: null, soldOut: false },
      Free: { priceFrom: 0, soldOut: false },
      Paid: { priceFrom: 2000, soldOut: false },
      Full: { priceFrom: 9000, soldOut: true },
      Packed: { priceFrom: 9000, soldOut: true },
    })
  })

  test('shows a team its own events in every status, and nobody else’s', async () => {
    const other = await buildOrganizer(app)
    await buildEvent(app, { organizer: other, title: 'Theirs', status: 'draft' })
    const mine = (await listTeamEvents(app, organizer.owner, {})).data
    expect(mine).toHaveLength(13)
    expect(mine.map((card) => card.startsAt.getTime())).toEqual(mine.map((card) => card.startsAt.getTime()).toSorted((a, b) => b - a))
    expect((await listTeamEvents(app, organizer.owner, { status: 'draft' })).data.map((card) => card.title)).toEqual(['After midnight', 'Draft'])
    expect((await listTeamEvents(app, organizer.owner, { q: 'unlis' })).data.map((card) => card.title)).toEqual(['Unlisted'])
    expect((await listTeamEvents(app, other.owner, {})).data.map((card) => card.title)).toEqual(['Theirs'])
    expect((await listTeamEvents(app, other.owner, { organizerId: organizer.id })).data).toEqual([])
    expect((await listTeamEvents(app, await buildAccount(app), {})).data).toEqual([])
    const visitor: Actor = { kind: 'visitor', locale: 'fr', ip: null }
    await expect(listTeamEvents(app, visitor, {})).rejects.toThrow(refusal('unauthenticated'))
  })

  test('shows everything to staff only', async () => {
    const admin = await buildAccount(app, { role: 'admin' })
    expect((await listAllEvents(app, admin, { status: 'pending_review' })).data.map((card) => card.title)).toEqual(['Waiting'])
    expect((await listAllEvents(app, admin, { limit: 100 })).data.length).toBeGreaterThanOrEqual(14)
    await expect(listAllEvents(app, organizer.owner, {})).rejects.toThrow(refusal('forbidden'))
  })
})

describe('pages', () => {
  const app = testApp()
  let organizer: BuiltOrganizer
  const COUNT = 40
  beforeAll(async () => {
    organizer = await buildOrganizer(app)
    for (let i = 0; i < COUNT; i++) {
      // Many at the same moment, some a few microseconds apart: what a Date can't tell apart.
      const { id } = await buildEvent(app, { organizer, title: `Foire ${i}`, startsAt: later(24 + (i % 3)) })
      await app.db
        .updateTable('event')
        .set({ startsAt: `2031-01-0${1 + (i % 3)} 10:00:00.00000${i % 5}+00`, endsAt: '2031-02-01T00:00:00Z' })
        .where('id', '=', id)
        .execute()
      if (i % 4 > 0)
        await app.db
          .insertInto('eventView')
          .values({ eventId: id, views: i % 4 })
          .execute()
    }
    await app.db
      .insertInto('eventSearch')
      .columns(['eventId', 'words', 'plain'])
      .expression((eb) =>
        eb
          .selectFrom('event')
          .select(({ fn, val, ref }) => [
            'id',
            fn<string>('to_tsvector', [val('french_plain'), ref('title')]).as('words'),
            fn<string>('plain_text', [ref('title')]).as('plain'),
          ]),
      )
      .execute()
  })

  type List = (filters: EventFilters) => ReturnType<typeof listPublicEvents>
  async function walk(list: List, filters: EventFilters, limits: number[]) {
    const slugs: string[] = []
    let cursor: string | undefined
    for (let i = 0; ; i++) {
      const page = await list({ ...filters, limit: limits[i % limits.length], cursor })
      slugs.push(...page.data.map((card) => card.slug))
      if (page.nextCursor === null) return slugs
      cursor = page.nextCursor
    }
  }

  test('show each event once and lose none, whatever their order and sizes', async () => {
    const filters: EventFilters[] = [{}, { sort: 'popular' }, { q: 'foire' }, { q: 'foire', sort: 'date' }, { q: 'foires', sort: 'popular' }]
    const lists: [string, List, EventFilters][] = [
      ...filters.map((f) => [JSON.stringify(f), (x: EventFilters) => listPublicEvents(app, x), f] as [string, List, EventFilters]),
      ['mine', (x) => listTeamEvents(app, organizer.owner, x), {}],
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...lists),
        fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 4 }),
        async ([, list, filter], limits) => {
          const whole = await walk(list, filter, [100])
          expect(whole).toHaveLength(COUNT)
          const parts = await walk(list, filter, limits)
          expect(new Set(parts).size).toBe(COUNT)
          expect(parts).toEqual(whole)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('stay put when events come and go before them', async () => {
    const first = await listPublicEvents(app, { limit: 10 })
    const early = await buildEvent(app, { organizer, title: 'Newcomer', startsAt: later(1) })
    await app.db.updateTable('event').set({ status: 'draft' }).where('slug', '=', first.data[3]!.slug).execute()
    const rest = await walk((filters) => listPublicEvents(app, { ...filters, cursor: filters.cursor ?? first.nextCursor! }), {}, [10])
    expect(new Set([...first.data.map((card) => card.slug), ...rest]).size).toBe(COUNT)
    await app.db.updateTable('event').set({ status: 'published' }).where('slug', '=', first.data[3]!.slug).execute()
    await app.db.deleteFrom('event').where('id', '=', early.id).execute()
  })

  test('refuse cursors that are not theirs', async () => {
    const { nextCursor } = await listPublicEvents(app, { limit: 5 })
    await expect(listPublicEvents(app, { cursor: nextCursor!, sort: 'popular' })).rejects.toThrow(refusal('bad_cursor'))
    const forged = (keys: unknown[]) => Buffer.from(JSON.stringify(keys)).toString('base64url')
    for (const cursor of [
      '',
      'x',
      '%%%',
      forged([]),
      forged(['date', 0, "'; DROP TABLE event", 1]),
      forged(['date', '0', '2031-01-01 10:00:00+00', 1]),
      forged(['date', 0, '2031-99-01 10:00:00+00', 1]),
      forged(['date', 0, '2031-01-01 10:00:00+00', 1.5]),
      forged(['date', 0, '2031-02-31 10:00:00+00', 1]),
    ]) {
      await expect(listPublicEvents(app, { cursor })).rejects.toThrow(refusal('bad_cursor'))
    }
  })
})
