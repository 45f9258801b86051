// Basis points as people write and read them: `3`, `2,5`.
import type { Locale } from '#src/kernel/actor.ts'
import { regionOf } from '#src/locales/locale.ts'
import type { FormReader } from '../ui/form.ts'

/** `2,5`, without the sign. */
export function percentText(bps: number, locale: Locale): string {
  return new Intl.NumberFormat(regionOf(locale), { maximumFractionDigits: 2, useGrouping: false }).format(bps / 100)
}

/** A share typed in percent, at most two decimals, in basis points; undefined where the field was marked as wrong. */
export function readPercent(form: FormReader, name: string, max: number): number | undefined {
  const typed = form
    .text(name)
    .replaceAll(/[\s\u202f\u00a0%]/g, '')
    .replace(',', '.')
  const bps = Math.round(Number(typed) * 100)
  if (/^\d{1,3}(\.\d{1,2})?$/.test(typed) && bps <= max) return bps
  form.fail(name, 'number')
  return undefined
}
