// The mark as a picture of its own: for tabs, home screens and manifests.
import { readFileSync } from 'node:fs'
import type { Locale } from '#src/kernel/actor.ts'

const FILE = readFileSync(new URL('./icon.svg', import.meta.url), 'utf8')

/** The mark alone, on nothing. */
export const ICON = FILE

/** Where the manifest in this language lies. */
export function manifestAddress(locale: Locale): string {
  return `/manifest-${locale}.webmanifest`
}

/** @param margin free space around the mark on each side, where the mark is 32 wide */
export function iconSvg({ ground, margin }: { ground: string; margin: number }): string {
  const whole = 32 + 2 * margin
  return FILE.replace(
    'viewBox="0 0 32 32">',
    `viewBox="${-margin} ${-margin} ${whole} ${whole}"><rect x="${-margin}" y="${-margin}" width="${whole}" height="${whole}" fill="${ground}"/>`,
  )
}
