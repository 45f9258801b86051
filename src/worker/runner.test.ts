import { describe, expect, test, vi } from 'vitest'
import { systemActor } from '#src/kernel/actor.ts'
import { uuidv7 } from '#src/kernel/id.ts'
import { notificationsSubscriptions } from '#src/modules/notifications/subscribers.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { transact } from '#src/platform/db.ts'
import { record, type Subscriptions } from '#src/platform/facts.ts'
import { countJobs, enqueue, enqueueAll } from '#src/platform/jobs.ts'
import { testApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { dispatchAll } from '#test/jobs.ts'
import { dispatchFacts } from './dispatch-facts.ts'
import { createPresence } from './presence.ts'
import { startWorker } from './runner.ts'
import { startTimers } from './timers.ts'

const app = testApp()
const actor = systemActor('test')

type Job = { task_identifier: string; payload: unknown; key: string | null; run_at: Date; attempts: number; max_attempts: number }
async function queued(task: string): Promise<Job[]> {
  const { rows } = await app.ownerPool.query<Job>(
    `
    SELECT j.*, p.payload FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id) WHERE j.task_identifier = $1 ORDER BY j.id`,
    [task],
  )
  return rows
}

describe('enqueue', () => {
  test('adds a job with its payload, its time and twelve attempts', async () => {
    const runAt = new Date('2031-02-03T04:05:06Z')
    await transact(app, (tx) => enqueue(tx, 'one', { text: 'l’été "à" Ouidah', list: [1, 2] }, { key: 'one:1', runAt }))
    expect(await queued('one')).toMatchObject([
      { payload: { text: 'l’été "à" Ouidah', list: [1, 2] }, key: 'one:1', run_at: runAt, attempts: 0, max_attempts: 12 },
    ])
  })

  test('replaces a waiting job of the same key', async () => {
    await transact(app, (tx) => enqueue(tx, 'again', { n: 1 }, { key: 'again' }))
    await transact(app, (tx) => enqueue(tx, 'again', { n: 2 }, { key: 'again' }))
    expect(await queued('again')).toMatchObject([{ payload: { n: 2 } }])
  })

  test('leaves no job where the transaction is rolled back', async () => {
    await expect(
      transact(app, async (tx) => {
        await enqueue(tx, 'undone', {})
        await enqueueAll(tx, 'undone', [{ payload: {}, key: 'undone:1' }])
        throw new Error('rolled back')
      }),
    ).rejects.toThrow('rolled back')
    expect(await queued('undone')).toEqual([])
  })

  test('adds many at once, keeping the last of each key', async () => {
    const jobs = Array.from({ length: 300 }, (_, n) => ({ payload: { n, quote: `"{${n},}"\\` }, key: `many:${n % 200}` }))
    await transact(app, (tx) => enqueueAll(tx, 'many', jobs))
    const rows = await queued('many')
    expect(rows).toHaveLength(200)
    expect(rows.find((row) => row.key === 'many:7')?.payload).toEqual({ n: 207, quote: '"{207,}"\\' })
    expect(rows.every((row) => row.max_attempts === 12)).toBe(true)
  })

  test('puts urgent ones ahead', async () => {
    await transact(app, async (tx) => {
      await enqueue(tx, 'patient', {})
      await enqueue(tx, 'urgent', {}, { urgent: true })
      await enqueueAll(tx, 'urgent', [{ payload: {}, key: 'urgent:2' }], { urgent: true })
    })
    const { rows } = await app.ownerPool.query<{ task: string }>(
      `SELECT task_identifier AS task FROM graphile_worker.jobs WHERE task_identifier IN ('patient', 'urgent') ORDER BY priority, id`,
    )
    expect(rows.map((row) => row.task)).toEqual(['urgent', 'urgent', 'patient'])
  })

  test('counts what waits', async () => {
    const { waiting } = await countJobs(app.db)
    expect(waiting).toBeGreaterThanOrEqual(200)
  })
})

describe('facts', () => {
  const subscriptions: Subscriptions = {
    'order.paid': (fact) => [
      { name: 'on-paid', payload: { factId: fact.id, subject: fact.subject, code: fact.data.code }, key: `paid:${fact.subject}` },
    ],
  }
  const paid = (n: number) => ({ kind: 'order.paid', eventId: 1, organizerId: 1, subject: `order:${n}`, data: { code: `C${n}` } })

  test('become jobs once, however often and from however many processes they are dispatched', async () => {
    await transact(app, (tx) => record(tx, actor, paid(1), { kind: 'order.viewed', subject: 'order:1' }, paid(2)))
    await Promise.all(Array.from({ length: 5 }, () => dispatchFacts(app, 'test', subscriptions)))
    await dispatchAll(app, 'test', subscriptions)
    expect(await queued('on-paid')).toMatchObject([{ payload: { subject: 'order:1', code: 'C1' } }, { payload: { subject: 'order:2' } }])
  })

  test('wait while an older transaction still runs, and are not skipped after it', async () => {
    await transact(app, async (older) => {
      await record(older, actor, paid(11))
      await transact(app, (tx) => record(tx, actor, paid(12)))
      await dispatchFacts(app, 'test', subscriptions)
      expect((await queued('on-paid')).map((job) => job.key)).not.toContain('paid:order:12')
    })
    await dispatchAll(app, 'test', subscriptions)
    expect((await queued('on-paid')).map((job) => job.key)).toEqual(expect.arrayContaining(['paid:order:11', 'paid:order:12']))
  })

  test('are read again where the turn fails', async () => {
    await transact(app, (tx) => record(tx, actor, paid(21)))
    await expect(
      dispatchAll(app, 'test', {
        'order.paid': () => {
          throw new Error('crash')
        },
      }),
    ).rejects.toThrow('crash')
    await dispatchAll(app, 'test', subscriptions)
    expect((await queued('on-paid')).map((job) => job.key)).toContain('paid:order:21')
  })
})

describe('the worker', () => {
  test('starts, takes jobs, and stops leaving none locked', async () => {
    const worker = await startWorker(app)
    await worker.stop()
    const { rows } = await app.ownerPool.query(`SELECT FROM graphile_worker.jobs WHERE locked_at IS NOT NULL`)
    expect(rows).toEqual([])
  })

  test('mails the tickets of an order by itself, moments after it', async () => {
    const worker = await startWorker(app)
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    const order = await placeOrder(
      app,
      { kind: 'visitor', locale: 'fr', ip: null },
      {
        eventSlug: event.slug,
        lines: [{ ticketTypeId: type.id, quantity: 1 }],
        buyer: { name: 'Afi', email: 'afi@example.test' },
        idempotencyKey: uuidv7(),
        channel: 'web',
      },
    )
    await vi.waitFor(
      async () => {
        expect(await app.db.selectFrom('mail').select('status').where('orderId', '=', order.id).execute()).toEqual([{ status: 'kept' }])
      },
      { timeout: 20_000 },
    )
    await worker.stop()
  })

  test('finishes what it has begun before it stops', async () => {
    const event = await buildEvent(app)
    const type = await buildTicketType(app, event, { price: 0 })
    for (let n = 0; n < 8; n++) {
      await placeOrder(
        app,
        { kind: 'visitor', locale: 'fr', ip: null },
        {
          eventSlug: event.slug,
          lines: [{ ticketTypeId: type.id, quantity: 5 }],
          buyer: { name: 'Afi', email: 'afi@example.test' },
          idempotencyKey: uuidv7(),
          channel: 'web',
        },
      )
    }
    await dispatchAll(app, 'notifications', notificationsSubscriptions)
    const worker = await startWorker(app)
    await vi.waitFor(
      async () => {
        const { rowCount } = await app.ownerPool.query(`SELECT FROM graphile_worker.jobs WHERE locked_at IS NOT NULL`)
        expect(rowCount).toBeGreaterThan(0)
      },
      { interval: 1, timeout: 20_000 },
    )
    await worker.stop()
    const { rows } = await app.ownerPool.query(
      `SELECT task_identifier, locked_by, attempts, last_error FROM graphile_worker.jobs WHERE locked_at IS NOT NULL OR last_error IS NOT NULL`,
    )
    expect(rows).toEqual([])
  })

  test('frees the jobs of a worker that died, and only those', async () => {
    const presence = createPresence(app.ownerPool)
    await presence.announce('alive')
    await app.ownerPool.query(`SELECT graphile_worker.add_job('orphan', '{}'), graphile_worker.add_job('busy', '{}')`)
    await app.ownerPool
      .query(`UPDATE graphile_worker._private_jobs j SET locked_at = now() - interval '1 minute', locked_by = CASE t.identifier WHEN 'busy' THEN 'alive' ELSE 'dead' END
      FROM graphile_worker._private_tasks t WHERE t.id = j.task_id AND t.identifier IN ('orphan', 'busy')`)
    expect(await presence.freeOrphans()).toBe(1)
    expect(await queued('orphan')).toMatchObject([{ locked_by: null }])
    expect(await queued('busy')).toMatchObject([{ locked_by: 'alive' }])
    presence.close()
    await vi.waitFor(async () => expect(await presence.freeOrphans()).toBe(1))
  })

  test('runs what recurs in one process only, and in the next when that one ends', async () => {
    const first = createPresence(app.ownerPool)
    const second = createPresence(app.ownerPool)
    expect([await first.leads(), await second.leads(), await first.leads()]).toEqual([true, false, true])
    let ran = 0
    const timers = startTimers(app, second, [
      {
        name: 'tick',
        every: 0.01,
        run: async () => {
          ran++
        },
      },
    ])
    expect(ran).toBe(0)
    first.close()
    await vi.waitFor(() => expect(ran).toBeGreaterThan(2), { timeout: 10_000 })
    await timers.stop()
    second.close()
  })
})
