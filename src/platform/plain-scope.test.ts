import { describe, expect, test } from 'vitest'
import { testApp } from '#test/app.ts'
import { buildEvent } from '#test/factories.ts'
import { inPlainScope, type Statement } from './plain-scope.ts'

const app = testApp({ DATABASE_POOL_SIZE: '2' })

const EVENTS: Statement = { name: 'test.events', text: 'SELECT id FROM event ORDER BY id' }
const RENAME: Statement = { name: 'test.rename', text: 'UPDATE event SET title = $2 WHERE id = $1 RETURNING title' }
const tenant = (...organizerIds: number[]) => ({ kind: 'tenant' as const, organizerIds })

describe('a plain scope', () => {
  test('sees and changes the rows of its organizers only', async () => {
    const [mine, theirs] = [await buildEvent(app), await buildEvent(app)]
    expect(await inPlainScope(app, tenant(mine.organizer.id), (run) => run<{ id: number }>(EVENTS, []))).toEqual([{ id: mine.id }])
    expect(await inPlainScope(app, tenant(), (run) => run(EVENTS, []))).toEqual([])
    expect(await inPlainScope(app, { kind: 'agent', accountId: mine.organizer.owner.accountId }, (run) => run(EVENTS, []))).toEqual([])
    expect(await inPlainScope(app, tenant(mine.organizer.id), (run) => run(RENAME, [theirs.id, 'Mine now']))).toEqual([])
  })

  test('leaves nothing behind on its connection', async () => {
    const event = await buildEvent(app)
    const commit: Statement = { name: 'test.commit', text: `SELECT current_setting('synchronous_commit') AS commit` }
    const both = [1, 2]
    // The tests' own server forgoes the disk throughout.
    await Promise.all(both.map(() => app.scopedPool.query('SET synchronous_commit = on')))
    for (const losable of [true, false]) {
      const seen = await Promise.all(both.map(() => inPlainScope(app, tenant(event.organizer.id), (run) => run(commit, []), { losable })))
      expect(seen).toEqual(both.map(() => [{ commit: losable ? 'off' : 'on' }]))
      const left = await Promise.all(both.map(() => app.scopedPool.query('SELECT id FROM event')))
      expect(left.flatMap(({ rows }) => rows as unknown[])).toEqual([])
    }
  })

  test('takes back everything when its work fails, and goes on', async () => {
    const event = await buildEvent(app, { title: 'Before' })
    const scope = tenant(event.organizer.id)
    for (let n = 0; n < 3; n++) {
      await expect(
        inPlainScope(app, scope, async (run) => {
          await run(RENAME, [event.id, 'After'])
          throw new Error('changed my mind')
        }),
      ).rejects.toThrow('changed my mind')
      await expect(inPlainScope(app, scope, (run) => run({ name: 'test.broken', text: 'SELECT 1 / 0' }, []))).rejects.toThrow('division by zero')
    }
    expect(await app.db.selectFrom('event').select('title').where('id', '=', event.id).executeTakeFirstOrThrow()).toEqual({ title: 'Before' })
  })

  test('is made of numbers', () => {
    expect(() => inPlainScope(app, { kind: 'agent', accountId: "1', true); DROP TABLE event; --" as never }, () => Promise.resolve())).toThrow(
      'a scope is made of ids',
    )
  })
})
