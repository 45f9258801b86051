// Facts: written with what they tell of, read once and in order by each subscriber.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { systemActor } from '#src/kernel/actor.ts'
import { testApp } from '#test/app.ts'
import { transact } from './db.ts'
import { readFacts, record } from './facts.ts'

describe('facts', () => {
  const app = testApp()
  const read = async (subscriber: string, limit = 100) => {
    const seen: string[] = []
    await transact(app, (tx) =>
      readFacts(tx, subscriber, limit, async (facts) => {
        seen.push(...facts.map((fact) => fact.subject))
      }),
    )
    return seen
  }
  /** Reads until as many have come. Transactions of other test files hold facts back too: they share the server. */
  const readAll = async (subscriber: string, count: number) => {
    const seen: string[] = []
    await expect.poll(async () => seen.push(...(await read(subscriber))), { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
    return seen
  }
  const tell = (subject: string) => transact(app, (tx) => record(tx, systemActor('test'), { kind: 'test.told', subject }))

  test('are read in order of their transactions’ numbers, not of their digits', async () => {
    for (const [xid, subject] of [
      ['9', 'a'],
      ['10', 'b'],
      ['99', 'c'],
      ['100', 'd'],
    ]) {
      await transact(app, (tx) =>
        sql`INSERT INTO fact (xid, kind, subject, actor, data) VALUES (${xid}::xid8, 'test.told', ${subject}, 'test', '{}')`.execute(tx),
      )
    }
    expect([await read('digits', 2), await read('digits', 2), await read('digits', 2)]).toEqual([['a', 'b'], ['c', 'd'], []])
  })

  test('are read once by each subscriber, and not at all by others in its place', async () => {
    await tell('x')
    expect((await readAll('one', 5)).filter((subject) => subject === 'x')).toEqual(['x'])
    expect(await read('one')).toEqual([])
    expect((await readAll('two', 5)).at(-1)).toBe('x')
  })

  test('wait for older transactions that still run, so that none is skipped', async () => {
    const before = await readAll('patient', 5)
    const begun = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const slow = transact(app, async (tx) => {
      await record(tx, systemActor('test'), { kind: 'test.told', subject: 'slow' })
      begun.resolve()
      await finish.promise
    })
    await begun.promise
    await tell('quick')
    expect(await read('patient')).toEqual([])
    finish.resolve()
    await slow
    expect(await readAll('patient', 2)).toEqual(['slow', 'quick'])
    expect(before).not.toContain('slow')
  })

  test('stay unread where handling them failed', async () => {
    await expect(transact(app, (tx) => readFacts(tx, 'clumsy', 2, () => Promise.reject(new Error('dropped'))))).rejects.toThrow('dropped')
    expect(await read('clumsy', 2)).toEqual(['a', 'b'])
  })
})
