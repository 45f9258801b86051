import { describe, expect, test, vi } from 'vitest'
import { createMemory } from './memory.ts'

const HOUR = 3_600_000
const answering = <T>(...answers: T[]) => {
  const load = vi.fn<(former: T | undefined) => Promise<T>>()
  for (const answer of answers) load.mockReturnValueOnce(Promise.resolve(answer))
  return load
}

describe('a memory', () => {
  test('asks once, however many want to know at the same time and soon after', async () => {
    const memory = createMemory<string, number>({ keptMs: HOUR, max: 10 })
    const load = answering(1, 2)
    expect(await Promise.all([memory.get('a', load), memory.get('a', load), memory.get('a', load)])).toEqual([1, 1, 1])
    expect(await memory.get('a', load)).toBe(1)
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('asks again once the answer is too old, with the former one at hand', async () => {
    const memory = createMemory<string, number>({ keptMs: 0, max: 10 })
    const load = answering(1, 2)
    expect([await memory.get('a', load), await memory.get('a', load)]).toEqual([1, 2])
    expect(load.mock.calls).toEqual([[undefined], [1]])
  })

  test('asks again after it was told to forget, also while the old answer is still on its way', async () => {
    const memory = createMemory<string, number>({ keptMs: HOUR, max: 10 })
    const slow = Promise.withResolvers<number>()
    const before = memory.get('a', () => slow.promise)
    memory.forget('a')
    expect(await memory.get('a', answering(2))).toBe(2)
    slow.resolve(1)
    expect(await before).toBe(1)
    expect(await memory.get('a', answering(3))).toBe(2)
  })

  test('does not remember that there was nothing, nor a failure', async () => {
    const memory = createMemory<string, number>({ keptMs: HOUR, max: 10 })
    expect(await memory.get('a', answering<number | undefined>(undefined))).toBeUndefined()
    await expect(memory.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
    expect(await memory.get('a', answering(1))).toBe(1)
  })

  test('gives up the oldest where it is full', async () => {
    const memory = createMemory<string, number>({ keptMs: HOUR, max: 2 })
    for (const [i, key] of ['a', 'b', 'c'].entries()) await memory.get(key, answering(i))
    const load = answering(9)
    expect([await memory.get('b', load), await memory.get('c', load), await memory.get('a', load)]).toEqual([1, 2, 9])
  })
})
