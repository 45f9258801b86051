// Shapes that several resources of the API share.
import { Type, type Static, type TOptional, type TSchema } from 'typebox'
import type { Locale } from '#src/kernel/actor.ts'
import { LOCALES } from '#src/locales/locale.ts'

export const MoneySchema = Type.Object(
  {
    amount: Type.Integer({ description: 'In the currency’s minor unit; XOF has none: 5000 is 5 000 F CFA.' }),
    currency: Type.String({ minLength: 3, maxLength: 3, examples: ['XOF'] }),
  },
  { additionalProperties: false },
)

export const PriceSchema = Type.Object(
  { amount: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }), currency: Type.String({ pattern: '^[A-Z]{3}$', examples: ['XOF'] }) },
  { additionalProperties: false },
)

export const TimeSchema = Type.String({ format: 'date-time', description: 'ISO 8601; answers are in UTC.' })
/** A number of ours in an address or a body. */
export const IdSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** In answers: a value or null. In requests use `orNull`. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
/** In requests: a type or null in one schema; of two alternatives, the validator's coercion would make a 0 of null, or null of a 0. */
export const orNull = <T extends TSchema & { type: string }>(schema: T) => Type.Unsafe<Static<T> | null>({ ...schema, type: [schema.type, 'null'] })
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), nextCursor: nullable(Type.String()) }, { additionalProperties: false })
/** A list that needs no pages, in the shape of those that do. */
export const wholeListOf = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), nextCursor: Type.Null() }, { additionalProperties: false })
export const PageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
}

/** Texts by language; one that we don't speak is refused. */
export function byLanguage<T extends TSchema>(text: T) {
  const languages = Object.fromEntries(LOCALES.map((locale) => [locale, Type.Optional(text)])) as Record<Locale, TOptional<T>>
  return Type.Object(languages, { additionalProperties: false, description: 'By language. An empty text is the original’s.' })
}

/** What every operation may refuse with. */
export const refusals = { '4xx': Type.Ref('Problem'), '5xx': Type.Ref('Problem') }

/** A state's name as the API writes it, as everything else there: `sold_out` → `soldOut`. */
export function camelCase<S extends string>(state: S): CamelCase<S> {
  return state.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<S>
}

export type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S

/** A time as the API writes it. */
export function isoTime(date: Date): string
export function isoTime(date: Date | null): string | null
export function isoTime(date: Date | null): string | null {
  return date?.toISOString() ?? null
}
