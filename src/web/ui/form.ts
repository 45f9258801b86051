// Reading what a form sent, keeping what was typed, and saying what must change, field by field.
import { DomainError, type FieldProblem } from '#src/kernel/domain-error.ts'
import { isTimeZone, fromLocalTime } from '#src/kernel/zone.ts'
import { currencyExponent } from '#src/kernel/money.ts'
import { errorMessage } from '#src/locales/locale.ts'
import type { PageContext } from './page.ts'

export type FieldErrorCode = keyof PageContext['t']['common']['fieldErrors']

/** What a form shows: the text of each field as typed, a sentence per wrong field, and one for the whole where no field is at fault. */
export type FormState = Readonly<{ values: Readonly<Record<string, string>>; errors: Readonly<Record<string, string>>; refusal?: string | undefined }>

export const emptyForm: FormState = { values: {}, errors: {} }

/** A form that nobody has sent yet. */
export function freshForm(values: Record<string, string | number | null | undefined>): FormState {
  return { values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value == null ? '' : String(value)])), errors: {} }
}

export function hasErrors(form: FormState): boolean {
  return form.refusal !== undefined || Object.keys(form.errors).length > 0
}

export type FormReader = ReturnType<typeof readForm>

/**
 * Reads a form's body. Each reader answers the value, or undefined after noting the problem; `state()` is what to show again.
 * @param body what was sent: text by name
 */
export function readForm(page: PageContext, body: unknown) {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    // PostgreSQL keeps no NUL, and nobody types one.
    values[name] = String(Array.isArray(value) ? value.at(-1) : value)
      .replaceAll('\r\n', '\n')
      .replaceAll('\0', '')
  }
  const errors: Record<string, string> = {}
  const fail = (name: string, code: FieldErrorCode) => {
    errors[name] ??= page.t.common.fieldErrors[code]
    return undefined
  }
  const text = (name: string) => (values[name] ?? '').trim()
  return {
    t: page.t,
    values,
    fail,
    failed: () => Object.keys(errors).length > 0,
    state: (refusal?: string): FormState => ({ values, errors, refusal }),
    /** Trimmed text; empty where nothing was typed. */
    text,
    required(name: string, maxLength = 200): string | undefined {
      const value = text(name)
      return !value ? fail(name, 'required') : value.length > maxLength ? fail(name, 'too_long') : value
    },
    checked: (name: string) => values[name] !== undefined && values[name] !== '' && values[name] !== 'off',
    choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
      const value = text(name)
      return (choices as readonly string[]).includes(value) ? (value as T) : fail(name, value ? 'choice' : 'required')
    },
    /** A whole number within bounds; undefined where nothing was typed. Spaces between digits are fine. */
    integer(name: string, { min = 0, max = 1_000_000_000, required = false } = {}): number | undefined {
      const digits = text(name).replaceAll(/[\s\u202f\u00a0]/g, '')
      if (!digits) return required ? fail(name, 'required') : undefined
      const value = Number(digits)
      return /^\d+$/.test(digits) && value >= min && value <= max ? value : fail(name, 'number')
    },
    /** A decimal number; undefined where nothing was typed. */
    decimal(name: string): number | undefined {
      const typed = text(name).replace(',', '.')
      if (!typed) return undefined
      return /^-?\d{1,9}(\.\d{1,12})?$/.test(typed) ? Number(typed) : fail(name, 'invalid')
    },
    /** Every value sent under a name: ticked boxes. */
    list: (name: string): string[] => [(body as Record<string, string | string[]> | undefined)?.[name] ?? []].flat(),
    /** An amount in minor units of the currency, typed in its major unit: `5 000`, `12,50`. */
    money(name: string, currency: string): number | undefined {
      const typed = text(name)
        .replaceAll(/[\s\u202f\u00a0]/g, '')
        .replace(',', '.')
      if (!typed) return fail(name, 'required')
      const exponent = currencyExponent(currency)
      const [whole = '', fraction = ''] = typed.split('.')
      if (!/^\d{1,12}$/.test(whole) || !/^\d*$/.test(fraction) || fraction.length > exponent) return fail(name, 'money')
      return Number(whole + fraction.padEnd(exponent, '0'))
    },
    /** A moment typed as local time of `zone`; undefined where nothing was typed. */
    moment(name: string, zone: string, { required = false } = {}): Date | undefined {
      const typed = text(name)
      if (!typed) return required ? fail(name, 'required') : undefined
      return (isTimeZone(zone) ? fromLocalTime(typed, zone) : undefined) ?? fail(name, 'date')
    },
  }
}

/** For which field a refusal is, by its code; the rest goes to the top of the form. */
export type FieldOfCode = Readonly<Record<string, string>>

/**
 * The form again, with the sentence of a refusal beside its field.
 * @throws `error` itself where it is nothing that a form can say: not found, forbidden, a mistake of ours
 */
export function refusedForm(page: PageContext, reader: { values: Record<string, string> }, error: unknown, fieldOf: FieldOfCode = {}): FormState {
  if (!(error instanceof DomainError) || error.kind === 'not_found' || error.kind === 'forbidden' || error.kind === 'unauthenticated') throw error
  const problems = (error.details.problems ?? []) as FieldProblem[]
  if (problems.length > 0) {
    const sentences: Record<string, string> = { ...page.t.errors, ...page.t.common.fieldErrors }
    const errors = problems.map(({ pointer, code }) => [
      fieldOf[pointer] ?? pointer.replace(/^\/(body\/)?/, '').replaceAll('/', '-'),
      sentences[code] ?? sentences.invalid!,
    ])
    return { values: reader.values, errors: Object.fromEntries(errors) as Record<string, string> }
  }
  const sentence = errorMessage(page.locale, error.code)
  const field = fieldOf[error.code]
  return field ? { values: reader.values, errors: { [field]: sentence } } : { values: reader.values, errors: {}, refusal: sentence }
}
