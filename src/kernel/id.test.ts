import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUuid, newOrderCode, newPublicRef, slugOf, uuidv7 } from './id.ts'

test('UUIDs of version 7 grow, also within a millisecond, and are all different', () => {
  const ids = Array.from({ length: 1500 }, () => uuidv7(1_700_000_000_000))
  expect(ids.every((id) => isUuid(id) && id[14] === '7' && '89ab'.includes(id[19]!))).toBe(true)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(uuidv7(1_700_000_000_001) > ids.at(-1)!).toBe(true)
  expect(Number.parseInt(uuidv7(1_700_000_000_000).replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000)
})

test('order codes are ten unmistakable characters and do not repeat', () => {
  const codes = Array.from({ length: 5000 }, newOrderCode)
  expect(codes.every((code) => /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code))).toBe(true)
  expect(new Set(codes).size).toBe(codes.length)
})

test('public references fit 32 bits and are never zero', () => {
  for (let i = 0; i < 1000; i++) expect(newPublicRef()).toSatisfy((ref: number) => Number.isInteger(ref) && ref >= 1 && ref <= 0xffff_ffff)
})

test.each([
  ['Soirée à Ouidah !', 'soiree-a-ouidah'],
  ['Cœur & æther', 'coeur-aether'],
  ['🎟🎟', 'x'],
  ['  ', 'x'],
  ['A'.repeat(99), 'a'.repeat(60)],
])('%j has the address %s', (title, slug) => {
  expect(slugOf(title)).toBe(slug)
})

test('no title makes an address that needs escaping', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (title) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(slugOf(title)) && slugOf(title).length <= 60),
  )
})
