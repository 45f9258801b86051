// The reminder of the day before: to whom, when, what it says; once.
import { describe, expect, test } from 'vitest'
import { cancelEvent } from '#src/modules/events/cancel-event.ts'
import { updateEvent } from '#src/modules/events/update-event.ts'
import { cancelOrder } from '#src/modules/ticketing/cancel-order.ts'
import { testApp, type TestApp } from '#test/app.ts'
import { buildEvent, buildTicketType, type BuiltEvent, type EventInput } from '#test/factories.ts'
import { workOff } from '#test/jobs.ts'
import { buyAndPay } from '#test/sale.ts'
import { notifyOrder } from './notify-order.ts'
import { remindOfEvents } from './remind-holders.ts'

const app = testApp()
const HOUR = 3_600_000
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR)

/** An order that was paid two days ago, unless said otherwise. */
async function bought(event: BuiltEvent, more: Parameters<typeof buyAndPay>[4] = {}, paidAt: Date = inHours(-48)) {
  const order = await buyAndPay(app, event, await buildTicketType(app, event), more.holders?.length ?? 1, more)
  await app.db.updateTable('ticketOrder').set({ paidAt, createdAt: paidAt }).where('id', '=', order.id).execute()
  return order
}

const soon = (input: EventInput = {}) => buildEvent(app, { title: 'Nuit du Port', startsAt: inHours(20), doorsOpenAt: inHours(19), ...input })

async function remind(on: TestApp = app): Promise<void> {
  await remindOfEvents(on)
  await workOff(on)
}

const reminders = (order: { id: number }) =>
  app.db.selectFrom('mail').selectAll().where('orderId', '=', order.id).where('kind', '=', 'reminder').orderBy('id').execute()

describe('the day before', () => {
  test('buyers hear when, where and how to get in, with the way to their tickets; once', async () => {
    const event = await soon()
    const order = await bought(event)
    await remind()
    await remind()
    const [mail, ...more] = await reminders(order)
    expect(more).toEqual([])
    expect(mail!.recipient).toBe('afi@example.test')
    expect(mail!.subject).toMatch(/^(Demain|Aujourd’hui) : Nuit du Port$/)
    expect(mail!.body).toMatch(/\/t\/[\w-]{43}/)
    expect(mail!.body).toContain('Palais des congrès')
    expect(mail!.body).toMatch(/Portes\s: \d\d:\d\d/)
    expect(mail!.body).toContain('https://www.google.com/maps/dir/')
  })

  test('holders with an address of their own get their own ticket, and no link to the others’', async () => {
    const event = await soon()
    const holders = [{ name: 'Afi' }, { name: 'Koffi', email: 'koffi@example.test' }]
    const order = await bought(event, { holders })
    await remind()
    const [buyer, holder] = await reminders(order)
    expect([buyer!.recipient, holder!.recipient]).toEqual(['afi@example.test', 'koffi@example.test'])
    expect(holder!.body).not.toContain('/t/')
    expect(holder!.body).toContain('Bonjour Koffi')
    expect(holder!.ticketIds).toHaveLength(1)
  })

  test('they hear as well when the event moves, and when it is called off, once each', async () => {
    const event = await soon({ startsAt: inHours(200), doorsOpenAt: null })
    const holders = [{ name: 'Afi' }, { name: 'Koffi', email: 'koffi@example.test' }, { name: 'Koffi', email: 'koffi@example.test' }]
    const order = await bought(event, { holders })
    const told = async (kind: string) =>
      app.db.selectFrom('mail').selectAll().where('orderId', '=', order.id).where('kind', '=', kind).orderBy('id').execute()
    const moved = { orderId: order.id, news: { what: 'event_changed', version: 'v1' } } as const
    await notifyOrder(app, moved)
    await notifyOrder(app, moved)
    const changed = await told('event-changed')
    expect(changed.map((mail) => mail.recipient)).toEqual(['afi@example.test', 'koffi@example.test'])
    expect(changed[1]!.body).toContain('Bonjour Koffi')
    expect(changed[1]!.body).not.toContain('/t/')
    await cancelEvent(app, event.organizer.owner, event.slug, { reason: 'La salle est inondée.' })
    await workOff(app)
    const cancelled = await told('cancelled')
    expect(cancelled.map((mail) => mail.recipient)).toEqual(['afi@example.test', 'koffi@example.test'])
    expect(cancelled[1]!.body).toContain('La salle est inondée.')
    // The money is the buyer's.
    expect([cancelled[0]!.body, cancelled[1]!.body].map((body) => /15\s000/.test(body))).toEqual([true, false])
  })

  test('nobody hears of what they bought within the day, gave back, or what is called off, far off, or silent by the organizer’s wish', async () => {
    const event = await soon()
    const late = await bought(event, {}, inHours(-1))
    const given = await bought(event)
    await cancelOrder(app, event.organizer.owner, { code: given.code })
    const off = await soon()
    const ofCancelled = await bought(off)
    await cancelEvent(app, off.organizer.owner, off.slug, { reason: '' })
    const ofFar = await bought(await soon({ startsAt: inHours(60), doorsOpenAt: null }))
    const silent = await soon()
    await updateEvent(app, silent.organizer.owner, silent.slug, { remindHolders: false })
    const ofSilent = await bought(silent)
    await remind()
    for (const order of [late, given, ofCancelled, ofFar, ofSilent]) expect(await reminders(order)).toEqual([])
  })

  test('an event that moves is reminded of anew, on the eve of its new day', async () => {
    const event = await soon()
    const order = await bought(event)
    await remind()
    const moved = inHours(90)
    await updateEvent(app, event.organizer.owner, event.slug, { startsAt: moved, endsAt: new Date(moved.getTime() + HOUR), doorsOpenAt: null })
    await remind()
    expect(await reminders(order)).toHaveLength(1)
    app.clock.advance(75 * 3600)
    try {
      await remind()
      expect(await reminders(order)).toHaveLength(2)
    } finally {
      app.clock.advance(-75 * 3600)
    }
  })

  test('a crash between the note and the mails loses none: both are one commit, the rest are jobs', async () => {
    const event = await soon()
    const order = await bought(event)
    await Promise.all([remindOfEvents(app), remindOfEvents(app)])
    expect(await app.db.selectFrom('eventReminder').selectAll().where('eventId', '=', event.id).execute()).toHaveLength(1)
    expect(await reminders(order)).toEqual([])
    await workOff(app)
    expect(await reminders(order)).toHaveLength(1)
  })
})
