import { expect, test } from 'vitest'
import { normalizePhone } from './phone.ts'

test.each([
  ['+2290196000001', '+2290196000001'],
  ['0196000001', '+2290196000001'],
  ['2290196000001', '+2290196000001'],
  ['002290196000001', '+2290196000001'],
  ['+229 01 96 00 00 01', '+2290196000001'],
  ['96000001', '+2290196000001'],
  ['+22996000001', '+2290196000001'],
  ['22996000001', '+2290196000001'],
  ['+228 90 11 22 33', '+22890112233'],
  ['+225 07 07 07 0707', '+2250707070707'],
])('reads %s as %s', (typed, e164) => expect(normalizePhone(typed)).toBe(e164))

test.each(['', '12', 'abc', '+229 12', '0000000000', '+1', '019600000'])('refuses %j', (typed) => expect(normalizePhone(typed)).toBeNull())

test('reads a national number in its own country', () => {
  expect(normalizePhone('90112233', 'TG')).toBe('+22890112233')
  expect(normalizePhone('0707070707', 'CI')).toBe('+2250707070707')
})
