import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { restoreBackup } from '#src/platform/backup/restore.ts'
import { writeBackup } from '#src/platform/backup/write.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import { startTestApp, testApp, type TestApp } from '#test/app.ts'
import { seedDemoWorld } from './demo-world.ts'
import { EVENTS } from './events.ts'
import { ORGANIZERS, PEOPLE } from './people.ts'

const app = testApp()
beforeAll(async () => {
  await seedDemoWorld(app, () => {})
})

const valuesOf = async (statement: string) => (await app.ownerPool.query<{ value: string }>(statement)).rows.map((row) => row.value)

describe('the demo world', () => {
  test('breaks no invariant; only the payments that wait for a person say so', async () => {
    const broken = (await checkInvariants(app.db)).filter((result) => result.count > 0)
    expect(
      broken.filter((result) => result.invariant.id !== 'payments-need-no-review').map((result) => [result.invariant.id, result.examples]),
    ).toEqual([])
    expect(broken.map((result) => result.invariant.id)).toEqual(['payments-need-no-review'])
  })

  test('shows every state that an event, an order, a ticket, a payment and a refund can be in', async () => {
    expect(await valuesOf('SELECT DISTINCT status AS value FROM event ORDER BY 1')).toEqual([
      'cancelled',
      'draft',
      'ended',
      'pending_review',
      'published',
    ])
    expect(await valuesOf('SELECT DISTINCT visibility AS value FROM event ORDER BY 1')).toEqual(['private', 'public', 'unlisted'])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM ticket_order ORDER BY 1')).toEqual([
      'awaiting_payment',
      'cancelled',
      'expired',
      'paid',
      'partially_refunded',
      'refunded',
    ])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM ticket ORDER BY 1')).toEqual([
      'inside',
      'invalid',
      'outside',
      'paid',
      'refunded',
      'reserved',
    ])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM payment ORDER BY 1')).toEqual(
      expect.arrayContaining(['EXPIRED', 'FAILED', 'PENDING', 'REVIEW', 'SUCCEEDED']),
    )
    expect(await valuesOf('SELECT DISTINCT provider AS value FROM payment ORDER BY 1')).toEqual(['cash', 'simulator'])
    expect(await valuesOf('SELECT DISTINCT status AS value FROM refund ORDER BY 1')).toEqual(['FAILED', 'MANUAL_REQUIRED', 'SUCCEEDED'])
    expect(await valuesOf('SELECT DISTINCT cause AS value FROM refund ORDER BY 1')).toEqual(['cancellation', 'late', 'organizer'])
    expect(await valuesOf(`SELECT DISTINCT slug AS value FROM event_key JOIN event ON event.id = event_id WHERE qr_format = 'TH1'`)).toHaveLength(1)
  })

  test('has one event that runs now with people inside, one sold out, past ones with sales before them, future ones', async () => {
    expect(await valuesOf('SELECT title AS value FROM event WHERE now() BETWEEN starts_at AND ends_at ORDER BY 1')).toEqual([
      'Foire des saveurs de Cotonou',
      'Mémoires de bogolan',
    ])
    expect(await valuesOf(`SELECT e.title AS value FROM event e JOIN quota_counter q ON q.event_id = e.id WHERE q.held + q.sold = q.size`)).toEqual([
      'Rires sans escale',
    ])
    expect(
      await valuesOf(
        `SELECT title AS value FROM event e WHERE status = 'ended' AND EXISTS (SELECT FROM scan s WHERE s.event_id = e.id AND s.at BETWEEN e.starts_at - interval '2 hours' AND e.ends_at) ORDER BY 1`,
      ),
    ).toEqual(['Brunch littéraire de Cocody', 'Masques et royaumes', 'Payer, être payé : le commerce au temps du Mobile Money'])
    expect(
      await valuesOf('SELECT e.title AS value FROM ticket_order o JOIN event e ON e.id = o.event_id WHERE o.created_at > LEAST(now(), e.ends_at)'),
    ).toEqual([])
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

describe('its numbers', () => {
  const tokens = new Map<string, string>()
  async function ask<T>(as: string, url: string): Promise<{ status: number; body: T }> {
    if (!tokens.has(as)) {
      const login = await app.server.inject({
        method: 'POST',
        url: '/api/v1/auth/login',
        payload: { email: `${as}@demo.test`, password: 'guichet-demo' },
      })
      tokens.set(as, login.json<{ accessToken: string }>().accessToken)
    }
    const answer = await app.server.inject({ url: `/api/v1${url}`, headers: { authorization: `Bearer ${tokens.get(as)}` } })
    return { status: answer.statusCode, body: answer.json<T>() }
  }
  type Amount = { amount: number }
  type Revenue = Record<'gross' | 'refunded' | 'commission' | 'fees' | 'net', Amount>
  type Stats = {
    sales: { sold: number; held: number; orders: number; capacity: number }
    revenue: Revenue | null
    admissions: Record<'admitted' | 'exits' | 'inside' | 'refused', number>
    byType: { sold: number; gross: Amount | null }[]
    byDay: { tickets: number; orders: number; gross: Amount | null }[]
    byGate: { name: string; entries: number; exits: number; refused: number }[]
    byHour: { entries: number; exits: number; refused: number }[]
    refusals: { count: number }[]
  }
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0)
  const slugs = () => valuesOf('SELECT slug AS value FROM event ORDER BY id')

  test('agree with each other, event by event, and with the organizers’ in all', async () => {
    const net = new Map<string, number>()
    for (const slug of await slugs()) {
      const { status, body } = await ask<Stats>('admin', `/events/${slug}/stats`)
      expect(status, slug).toBe(200)
      expect(sum(body.byType.map((type) => type.sold)), slug).toBe(body.sales.sold)
      expect(sum(body.byDay.map((day) => day.orders)), slug).toBe(body.sales.orders)
      expect(sum(body.byDay.map((day) => day.gross!.amount)), slug).toBe(body.revenue!.gross.amount)
      for (const list of [body.byGate, body.byHour]) {
        expect([sum(list.map((row) => row.entries)), sum(list.map((row) => row.exits)), sum(list.map((row) => row.refused))], slug).toEqual([
          body.admissions.admitted,
          body.admissions.exits,
          body.admissions.refused,
        ])
      }
      expect(sum(body.refusals.map((row) => row.count)), slug).toBe(body.admissions.refused)
      expect(body.admissions.inside).toBe(body.admissions.admitted - body.admissions.exits)
      const { gross, refunded, commission, fees } = body.revenue!
      expect(body.revenue!.net.amount, slug).toBe(gross.amount - refunded.amount - commission.amount - fees.amount)
      const organizer = (
        await valuesOf(
          `SELECT a.email AS value FROM event e JOIN membership m ON m.organizer_id = e.organizer_id AND m.role = 'owner' JOIN account a ON a.id = m.account_id WHERE e.slug = '${slug}'`,
        )
      )[0]!
      net.set(organizer, (net.get(organizer) ?? 0) + body.revenue!.net.amount)
    }
    for (const [owner, total] of net) {
      const { body } = await ask<{ revenue: Revenue[]; eventList: { slug: string }[] }>(owner.replace('@demo.test', ''), '/organizer/dashboard')
      expect(body.revenue[0]!.net.amount, owner).toBe(total)
      expect(total).toBeGreaterThan(0)
    }
  })

  test('show a full house as full, and the running event with people inside', async () => {
    const full = (await ask<Stats>('organizer', '/events/rires-sans-escale/stats')).body
    expect(full.sales.sold + full.sales.held).toBe(full.sales.capacity)
    const running = (await ask<Stats>('organizer', '/events/foire-des-saveurs-de-cotonou/stats')).body
    expect(running.admissions.inside).toBeGreaterThan(10)
    expect(running.admissions.refused).toBeGreaterThan(0)
  })

  test('show cashiers and agents no money, agents only their own gates, and others nothing', async () => {
    const url = '/events/foire-des-saveurs-de-cotonou/stats'
    for (const as of ['cashier', 'agent']) {
      const { status, body } = await ask<Stats>(as, url)
      expect(status).toBe(200)
      expect([body.revenue, ...body.byType.map((type) => type.gross), ...body.byDay.map((day) => day.gross)].every((amount) => amount === null)).toBe(
        true,
      )
    }
    const gates = (await ask<Stats>('agent', url)).body.byGate
    expect(gates.filter((gate) => gate.entries + gate.exits + gate.refused > 0).map((gate) => gate.name)).toEqual(['Porte Marina'])
    expect((await ask('lome', url)).status).toBe(404)
    expect((await ask('participant', url)).status).toBe(404)
    expect((await ask<{ revenue: null }>('cashier', '/organizer/dashboard')).body.revenue).toBeNull()
    expect((await ask('agent', '/organizer/dashboard')).status).toBe(403)
    expect((await ask('organizer', '/organizer/dashboard?organizer=lome-en-scene')).status).toBe(404)
    expect((await ask('organizer', '/admin/dashboard')).status).toBe(403)
  })

  test('tell staff how the platform is', async () => {
    const { body } = await ask<{
      users: { total: number }
      organizers: number
      events: { pendingReview: number }
      payments: { review: number; refundsToDo: number }
      revenue: { gross: Amount; refundsDue: Amount }[]
    }>('admin', '/admin/dashboard')
    expect(body).toMatchObject({
      users: { total: PEOPLE.length },
      organizers: 3,
      events: { pendingReview: 1 },
      payments: { review: 1, refundsToDo: 2 },
    })
    expect(body.revenue[0]!.gross.amount).toBeGreaterThan(body.revenue[0]!.refundsDue.amount)
  })
})

describe('its backup', () => {
  test('restores all of it elsewhere, row by row, and the doctor’s questions find the same', async () => {
    const { app: other, stop } = await startTestApp()
    const folder = mkdtempSync(join(tmpdir(), 'guichet-demo-'))
    try {
      const { sections } = await writeBackup(app, join(folder, 'demo.gz'))
      await restoreBackup(other, join(folder, 'demo.gz'), { force: false })
      const counts = async (at: TestApp) =>
        Promise.all(
          Object.keys(sections)
            .filter((name) => name !== 'jobs' && !name.startsWith('file '))
            .map(async (table) => [
              table,
              (await at.ownerPool.query<{ hash: string }>(`SELECT md5(string_agg(md5(t::text), '' ORDER BY t::text)) AS hash FROM ${table} t`))
                .rows[0]!.hash,
            ]),
        )
      const changed = ['fact', 'fact_cursor', 'access_feed']
      expect((await counts(other)).filter(([table]) => !changed.includes(table!))).toEqual(
        (await counts(app)).filter(([table]) => !changed.includes(table!)),
      )
      const found = async (at: TestApp) => (await checkInvariants(at.db)).map((result) => [result.invariant.id, result.count])
      expect(await found(other)).toEqual(await found(app))
    } finally {
      rmSync(folder, { recursive: true, force: true })
      await stop()
    }
  })
})
