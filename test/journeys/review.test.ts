// Staff reviews events in a real browser: puts one online, sends one back with a word that its organizer reads. In both languages, with and without
// JavaScript, on a phone and a wide screen.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApp } from '../app.ts'
import { buildAccount, buildEvent, buildTicketType } from '../factories.ts'
import { adminAt } from './admin.ts'
import { EVERY_SEAT, FOUR_SEATS, named, openStage, PATIENCE, seatName, type Seat, type Stage } from './stage.ts'

const app = testApp({ PUBLIC_URL: '', REVIEW_EVENTS: 'on' })

/** The four that the organizer's journey leaves out. */
const OTHER_SEATS: Seat[] = EVERY_SEAT.filter((seat) => !FOUR_SEATS.some((other) => seatName(other) === seatName(seat)))

describe('an admin', PATIENCE, () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage(app)
  })
  afterAll(async () => {
    await stage?.close()
  })

  test.each(named(OTHER_SEATS))('reviews what waits: %s', async (name, seat) => {
    const good = await buildEvent(app, { title: `Bal des lampions, ${name}`, status: 'pending_review' })
    await buildTicketType(app, good, { name: 'Place debout', price: 2000 })
    const poor = await buildEvent(app, { title: `Sans titre, ${name}`, status: 'pending_review' })
    const visit = await stage.visit(seat, await buildAccount(app, { role: 'admin' }))
    const admin = adminAt(visit)
    await admin.comesToWork()
    await admin.opens('reviews')
    expect(await admin.waiting()).toEqual(expect.arrayContaining([`Bal des lampions, ${name}`, `Sans titre, ${name}`]))
    await admin.reads(`Bal des lampions, ${name}`)
    await admin.previews(`Bal des lampions, ${name}`)
    await admin.approves()
    await admin.reads(`Sans titre, ${name}`)
    await admin.sendsBack('Il manque la description.')
    expect(await admin.waiting()).toEqual([])
    for (const tab of ['events', 'orders', 'payments', 'refunds', 'users', 'organizers', 'facts'] as const) await admin.opens(tab)
    await visit.leave()

    // What the others see of it.
    const stranger = await stage.visit(seat)
    await stranger.go(`/events/${good.slug}`)
    await stranger.leave()
    const owner = await stage.visit(seat, poor.organizer.owner)
    await owner.go(`/organizer/events/${poor.slug}`)
    expect(await owner.page.getByText('Il manque la description.').count()).toBe(1)
    await owner.look('event, sent back')
    await owner.leave()
  })
})
