import fc from 'fast-check'
import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decodeBase45, encodeBase45 } from './base45.ts'
import { ed25519PrivateKey, encodeTh1, encodeTk1, humanCode, isGenuine, parseHumanCode, parseQrText, type ParsedQr } from './qr-text.ts'

// The published vector: key seed = bytes 00..1f, HMAC key = 32 bytes of 07.
const privateKey = ed25519PrivateKey(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))
const key = { publicKey: createPublicKey(privateKey), macKey: Buffer.alloc(32, 7) }
const header = { kid: 1, eventRef: 1_000_001, typeRef: 3, code: Buffer.from('0123456789abcdef', 'hex') }
const TK1 = 'TK1V50 -1Z984H0TK404DGWL 9U-H2ZM9*6JRBN5TGAMV3M3F%RSWC:BHTKHH*TQNTYITT6G5LR386PQNMSOTM0A4A%NGCGAGUJGTF++2 U3+BJWNOQQBV%O10'
const TAMPERED = 'TK1V50 -1Z984H0TK404DGWL54U-H2ZM9*6JRBN5TGAMV3M3F%RSWC:BHTKHH*TQNTYITT6G5LR386PQNMSOTM0A4A%NGCGAGUJGTF++2 U3+BJWNOQQBV%O10'
const TH1 = 'TH1V50 -1Z984H0TK404DGWLICU5MF 3E63AOVIXQMHHQZPC83'

const parsed = (text: string) => parseQrText(text) as ParsedQr

describe('TK1', () => {
  test('is the published vector, byte for byte', async () => {
    expect(await encodeTk1(header, privateKey)).toBe(TK1)
    expect(parseQrText(TK1)).toMatchObject({ kind: 'TK1', ...header })
    expect(isGenuine(parsed(TK1), key)).toBe(true)
  })
  test('is not genuine with one bit of the code flipped', () => {
    expect(parseQrText(TAMPERED)).toMatchObject({ kind: 'TK1', code: Buffer.from('0123456789abcdee', 'hex') })
    expect(isGenuine(parsed(TAMPERED), key)).toBe(false)
  })
  test('of any ticket reads back, and no single changed byte stays genuine', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          kid: fc.integer({ min: 0, max: 255 }),
          eventRef: fc.integer({ min: 0, max: 0xffffffff }),
          typeRef: fc.integer({ min: 0, max: 0xffff }),
          code: fc.uint8Array({ minLength: 8, maxLength: 8 }),
        }),
        fc.integer({ min: 2, max: 80 }),
        fc.integer({ min: 1, max: 255 }),
        async (h, at, flip) => {
          const text = await encodeTk1({ ...h, code: Buffer.from(h.code) }, privateKey)
          expect(text).toHaveLength(122)
          expect(parseQrText(` ${text}\r\n`)).toMatchObject({
            kind: 'TK1',
            kid: h.kid,
            eventRef: h.eventRef,
            typeRef: h.typeRef,
            code: Buffer.from(h.code),
          })
          const bytes = decodeBase45(text)!
          bytes[at] = bytes[at]! ^ flip
          expect(isGenuine(parsed(encodeBase45(bytes)), key)).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('TH1', () => {
  test('is the published vector, byte for byte', () => {
    expect(encodeTh1(header, key.macKey)).toBe(TH1)
    expect(isGenuine(parsed(TH1), key)).toBe(true)
    expect(isGenuine(parsed(TH1), { ...key, macKey: Buffer.alloc(32, 8) })).toBe(false)
  })
  test('reads back whatever its last character is, although spaces around a text are ignored', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (code) => {
        expect(parseQrText(encodeTh1({ ...header, code: Buffer.from(code) }, key.macKey).trim())).toMatchObject({
          kind: 'TH1',
          code: Buffer.from(code),
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is not a ticket', () => {
  test.each([
    '',
    'https://example.test/TK1',
    'WIFI:S:x;T:WPA;P:y;;',
    TK1.toLowerCase(),
    TK1.slice(0, -1),
    `${TK1}0`,
    'A'.repeat(10_000),
    'TK1',
    '\0\0',
    'é'.repeat(122),
  ])('is malformed: %j', (text) => {
    expect(parseQrText(text)).toEqual({ kind: 'malformed' })
  })
  test('is unsupported when it is a later version of ours', () => {
    const bytes = decodeBase45(TK1)!
    // The magic whose Base45 text begins with "TK9".
    const value = 29 + 20 * 45 + 9 * 2025
    bytes.writeUInt16BE(value, 0)
    expect(encodeBase45(bytes).slice(0, 3)).toBe('TK9')
    expect(parseQrText(encodeBase45(bytes))).toEqual({ kind: 'unsupported' })
  })
})

describe('the code for people', () => {
  test('survives being typed by people', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const code = Buffer.from(bytes)
        const text = humanCode(code)
        expect(text).toMatch(/^.{4}-.{4}-.{4}-.{2}$/)
        expect(parseHumanCode(text)).toEqual(code)
        expect(parseHumanCode(` ${text.toLowerCase().replaceAll('-', ' ')} `)).toEqual(code)
        expect(parseHumanCode(text.slice(0, 13).replaceAll('0', 'O').replaceAll('1', 'l') + text.slice(13))).toEqual(code)
      }),
      { numRuns: 200 },
    )
  })
  test('with one wrong character is refused', () => {
    const text = humanCode(header.code)
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '-') continue
      const wrong = text.slice(0, i) + (text[i] === '7' ? '8' : '7') + text.slice(i + 1)
      expect(parseHumanCode(wrong)).toBeNull()
    }
  })
})
