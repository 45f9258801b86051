import { expect, test, vi } from 'vitest'
import { isDomainError } from '#src/kernel/domain-error.ts'
import { createLane } from './lane.ts'

const failure = (code: string, constraint?: string) => Object.assign(new Error(code), { code, ...(constraint ? { constraint } : {}) })
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (isDomainError(error) ? error.code : (error as Error).message),
  )

/** A lane whose batches fail as `fail` says; the first item goes alone, the others together behind it. */
function laneOf(fail: (batch: readonly number[], turn: number) => Error | undefined) {
  let turn = 0
  const run = vi.fn<(batch: readonly number[]) => Promise<readonly number[]>>(async (batch) => {
    await Promise.resolve()
    const error = fail(batch, ++turn)
    if (error) throw error
    return batch
  })
  const lane = createLane({ run })
  return {
    run,
    outcomes: (count: number) => Promise.all(Array.from({ length: count }, (_, i) => outcome(lane(i)))),
    sizes: () => run.mock.calls.map(([batch]) => batch.length),
  }
}

test('sends what is asked while it is idle at once, and gathers what comes meanwhile', async () => {
  const { outcomes, sizes } = laneOf(() => undefined)
  expect(await outcomes(9)).toEqual(Array.from({ length: 9 }, () => 'done'))
  expect(sizes()).toEqual([1, 8])
})

test('one bad item fails alone', async () => {
  const { outcomes } = laneOf((batch) => (batch.includes(5) ? failure('23505', 'ticket_pkey') : undefined))
  expect(await outcomes(9)).toEqual(['done', 'done', 'done', 'done', 'done', '23505', 'done', 'done', 'done'])
})

test.each([
  ['55P03', 'busy'],
  ['57014', 'busy'],
  ['53300', 'unavailable'],
  ['25006', 'unavailable'],
])('when the database answers %s the whole crowd hears %s at once, and nothing is tried in parts', async (code, told) => {
  const { outcomes, sizes } = laneOf((batch) => (batch.length > 1 ? failure(code) : undefined))
  expect(await outcomes(9)).toEqual(['done', ...Array.from({ length: 8 }, () => told)])
  expect(sizes()).toEqual([1, 8])
})

test.each(['40P01', '40001', 'ECONNRESET', '57P01'])('after %s the same batch is sent once more', async (code) => {
  const { outcomes, sizes } = laneOf((_, turn) => (turn === 2 ? failure(code) : undefined))
  expect(await outcomes(9)).toEqual(Array.from({ length: 9 }, () => 'done'))
  expect(sizes()).toEqual([1, 8, 8])
})

test('a second lost connection is told to everybody', async () => {
  const { outcomes, sizes } = laneOf((batch) => (batch.length > 1 ? failure('ECONNRESET') : undefined))
  expect(await outcomes(5)).toEqual(['done', 'unavailable', 'unavailable', 'unavailable', 'unavailable'])
  expect(sizes()).toEqual([1, 4, 4])
})

test('a queue that is full refuses at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const lane = createLane({
    maxQueued: 2,
    run: async (batch: readonly number[]) => {
      await promise
      return batch
    },
  })
  const outcomes = Promise.all(Array.from({ length: 5 }, (_, i) => outcome(lane(i))))
  resolve()
  expect(await outcomes).toEqual(['done', 'done', 'done', 'busy', 'busy'])
  expect([lane.queued, lane.idle]).toEqual([0, true])
})
