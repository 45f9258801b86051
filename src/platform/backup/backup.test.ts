import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemActor, type Visitor } from '#src/kernel/actor.ts'
import { placeOrder } from '#src/modules/ticketing/place-order.ts'
import { checkInvariants } from '#src/reads/invariants.ts'
import { startTestApp, testApp, type TestApp } from '#test/app.ts'
import { buildEvent, buildTicketType } from '#test/factories.ts'
import { transact } from '../db.ts'
import { readFacts, record } from '../facts.ts'
import { enqueue } from '../jobs.ts'
import { BackupError, type BackupManifest } from './format.ts'
import { restoreBackup } from './restore.ts'
import { writeBackup } from './write.ts'

const app = testApp()
const visitor: Visitor = { kind: 'visitor', locale: 'fr', ip: null }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guichet-backup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A second, empty installation. */
async function elsewhere(work: (other: TestApp) => Promise<void>): Promise<void> {
  const { app: other, stop } = await startTestApp()
  try {
    await work(other)
  } finally {
    await stop()
  }
}

const factsRead = async (at: TestApp, subscriber: string) => {
  const seen: string[] = []
  await transact(at, (tx) =>
    readFacts(tx, subscriber, 100_000, async (facts) => {
      seen.push(...facts.map((fact) => fact.subject))
    }),
  )
  return seen
}
const rowsOf = async (at: TestApp, table: string) =>
  (await at.ownerPool.query<{ line: string }>(`SELECT t::text AS line FROM ${table} t ORDER BY 1`)).rows.map((row) => row.line)

