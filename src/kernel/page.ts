// Cursor pages: `nextCursor` is opaque to the caller and null on the last page.
import { kernelError } from './domain-error.ts'
import { isUuid } from './id.ts'

export type Page<T> = { data: T[]; nextCursor: string | null }

export type PageRequest = { cursor?: string | undefined; limit?: number | undefined }

export const DEFAULT_PAGE = 20
export const MAX_PAGE = 100

/** Packs the sort keys of a row into an opaque cursor. */
export function encodeCursor(keys: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** What a row may be sorted by. `moment`: as PostgreSQL writes it in UTC, since a Date would round it and a page would lose or repeat a row. */
type SortKeys = { id: number; number: number; uuid: string; moment: string; text: string }

const IS_KEY: { readonly [Kind in keyof SortKeys]: (key: unknown) => boolean } = {
  id: Number.isSafeInteger,
  number: Number.isFinite,
  uuid: (key) => typeof key === 'string' && isUuid(key),
  moment: isMoment,
  text: (key) => typeof key === 'string',
}

/** Unpacks a cursor with keys of these kinds. Throws `bad_cursor` on anything that we didn't make. */
export function decodeCursor<const Kinds extends readonly (keyof SortKeys)[]>(
  cursor: string,
  ...kinds: Kinds
): { -readonly [I in keyof Kinds]: SortKeys[Kinds[I]] } {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(keys) && keys.length === kinds.length && kinds.every((kind, i) => IS_KEY[kind](keys[i]))) return keys as never
  } catch {
    // falls through: whatever went wrong, the cursor isn't ours
  }
  throw kernelError('bad_cursor')
}

const MOMENT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,6})?\+00$/

function isMoment(key: unknown): boolean {
  const [, day, time] = (typeof key === 'string' && MOMENT.exec(key)) || []
  const date = new Date(`${day}T${time}Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${day}T${time}`)
}

/** How many rows to show: the caller's wish within 1 and `MAX_PAGE`. */
export function pageLimit(request: PageRequest): number {
  return Math.min(Math.max(request.limit ?? DEFAULT_PAGE, 1), MAX_PAGE)
}

/** Makes a page of `limit` rows from `limit + 1` that were selected: the one too many only says that there is more. */
export function toPage<Row, T>(rows: Row[], limit: number, keysOf: (row: Row) => readonly unknown[], show: (row: Row) => T): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { data: shown.map(show), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keysOf(last)) : null }
}
