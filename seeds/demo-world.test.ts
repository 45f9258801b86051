import { beforeAll, describe, expect, test } from 'vitest'
import { checkInvariants } from '#src/reads/invariants.ts'
import { testApp } from '#test/app.ts'
import { seedDemoWorld } from './demo-world.ts'
import { EVENTS } from './events.ts'
import { ORGANIZERS, PEOPLE } from './people.ts'

const app = testApp()
beforeAll(async () => { await seedDemoWorld(app, () => {}) })

const valuesOf = async (statement: string) => (await app.ownerPool.query<{ value: string }>(statement)).rows.map((row) => row.value)

describe('the demo world', () => {
  test('breaks no invariant; only the payments that wait for a person say so', async () => {
    const broken = (await checkInvariants(app.db)).filter((result) => result.count > 0)
    expect(broken.filter((result) => result.invariant.id !== 'payments-need-no-review').map((result) => [result.invariant.id, result.examples])).toEqual([])
    expect(broken.map((result) => result.invariant.id)).toEqual(['payments-need-no-review'])
  })

  test('shows every state that an event, an order, a ticket, a payment and a refund can be in', async () => {
    expect(await valuesOf('SELECT DISTINCT status AS value FROM event ORDER BY 1')).toEqual(['cancelled', 'draft', 'ended', 'pending_review', 'published'])
    expect(await valuesOf('SELECT DISTINCT visibility AS value FROM event ORDER BY 1')).toEqual(['private', 'public', 'unlisted'])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM ticket_order ORDER BY 1'))
      .toEqual(['awaiting_payment', 'cancelled', 'expired', 'paid', 'partially_refunded', 'refunded'])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM ticket ORDER BY 1')).toEqual(['inside', 'invalid', 'outside', 'paid', 'refunded', 'reserved'])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM payment ORDER BY 1')).toEqual(expect.arrayContaining(['EXPIRED', 'FAILED', 'PENDING', 'REVIEW', 'SUCCEEDED']))
    expect(await valuesOf('SELECT DISTINCT provider AS value FROM payment ORDER BY 1')).toEqual(['cash', 'simulator'])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM refund ORDER BY 1')).toEqual(['FAILED', 'MANUAL_REQUIRED', 'SUCCEEDED'])
    expect(await valuesOf('SELECT DISTINCT cause AS value FROM refund ORDER BY 1')).toEqual(['cancellation', 'late', 'organizer'])
    expect(await valuesOf(`SELECT DISTINCT slug AS value FROM event_key JOIN event ON event.id = event_id WHERE qr_format = 'TH1'`)).toHaveLength(1)
  })

  test('has one event that runs now with people inside, one sold out, past ones with sales before them, future ones', async () => {
    expect(await valuesOf('SELECT title AS value FROM event WHERE now() BETWEEN starts_at AND ends_at ORDER BY 1')).toEqual(['Foire des saveurs de Cotonou', 'Mémoires de bogolan'])
    expect(await valuesOf(`SELECT e.title AS value FROM event e JOIN quota_counter q ON q.event_id = e.id WHERE q.held + q.sold = q.size`)).toEqual(['Rires sans escale'])
    expect(await valuesOf(`SELECT title AS value FROM event e WHERE status = 'ended' AND EXISTS (SELECT FROM scan s WHERE s.event_id = e.id AND s.at BETWEEN e.starts_at - interval '2 hours' AND e.ends_at) ORDER BY 1`))
      .toEqual(['Brunch littéraire de Cocody', 'Masques et royaumes', 'Payer, être payé : le commerce au temps du Mobile Money'])
    expect(await valuesOf('SELECT e.title AS value FROM ticket_order o JOIN event e ON e.id = o.event_id WHERE o.created_at > LEAST(now(), e.ends_at)')).toEqual([])
    expect(await valuesOf('SELECT DISTINCT city AS value FROM event ORDER BY 1')).toEqual(['Abidjan', 'Cotonou', 'Lomé', 'Porto-Novo'])
  })

  test('gives every event a cloth of its own', async () => {
    expect(new Set(EVENTS.map((event) => event.cover.join(' '))).size).toBe(EVENTS.length)
    const covers = await app.db.selectFrom('event').innerJoin('storedFile', 'storedFile.id', 'event.coverId').select(['storedFile.id']).execute()
    expect(covers).toHaveLength(EVENTS.length)
    expect((await app.files.get(`${covers[0]!.id}/960.avif`))?.toString('latin1', 4, 12)).toBe('ftypavif')
  })

  test('lets its people sign in with the password that the terminal shows', async () => {
    for (const email of ['admin', 'organizer', 'cashier', 'agent', 'participant'].map((name) => `${name}@demo.test`)) {
      const answer = await app.server.inject({ method: 'POST', url: '/api/v1/auth/login', payload: { email, password: 'guichet-demo' } })
      expect(answer.statusCode, email).toBe(200)
    }
    expect(PEOPLE.filter((person) => Object.values(ORGANIZERS).some((organizer) => organizer.owner === person.email))).toHaveLength(3)
  })

  test('is made once', async () => {
    const count = async () => valuesOf('SELECT count(*)::text AS value FROM ticket_order')
    const before = await count()
    expect(await seedDemoWorld(app, () => {})).toBe(false)
    expect(await count()).toEqual(before)
  })
})
