// Cursor pages: `nextCursor` is opaque to the caller and null on the last page.
import { kernelError } from './domain-error.ts'

export type Page<T> = { data: T[]; nextCursor: string | null }

export type PageRequest = { cursor?: string | undefined; limit?: number | undefined }

export const DEFAULT_PAGE = 20
export const MAX_PAGE = 100

/** Packs the sort keys of a row into an opaque cursor. */
export function encodeCursor(keys: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/** Unpacks a cursor of exactly `length` keys. Throws `bad_cursor` on anything that we didn't make. */
export function decodeCursor(cursor: string, length: number): unknown[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(keys) && keys.length === length) return keys
  } catch {
    // falls through: whatever went wrong, the cursor isn't ours
  }
  throw kernelError('bad_cursor')
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