describe('a backup', () => {
  let file: string
  let manifest: BackupManifest
  let placed: string[]

  beforeAll(async () => {
    // Two events on sale; two subscribers, one behind the other; a job; a file; then orders all through the backup.
    const event = await buildEvent(app)
    const free = await buildTicketType(app, event, { price: 0, quantity: 100_000 })
    const paid = await buildTicketType(app, event, { price: 5000, quantity: 100_000 })
    const tell = (subject: string) => transact(app, (tx) => record(tx, systemActor('test'), { kind: 'test.told', subject }))
    await tell('first')
    await factsRead(app, 'slow')
    await tell('second')
    await factsRead(app, 'fast')
    await tell('third')
    await transact(app, (tx) => enqueue(tx, 'send-mail', { mail: 7, note: 'tab\there' }, { key: 'mail:7' }))
    await app.files.put('0190a0a0-0000-7000-8000-000000000000/640.avif', Buffer.from([0, 1, 2, 255]))

    await app.ownerPool.query(
      `INSERT INTO ledger_posting (kind, organizer_id, event_id, source_id) VALUES ('provider_fee', ${event.organizer.id}, ${event.id}, gen_random_uuid())`,
    )
    await app.ownerPool.query(
      `INSERT INTO ledger_account (kind, provider, currency) VALUES ('provider', 'simulator', 'XOF'), ('refunds_due', NULL, 'XOF')`,
    )
    await app.ownerPool.query(
      `INSERT INTO ledger_entry (posting_id, account_id, amount, currency) SELECT p.id, a.id, CASE a.kind WHEN 'provider' THEN -50 ELSE 50 END, 'XOF' FROM ledger_posting p, ledger_account a`,
    )

    let selling = true
    placed = []
    const buy = async (n: number) => {
      for (let i = 0; selling; i++) {
        const { code } = await placeOrder(app, visitor, {
          eventSlug: event.slug,
          lines: [{ ticketTypeId: i % 2 ? paid.id : free.id, quantity: 1 + (i % 3) }],
          buyer: { name: `Éloïse\t« ${n} »\\.`, email: 'eloise@example.test' },
          idempotencyKey: `${n}-${i}`,
          channel: 'web',
        })
        placed.push(code)
      }
    }
    const buyers = Array.from({ length: 8 }, (_, n) => buy(n))
    file = join(folder, 'under-load.gz')
    while (placed.length < 50)
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    manifest = await writeBackup(app, file)
    const soldWhenDone = placed.length
    while (placed.length < soldWhenDone + 20)
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    selling = false
    await Promise.all(buyers)
  })

  test('can be read by nobody else, and overwrites nothing', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await expect(writeBackup(app, file)).rejects.toThrow(/exists already/)
  })

  test('taken while people buy, is restored elsewhere: every invariant holds, and selling goes on', async () => {
    await elsewhere(async (other) => {
      const { replaced } = await restoreBackup(other, file, { force: false })
      expect(replaced).toBe(0)
      const results = await checkInvariants(other.db)
      expect(results.filter((result) => result.count > 0).map((result) => [result.invariant.id, result.examples])).toEqual([])
      const codes = new Set((await other.db.selectFrom('ticketOrder').select('code').execute()).map((row) => row.code))
      expect(codes.size).toBe(manifest.sections.ticket_order!.count)
      expect(placed.slice(0, 40).every((code) => codes.has(code))).toBe(true)

      // New rows get numbers of their own, and cannot collide with restored ones.
      const event = await other.db.selectFrom('event').select('slug').executeTakeFirstOrThrow()
      const type = await other.db.selectFrom('ticketType').select('id').executeTakeFirstOrThrow()
      const order = await placeOrder(other, visitor, {
        eventSlug: event.slug,
        lines: [{ ticketTypeId: type.id, quantity: 1 }],
        buyer: { name: 'Kossi', email: 'kossi@example.test' },
        idempotencyKey: 'new',
        channel: 'web',
      })
      expect(codes.has(order.code)).toBe(false)
      expect(await rowsOf(other, 'account')).toEqual(await rowsOf(app, 'account'))
      for (const table of ['event', 'ledger_account', 'ledger_posting', 'ledger_entry'])
        expect(await rowsOf(other, table)).toEqual(await rowsOf(app, table))
      expect(await other.files.get('0190a0a0-0000-7000-8000-000000000000/640.avif')).toEqual(Buffer.from([0, 1, 2, 255]))
    })
  })

  test('lets every subscriber go on exactly where it was, and read what comes after', async () => {
    await elsewhere(async (other) => {
      await restoreBackup(other, file, { force: false })
      await transact(other, (tx) => record(tx, systemActor('test'), { kind: 'test.told', subject: 'after' }))
      const slow = await factsRead(other, 'slow')
      expect(slow.slice(0, 2)).toEqual(['second', 'third'])
      expect(slow.at(-1)).toBe('after')
      const fast = await factsRead(other, 'fast')
      expect(fast[0]).toBe('third')
      expect(fast.at(-1)).toBe('after')
      expect(new Set(fast).size).toBe(manifest.sections.fact!.count - 2 + 1)
    })
  })

  test('brings the jobs that were waiting', async () => {
    await elsewhere(async (other) => {
      await restoreBackup(other, file, { force: false })
      const { rows } = await other.ownerPool.query<{ identifier: string; key: string; payload: object }>(
        'SELECT t.identifier, j.key, j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id',
      )
      expect(rows).toEqual([{ identifier: 'send-mail', key: 'mail:7', payload: { mail: 7, note: 'tab\there' } }])
    })
  })

  test('is not restored over data, unless --force says so', async () => {
    await elsewhere(async (other) => {
      await buildEvent(other, { title: 'Was here before' })
      await expect(restoreBackup(other, file, { force: false })).rejects.toThrow(/This database is not empty \(.*--force/)
      expect(await other.db.selectFrom('event').select('title').execute()).toEqual([{ title: 'Was here before' }])
      expect((await restoreBackup(other, file, { force: true })).replaced).toBeGreaterThan(0)
      expect(await other.db.selectFrom('event').select('id').where('title', '=', 'Was here before').execute()).toEqual([])
    })
  })

  test('is refused when damaged, cut short, or of another version, and the database stays as it was', async () => {
    const text = gunzipSync(readFileSync(file)).toString()
    const variant = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), typeof content === 'string' ? gzipSync(content) : content)
      return join(folder, name)
    }
    const bad: [string, RegExp][] = [
      [variant('changed.gz', text.replace('eloise@example.test', 'eloise@example.tset')), /damaged: the checksum of ticket_order/],
      [variant('cut.gz', text.slice(0, text.length / 2)), /cut short/],
      [variant('torn.gz', readFileSync(file).subarray(0, 3000)), /damaged or was cut short/],
      [variant('lacking.gz', text.replace(/\{"rows":"ticket".*?\n\\\.\n/s, '')), /ticket stands in its manifest, but not in it/],
      [variant('version.gz', text.replace('0001-foundation.sql', '0001-other.sql')), /different versions/],
      [variant('nonsense.gz', 'hello\n'), /no backup of Guichet/],
      [variant('plain.gz', Buffer.from('hello\n')), /can't be read/],
    ]
    await elsewhere(async (other) => {
      for (const [path, reason] of bad) {
        const refusal = await restoreBackup(other, path, { force: false }).catch((error: unknown) => error)
        expect(refusal, path).toBeInstanceOf(BackupError)
        expect((refusal as Error).message).toMatch(reason)
      }
      expect(await other.db.selectFrom('event').select('id').execute()).toEqual([])
      expect(await other.db.selectFrom('category').select('id').execute()).not.toEqual([])
    })
  })

  test('says when its keys were sealed under another secret', async () => {
    const { app: other, stop } = await startTestApp({ GUICHET_SECRET: 'another secret, as long as it must be, at least' })
    try {
      expect((await restoreBackup(other, file, { force: false })).otherSecret).toBe(true)
    } finally {
      await stop()
    }
  })
})
