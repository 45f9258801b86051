// The dashboard: what it counts, and what it doesn't show to whom.
import { describe, expect, it } from 'vitest'
import { checkOut } from '#src/modules/ticketing/check-out.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType } from '#test/factories.ts'
import { browse } from '#test/pages.ts'
import { everyDay } from './sales-charts.tsx'

const app = testApp()

async function business() {
  const organizer = await buildOrganizer(app, { name: 'Les Conteurs' })
  const event = await buildEvent(app, { organizer, title: 'Nuit du conte' })
  const type = await buildTicketType(app, event, { price: 5000 })
  await checkOut(app, organizer.owner, {
    eventSlug: event.slug,
    lines: [{ ticketTypeId: type.id, quantity: 2 }],
    buyer: { name: 'Ada Dossou', email: 'ada@example.test' },
    idempotencyKey: event.slug,
    channel: 'web',
    payment: { provider: 'cash' },
  })
  await app.db.insertInto('eventView').values({ eventId: event.id, views: 8 }).execute()
  return { organizer, event }
}

describe('the dashboard', () => {
  it('shows today, what is due, who buys of those who look, the latest sales and a table behind the chart', async () => {
    const { organizer, event } = await business()
    const { text, html } = await browse(app, organizer.owner).get('/organizer')
    expect(text).toMatch(/Aujourd’hui 2 10\s000\sF\sCFA Vous revient 9\s[57]00\sF\sCFA net, sur 10\s000\sF\sCFA encaissés/)
    expect(text).toMatch(/Taux d’achat 12,5\s% 1 commande pour 8 vues/)
    expect(text).toMatch(/Dernières ventes .*Ada Dossou Nuit du conte 2 10\s000/)
    expect(html).toMatch(/<svg[^>]*role="img"[^>]*aria-label="Billets vendus par jour\. Au plus 2 billets/)
    expect(html).toMatch(/<details>.*<caption[^>]*>Billets vendus par jour<\/caption>/)
    expect((await browse(app, organizer.owner).get(`/organizer/events/${event.slug}`)).text).toMatch(/Taux d’achat 12,5\s%/)
  })

  it('shows cashiers no revenue, sends agents to their gate, and keeps organizers apart', async () => {
    const { organizer } = await business()
    const other = await business()
    const cashier = await browse(app, await buildMember(app, organizer.id, 'cashier')).get('/organizer')
    expect(cashier.status).toBe(200)
    for (const hidden of ['Vous revient', 'Recettes', 'Ventes', 'Encaissé']) expect(cashier.text).not.toContain(hidden)
    expect(cashier.html).not.toContain('/organizer/team')
    expect((await browse(app, await buildMember(app, organizer.id, 'agent')).get('/organizer')).location).toBe('/gate')
    expect((await browse(app, organizer.owner).get(`/organizer?organizer=${other.organizer.slug}`)).status).toBe(404)
    expect((await browse(app, organizer.owner).get('/organizer')).html).not.toContain(other.event.slug)
    await app.db.insertInto('membership').values({ organizerId: other.organizer.id, accountId: organizer.owner.accountId, role: 'manager' }).execute()
    const both = await browse(app, organizer.owner).get(`/organizer?organizer=${other.organizer.slug}`)
    expect(both.html).toContain(other.event.slug)
    expect(both.text).toMatch(/Aujourd’hui 2 /)
  })
})

describe('days in a chart', () => {
  const day = (date: string, tickets: number) => ({ day: date, orders: 1, tickets, gross: 0 })
  it('stand side by side, those without sales too, sixty at most', () => {
    expect(everyDay([day('2026-11-01', 3), day('2026-11-03', 1)], '2026-11-04', 1).map(({ day: date, tickets }) => `${date} ${tickets}`)).toEqual([
      '2026-11-01 3',
      '2026-11-02 0',
      '2026-11-03 1',
      '2026-11-04 0',
    ])
    expect(everyDay([], '2026-11-04')).toHaveLength(14)
    const long = everyDay([day('2026-01-01', 1)], '2026-11-04')
    expect([long.length, long.at(-1)!.day]).toEqual([60, '2026-11-04'])
  })
})
