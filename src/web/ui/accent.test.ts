// Whatever colour an organizer chooses, what is written in it can be read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, parseHex, toHex, toOklch } from '#src/kernel/colour.ts'
import { testApp } from '#test/app.ts'
import { accentCss, accentOf, accentSheet, isAdjusted, READABLE } from './accent.ts'

const app = testApp()
const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

// As tokens.css has them: paper, surface, sunken.
const GROUNDS = {
  light: [
    [0.983, 0.009, 85],
    [1, 0.002, 85],
    [0.958, 0.012, 85],
  ],
  dark: [
    [0.2, 0.018, 275],
    [0.245, 0.021, 275],
    [0.17, 0.016, 275],
  ],
} as const

describe('a colour', () => {
  it('is read as people type it', () => {
    expect(['#1F6FEB', '1f6feb', ' #06f ', 'FFF'].map(parseHex)).toEqual(['#1f6feb', '#1f6feb', '#0066ff', '#ffffff'])
    expect(['', 'blue', '#12', '#12345', '#1234567', '#ggg', 'url(x)'].map(parseHex)).toEqual(Array(7).fill(undefined))
  })

  it('survives the way to OKLCH and back', () => {
    fc.assert(
      fc.property(hex, (colour) => {
        expect(toHex(toOklch(colour))).toBe(colour)
      }),
    )
  })

  it('has the contrast that WCAG says', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(contrast('#abcdef', '#abcdef')).toBe(1)
  })
})

describe('an accent', () => {
  it('can be read on every ground of ours, by day and by night, whatever it is', () => {
    const extremes = ['#ffffff', '#000000', '#ffff00', '#00ff00', '#00ffff', '#ff00ff', '#0000ff', '#ff0000', '#808080']
    const check = (colour: string) => {
      const accent = accentOf(colour)
      for (const theme of ['light', 'dark'] as const) {
        const { shade, tint } = accent[theme]
        for (const ground of [tint, ...GROUNDS[theme].map(([l, c, h]) => toHex({ l, c, h }))]) {
          expect(contrast(shade, ground), `${colour} ${theme} on ${ground}`).toBeGreaterThanOrEqual(READABLE)
        }
      }
    }
    extremes.forEach(check)
    fc.assert(fc.property(hex, check), { numRuns: 300 })
  })

  it('stays as it was chosen where it can, and keeps its hue where it can’t', () => {
    expect(accentOf('#2b2f6b').light.shade).toBe('#2b2f6b')
    const yellow = accentOf('#ffff00')
    expect(yellow.dark.shade).toBe('#ffff00')
    expect(yellow.light.shade).not.toBe('#ffff00')
    expect(Math.abs(toOklch(yellow.light.shade).h - toOklch('#ffff00').h)).toBeLessThan(4)
    expect(isAdjusted('#ffff00', yellow)).toBe(true)
  })

  it('is a sheet of a few bytes, kept for good; anything else is not there', async () => {
    const sheet = await app.server.inject(accentSheet('#ffff00'))
    expect(sheet.statusCode).toBe(200)
    expect(sheet.headers).toMatchObject({ 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' })
    expect(sheet.payload).toBe(accentCss('#ffff00'))
    expect(sheet.payload.length).toBeLessThan(200)
    for (const file of ['FFFF00-1.css', 'red.css', 'ffff00.css', 'ffff00-1.css%0a', '..%2Fx.css']) {
      expect((await app.server.inject(`/accent/${file}`)).statusCode).toBe(404)
    }
  })
})
