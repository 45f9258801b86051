// The dashboard: what it counts, and what it doesn't show to whom.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkOut } from '#src/modules/ticketing/check-out.ts'
import { testApp } from '#test/app.ts'
import { issueTickets, workOnIssue } from '#src/modules/ticketing/issue-tickets.ts'
import { getShopNews } from '#src/reads/latest-sales.ts'
import { listTicketTypes } from '#src/modules/ticketing/find-ticket-types.ts'
import { buildEvent, buildMember, buildOrganizer, buildTicketType, type BuiltEvent, type BuiltOrganizer } from '#test/factories.ts'
import { browse } from '#test/pages.ts'
import { everyDay } from './sales-charts.tsx'

const app = testApp()

async function business() {
  const organizer = await buildOrganizer(app, { name: 'Les Conteurs' })
  const event = await buildEvent(app, { organizer, title: 'Nuit du conte' })
  await buildTicketType(app, event, { price: 5000 })
  await sell(event, organizer)
  await app.db.insertInto('eventView').values({ eventId: event.id, views: 8 }).execute()
  return { organizer, event }
}

/** Two tickets for cash, through the web. */
async function sell(event: BuiltEvent, organizer: BuiltOrganizer) {
  const [type] = await listTicketTypes(app, event.id)
  await checkOut(app, organizer.owner, {
    eventSlug: event.slug,
    lines: [{ ticketTypeId: type!.id, quantity: 2 }],
    buyer: { name: 'Ada Dossou', email: 'ada@example.test' },
    idempotencyKey: randomUUID(),
    channel: 'web',
    payment: { provider: 'cash' },
  })
}

describe('the dashboard', () => {
  it('keeps tickets that were given out by the thousand from pushing the latest sales away', async () => {
    const { organizer, event } = await business()
    const [type] = await listTicketTypes(app, event.id)
    const gift = { eventSlug: event.slug, ticketTypeId: type!.id, terms: 'complimentary', perSheet: 4, sendMails: false } as const
    await workOnIssue(app, await issueTickets(app, organizer.owner, { ...gift, to: 8 }))
    const { latest } = await getShopNews(app, organizer.owner)
    expect(latest.map((sale) => sale.buyerName)).toEqual(['Ada Dossou'])
  })

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

describe('figures that keep themselves current', () => {
  const dataOf = (html: string) => ({
    href: /data-href="([^"]+)"/.exec(html)![1]!.replaceAll('&amp;', '&'),
    etag: /data-etag="([^"]+)"/.exec(html)![1]!.replaceAll('&quot;', '"'),
  })

  it.each(['/organizer', 'event'])('answer 304 while nothing happens, and count anew at most once in a while: %s', async (which) => {
    const { organizer, event } = await business()
    const owner = browse(app, organizer.owner)
    const live = dataOf((await owner.get(which === 'event' ? `/organizer/events/${event.slug}` : which)).html)
    const same = await owner.get(live.href, { 'if-none-match': live.etag })
    expect([same.status, same.html, same.headers['cache-control']]).toEqual([304, '', 'no-store'])

    await sell(event, organizer)
    const fresh = await owner.get(live.href, { 'if-none-match': live.etag })
    expect([fresh.status, fresh.headers['cache-control']]).toEqual([200, 'no-store'])
    expect(fresh.headers.etag).not.toBe(live.etag)
    expect(fresh.text).toMatch(/Aujourd’hui 4 20\s000\sF\sCFA/)
    expect(fresh.html).toContain('data-said="4 billets vendus en tout"')
    for (const block of ['figures', 'by-day']) expect(fresh.html).toContain(`data-live="${block}"`)
    expect(fresh.html).not.toContain('<html')
    // What was counted a moment ago serves everybody until it is ten seconds old.
    await sell(event, organizer)
    expect((await owner.get(live.href, { 'if-none-match': String(fresh.headers.etag) })).status).toBe(304)
  })

  it('show the first sale without a reload', async () => {
    const organizer = await buildOrganizer(app)
    const event = await buildEvent(app, { organizer })
    await buildTicketType(app, event, { price: 5000 })
    const owner = browse(app, organizer.owner)
    const before = await owner.get('/organizer')
    expect(before.text).not.toContain('Dernières ventes')
    const live = dataOf(before.html)
    await sell(event, organizer)
    expect((await owner.get(live.href, { 'if-none-match': live.etag })).text).toMatch(/Dernières ventes .*Ada Dossou/)
  })

  it('open to whom the page opens, money only for those who lead', async () => {
    const { organizer, event } = await business()
    const path = `/organizer/events/${event.slug}/live`
    const cashier = browse(app, await buildMember(app, organizer.id, 'cashier'))
    await browse(app, organizer.owner).get(path)
    for (const href of [path, '/organizer/live']) {
      const seen = await cashier.get(href)
      expect(seen.status).toBe(200)
      for (const hidden of ['Vous revient', 'Encaissé']) expect(seen.text).not.toContain(hidden)
    }
    const agent = browse(app, await buildMember(app, organizer.id, 'agent'))
    expect([(await agent.get(path)).status, (await agent.get('/organizer/live')).status]).toEqual([403, 404])
    const foreign = browse(app, (await buildOrganizer(app)).owner)
    expect([(await foreign.get(path)).status, (await foreign.get(`/organizer/live?organizer=${organizer.slug}`)).status]).toEqual([404, 404])
    expect((await browse(app).get(path)).status).toBe(303)
  })

  it('are left alone once the event is over', async () => {
    const event = await buildEvent(app, { status: 'ended', startsAt: new Date(Date.now() - 9_000_000), endsAt: new Date(Date.now() - 4_000_000) })
    const { html } = await browse(app, event.organizer.owner).get(`/organizer/events/${event.slug}`)
    expect(html).not.toContain('live-figures')
  })
})
