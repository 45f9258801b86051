// How staff's lists read what was typed, and where they go on.
import { decodeCursor, type PageRequest } from '#src/kernel/page.ts'

/** A pattern for what holds the words, taken as they are; null for none. */
export function containing(words: string | undefined): string | null {
  return words ? `%${words.replaceAll(/[\\%_]/g, '\\$&')}%` : null
}

/** A pattern for what begins with the words; null for none. */
export function beginning(words: string | undefined): string | null {
  return words ? `${words.replaceAll(/[\\%_]/g, '\\$&')}%` : null
}

/** The id that the next page lies below. */
export function before(request: PageRequest): number {
  return request.cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(request.cursor, 'id')[0]
}
