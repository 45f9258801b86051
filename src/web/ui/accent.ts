// An organizer's accent: one colour as they chose it, made readable on our light and our dark ground, served as a small style sheet of its own.
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { contrast, toHex, toOklch, type Oklch } from '#src/kernel/colour.ts'

/** Text, links and focus take the shade; badges and what is chosen lie on the tint. */
export type Shade = { shade: string; tint: string }
export type Accent = { light: Shade; dark: Shade }

export const READABLE = 4.5

// What text in the accent's colour lies on, as tokens.css has it.
const [LIGHT, DARK] = ['light', 'dark'].map((_, theme) => ['paper', 'surface', 'sunken'].map((name) => toHex(tokenOf(name, theme)))) as [
  string[],
  string[],
]

/** @param theme 0: as it stands first, for light; 1: what follows for dark */
function tokenOf(name: string, theme: number): Oklch {
  const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
  const [, l, c, h] = [...tokens.matchAll(new RegExp(`--${name}: oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)`, 'g'))][theme]!
  return { l: Number(l), c: Number(c), h: Number(h) }
}

/**
 * The shades of an accent: as chosen where it can be read, else as little darker (on light ground) or lighter (on dark) as it takes.
 * @param hex `#rrggbb`
 */
export function accentOf(hex: string): Accent {
  const chosen = toOklch(hex)
  const lightTint = toHex({ l: 0.94, c: Math.min(chosen.c, 0.025), h: chosen.h })
  const darkTint = toHex({ l: 0.31, c: Math.min(chosen.c, 0.06), h: chosen.h })
  return {
    light: { shade: readableOn([...LIGHT, lightTint], hex, chosen, -0.005), tint: lightTint },
    dark: { shade: readableOn([...DARK, darkTint], hex, chosen, 0.005), tint: darkTint },
  }
}

function readableOn(grounds: readonly string[], hex: string, chosen: Oklch, step: number): string {
  const readable = (colour: string) => grounds.every((ground) => contrast(colour, ground) >= READABLE)
  let shade = hex
  for (let { l } = chosen; !readable(shade) && l >= 0 && l <= 1; l += step) shade = toHex({ ...chosen, l })
  return shade
}

/** True where the colour can't be shown everywhere as it was chosen. */
export function isAdjusted(hex: string, { light, dark }: Accent): boolean {
  return light.shade !== hex || dark.shade !== hex
}

/** Counts up when the same accent would come out another way: the sheets are kept for good. */
const VERSION = 1

/** Where its style sheet lies. @param hex `#rrggbb` */
export function accentSheet(hex: string): string {
  return `/accent/${hex.slice(1)}-${VERSION}.css`
}

export function accentCss(hex: string): string {
  const { light, dark } = accentOf(hex)
  const root = ({ shade, tint }: Shade) => `:root{--indigo:${shade};--indigo-tint:${tint}}`
  return `${root(light)}@media screen and (prefers-color-scheme:dark){${root(dark)}}`
}

export function serveAccents(server: FastifyInstance): void {
  server.get<{ Params: { file: string } }>('/accent/:file', { logLevel: 'silent' }, (request, reply) => {
    const digits = /^([0-9a-f]{6})-\d+\.css$/.exec(request.params.file)?.[1]
    if (!digits) return reply.callNotFound()
    return reply
      .header('content-type', 'text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(accentCss(`#${digits}`))
  })
}
